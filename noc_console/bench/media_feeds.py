"""The lab's channels in time that is played by hand: what a probe would lay down for the decoders, ill or healthy.

No socket and no clock: the same code makes the same segments and packets as in a lab that runs, as fast as it can.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from noc_console.lab.channels import Form, LabChannel, channels, look_names
from noc_console.lab.fault import Fault
from noc_console.lab.fault_desk import Order
from noc_console.lab.media_facts import media_times
from noc_console.lab.options import LabOptions
from noc_console.lab.origin import Origin
from noc_console.lab.reply import Request
from noc_console.lab.store import looks
from noc_console.lab.studio import AUDIO, Studio, audio_span
from noc_console.lab.targets import Target
from noc_console.lab.ts_air import carried_by, station_of
from noc_console.lab.ts_spoil import PER_DATAGRAM, Piece, Spoiler
from noc_console.lab.ts_station import Carrier
from noc_console.probes.decode.job import FMP4, TS, Job
from noc_console.probes.ts_media import CUT_S

MULTICAST = "multicast TS"
_PORT = 5000  # never opened: nothing is sent


@dataclass(frozen=True, slots=True)
class Feed:
    """One channel of the lab in one of its forms; `id` is that of the input, `code` of the channel."""

    id: int
    code: str
    form: str

    @property
    def is_ts(self) -> bool:
        """Say whether it comes as a transport stream that does not end."""
        return self.form == MULTICAST


class PlayedLab:
    """A lab whose time is told by whoever asks; the first channels are also transport streams."""

    def __init__(self, options: LabOptions) -> None:
        made = looks(look_names(options), options)
        every = channels(options)
        self.origin = Origin(every, Studio(made), options.window)
        self._station = station_of(every, self.origin.studio, options, _PORT)
        self.origin.desk.carried = carried_by(self._station, every)
        carriers = self._station.carriers if self._station else ()
        self._carriers = {outlet.code: carrier for carrier in carriers for outlet in carrier.outlets}
        self._rung = options.ladder[0].name

    def close(self) -> None:
        """End what makes pictures."""
        if self._station is not None:
            self._station.close()
        self.origin.studio.wardrobe.close()

    def feeds(self) -> list[Feed]:
        """Return all feeds: channels in their order, then the transport streams."""
        served = [(channel.code, channel.form.value) for channel in self.origin.channels.values()]
        sent = [(code, MULTICAST) for code in self._carriers]
        return [Feed(number, code, form) for number, (code, form) in enumerate([*served, *sent], 1)]

    def begin(self, feed: Feed, kind: str, seconds: float, at: float) -> Fault:
        """Begin an ill of a channel's media at the next GOP."""
        return self.origin.desk.begin(Order(feed.code, kind, seconds), at)

    def times(self, fault: Fault, feed: Feed) -> tuple[float, float]:
        """Return when a fault begins and ends by the clock of a feed's stream, in seconds."""
        told: dict[str, Any] = media_times(fault, self.origin.channels[fault.channel], self.origin.desk)
        head = "ts_" if feed.is_ts else ""
        return told[f"{head}begins_pts_s"], told[f"{head}ends_pts_s"]

    def jobs(self, feed: Feed, mode: str, since: float, until: float) -> Iterator[Job]:
        """Yield what of a feed comes between two Unix times: segments, or cuts of a transport stream."""
        if feed.is_ts:
            yield from self._cuts(feed, mode, since, until)
            return
        channel = self.origin.channels[feed.code]
        schedule = channel.schedule
        for seq in range(schedule.covering(schedule.frame(since)), schedule.edge(until) + 1):
            yield from self._segment(channel, Job(feed.id, self._rung, mode), seq)

    def _segment(self, channel: LabChannel, job: Job, seq: int) -> Iterator[Job]:
        slot = channel.schedule.slot(seq)
        at, known = channel.schedule.wall(slot.start), channel.schedule.wall(slot.end) + 1.0
        is_transport = channel.form is Form.HLS_TS
        for rung in (self._rung,) if is_transport else (self._rung, AUDIO):
            yield Job(
                job.input_id,
                rung,
                job.mode,
                TS if is_transport else FMP4,
                self._asked(channel, rung, seq, known),
                init=b"" if is_transport else self._asked(channel, rung, -1, known),
                at=at,
                sequence=seq,
                is_discontinuity=slot.is_discontinuity,
                wants_thumbnail=rung == self._rung,
            )

    def _asked(self, channel: LabChannel, rung: str, seq: int, at: float) -> bytes:
        """Return a segment, or for -1 the initialisation segment."""
        if seq < 0:
            is_ad = bool(channel.schedule.ads) and channel.schedule.slot(channel.schedule.edge(at)).ad
            target = Target("init", channel.code, rung, file="ad" if is_ad else "init")
        else:
            target = self._target(channel, rung, seq)
        reply = self.origin.answer(target, Request("GET", "/"), at)
        assert reply.status == 200, target
        return reply.body

    def _target(self, channel: LabChannel, rung: str, seq: int) -> Target:
        if channel.form is Form.DASH_TIMELINE:
            slot = channel.schedule.slot(seq)
            time = audio_span(slot)[0] if rung == AUDIO else slot.stamp * 3600
            return Target("segment", channel.code, rung, time=time, suffix="m4s")
        return Target("segment", channel.code, rung, seq, suffix="ts" if channel.form is Form.HLS_TS else "m4s")

    def _cuts(self, feed: Feed, mode: str, since: float, until: float) -> Iterator[Job]:
        carrier, spoiler = self._carriers[feed.code], Spoiler()
        for number in range(int((until - since) / CUT_S)):
            at = since + number * CUT_S
            body = _packets(carrier, spoiler, self.origin.desk.in_media(feed.code, at), at, at + CUT_S)
            yield Job(feed.id, "", mode, TS, body, at=at, sequence=-1, wants_thumbnail=True)


def _packets(carrier: Carrier, spoiler: Spoiler, ills: Sequence[Fault], since: float, until: float) -> bytes:
    """Return the packets that are sent between two Unix times."""
    per_s = carrier.mux.packets_per_s / PER_DATAGRAM
    first, last = (int((at - carrier.phase_s) * per_s) for at in (since, until))
    packets = carrier.mux.packets(first * PER_DATAGRAM, (last - first) * PER_DATAGRAM)
    piece = Piece(packets, first, carrier.mux.packets_per_s, carrier.phase_s)
    dress = partial(carrier.substitute.put, faults=ills) if carrier.substitute and ills else None
    return spoiler.spoiled(piece, [], dress).packets.tobytes()
