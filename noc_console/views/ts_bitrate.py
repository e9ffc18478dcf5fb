"""The bitrate of a transport stream as a stack: one grey layer a PID, the rest above, its total in figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from noc_console.views import figures
from noc_console.views.axis_ticks import tick_text, tick_time, time_ticks
from noc_console.views.card import Card
from noc_console.views.channel_paint import RIGHT, Ink, write
from noc_console.views.charts.trace import Trace
from noc_console.views.glyphs import paint_hatch
from noc_console.views.theme import AXIS, Theme

Floats = NDArray[np.float64]
_LEFT, _RIGHT, _BOTTOM, _TOP = 44, 132, 20, 26
_TOPS = (0.2, 0.4, 0.8, 1.2, 2.0, 4.0, 8.0, 12.0, 16.0, 24.0, 40.0, 80.0, 160.0)


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer of the stack: its name and its samples in bit/s."""

    name: str
    trace: Trace


class BitrateCard(Card):
    """Paints the layers from the lowest up; `show_layers` is called by the frame timer."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "Bitrate", "by PID")
        self._layers: tuple[Layer, ...] = ()
        self._window = (0.0, 1.0)
        self._notice = "Loading"
        self.setMinimumSize(200, 120)

    def show_layers(self, layers: Sequence[Layer], start: float, end: float, notice: str = "") -> None:
        """Show these layers over a stretch of time, or one line why there are none."""
        self._layers, self._window, self._notice = tuple(layers), (start, end), notice
        total = sum(layer.trace.last for layer in layers if len(layer.trace))
        self.say(figures.bits(total) if layers and np.isfinite(total) else "")
        self.update()

    def paint_body(self, painter: QPainter, box: QRectF) -> None:
        """Override: axes, layers, names."""
        plot = box.adjusted(_LEFT - 12, _TOP - 8, -_RIGHT + 12, -_BOTTOM + 8)
        times = np.linspace(*self._window, max(int(plot.width()), 2))
        sums = stacked([layer.trace for layer in self._layers], times) / 1e6
        top = self._top(sums)
        self._paint_axes(painter, plot, top)
        if self._notice or not any(len(layer.trace) for layer in self._layers):
            ink = Ink(self.theme.font(AXIS), self.theme.colours.tertiary)
            said = self._notice or "no samples in this window"
            write(painter, plot, said, ink, Qt.AlignmentFlag.AlignCenter)
            return
        self._paint_gap(painter, plot, sums)
        # from the top down, so that each layer covers what is below the one above it
        for number in reversed(range(len(sums))):
            self._paint_layer(painter, plot, sums[number], number, top)
        self._paint_names(painter, QRectF(plot.right() + 10, plot.top() - 4, _RIGHT - 14, plot.height()))

    def colour(self, number: int) -> QColor:
        """Return the grey of a layer: they differ by lightness, the largest is the lightest."""
        colours = self.theme.colours
        greys = (colours.tertiary, colours.normal, colours.control_line, colours.band_high, colours.band_low)
        return greys[min(number, len(greys) - 1)]

    def _top(self, sums: Floats) -> float:
        greatest = float(np.nanmax(sums)) if sums.size and not np.isnan(sums).all() else 0.0
        return next((top for top in _TOPS if top >= greatest * 1.02), max(greatest, 1.0))

    def _paint_axes(self, painter: QPainter, plot: QRectF, top: float) -> None:
        colours = self.theme.colours
        for part in range(5):
            y = round(plot.bottom() - part / 4 * plot.height())
            painter.fillRect(QRectF(plot.x(), y, plot.width(), 1), colours.grid_line if part else colours.axis_line)
            label = QRectF(plot.x() - _LEFT, y - 8, _LEFT - 8, 16)
            if part % 2 == 0:
                tick = Ink(self.theme.font(AXIS), colours.tertiary)
                write(painter, label, tick_text(round(top * part / 4, 3)), tick, RIGHT)
        unit = QRectF(plot.x() - _LEFT + 12, plot.top() - 22, 60, 16)
        write(painter, unit, "Mbit/s", Ink(self.theme.font(AXIS), colours.secondary))
        start, end = self._window
        for at in time_ticks(start, end, plot.width()):
            x = plot.x() + (at - start) / (end - start) * plot.width()
            label = QRectF(min(max(x - 40, plot.x()), plot.right() - 80), plot.bottom() + 4, 80, 16)
            ink = Ink(self.theme.font(AXIS), colours.tertiary)
            write(painter, label, tick_time(at, end - start), ink, Qt.AlignmentFlag.AlignCenter)

    def _paint_gap(self, painter: QPainter, plot: QRectF, sums: Floats) -> None:
        for begin, end in _runs(np.isnan(sums[-1])):
            if begin > 0:
                paint_hatch(painter, self.theme, QRectF(plot.x() + begin, plot.y(), end - begin, plot.height()))

    def _paint_layer(self, painter: QPainter, plot: QRectF, sums: Floats, number: int, top: float) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        scale = plot.height() / top
        for begin, end in _runs(~np.isnan(sums)):
            tops = [QPointF(plot.x() + x, plot.bottom() - sums[x] * scale) for x in range(begin, end)]
            foot = [QPointF(plot.x() + end - 1, plot.bottom()), QPointF(plot.x() + begin, plot.bottom())]
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self.colour(number))
            painter.drawPolygon(QPolygonF([*tops, *foot]))
            painter.setPen(QPen(self.theme.colours.panel, 1))
            painter.drawPolyline(QPolygonF(tops))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _paint_names(self, painter: QPainter, box: QRectF) -> None:
        colours = self.theme.colours
        for place, number in enumerate(reversed(range(len(self._layers)))):
            layer, y = self._layers[number], box.y() + place * 17
            if y + 16 > box.bottom() + 8:
                return
            painter.fillRect(QRectF(box.x(), y + 4, 8, 8), self.colour(number))
            line = QRectF(box.x() + 14, y, box.width() - 14, 16)
            value = figures.number(layer.trace.last / 1e6, 2) if len(layer.trace) else "n/a"
            used = write(painter, line, value, Ink(self.theme.font(AXIS), colours.text), RIGHT)
            write(
                painter, line.adjusted(0, 0, -used - 4, 0), layer.name, Ink(self.theme.font(AXIS), colours.secondary)
            )


def stacked(traces: Sequence[Trace], times: Floats) -> Floats:
    """Return for each trace, from the first up, the sum up to it at each time; NaN where the first knows nothing."""
    sums = np.zeros((len(traces), len(times)))
    below = np.zeros(len(times))
    for number, trace in enumerate(traces):
        values = _at(trace, times)
        # a PID that is not there has no rate; without the first one nothing was measured at all
        below = below + (values if number == 0 else np.nan_to_num(values))
        sums[number] = below
    return sums


def _at(trace: Trace, times: Floats) -> Floats:
    if not len(trace):
        return np.full(len(times), np.nan)
    places = np.searchsorted(trace.at, times, side="right") - 1
    known = np.clip(places, 0, None)
    is_near = (places >= 0) & (times - trace.at[known] <= max(trace.joined_s, 2 * (times[1] - times[0])))
    return np.where(is_near, trace.mean[known], np.nan)


def _runs(wanted: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return where each run of true values begins and ends."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], wanted.astype(np.int8), [0]))))
    return [(int(begin), int(end)) for begin, end in zip(edges[::2], edges[1::2], strict=True)]
