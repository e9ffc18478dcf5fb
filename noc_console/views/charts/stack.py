"""Charts above one another on one time axis, with one crosshair, one legend column and the alarms' marks."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from types import MappingProxyType

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QFrame

from noc_console.views.charts.bands import NAME as BAND_NAME
from noc_console.views.charts.bands import Band
from noc_console.views.charts.legend import WIDTH as LEGEND_WIDTH
from noc_console.views.charts.legend import Legend, LegendRow
from noc_console.views.charts.overlay import LimitName, Mark, Overlay, Scene
from noc_console.views.charts.plot import Chart
from noc_console.views.charts.reduce import Window
from noc_console.views.charts.spec import ChartSpec, CurveSpec
from noc_console.views.charts.trace import Gap, Trace
from noc_console.views.figures import number
from noc_console.views.theme import Theme

_TOP = 22
_BOTTOM = 4


class Stack(QFrame):
    """A card of charts. `draw` is called by the frame timer; the mouse moves the crosshair.

    `moved` tells the time under the crosshair, 0 when it has left.
    """

    moved = Signal(float)

    def __init__(self, theme: Theme, specs: Sequence[ChartSpec]) -> None:
        super().__init__()
        self.setProperty("look", "card")
        self._theme = theme
        self._view = pg.GraphicsLayoutWidget(self)
        self._view.setBackground(theme.colours.panel)
        self._view.ci.layout.setContentsMargins(0, _TOP, 0, 0)
        self._view.ci.layout.setVerticalSpacing(22)
        self._view.viewport().installEventFilter(self)
        self._view.setMouseTracking(True)
        self._view.viewport().setMouseTracking(True)
        self._view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._overlay = Overlay(theme, self)
        self._legend = Legend(theme, self)
        self.charts = [Chart(theme, spec, has_times=index == len(specs) - 1) for index, spec in enumerate(specs)]
        for row, chart in enumerate(self.charts):
            self._view.ci.addItem(chart.plot, row, 0)
        self._cross: float | None = None
        self._scene: Scene | None = None
        self._traces: Mapping[CurveSpec, Trace] = {}

    @property
    def column_count(self) -> int:
        """Pixel columns of the plots."""
        return max(int(self._rows()[0].width()), 1)

    def draw(
        self,
        start: float,
        end: float,
        traces: Mapping[CurveSpec, Trace],
        marks: Sequence[Mark] = (),
        gaps: Sequence[Gap] = (),
        stale_from: float | None = None,
        bands: Mapping[CurveSpec, Band] = MappingProxyType({}),
    ) -> None:
        """Draw a window of time: curves over bands, limits, marks, gaps and, from `stale_from` on, the hatching."""
        rows = self._rows()
        window = Window(start, end, max(int(rows[0].width()), 1))
        self._traces = traces
        for chart in self.charts:
            chart.draw(window, traces, bands)
        self._scene = Scene(
            window=window,
            rows=rows,
            marks=tuple(sorted(marks, key=lambda mark: (mark.severity.rank, mark.at))),
            limits=self._limit_names(),
            gaps=tuple(gaps),
            stale_from=stale_from,
            notices=tuple(_notice(chart, traces) for chart in self.charts),
        )
        self._overlay.show_scene(self._scene)
        self._show_legend()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Override: follow the mouse over the plots."""
        if event.type() == QEvent.Type.MouseMove and isinstance(event, QMouseEvent):
            self._point_at(event.position().x())
        elif event.type() == QEvent.Type.Leave:
            self._point_at(-1.0)
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override: the plots at the left, the legend at the right, the overlay above both."""
        super().resizeEvent(event)
        width, height = self.width() - 2, self.height() - 2
        self._view.setGeometry(1, 1, width - LEGEND_WIDTH, height - _BOTTOM)
        self._overlay.setGeometry(self._view.geometry())
        self._legend.setGeometry(width - LEGEND_WIDTH, 1, LEGEND_WIDTH, height - _BOTTOM)
        self._view.ci.layout.activate()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override: the card, then the hairlines between the charts."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setPen(QPen(self._theme.colours.hairline, 1))
        for row in self._rows()[:-1]:
            y = int(row.bottom()) + 12
            painter.drawLine(QPointF(1, y), QPointF(self.width() - 2, y))
        painter.end()

    def _rows(self) -> tuple[QRectF, ...]:
        return tuple(chart.box.sceneBoundingRect() for chart in self.charts)

    def _point_at(self, x: float) -> None:
        scene = self._scene
        inside = scene is not None and scene.rows[0].left() <= x <= scene.rows[0].right()
        self._cross = scene.at(x) if scene is not None and inside else None
        self._overlay.show_crosshair(x if inside else None)
        axis = self.charts[-1].time_axis
        if axis is not None:
            axis.show_flag(self._cross)
        self._show_legend()
        self.moved.emit(self._cross or 0.0)

    def _show_legend(self) -> None:
        rows = [
            self._legend_row(index, chart, curve)
            for index, chart in enumerate(self.charts)
            for curve in chart.spec.curves
        ]
        hue = self._theme.colours.band_high
        rows += [
            LegendRow(index, hue, BAND_NAME, "", hue) for index, chart in enumerate(self.charts) if chart.has_bands
        ]
        self._legend.show_rows(tuple(rows), self._rows())

    def _legend_row(self, index: int, chart: Chart, curve: CurveSpec) -> LegendRow:
        trace = self._traces.get(curve)
        value = math.nan
        if trace is not None:
            value = trace.value_near(self._cross) if self._cross is not None else trace.last
        severity = chart.ill_curves.get(curve) if self._cross is None else None
        ill = self._theme.severity[severity] if severity is not None else None
        return LegendRow(
            row=index,
            colour=ill or chart.colour_of(curve),
            name=curve.name,
            value=_figure(value * chart.spec.scale, chart),
            value_colour=self._theme.colours.tertiary
            if math.isnan(value) or self._is_old(trace)
            else ill or self._theme.colours.text,
        )

    def _is_old(self, trace: Trace | None) -> bool:
        """Say whether a curve's newest value is no longer the present one: it is kept, but not as news."""
        if trace is None or self._scene is None or self._cross is not None:
            return False
        return self._scene.window.end - trace.last_at > trace.joined_s

    def _limit_names(self) -> tuple[LimitName, ...]:
        return tuple(
            LimitName(
                row, chart.part_of(limit.value), limit.label, limit.severity if limit in chart.crossed else None
            )
            for row, chart in enumerate(self.charts)
            for limit in chart.spec.limits
            if chart.top
        )


def _figure(value: float, chart: Chart) -> str:
    if math.isnan(value):
        return "n/a"
    digits = chart.spec.digits_at(chart.top)
    return number(value, 3 if digits == 2 and 0 < abs(value) < 0.1 else digits)


def _notice(chart: Chart, traces: Mapping[CurveSpec, Trace]) -> str:
    mine = [traces[curve] for curve in chart.spec.curves if curve in traces]
    if not chart.spec.curves:
        return "not measured"
    if not mine or not all(trace.is_loaded for trace in mine):
        return "" if any(len(trace) for trace in mine) else "Loading"
    return "" if any(len(trace) for trace in mine) else "no samples in this window"
