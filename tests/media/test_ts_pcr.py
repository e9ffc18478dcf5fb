"""PCR: accuracy by byte position beside constructed offsets, time between PCRs, jumps, wrap, and arrival apart."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from ts_packets_making import RATE, VIDEO, pcr_field, stream

from noc_console.media.ts.analyser import Analyser, Batch, Report
from noc_console.media.ts.clock import PCR_WRAP, SILENCE, Clock
from noc_console.media.ts.profile import Profile


def whole(packets: np.ndarray, profile: Profile | None = None) -> Report:
    analyser = Analyser(profile)
    analyser.feed(packets)
    analyser.finish()
    return analyser.report()


def errors_of(path: Path) -> dict[int, float]:
    """Every PCR's error in ns, by packet: with a negative limit each is told."""
    data = np.fromfile(path, np.uint8).reshape(-1, 188)
    analyser = Analyser(Profile(pcr_accuracy_ns=-1.0))
    batches: list[Batch] = [analyser.feed(data[at : at + 100]) for at in range(0, len(data), 100)]
    every = [error for batch in [*batches, analyser.finish()] for error in batch.errors]
    return {error.packet_index: error.value for error in every if error.indicator == "2.4"}


@pytest.mark.parametrize(("name", "ticks"), [("plus400ns", 11), ("plus600ns", 16)])
def test_constructed_offsets_are_measured_within_ten_nanoseconds(testdata: Path, name: str, ticks: int) -> None:
    clean = errors_of(testdata / "ts" / "made" / "bbb520k_clean.ts")
    moved = errors_of(testdata / "ts" / "made" / f"bbb520k_pcr_{name}.ts")
    built = ticks * 1e9 / 27e6
    offsets = [moved[place] - clean[place] for place in clean]
    assert len(offsets) == 401
    far = [offset for offset in offsets if offset > built / 2]
    assert len(far) == 39
    assert max(abs(offset - built) for offset in far) < 10
    assert max(abs(offset) for offset in offsets if offset <= built / 2) < 10


def test_accuracy_does_not_apply_to_a_variable_bitrate(testdata: Path) -> None:
    report = whole(np.fromfile(testdata / "ts" / "tsduck" / "test-064.ts", np.uint8).reshape(-1, 188))
    assert report.is_constant is False
    assert [one.pcr.max_accuracy_ns for one in report.pids.values() if one.pcr] == [None]
    assert "2.4" not in report.counts


def test_a_clean_stream_has_no_errors_and_the_right_length() -> None:
    report = whole(stream(4.0))
    assert dict(report.counts) == {}
    assert report.duration_s == pytest.approx(4.0, abs=1e-3)
    assert report.bitrate_bps == pytest.approx(RATE * 188 * 8, rel=1e-6)


def test_the_wrap_of_the_clock_is_no_jump() -> None:
    first_s = PCR_WRAP / 27e6 - 1.5
    assert dict(whole(stream(3.0, first_s=first_s)).counts) == {}


def test_losing_packets_is_no_fault_of_the_clock() -> None:
    packets = stream(4.0)
    kept = np.delete(packets, [*range(3003, 3005), 5001], axis=0)
    assert {indicator for indicator in whole(kept).counts if indicator.startswith("2")} == set()


def test_a_late_pcr_is_told_with_its_time() -> None:
    packets = stream(4.0)
    rows = [row for row in range(4000, 4240) if packets[row, 3] & 0x20]
    packets[rows, 5] = 0
    report = whole(packets)
    assert report.counts["2.3.a"] == 1
    (error,) = (error for error in report.errors if error.indicator == "2.3.a")
    assert error.value == pytest.approx(0.14, abs=1e-6)
    assert error.pid == VIDEO


def test_forty_milliseconds_are_a_warning_of_their_own() -> None:
    packets = stream(4.0)
    rows = [row for row in range(4000, 4080) if packets[row, 3] & 0x20]
    packets[rows, 5] = 0
    assert dict(whole(packets).counts) == {"2.3.a-40": 1}


def test_a_jump_moves_no_time() -> None:
    packets = stream(4.0)
    for row in range(4000, 8000):
        if packets[row, 3] & 0x20:
            clock = int((10 + row / RATE + 5) * 27_000_000)
            packets[row, 4:12] = np.frombuffer(pcr_field(clock), np.uint8)
    report = whole(packets, Profile(buffers=False))
    assert dict(report.counts) == {"2.3.b": 1}
    assert report.duration_s == pytest.approx(4.0, abs=1e-3)


def test_without_a_clock_nothing_is_late() -> None:
    packets = stream(4.0)
    packets[packets[:, 3] & 0x20 != 0, 5] = 0
    report = whole(packets[np.flatnonzero(packets[:, 2] != 0)[:3000]])
    assert {indicator for indicator in report.counts if indicator != "1.4"} == set()


def test_time_goes_on_when_the_reference_falls_silent() -> None:
    clock = Clock()
    none, values = np.zeros(2, bool), np.array([0, 27_000_000], np.int64)
    clock.feed(np.array([0, 1000]), np.array([5, 5]), values, none, 1001)
    clock.feed(np.zeros(0, np.int64), np.zeros(0, np.int64), values[:0], none[:0], 1000 + SILENCE + 10)
    assert clock.horizon == 1000 + SILENCE
    assert clock.at(np.array([1000 + SILENCE - 1000]))[0] == pytest.approx(SILENCE / 1000)
    place = 1000 + SILENCE + 500
    clock.feed(np.array([place]), np.array([9]), values[:1], none[:1], place + 1)
    assert clock.pid == 9
    assert clock.at(np.array([place]))[0] == pytest.approx(place / 1000)


def test_arrival_jitter_is_told_beside_accuracy_and_not_mixed_with_it() -> None:
    packets, analyser = stream(4.0), Analyser()
    late = np.random.default_rng(2).uniform(0, 0.08, 4)
    for second in range(4):
        rows = packets[second * RATE : (second + 1) * RATE]
        times = 1000.0 + second + np.arange(RATE) / RATE
        times[RATE // 2 :] += late[second]
        analyser.feed(rows, np.maximum.accumulate(times))
        measures = analyser.tick(1001.0 + second)
    whole_stream = measures.metrics["ts"]
    assert whole_stream["ts.arrival_jitter_s"] > 0.01
    assert whole_stream["ts.pcr_accuracy_ns"] < 50
    assert measures.metrics["pid/0x0100"]["ts.pcr_interval_s"] >= 0.02


def test_packets_held_back_by_the_network_make_no_pcr_late() -> None:
    packets, analyser = stream(3.0), Analyser()
    for second in range(3):
        rows = packets[second * RATE : (second + 1) * RATE]
        bursts = 1000.0 + second + np.floor(np.arange(RATE) / RATE * 5) / 5
        analyser.feed(rows, bursts)
        analyser.tick(1001.0 + second)
    assert {indicator for indicator in analyser.report().counts if indicator.startswith("2.3")} == set()
