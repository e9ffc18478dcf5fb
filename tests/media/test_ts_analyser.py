"""The analyser beside the truth of real captures and of clips with one known fault, at any division into blocks."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from noc_console.media.ts import fast, packets
from noc_console.media.ts.analyser import Analyser, Report
from noc_console.media.ts.findings import priority_of
from noc_console.media.ts.grid import Grid
from noc_console.media.ts.profile import Profile

PASSES = [pytest.param(packets.read_heads, id="numpy"), pytest.param(fast.read_heads, id="compiled")]


def analyse(
    data: bytes, step: int = 1 << 30, read: Any = packets.read_heads, profile: Profile | None = None
) -> Report:
    grid, analyser = Grid(), Analyser(profile, read)
    for at in range(0, len(data), step):
        for piece in grid.feed(data[at : at + step]):
            analyser.feed(piece.block, None, piece.events)
    for piece in grid.finish():
        analyser.feed(piece.block, None, piece.events)
    analyser.finish(tuple(grid.events))
    return analyser.report()


def told(report: Report) -> dict[str, Any]:
    """All that must not depend on the division, NaN made equal to itself."""
    return {name: repr(getattr(report, name)) for name in report.__slots__}


def serious(report: Report) -> dict[str, int]:
    return {indicator: count for indicator, count in report.counts.items() if priority_of(indicator) in (1, 2)}


def expected(testdata: Path) -> list[dict[str, str]]:
    return list(csv.DictReader((testdata / "ts" / "expected.csv").read_text().splitlines()))


FAULTS: dict[str, dict[str, int]] = {
    "clean": {},
    "audio_pid_lost": {"1.6": 1},
    "cc_dup": {"1.4": 1},
    "cc_lost": {"1.4": 6},
    "cc_order": {"1.4": 3},
    "combo": {"1.2": 1, "1.3.a": 1, "1.4": 2, "2.1": 1, "2.3.b": 1},
    "misaligned": {"1.1": 2, "1.2": 4},
    "pat_bad": {"1.3.a": 3, "2.2": 1},
    "pat_crc": {"2.2": 4},
    "pcr_gap150ms": {"2.3.a": 3},
    "pcr_jump2s": {"2.3.b": 1},
    "pcr_jump2s_flagged": {},
    "pcr_plus400ns": {},
    "pcr_plus600ns": {"2.4": 39},
    "pmt_version": {},
    "pts_gap": {"2.5": 1},
    "scrambled_no_cat": {"2.5": 1, "2.6": 1},
    "sync_loss3": {"1.1": 1, "1.2": 3, "1.4": 2},
    "sync_single": {"1.2": 4},
    "tei": {"1.4": 6, "2.1": 7},
    "unref_pid": {},
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_known_fault_is_told_and_nothing_else(testdata: Path, name: str) -> None:
    report = analyse((testdata / "ts" / "made" / f"bbb520k_{name}.ts").read_bytes())
    assert serious(report) == FAULTS[name]


@pytest.mark.parametrize(("name", "indicator"), [("pat_gap", "1.3.a"), ("pat_none", "1.3.a"), ("pmt_gap", "1.5.a")])
def test_a_table_that_stays_away_is_the_only_fault(testdata: Path, name: str, indicator: str) -> None:
    report = analyse((testdata / "ts" / "made" / f"bbb520k_{name}.ts").read_bytes())
    assert set(serious(report)) == {indicator}


def test_a_pid_nobody_refers_to_is_told(testdata: Path) -> None:
    report = analyse((testdata / "ts" / "made" / "bbb520k_unref_pid.ts").read_bytes())
    assert report.counts["3.4"] == 1
    assert [error.pid for error in report.errors if error.indicator == "3.4"] == [427]


def test_the_counts_of_all_captures_are_right(testdata: Path) -> None:
    wrong = []
    for row in expected(testdata):
        if "misaligned" in row["file"]:
            continue
        report = analyse((testdata / row["file"]).read_bytes())
        pcr = {
            f"{pid}:{one.pcr.count}:{one.pcr.max_interval_ms and round(one.pcr.max_interval_ms, 3)}"
            f":{one.pcr.over_40ms}:{one.pcr.over_100ms}:{one.pcr.backward}"
            for pid, one in report.pids.items()
            if one.pcr
        }
        ours = {
            "sync_byte_errors": report.sync_byte_errors,
            "tei_packets": report.transport_errors,
            "null_packets": report.null_packets,
            "scrambled_packets": report.scrambled_packets,
            "cc_errors": sum(one.continuity_errors for one in report.pids.values()),
            "duplicates": sum(one.duplicates for one in report.pids.values()),
            "disc_indicators": sum(one.discontinuity_flags for one in report.pids.values()),
            "pids": len(report.pids),
        }
        column = "pcr_pids_(pid:count:max_interval_ms:n_over_40ms:n_over_100ms:n_backward)"
        differs = {key: (value, row[key]) for key, value in ours.items() if value != int(row[key])}
        if differs or pcr != set(filter(None, row[column].split(";"))):
            wrong.append((row["file"], differs, pcr, row[column]))
    assert wrong == []


@pytest.mark.parametrize("read", PASSES)
@pytest.mark.parametrize("step", [188 * 7, 50_001])
def test_the_division_and_the_pass_change_nothing(testdata: Path, read: Any, step: int) -> None:
    for name in ("made/bbb520k_combo", "made/bbb520k_scrambled_no_cat", "petrj/digea-2023-07-28-17-00-26"):
        data = (testdata / "ts" / f"{name}.ts").read_bytes()[:600_000]
        whole, parts = told(analyse(data)), told(analyse(data, step, read))
        assert [key for key in whole if whole[key] != parts[key]] == []


HARMS = st.lists(st.tuples(st.integers(0, 11_000), st.integers(0, 187), st.integers(0, 255)), max_size=60)


@settings(deadline=None, max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(harms=HARMS, begin=st.integers(0, 9_000), step=st.integers(3_000, 300_000))
def test_random_damage_is_told_the_same_way_in_any_division(
    testdata: Path, harms: list[tuple[int, int, int]], begin: int, step: int
) -> None:
    rows = np.fromfile(testdata / "ts" / "tsduck" / "test-108.ts", np.uint8).reshape(-1, 188)[begin : begin + 11_000]
    for row, at, value in harms:
        rows[row % len(rows), at if value % 2 else at % 12] = value
    data = rows.tobytes()
    whole, parts = told(analyse(data)), told(analyse(data, step, fast.read_heads))
    assert [key for key in whole if whole[key] != parts[key]] == []
