"""Rows of the loudness report from blocks and from minutes, and the figures of a whole file."""

from __future__ import annotations

import numpy as np
import pytest
from loudness_making import STEREO, blocks_of, programme, stereo

from noc_console.media.loudness.report import LoudnessRow, row_of_blocks, row_of_minutes
from noc_console.media.loudness.summary import Summary, summarise
from noc_console.media.stretch import BLOCK


def test_a_programme_gets_its_integrated_loudness_and_the_share_of_right_minutes() -> None:
    blocks = blocks_of(stereo([(60, -23.0), (60, -21.5), (60, -28.0), (60, None)]))
    row = row_of_blocks("VTV1", blocks, STEREO)
    assert row.channel == "VTV1"
    assert row.average_lufs == pytest.approx(-23.4, abs=0.2)
    assert row.deviation_lu == pytest.approx(row.average_lufs + 23.0)
    assert row.true_peak_dbtp == pytest.approx(-21.5, abs=0.2)
    assert (row.minutes, row.compliance_ratio, row.strict_ratio) == (3, pytest.approx(2 / 3), pytest.approx(1 / 3))


def test_a_day_is_told_from_its_minutes() -> None:
    row = row_of_minutes("VTV1", [-23.0, -23.0, np.nan, -20.0, -60.0], [-3.0, -1.5, np.nan, -9.0, -40.0])
    energy = (2 * 10**-2.3 + 10**-2.0) / 3
    assert row.average_lufs == pytest.approx(10 * np.log10(energy), abs=0.001)
    assert row.true_peak_dbtp == -1.5
    assert (row.minutes, row.compliance_ratio, row.strict_ratio) == (4, 0.5, 0.5)


@pytest.mark.parametrize("minutes", [[], [np.nan, np.nan]])
def test_a_silent_span_has_a_row_without_figures(minutes: list[float]) -> None:
    assert row_of_minutes("VTV1", minutes, minutes) == LoudnessRow("VTV1", None, None, None, None, None, 0)


def test_another_target_moves_the_deviation() -> None:
    assert row_of_minutes("A/85", [-24.0], [-2.0], target_lufs=-24.0).deviation_lu == pytest.approx(0.0)


def test_a_file_with_a_gap_has_no_window_over_it() -> None:
    loud, quiet = blocks_of(stereo([(2, -10.0)])), blocks_of(stereo([(2, -30.0)]), at_s=900.0)
    told = summarise(np.concatenate([loud, quiet]), STEREO)
    assert told.short_term_max_lufs is None
    assert told.momentary_max_lufs == pytest.approx(-10.0, abs=0.1)
    assert told.integrated_lufs == pytest.approx(-10.0, abs=0.1)


def test_a_file_without_sound_has_no_figures() -> None:
    assert summarise(np.zeros(0, BLOCK), STEREO) == Summary()
    nothing = summarise(blocks_of(stereo([(5, None)])), STEREO)
    assert (nothing.integrated_lufs, nothing.range_lu, nothing.correlation) == (None, None, None)
    assert nothing.momentary_max_lufs == -100.0


def test_the_figures_of_a_file_are_in_their_order() -> None:
    told = summarise(blocks_of(programme(30, 4)), STEREO)
    assert told.integrated_lufs is not None
    assert told.short_term_max_lufs is not None
    assert told.momentary_max_lufs is not None
    assert told.integrated_lufs < told.short_term_max_lufs < told.momentary_max_lufs
    assert 0 < (told.correlation or 0) < 1
