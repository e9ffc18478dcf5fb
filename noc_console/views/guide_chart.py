"""The chart of a step: the metric, its baseline band, threshold and sister channels; names at the lines' ends."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QLineF, QPointF, QRectF
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from noc_console.model import Severity
from noc_console.views.axis_ticks import tick_text, time_ticks
from noc_console.views.channel_paint import CENTRE, LEFT, RIGHT, Ink, write
from noc_console.views.figures import ICT
from noc_console.views.theme import AXIS, BODY, SEMIBOLD, Theme

_HEIGHT, _LEFT, _RIGHT, _TOP, _BOTTOM = 262, 44, 156, 46, 24
_SCALES = {"MOS": (2.0, 5.0), "LUFS": (-33.0, -13.0)}
_NEAR = 15.0
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Curve:
    """One line; `is_main` is the channel itself, the others are its sisters."""

    name: str
    points: tuple[Point, ...]
    is_main: bool = False


@dataclass(frozen=True, slots=True)
class GuideChart:
    """All that is drawn. `band` is what was normal the day before, `limit` the threshold with its words."""

    title: str
    unit: str
    start: float
    end: float
    curves: tuple[Curve, ...]
    band: tuple[float, float] | None = None
    limit: tuple[float, str] | None = None
    is_below_ill: bool = True
    alarm_at: float | None = None
    severity: Severity = Severity.CLEARED
    notice: str = ""
    scale: str = ""


class ChartCard(QWidget):
    """Paints one chart under its title."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._chart: GuideChart | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(_HEIGHT)
        self.hide()

    def show_chart(self, chart: GuideChart | None) -> None:
        """Show a chart, or nothing."""
        if chart != self._chart:
            self._chart = chart
            self.setVisible(chart is not None)
            self.setAccessibleName(chart.title if chart is not None else "Chart")
            self.update()

    @property
    def chart(self) -> GuideChart | None:
        """The chart that is shown."""
        return self._chart

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Override: title, band, lines, axes."""
        chart = self._chart
        if chart is None:
            return
        painter = QPainter(self)
        theme, colours = self._theme, self._theme.colours
        title = Ink(theme.font(BODY, SEMIBOLD), colours.text)
        write(painter, QRectF(0, 0, self.width(), 20), chart.title, title)
        box = QRectF(_LEFT, _TOP, self.width() - _LEFT - _RIGHT, self.height() - _TOP - _BOTTOM)
        low, high = value_range(chart)
        plot = _Plot(box, chart.start, max(chart.end, chart.start + 1), low, high)
        self._paint_grid(painter, chart, plot)
        if any(curve.points for curve in chart.curves):
            self._paint_lines(painter, chart, plot)
        else:
            write(painter, box, chart.notice or "no data", Ink(theme.font(BODY), colours.tertiary), CENTRE)
        painter.end()

    def _paint_grid(self, painter: QPainter, chart: GuideChart, plot: _Plot) -> None:
        theme, colours, box = self._theme, self._theme.colours, plot.box
        axis = Ink(theme.font(AXIS), colours.tertiary)
        write(painter, QRectF(0, _TOP - 26, _LEFT + 40, 16), chart.unit, axis)
        if chart.band is not None:
            top, bottom = plot.y(chart.band[1]), plot.y(chart.band[0])
            painter.fillRect(QRectF(box.left(), top, box.width(), max(bottom - top, 1)), colours.band_low)
        for tick in ticks(plot.low, plot.high):
            y = round(plot.y(tick)) + 0.5
            painter.setPen(QPen(colours.grid_line, 1))
            painter.drawLine(QPointF(box.left(), y), QPointF(box.right(), y))
            write(painter, QRectF(0, y - 8, _LEFT - 8, 16), tick_text(tick), axis, RIGHT)
        painter.setPen(QPen(colours.axis_line, 1))
        painter.drawLine(QPointF(box.left(), box.bottom()), QPointF(box.right(), box.bottom()))
        for at in time_ticks(plot.start, plot.end, box.width()):
            words = datetime.fromtimestamp(at, ICT).strftime("%H:%M")
            x = min(max(plot.x(at) - 30, box.left() - 8), box.right() - 52)
            write(painter, QRectF(x, box.bottom() + 4, 60, 16), words, axis, CENTRE)
        if chart.limit is not None:
            self._paint_limit(painter, chart.limit, plot)

    def _paint_limit(self, painter: QPainter, limit: tuple[float, str], plot: _Plot) -> None:
        colours, y = self._theme.colours, round(plot.y(limit[0])) + 0.5
        if not plot.box.top() <= y <= plot.box.bottom():
            return
        pen = QPen(colours.tertiary, 1)
        pen.setDashPattern([4, 3])
        painter.setPen(pen)
        painter.drawLine(QPointF(plot.box.left(), y), QPointF(plot.box.right(), y))
        ink = Ink(self._theme.font(AXIS), colours.secondary)
        write(painter, QRectF(plot.box.left() + 4, y - 17, 240, 16), limit[1], ink)

    def _paint_lines(self, painter: QPainter, chart: GuideChart, plot: _Plot) -> None:
        theme, colours = self._theme, self._theme.colours
        painter.save()
        painter.setClipRect(plot.box.adjusted(0, -2, 0, 2))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for curve in sorted(chart.curves, key=lambda one: one.is_main):
            painter.setPen(QPen(colours.text if curve.is_main else colours.tertiary, 1))
            for run in _unbroken(curve.points, plot.end - plot.start):
                painter.drawPolyline(QPolygonF([QPointF(plot.x(at), plot.y(value)) for at, value in run]))
            if curve.is_main and chart.limit is not None and chart.severity is not Severity.CLEARED:
                painter.setPen(QPen(theme.severity[chart.severity], 1.5))
                painter.drawLines([QLineF(*one) for one in _ill(curve, chart, plot)])
        painter.restore()
        if chart.alarm_at is not None and plot.start <= chart.alarm_at <= plot.end:
            self._paint_alarm(painter, chart, plot)
        self._paint_names(painter, chart, plot)

    def _paint_alarm(self, painter: QPainter, chart: GuideChart, plot: _Plot) -> None:
        x, hue = round(plot.x(chart.alarm_at or 0)) + 0.5, self._theme.severity[chart.severity]
        pen = QPen(hue, 1)
        pen.setDashPattern([1, 3])
        painter.setPen(pen)
        painter.drawLine(QPointF(x, plot.box.top() - 14), QPointF(x, plot.box.bottom()))
        words = f"alarm {datetime.fromtimestamp(chart.alarm_at or 0, ICT):%H:%M:%S}"
        is_left = x - plot.box.left() > 120
        row = QRectF(x - 126 if is_left else x + 6, plot.box.top() - 24, 120, 16)
        write(painter, row, words, Ink(self._theme.font(AXIS), hue), RIGHT if is_left else LEFT)

    def _paint_names(self, painter: QPainter, chart: GuideChart, plot: _Plot) -> None:
        theme, colours = self._theme, self._theme.colours
        ends = sorted(
            ((plot.y(one.points[-1][1]), one) for one in chart.curves if one.points), key=lambda end: end[0]
        )
        places = _apart([min(max(y, plot.box.top()), plot.box.bottom()) for y, _ in ends])
        is_ill = chart.limit is not None and chart.severity is not Severity.CLEARED
        for y, (_, curve) in zip(places, ends, strict=True):
            broken = is_ill and _is_ill(curve.points[-1][1], chart)
            hue = theme.severity[chart.severity] if broken and curve.is_main else colours.secondary
            font = theme.font(AXIS, SEMIBOLD) if curve.is_main else theme.font(AXIS)
            words = f"{curve.name}  {curve.points[-1][1]:.3g}".replace("-", "\u2212")
            hue = colours.text if curve.is_main and not broken else hue
            write(painter, QRectF(plot.box.right() + 10, y - 8, _RIGHT - 12, 16), words, Ink(font, hue))
        if chart.band is not None and chart.band[0] <= plot.high:
            y = plot.y((chart.band[0] + chart.band[1]) / 2)
            if all(abs(y - one) > _NEAR for one in places):
                row = QRectF(plot.box.right() + 10, y - 8, _RIGHT - 12, 16)
                write(painter, row, "24 h before", Ink(theme.font(AXIS), colours.tertiary))


@dataclass(frozen=True, slots=True)
class _Plot:
    box: QRectF
    start: float
    end: float
    low: float
    high: float

    def x(self, at: float) -> float:
        """Return where a time is."""
        return self.box.left() + (at - self.start) / (self.end - self.start) * self.box.width()

    def y(self, value: float) -> float:
        """Return where a value is."""
        return self.box.bottom() - (value - self.low) / (self.high - self.low) * self.box.height()


def value_range(chart: GuideChart) -> tuple[float, float]:
    """Return the least and greatest value of the axis: fixed for what has a fixed scale, else around the data."""
    if chart.scale in _SCALES:
        return _SCALES[chart.scale]
    values = [value for curve in chart.curves for _, value in curve.points if math.isfinite(value)]
    values += [*(chart.band or ()), *((chart.limit[0],) if chart.limit else ())]
    if not values:
        return 0.0, 1.0
    low, high = min(values), max(values)
    low = 0.0 if 0 <= low < high / 2 or low == high >= 0 else low
    room = (high - low) * 0.08 or max(abs(high) * 0.1, 1.0)
    return (low if low == 0 else low - room), high + room


def ticks(low: float, high: float) -> list[float]:
    """Return three to six round values of a range."""
    raw = (high - low) / 4
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(one * power for one in (1, 2, 2.5, 5, 10) if one * power >= raw)
    first = math.ceil(low / step - 1e-9)
    return [round(n * step, 12) for n in range(first, math.floor(high / step + 1e-9) + 1)]


def _unbroken(points: Sequence[Point], span: float) -> list[list[Point]]:
    """Return the stretches without a gap: a gap is never joined."""
    usual = span / max(len(points), 1)
    runs: list[list[Point]] = []
    for at, value in points:
        if runs and at - runs[-1][-1][0] <= max(usual * 6, 30.0):
            runs[-1].append((at, value))
        else:
            runs.append([(at, value)])
    return runs


def _ill(curve: Curve, chart: GuideChart, plot: _Plot) -> list[tuple[QPointF, QPointF]]:
    found = []
    for run in _unbroken(curve.points, plot.end - plot.start):
        for (at, value), (then, after) in itertools.pairwise(run):
            if _is_ill(value, chart) and _is_ill(after, chart):
                found.append((QPointF(plot.x(at), plot.y(value)), QPointF(plot.x(then), plot.y(after))))
    return found


def _is_ill(value: float, chart: GuideChart) -> bool:
    if chart.limit is None:
        return False
    return value < chart.limit[0] if chart.is_below_ill else value > chart.limit[0]


def _apart(places: Sequence[float]) -> list[float]:
    """Return places from top to bottom with room for a line between them."""
    found: list[float] = []
    for y in places:
        found.append(max(y, found[-1] + _NEAR) if found else y)
    return found
