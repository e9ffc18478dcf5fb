"""The lab's streams before our own analyser: healthy ones are clean, faults are found as the lab says they are."""

from __future__ import annotations

from collections import Counter

import pytest
from lab_ts import NOON_S, stream

from noc_console.lab.fault import Fault
from noc_console.lab.options import LabOptions
from noc_console.lab.ts_faults import TS_FAULTS
from noc_console.lab.ts_mux import Mux
from noc_console.lab.ts_spoil import PER_DATAGRAM, Piece, Spoiler
from noc_console.media.ts.analyser import Analyser
from noc_console.media.ts.profile import Profile

BEGIN_S, END_S, SECONDS = 12, 28, 32


@pytest.fixture(scope="module")
def mux(options: LabOptions) -> Mux:
    return stream(options, bitrate_bps=350 * 188 * 8)


class Judged:
    """What the analyser finds in half a minute with one fault in its midst."""

    def __init__(self, mux: Mux, kind: str = "", seconds: int = SECONDS) -> None:
        analyser, spoiler, per_s = Analyser(Profile()), Spoiler(), mux.packets_per_s
        faults = [Fault(1, kind, "CH", "", NOON_S + BEGIN_S, NOON_S + END_S, TS_FAULTS[kind].params)] if kind else []
        self.counts: Counter[str] = Counter()
        self.findings: set[str] = set()
        first, count = NOON_S * per_s // PER_DATAGRAM, per_s // PER_DATAGRAM
        for second in range(seconds):
            gram = first + second * count
            wire = spoiler.spoiled(Piece(mux.packets(gram * 7, count * 7), gram, per_s, 0.0), faults)
            self.counts.update(analyser.feed(wire.packets, wire.numbers / per_s).counts)
            self.findings |= {one.id for one in analyser.tick(NOON_S + second + 1.0).findings}
        self.made = spoiler.made.get(1, 0)


def test_a_healthy_stream_is_clean(mux: Mux) -> None:
    judged = Judged(mux, seconds=70)
    assert judged.counts == {}
    assert judged.findings <= {"ts-null-share"}, "the small test stream is padded to its rate"


@pytest.mark.parametrize(
    ("kind", "indicator"),
    [
        ("ts-cc-errors", "1.4"),
        ("ts-dropped-packets", "1.4"),
        ("ts-repeated-packets", "1.4"),
        ("ts-sync-byte-errors", "1.2"),
        ("ts-transport-errors", "2.1"),
        ("ts-crc-errors", "2.2"),
        ("ts-pcr-jitter", "2.4"),
        ("ts-discontinuity", "2.3.b"),
    ],
)
def test_each_error_made_is_counted_once(mux: Mux, kind: str, indicator: str) -> None:
    judged = Judged(mux, kind)
    assert judged.counts[indicator] == judged.made > 0
    assert judged.findings - {"ts-null-share"} <= set(TS_FAULTS[kind].expects)


@pytest.mark.parametrize(
    "kind",
    [
        "ts-pat-missing",
        "ts-pat-late",
        "ts-pmt-missing",
        "ts-pmt-late",
        "ts-si-missing",
        "ts-pcr-gap",
        "ts-pts-gap",
        "ts-pid-missing",
        "ts-scrambled",
    ],
)
def test_what_is_absent_is_found_under_the_name_the_lab_expects(mux: Mux, kind: str) -> None:
    assert Judged(mux, kind).findings & set(TS_FAULTS[kind].expects)
