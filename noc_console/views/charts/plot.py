"""One chart: curves or bars in pyqtgraph, hairlines, limits; the part beyond a limit takes the colour."""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from noc_console.model import Severity
from noc_console.views.axis import TimeAxis, ValueAxis
from noc_console.views.charts.bands import Band, Bands
from noc_console.views.charts.limits import beyond, crossed, greatest, worst_now
from noc_console.views.charts.reduce import Floats, Line, Window
from noc_console.views.charts.spec import ChartSpec, CurveSpec, Limit
from noc_console.views.charts.trace import Trace
from noc_console.views.theme import Theme

_BAR_PITCH = 7


class Hairlines(pg.GraphicsObject):  # type: ignore[misc]
    """The few horizontal lines of a chart, on whole pixels: ticks solid, limits dashed."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._ticks: tuple[float, ...] = ()
        self._limits: tuple[tuple[float, QColor], ...] = ()
        self._box = QRectF()

    def show_lines(self, ticks: tuple[float, ...], limits: tuple[tuple[float, QColor], ...], box: QRectF) -> None:
        """Draw these values across the box, all in the chart's coordinates."""
        if (ticks, limits, box) == (self._ticks, self._limits, self._box):
            return
        self.prepareGeometryChange()
        self._ticks, self._limits, self._box = ticks, limits, box
        self.update()

    def boundingRect(self) -> QRectF:
        """Override: the box of the chart."""
        return self._box

    def paint(self, painter: QPainter, _option: object, _widget: object) -> None:
        """Override: paint ticks, then limits."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        pen = QPen(self._theme.colours.grid_line, 1)
        pen.setCosmetic(True)
        painter.setPen(pen)
        for value in self._ticks:
            painter.drawLine(QPointF(self._box.left(), value), QPointF(self._box.right(), value))
        for value, colour in self._limits:
            pen = QPen(colour, 1)
            pen.setCosmetic(True)
            pen.setDashPattern([4, 3])
            painter.setPen(pen)
            painter.drawLine(QPointF(self._box.left(), value), QPointF(self._box.right(), value))


class Chart:
    """A PlotItem with its traces; `draw` puts a window of them on the screen."""

    def __init__(self, theme: Theme, spec: ChartSpec, *, has_times: bool) -> None:
        self.theme = theme
        self.spec = spec
        self.value_axis = ValueAxis(theme, spec.unit)
        self.time_axis = TimeAxis(theme) if has_times else None
        self.box = pg.ViewBox(enableMouse=False, enableMenu=False)
        self.plot = _plot_item(self.box, self.value_axis, self.time_axis)
        self._bands = Bands(theme)
        self.plot.addItem(self._bands, ignoreBounds=True)
        self._hairlines = Hairlines(theme)
        self.plot.addItem(self._hairlines, ignoreBounds=True)
        self._curves: dict[CurveSpec, pg.PlotCurveItem] = {}
        self._over: dict[CurveSpec, pg.PlotCurveItem] = {}
        self._bars: dict[CurveSpec, pg.BarGraphItem] = {}
        self._top, self._height = -math.inf, 0.0
        self.has_bands = False
        self.crossed: frozenset[Limit] = frozenset()
        self.ill_curves: Mapping[CurveSpec, Severity] = {}

    @property
    def top(self) -> float:
        """Upper end of the value axis, in the chart's unit; 0 before anything was drawn."""
        return self._top if math.isfinite(self._top) else 0.0

    def part_of(self, value: float) -> float:
        """Return how high a value stands in the chart, 0 to 1."""
        low = self.spec.low_for(self.top)
        return (value - low) / ((self.top - low) or 1.0)

    def set_spec(self, spec: ChartSpec) -> None:
        """Show other curves from now on, as when the ladder has changed."""
        if spec == self.spec:
            return
        for item in (*self._curves.values(), *self._over.values(), *self._bars.values()):
            self.plot.removeItem(item)
        self._curves, self._over, self._bars = {}, {}, {}
        self._top = -math.inf
        self.spec = spec
        self.value_axis.show_unit(spec.unit)

    def forget_top(self) -> None:
        """Let the axis choose its upper end anew."""
        self._top = -math.inf

    def draw(
        self,
        window: Window,
        traces: Mapping[CurveSpec, Trace],
        bands: Mapping[CurveSpec, Band] = MappingProxyType({}),
    ) -> None:
        """Draw the window of the traces over their normal ranges; nothing is drawn for a curve without one."""
        lines = {
            curve: _scaled(traces[curve].line(window), self.spec.scale)
            for curve in self.spec.curves
            if curve in traces
        }
        self._fit(window, lines)
        self._draw_bands(window, bands)
        if self.spec.is_bars:
            self._draw_bars(window, lines)
        else:
            self._draw_curves(lines)

    def colour_of(self, curve: CurveSpec) -> QColor:
        """Return the grey of a curve: series differ by lightness, the first is the lightest."""
        colours = self.theme.colours
        if self.spec.is_bars:
            return (colours.muted, colours.data_line)[self.spec.curves.index(curve) % 2]
        greys = (colours.text, colours.data_line, colours.secondary, colours.tertiary, colours.muted)
        return greys[min(self.spec.curves.index(curve), len(greys) - 1)]

    def _draw_bands(self, window: Window, bands: Mapping[CurveSpec, Band]) -> None:
        mine = [bands[curve].scaled(self.spec.scale) for curve in self.spec.curves if curve in bands]
        self.has_bands = bool(mine) and not self.spec.is_bars
        low = self.spec.low_for(self._top)
        box = QRectF(window.start, low, window.end - window.start, self._top - low)
        self._bands.show_bands(tuple(mine) if self.has_bands else (), box)

    def _fit(self, window: Window, lines: Mapping[CurveSpec, Line]) -> None:
        high = max((greatest(line) for line in lines.values()), default=0.0)
        if self.spec.is_centred:
            high = max([high, *(greatest(Line(line.x, -line.y)) for line in lines.values())])
        at_least = max((limit.value for limit in self.spec.limits), default=0.0)
        top = max(self._top, self.spec.top_for(max(high * 1.02, at_least * 1.1)))
        height = float(self.box.height())
        if (top, height) != (self._top, self._height):
            self._top, self._height = top, height
            low = self.spec.low_for(top)
            self.box.setYRange(low, top, padding=0)
            self.value_axis.show_ticks(self.spec.ticks(top, height), low, top)
        self.box.setXRange(window.start, window.end, padding=0)
        if self.time_axis is not None:
            self.time_axis.show_window(window.start, window.end)
        judged = [line for curve, line in lines.items() if curve.is_judged]
        self.crossed = frozenset(limit for line in judged for limit in crossed(self.spec.limits, line))
        limits = tuple((limit.value, self._limit_colour(limit)) for limit in self.spec.limits)
        low = self.spec.low_for(top)
        box = QRectF(window.start, low, window.end - window.start, top - low)
        self._hairlines.show_lines(self.spec.ticks(top, height), limits, box)

    def _limit_colour(self, limit: Limit) -> QColor:
        return self.theme.severity[limit.severity] if limit in self.crossed else self.theme.colours.tertiary

    def _draw_curves(self, lines: Mapping[CurveSpec, Line]) -> None:
        ill = {}
        for curve, line in lines.items():
            item = self._curves.get(curve) or self._new_curve(curve)
            item.setData(line.x, line.y, connect="finite" if line.is_broken else "all", skipFiniteCheck=True)
            worst = worst_now(self.spec.limits, line) if curve.is_judged else None
            if worst is not None:
                ill[curve] = worst.severity
            self._draw_over(curve, line, worst)
        self.ill_curves = ill

    def _draw_over(self, curve: CurveSpec, line: Line, worst: Limit | None) -> None:
        over = beyond(self.spec.limits, line) if curve.is_judged else Line()
        item = self._over.get(curve)
        if item is None and not len(over.x):
            return
        item = item or self._new_over(curve)
        judge = worst or max(crossed(self.spec.limits, line), key=lambda limit: limit.severity.rank, default=None)
        if judge is not None:
            item.setPen(_pen(self.theme.severity[judge.severity], 1.5))
        item.setData(over.x, over.y, connect="finite", skipFiniteCheck=True)

    def _draw_bars(self, window: Window, lines: Mapping[CurveSpec, Line]) -> None:
        count = max(window.width // _BAR_PITCH, 1)
        pitch = (window.end - window.start) / count
        limit = max(self.spec.limits, key=lambda one: one.value, default=None)
        for curve, line in lines.items():
            x, height = bar_tops(line, window.start, pitch)
            hue = self.colour_of(curve)
            brushes = [hue] * len(x)
            if limit is not None:
                over = self.theme.severity[limit.severity]
                brushes = [over if value > limit.value else hue for value in height]
            item = self._bars.get(curve) or self._new_bars(curve)
            item.setOpts(x0=x + pitch * 0.15, width=pitch * 0.62, y0=0, height=height, brushes=brushes)

    def _new_curve(self, curve: CurveSpec) -> pg.PlotCurveItem:
        item = pg.PlotCurveItem(pen=_pen(self.colour_of(curve), 1.0), antialias=True)
        item.setZValue(10 - self.spec.curves.index(curve))
        self.plot.addItem(item, ignoreBounds=True)
        self._curves[curve] = item
        return item

    def _new_over(self, curve: CurveSpec) -> pg.PlotCurveItem:
        item = pg.PlotCurveItem(antialias=True)
        item.setZValue(20)
        self.plot.addItem(item, ignoreBounds=True)
        self._over[curve] = item
        return item

    def _new_bars(self, curve: CurveSpec) -> pg.BarGraphItem:
        item = pg.BarGraphItem(x0=[], width=1, height=[], pen=pg.mkPen(None), brush=self.colour_of(curve))
        item.setZValue(self.spec.curves.index(curve))
        self.plot.addItem(item, ignoreBounds=True)
        self._bars[curve] = item
        return item


def bar_tops(line: Line, start: float, pitch: float) -> tuple[Floats, Floats]:
    """Return left edges and heights of bars: the greatest value of each bar's stretch of time."""
    keep = ~np.isnan(line.y) & (line.x >= start)
    if not keep.any():
        return np.empty(0), np.empty(0)
    number = ((line.x[keep] - start) // pitch).astype(np.int64)
    begins = np.concatenate(([0], np.flatnonzero(np.diff(number)) + 1))
    heights: Floats = np.maximum.reduceat(line.y[keep], begins)
    return start + number[begins].astype(np.float64) * pitch, heights


def _plot_item(box: pg.ViewBox, values: ValueAxis, times: TimeAxis | None) -> pg.PlotItem:
    axes = {"left": values} | ({"bottom": times} if times is not None else {})
    plot = pg.PlotItem(viewBox=box, axisItems=axes, enableMenu=False)
    plot.hideButtons()
    for side in ("left", "right", "top", "bottom"):
        plot.getAxis(side).enableAutoSIPrefix(False)  # else each lays out a label anew with every range
    plot.layout.setContentsMargins(0, 0, 0, 0)
    plot.layout.setVerticalSpacing(0)
    plot.layout.setHorizontalSpacing(0)
    if times is None:
        plot.hideAxis("bottom")
    box.setDefaultPadding(0)
    box.disableAutoRange()
    return plot


def _pen(colour: QColor, width: float) -> QPen:
    pen = QPen(colour, width)
    pen.setCosmetic(True)
    pen.setJoinStyle(Qt.PenJoinStyle.BevelJoin)
    return pen


def _scaled(line: Line, scale: float) -> Line:
    return line if scale == 1.0 else Line(line.x, line.y * scale, line.is_broken)
