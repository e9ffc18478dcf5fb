"""Writes the sections that follow the clock: events now and next, time of day, and cues before ad breaks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from noc_console.lab import ts_sections as si
from noc_console.lab.options import FRAME_RATE, TICKS
from noc_console.lab.schedule import Schedule
from noc_console.lab.scte35 import splice_insert
from noc_console.lab.ts_pes import DELAY
from noc_console.lab.ts_turn import Live

EVENT_S = 1800
# ANSI/SCTE 35, 9.7: a splice is told at least 4 s before it happens
PRE_ROLL_S = (4.4, 8.6)
_LOOK_AHEAD = 3


@dataclass(frozen=True, slots=True)
class Splice:
    """An edge of an ad break: the video frame on the channel's clock, and the length of the break in frames."""

    event: int
    is_out: bool
    frame: int
    frames: int

    @property
    def ticks(self) -> int:
        """Return the time of the splice on the programme's clock, 90 kHz."""
        return self.frame * TICKS + DELAY


@dataclass(frozen=True, slots=True)
class LiveSections:
    """The clock-bound sections of one transport stream, one schedule per programme in their order."""

    names: Sequence[str]
    schedules: Sequence[Schedule]

    def write(self, live: Live, at: float) -> bytes:
        """Return the section of a slot sent at a time of the channel's clock, in seconds."""
        if live.what == "tdt":
            return si.tdt(at + self.schedules[0].wall(0))
        place = live.number - 1
        if live.what == "cue":
            return cue(self.schedules[place], at)
        return self._event(place, at + self.schedules[0].wall(0), 0 if live.what == "eit0" else 1)

    def _event(self, place: int, wall: float, following: int) -> bytes:
        turn = int(wall // EVENT_S)
        event_id = (turn + following) & 0xFFFF
        title = f"{self.names[place]}, part {event_id % 48 + 1}"
        start = (turn + following) * EVENT_S
        return si.eit(place + 1, si.Programme(event_id, start, EVENT_S, title, not following), turn & 31)


def cue(schedule: Schedule, at: float) -> bytes:
    """Return the cue of the splice that is about to come, a heartbeat when there is none."""
    for splice in splices(schedule, at):
        if PRE_ROLL_S[0] <= splice.ticks / 90_000 - at <= PRE_ROLL_S[1]:
            return si.splice_insert(
                splice_insert(splice.event, splice.is_out, splice.ticks, splice.frames * TICKS)
            )  # fmt: skip
    return si.splice_null()


def splices(schedule: Schedule, at: float) -> Iterator[Splice]:
    """Yield the edges of ad breaks in the next segments after a time of the channel's clock, in seconds."""
    if not schedule.ads:
        return
    now = schedule.covering(int(at * FRAME_RATE))
    ahead = int(PRE_ROLL_S[1] * FRAME_RATE / schedule.grid.segment) + _LOOK_AHEAD
    for seq in range(now, now + ahead):
        slot = schedule.slot(seq)
        if slot.ad == 1 or slot.is_return:
            frames = schedule.ads * schedule.grid.segment
            begin = slot.start if slot.ad else slot.start - frames
            yield Splice(begin & 0x7FFFFFFF, bool(slot.ad), slot.start, frames)
