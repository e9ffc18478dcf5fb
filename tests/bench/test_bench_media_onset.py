"""The bench that holds what watches tell beside the lab's log: in time played by hand, on a small lab."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from noc_console.bench.media_feeds import MULTICAST, PlayedLab
from noc_console.bench.media_onset import Case, delay_rows, delays_of, onset_rows, onsets_of
from noc_console.lab.options import LabOptions, RungSpec

RUNG = (RungSpec("v180", 320, 180, 400_000),)


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("looks")


@pytest.fixture
def lab(cache: Path) -> Iterator[PlayedLab]:
    options = LabOptions(channels=1, looks=1, multicast=1, ads=False, ladder=RUNG, loop_s=8, segment_s=4, cache=cache)
    played = PlayedLab(options)
    yield played
    played.close()


def test_freeze_and_silence_are_told_where_the_lab_has_them(lab: PlayedLab) -> None:
    cases = onsets_of(lab, 1, Random(5), ("freeze", "silence"))
    assert {(case.form, case.mode) for case in cases} == {
        (form, mode) for form in ("hls-ts", MULTICAST) for mode in ("full", "keyframes")
    }
    rows = onset_rows(cases, gop_s=2.0)
    assert len(rows) == 4
    assert all(row.is_met for row in rows), rows


def test_what_was_not_told_or_late_is_not_met() -> None:
    missed = Case("freeze", "hls-ts", "full", None, None)
    late = Case("black", "hls-ts", "keyframes", 2.5, 0.0)
    black, freeze = onset_rows([missed, late], gop_s=2.0)
    assert (black.is_met, freeze.is_met) == (False, False)
    assert "missed: hls-ts" in freeze.how


def test_a_finding_is_timed_from_the_begin_of_its_fault(lab: PlayedLab) -> None:
    delays = delays_of(lab, ("loud",), lasts_s=24.0)
    assert [delay.form for delay in delays] == ["hls-ts", MULTICAST]
    assert all(delay.after_s is not None and 0 < delay.after_s < 24 for delay in delays)
    assert delay_rows(delays)[0].is_met
