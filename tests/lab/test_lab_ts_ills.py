"""Ills of the media in a multicast transport stream: the layout stays, the counters go on, the times are exact."""

from __future__ import annotations

import io
from dataclasses import replace
from functools import partial
from itertools import pairwise
from typing import Any

import av
import numpy as np
import pytest
from lab_bench import Open
from lab_ts import AUDIO, NOON_S, NULL, VIDEO, Packet, stream

from noc_console.lab.channels import look_names
from noc_console.lab.fault import Fault
from noc_console.lab.faults import FAULTS
from noc_console.lab.media_faults import MEDIA_FAULTS
from noc_console.lab.options import LabOptions, RungSpec
from noc_console.lab.store import looks
from noc_console.lab.ts_ills import Substitute
from noc_console.lab.ts_mux import Mux
from noc_console.lab.ts_spoil import PER_DATAGRAM, Piece, Spoiler
from noc_console.lab.ts_turn import stamp_of
from noc_console.lab.wardrobe import Wardrobe

GOP_S = 0.48
# a whole number of GOPs after the epoch, well inside a turn
BEGIN = NOON_S // 12 * 12 + 5 * GOP_S
END = BEGIN + 6 * GOP_S
FRAME_S = 0.04


class Air:
    """A transport stream with its dressing, played packet by packet."""

    def __init__(self, options: LabOptions) -> None:
        self.mux: Mux = stream(options)
        self.wardrobe = Wardrobe(looks(look_names(options), options))
        self.substitute = Substitute(self.mux.turn, 0, self.wardrobe, 0.0)

    def play(self, faults: list[Fault], begin: float = BEGIN - 2.0, end: float = END + 3.0) -> list[Packet]:
        spoiler, per_s = Spoiler(), self.mux.packets_per_s
        first, last = int(begin * per_s) // PER_DATAGRAM, int(end * per_s) // PER_DATAGRAM
        dress = partial(self.substitute.put, faults=faults)
        rows: list[Packet] = []
        for number in range(first, last, 3):
            packets = self.mux.packets(number * PER_DATAGRAM, 3 * PER_DATAGRAM)
            wire = spoiler.spoiled(Piece(packets, number, per_s, 0.0), (), dress)
            for place, row in enumerate(wire.packets):
                at = number * PER_DATAGRAM + place
                rows.append(Packet(at, at / per_s, row.tobytes()))
        return rows


@pytest.fixture(scope="module")
def air(options: LabOptions) -> Any:
    made = Air(replace(options, ladder=(RungSpec("v180", 320, 180, 400_000),)))
    yield made
    made.wardrobe.close()


def fault(kind: str, begin: float = BEGIN, end: float = END, **params: float) -> Fault:
    return Fault(1, kind, "CH", "", begin, end, {**FAULTS[kind].params, **params})


def bodies(packets: list[Packet]) -> io.BytesIO:
    return io.BytesIO(b"".join(packet.raw for packet in packets))


def pictures(packets: list[Packet]) -> list[tuple[float, Any]]:
    with av.open(bodies(packets), format="mpegts") as file:
        return [(float(one.time), one.to_ndarray()[:180].astype(np.float32)) for one in file.decode(video=0)]


def pts(at: float) -> float:
    return (stamp_of(round(at * 25)) & ((1 << 33) - 1)) / 90_000


def test_black_begins_and_ends_with_the_frame_of_the_log(air: Air) -> None:
    shown = pictures(air.play([fault("black")]))
    black = [at for at, luma in shown if luma.mean() < 18]
    assert black[0] == pytest.approx(pts(BEGIN), abs=1e-3)
    assert black[-1] == pytest.approx(pts(END) - FRAME_S, abs=1e-3)
    assert len(black) == round((END - BEGIN) / FRAME_S)


def test_a_frozen_picture_is_the_same_from_frame_to_frame(air: Air) -> None:
    shown = [one for one in pictures(air.play([fault("freeze")])) if pts(BEGIN) <= one[0] < pts(END) - 1e-3]
    steps = [float(np.abs(after[1] - before[1]).mean()) for before, after in pairwise(shown)]
    assert max(steps) < 0.3


def test_silence_begins_and_ends_within_a_frame_of_sound(air: Air) -> None:
    packets = air.play([fault("silence")])
    with av.open(bodies(packets), format="mpegts") as file:
        frames = [(float(one.time), float(np.abs(one.to_ndarray()).max())) for one in file.decode(audio=0)]
    silent = [at for at, loudest in frames if loudest < 1e-3]
    assert silent[0] == pytest.approx(pts(BEGIN), abs=2 * 1024 / 48_000)
    assert silent[-1] == pytest.approx(pts(END), abs=2 * 1024 / 48_000)


def test_late_sound_has_later_stamps_and_pictures_have_not(air: Air) -> None:
    healthy, late = air.play([]), air.play([fault("av-shift", ms=300.0)])
    for pid, shift in ((VIDEO, 0), (AUDIO, 27_000)):
        before = {one.row: one.pts for one in healthy if one.pid == pid and one.pts is not None}
        after = {one.row: one.pts for one in late if one.pid == pid and one.pts is not None}
        inside = [
            (after[row] or 0) - (stamp or 0)
            for row, stamp in before.items()
            if stamp is not None and pts(BEGIN) + 0.2 <= stamp / 90_000 < pts(END) - 0.2
        ]
        assert len(inside) > 5
        assert set(inside) == {shift}


@pytest.mark.parametrize("kind", sorted(name for name, one in MEDIA_FAULTS.items() if not one.needs_hdr))
def test_no_ill_leaves_another_trace(air: Air, kind: str) -> None:
    healthy, packets = air.play([]), air.play([fault(kind)])
    assert [one.pcr for one in packets] == [one.pcr for one in healthy]
    for pid in (VIDEO, AUDIO):
        counters = [one.counter for one in packets if one.pid == pid and one.has_payload]
        assert all((after - before) % 16 == 1 for before, after in pairwise(counters))
        begins = {one.row: one.pts for one in packets if one.pid == pid and one.starts}
        if kind != "av-shift":
            assert begins == {one.row: one.pts for one in healthy if one.pid == pid and one.starts}
    others = [one.raw for one in packets if one.pid not in (VIDEO, AUDIO, NULL)]
    assert others == [one.raw for one in healthy if one.pid not in (VIDEO, AUDIO, NULL)]
    with av.open(bodies(packets), format="mpegts") as file:
        assert sum(1 for _ in file.decode(video=0)) > 150, "everything can be decoded"


async def test_a_channel_that_is_on_air_only_can_be_made_ill_too(opened: Open) -> None:
    async with opened(channels=1, multicast=2) as bench:
        only = (await bench.ask("/api/channels")).json["channels"][-1]["code"]
        told = await bench.fault(only, "freeze", seconds=5.0)
        assert told["begins_at"] >= bench.clock.at
        assert told["media"]["ts_ends_pts_s"] - told["media"]["ts_begins_pts_s"] == pytest.approx(
            told["media"]["length_s"], abs=1e-3
        )
        kinds = {one["fault"]: one for one in (await bench.ask("/api/faults")).json["faults"]}
        assert "ts" in kinds["freeze"]["fits"]
        assert kinds["freeze"]["expects"]["ts"] == ["media-freeze"]
