"""Reduction to pixel columns keeps every peak and never joins a gap."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noc_console.views.charts.reduce import Line, Window, crossing, line_of_columns, reduced, slid
from noc_console.views.charts.trace import Gap, Trace

DAY = 86_400


def _day() -> tuple[np.ndarray, np.ndarray]:
    at = np.arange(DAY, dtype=float)
    return at, np.sin(at / 500)


def test_a_single_peak_of_one_second_in_a_day_is_still_on_screen() -> None:
    at, value = _day()
    value[40_000] = 99.0
    line = line_of_columns(reduced(at, value, value, Window(0, DAY, 800)), 30)
    assert np.nanmax(line.y) == 99.0
    assert len(line.x) <= 2 * 801


def test_sliding_gives_the_same_columns_as_starting_afresh() -> None:
    at, value = _day()
    window = Window(0, 40_000, 500)
    columns = reduced(at[:40_000], value[:40_000], value[:40_000], window)
    for end in (40_001, 40_077, 41_000, 44_444):
        later = Window(end - 40_000, end, 500)
        columns = slid(columns, at[:end], value[:end], value[:end], later)
        fresh = reduced(at[end - 40_000 : end], value[end - 40_000 : end], value[end - 40_000 : end], later)
        # the first column may still hold what has just left the window
        np.testing.assert_allclose(columns.low[1:], fresh.low[1:])
        np.testing.assert_allclose(columns.high[1:], fresh.high[1:])


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.floats(0, 10_000), min_size=1, max_size=400, unique=True),
    st.integers(2, 50),
)
def test_no_column_ever_invents_or_loses_an_extreme(times: list[float], width: int) -> None:
    at = np.array(sorted(times))
    value = np.cos(at)
    columns = reduced(at, value, value, Window(0, 10_001, width))
    assert np.nanmin(columns.low) == value.min()
    assert np.nanmax(columns.high) == value.max()


def test_a_hole_longer_than_a_gap_breaks_the_line() -> None:
    trace = Trace(gap_s=30)
    trace.replace([[t, 1, 1, 1, 1] for t in (0, 10, 20, 300, 310)])
    line = trace.line(Window(0, 400, 800))
    assert line.is_broken
    assert np.isnan(line.y).sum() == 1
    assert np.isnan(line.y[3])


def test_a_zoomed_out_hole_is_broken_too() -> None:
    trace = Trace(gap_s=30)
    trace.replace([[t, 1, 1, 1, 1] for t in range(20_000) if not 5_000 < t < 6_000])
    line = trace.line(Window(0, 20_000, 400))
    assert np.isnan(line.y).sum() == 1


def test_only_the_part_beyond_the_limit_is_cut_out_at_the_crossing() -> None:
    line = Line(np.array([0.0, 10.0, 20.0]), np.array([0.0, 2.0, 0.0]))
    over = crossing(line, 1.0)
    kept = ~np.isnan(over.y)
    np.testing.assert_allclose(over.x[kept], [5, 10, 15])
    np.testing.assert_allclose(over.y[kept], [1, 2, 1])


def test_nothing_is_cut_out_while_the_limit_holds() -> None:
    assert not len(crossing(Line(np.array([0.0, 1.0]), np.array([0.0, 0.5])), 1.0).x)


def test_a_sample_that_comes_again_is_held_once() -> None:
    trace = Trace()
    trace.replace([[1, 5, 5, 5, 1], [2, 6, 6, 6, 1]])
    trace.extend([[2, 6, 6, 6, 1], [3, 7, 7, 7, 1]])
    trace.append(3, 8)
    assert trace.at.tolist() == [1, 2, 3]
    assert trace.last == 7


@pytest.mark.parametrize(
    ("at", "value"),
    [
        pytest.param(11, 1.0, id="between two samples the older one counts"),
        pytest.param(9, None, id="before the first there is none"),
        pytest.param(80, None, id="too long after the last there is none"),
    ],
)
def test_the_value_under_the_crosshair(at: float, value: float | None) -> None:
    trace = Trace(gap_s=30)
    trace.replace([[10, 1, 1, 1, 1], [20, 2, 2, 2, 1]])
    got = trace.value_near(at)
    assert np.isnan(got) if value is None else got == value


def test_a_gap_told_twice_is_kept_once_with_its_newest_end() -> None:
    trace = Trace()
    trace.replace([], [Gap(10, 20, "no data")])
    trace.extend([], [Gap(10, 25, "no data")])
    assert trace.gaps == (Gap(10, 25, "no data"),)


def test_points_reduced_by_the_agent_keep_their_extremes_and_are_joined() -> None:
    trace = Trace(gap_s=30)
    trace.replace([[t * 72, 0, 1, 9, 12] for t in range(100)])
    line = trace.line(Window(0, 7_200, 800))
    assert not line.is_broken
    assert line.y.max() == 9
    assert line.y.min() == 0


def test_a_trace_watched_for_days_holds_no_more_than_twice_its_window() -> None:
    trace = Trace()
    trace.replace([[0, 1, 1, 1, 1]], [Gap(0, 10, "no data")])
    for at in range(1, 20_000):
        trace.append(at, 1.0)
        trace.trim(at - 1000)
        assert len(trace) <= 2002
    assert trace.last_at == 19_999
    assert trace.gaps == ()
    assert len(trace.line(Window(18_999, 19_999, 400)).x) > 400
