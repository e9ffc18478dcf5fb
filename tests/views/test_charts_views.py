"""The stack of charts: what is painted where, and what the crosshair tells."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from noc_console.model import Severity
from noc_console.views.axis import flag_time
from noc_console.views.axis_ticks import tick_text, tick_time, time_ticks
from noc_console.views.charts.overlay import Mark
from noc_console.views.charts.plot import bar_tops
from noc_console.views.charts.reduce import Line
from noc_console.views.charts.spec import ChartSpec, CurveSpec, Limit
from noc_console.views.charts.stack import Stack
from noc_console.views.charts.trace import Gap, Trace
from noc_console.views.theme import Theme

END = 1_795_185_120.0
AGE = CurveSpec("1080p50", "playlist.age_ratio", "1080p50", 1)
LIMITS = (Limit(1.5, "major 1.5", Severity.MAJOR), Limit(3.0, "critical 3.0", Severity.CRITICAL))
SPEC = ChartSpec("Age", "age ×", (4, 8), (AGE,), LIMITS)
BARS = ChartSpec("First byte", "s", (1, 2), (CurveSpec("total", "segment.download_s", "1080p50", 1),), is_bars=True)


@pytest.fixture
def stack(look: Theme, qapp: QApplication) -> Iterator[Stack]:
    shown = Stack(look, [SPEC, BARS])
    shown.resize(900, 320)
    shown.show()
    qapp.processEvents()
    yield shown
    shown.close()


def _trace(value: float, *, until: float = END) -> Trace:
    trace = Trace()
    trace.replace([[at, value, value, value, 1] for at in np.arange(END - 900, until, 6.0)])
    return trace


def _drawn(stack: Stack, qapp: QApplication, **more: object) -> QImage:
    values = {"traces": {AGE: _trace(0.7)}} | more
    stack.draw(END - 900, END, **values)  # type: ignore[arg-type]
    qapp.processEvents()
    return stack.grab().toImage()


def _colours(image: QImage, left: float, right: float, top: float, bottom: float) -> set[str]:
    return {image.pixelColor(x, y).name() for x in range(int(left), int(right)) for y in range(int(top), int(bottom))}


def _row(stack: Stack, index: int = 0) -> tuple[float, float, float, float]:
    box = stack.charts[index].box.sceneBoundingRect()
    return box.left() + 1, box.right() + 1, box.top() + 1, box.bottom() + 1


def _is_near(colours: set[str], wanted: QColor) -> bool:
    return any(
        sum(abs(a - b) for a, b in zip(QColor(one).getRgb()[:3], wanted.getRgb()[:3], strict=True)) < 40
        for one in colours
    )


def test_a_calm_series_has_no_hue(stack: Stack, look: Theme, qapp: QApplication) -> None:
    found = _colours(_drawn(stack, qapp), *_row(stack))
    assert not any(_is_near(found, look.severity[one]) for one in (Severity.MAJOR, Severity.CRITICAL))
    assert stack.charts[0].crossed == frozenset()


def test_only_what_is_beyond_its_limit_takes_the_colour(stack: Stack, look: Theme, qapp: QApplication) -> None:
    image = _drawn(stack, qapp, traces={AGE: _trace(2.0)})
    left, right, top, bottom = _row(stack)
    assert _is_near(_colours(image, left, right, top, bottom), look.severity[Severity.MAJOR])
    assert stack.charts[0].crossed == frozenset({LIMITS[0]})


def test_a_gap_is_hatched_and_not_recorded_is_not(stack: Stack, look: Theme, qapp: QApplication) -> None:
    gaps = [Gap(END - 800, END - 600, "no data"), Gap(END - 400, END - 200, "not recorded")]
    image = _drawn(stack, qapp, traces={AGE: Trace()}, gaps=gaps)
    left, right, top, bottom = _row(stack, 1)
    width = right - left

    def part(start: float, end: float) -> set[str]:
        return _colours(image, left + width * start, left + width * end, top, bottom - 4)

    assert look.colours.hatch_ground.name() in part(0.13, 0.31)
    assert look.colours.hatch_ground.name() not in part(0.58, 0.75)


def test_stale_data_are_hatched_from_the_last_sample_on(stack: Stack, look: Theme, qapp: QApplication) -> None:
    image = _drawn(stack, qapp, traces={AGE: _trace(0.7, until=END - 300)}, stale_from=END - 300)
    left, right, top, bottom = _row(stack)
    middle = left + (right - left) * 2 / 3
    assert look.colours.hatch_ground.name() in _colours(image, middle + 10, right - 2, top, bottom)
    assert look.colours.hatch_ground.name() not in _colours(image, left, middle - 10, top, bottom)


def test_an_alarm_is_marked_in_its_severity_across_all_charts(stack: Stack, look: Theme, qapp: QApplication) -> None:
    image = _drawn(stack, qapp, marks=[Mark(END - 450, "STALE_PLAYLIST", Severity.CRITICAL)])
    for row in (0, 1):
        left, right, top, bottom = _row(stack, row)
        middle = (left + right) / 2
        assert look.severity[Severity.CRITICAL].name() in _colours(image, middle - 3, middle + 3, top, bottom)


def test_the_crosshair_shows_the_values_of_its_time(stack: Stack, qapp: QApplication) -> None:
    trace = Trace()
    trace.replace(
        [[at, value, value, value, 1] for at, value in ((END - 880, 0.3), (END - 450, 0.5), (END - 5, 0.9))]
    )
    trace.gap_s = 600
    _drawn(stack, qapp, traces={AGE: trace})
    assert stack._legend._rows[0].value == "0.9"
    left, right, top, _ = _row(stack)
    QTest.mouseMove(stack._view.viewport(), QPoint(int((left + right) / 2) + 20, int(top) + 10))
    qapp.processEvents()
    assert stack._legend._rows[0].value == "0.5"


def test_a_value_that_is_no_longer_the_present_one_stands_back(stack: Stack, look: Theme, qapp: QApplication) -> None:
    _drawn(stack, qapp, traces={AGE: _trace(2.0)})
    assert stack._legend._rows[0].value_colour == look.severity[Severity.MAJOR]
    _drawn(stack, qapp, traces={AGE: _trace(2.0, until=END - 300)})
    assert (stack._legend._rows[0].value, stack._legend._rows[0].value_colour) == ("2.0", look.colours.tertiary)


def test_a_chart_says_loading_until_its_samples_are_there(stack: Stack, qapp: QApplication) -> None:
    _drawn(stack, qapp, traces={AGE: Trace()})
    assert stack._overlay._scene.notices == ("Loading", "Loading")
    loaded = Trace()
    loaded.replace([])
    _drawn(stack, qapp, traces={AGE: loaded})
    assert stack._overlay._scene.notices[0] == "no samples in this window"


def test_the_axis_grows_only_to_familiar_ends_and_never_shrinks_by_itself(stack: Stack, qapp: QApplication) -> None:
    for value, top in ((0.7, 4), (5.0, 8), (0.7, 8)):
        _drawn(stack, qapp, traces={AGE: _trace(value)})
        assert stack.charts[0].top == top


def test_bars_show_the_greatest_of_their_stretch() -> None:
    line = Line(np.array([0.0, 1.0, 5.0, 6.0, 7.0]), np.array([1.0, 3.0, np.nan, 2.0, 1.0]))
    left, height = bar_tops(line, 0.0, 5.0)
    assert left.tolist() == [0.0, 5.0]
    assert height.tolist() == [3.0, 2.0]


def test_time_labels_stand_on_whole_steps_of_the_local_clock() -> None:
    ticks = time_ticks(END - 3600, END, 1000)
    assert [tick_time(at, 3600) for at in ticks] == ["20:40", "20:50", "21:00", "21:10", "21:20", "21:30"]
    assert flag_time(END, 3600) == "21:32:00"
    assert flag_time(END, 7 * 86_400) == "20 Nov 21:32:00"
    assert tick_text(-23.0) == "−23"
