"""The alarm timeline: one lane per layer, a bar per alarm from raised to its end, the worst named.

Reusable: give it spans and a window. The wheel zooms around the mouse, a drag chooses a window, a double click
goes back; `windowChosen(start, end)` tells the new window, (0, 0) the way back to the default one.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from noc_console.model import Layer, Severity
from noc_console.views.axis_ticks import tick_time, time_ticks
from noc_console.views.channel_paint import CENTRE, RIGHT, Ink, width_of, write
from noc_console.views.glyphs import paint_glyph
from noc_console.views.theme import AXIS, BODY, SEMIBOLD, Theme

LABEL = 116
_AXIS = 24
_MOST_SUBROWS = 5
_LEAST_WINDOW_S = 60.0
_DRAG_LEAST = 6
_SIDE = 12


AGENT_LANE = len(Layer)
LANES = (*(f"L{layer.value} {layer.name.capitalize()}" for layer in Layer), "Agent")


@dataclass(frozen=True, slots=True)
class Span:
    """One alarm in time; `end` is None while it is open. `text` names it where there is room.

    `layer` is the lane: a Layer's number, or AGENT_LANE for alarms of the agent itself.
    """

    layer: int
    start: float
    end: float | None
    severity: Severity
    is_acknowledged: bool = False
    text: str = ""


@dataclass(frozen=True, slots=True)
class Placed:
    """A span with its row within the lane, and how many rows the lane has."""

    span: Span
    row: int
    rows: int


def placed(spans: Sequence[Span], start: float, end: float) -> dict[int, list[Placed]]:
    """Return the spans that touch a window by layer, overlapping ones in rows below one another."""
    lanes: dict[int, list[tuple[Span, int]]] = defaultdict(list)
    ends: dict[int, list[float]] = defaultdict(list)
    for span in sorted(spans, key=lambda one: (one.start, -one.severity.rank)):
        if span.start > end or (span.end is not None and span.end < start):
            continue
        rows = ends[span.layer]
        free = next((row for row, busy_until in enumerate(rows) if busy_until <= span.start), len(rows))
        row = min(free, _MOST_SUBROWS - 1)  # in a storm the last row holds all that found none
        rows[row : row + 1] = [_until(span)]
        lanes[span.layer].append((span, row))
    return {layer: _beside(found) for layer, found in lanes.items()}


def thinned(spans: Iterable[Span], second_px: float) -> list[Span]:
    """Return the spans that can be told apart where a second has so many pixels: a storm is a few of them."""
    seen: Counter[tuple[int, int, int, Severity, bool]] = Counter()
    kept = []
    for span in spans:
        end = -1 if span.end is None else int(span.end * second_px)
        key = (span.layer, int(span.start * second_px), end, span.severity, span.is_acknowledged)
        seen[key] += 1
        if seen[key] <= _MOST_SUBROWS:
            kept.append(span)
    return kept


def _beside(found: Sequence[tuple[Span, int]]) -> list[Placed]:
    """Say of each span how many rows the spans take that overlap it; `found` is in order of start."""
    starts: list[list[float]] = [[] for _ in range(_MOST_SUBROWS)]
    latest: list[list[float]] = [[] for _ in range(_MOST_SUBROWS)]
    for span, row in found:
        starts[row].append(span.start)
        latest[row].append(max(_until(span), latest[row][-1] if latest[row] else 0.0))

    def reaches(row: int, span: Span) -> bool:
        before = bisect_right(starts[row], _until(span))
        return before > 0 and latest[row][before - 1] >= span.start

    return [
        Placed(span, row, 1 + max(one for one in range(_MOST_SUBROWS) if one == row or reaches(one, span)))
        for span, row in found
    ]


def _until(span: Span) -> float:
    return span.end if span.end is not None else float("inf")


def _overlap(one: Span, other: Span) -> bool:
    return one.start <= (other.end or float("inf")) and other.start <= (one.end or float("inf"))


def span_of(alarm: Mapping[str, Any]) -> Span:
    """Return the span of an alarm object of the API; it ends when its condition cleared."""
    ended = alarm["cleared_at"] if alarm["cleared_at"] is not None else alarm["resolved_at"]
    return Span(
        int(alarm["layer"]) if alarm["channel_id"] else AGENT_LANE,
        float(alarm["raised_at"]),
        None if ended is None else float(ended),
        Severity(alarm["severity"]),
        bool(alarm["acknowledged"]),
        f"{alarm['channel_code'] or 'Agent'}: {alarm['message']}",
    )


class Timeline(QWidget):
    """Paints lanes of a fixed height (24 or 40) over a time axis."""

    windowChosen = Signal(float, float)  # noqa: N815 - Qt's spelling of signals

    def __init__(self, theme: Theme, lane_height: int = 24) -> None:
        super().__init__()
        self._theme = theme
        self._lane = lane_height
        self._spans: tuple[Span, ...] = ()
        self._window = (0.0, 1.0)
        self._now = 0.0
        self._drag: tuple[float, float] | None = None
        self.setMinimumWidth(300)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Alarm timeline, one lane per layer")

    def sizeHint(self) -> QSize:
        """Override: all lanes and the axis."""
        return QSize(800, len(LANES) * self._lane + _AXIS)

    def show_spans(self, spans: Sequence[Span], window: tuple[float, float], now: float) -> None:
        """Show these spans in a window of Unix seconds; `now` is where open ones end."""
        shown = (tuple(spans), window, now)
        if shown == (self._spans, self._window, self._now):
            return
        self._spans, self._window, self._now = shown
        self.setAccessibleDescription(f"{sum(span.end is None for span in spans)} open, {len(spans)} in all")
        self.update()

    def pixel(self, at: float) -> float:
        """Return the pixel of a time, kept within the lanes."""
        start, end = self._window
        return LABEL + min(max((at - start) / (end - start), 0.0), 1.0) * (self.width() - LABEL - _SIDE)

    def at(self, x: float) -> float:
        """Return the time of a pixel."""
        start, end = self._window
        part = (x - LABEL) / max(self.width() - LABEL - _SIDE, 1)
        return start + min(max(part, 0.0), 1.0) * (end - start)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Override: begin to choose a window."""
        self._drag = (event.position().x(), event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Override: follow the choice."""
        if self._drag is not None:
            self._drag = (self._drag[0], event.position().x())
            self.update()

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        """Override: tell the chosen window."""
        drag, self._drag = self._drag, None
        self.update()
        if drag is not None and abs(drag[1] - drag[0]) >= _DRAG_LEAST:
            start, end = self.at(min(drag)), self.at(max(drag))
            self.windowChosen.emit(start, max(end, start + _LEAST_WINDOW_S))

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        """Override: back to the default window."""
        self.windowChosen.emit(0.0, 0.0)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Override: zoom around the mouse, never beyond now."""
        factor = 0.8 if event.angleDelta().y() > 0 else 1.25
        centre = self.at(event.position().x())
        start, end = self._window
        start, end = centre - (centre - start) * factor, min(centre + (end - centre) * factor, self._now)
        if end - start >= _LEAST_WINDOW_S:
            self.windowChosen.emit(start, end)
        event.accept()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Override: paint grid, lanes, bars, names, now and the choice."""
        painter = QPainter(self)
        start, end = self._window
        lanes = placed(thinned(self._spans, (self.width() - LABEL) / max(end - start, 1.0)), start, end)
        self._paint_grid(painter)
        worst = {lane: _worst(found) for lane, found in lanes.items()}
        top = max((one.severity.rank for one in worst.values() if one is not None), default=0)
        named = False
        for layer in range(len(LANES)):
            span = worst.get(layer)
            is_worst = span is not None and span.severity.rank == top and not named and top > 0
            named = named or is_worst
            self._paint_label(painter, layer, is_worst)
            for one in lanes.get(layer, ()):
                self._paint_bar(painter, one)
            if span is not None and is_worst and span.text:
                self._paint_name(painter, span, lanes[layer])
        self._paint_now(painter)
        self._paint_drag(painter)
        painter.end()

    def _paint_grid(self, painter: QPainter) -> None:
        colours = self._theme.colours
        bottom = len(LANES) * self._lane
        start, end = self._window
        ink = Ink(self._theme.font(AXIS), colours.tertiary)
        for at in time_ticks(start, end, self.width() - LABEL):
            x = int(self.pixel(at))
            painter.setPen(QPen(colours.grid_line, 1))
            painter.drawLine(x, 0, x, bottom)
            write(painter, QRectF(x - 50, bottom + 4, 100, 18), tick_time(at, end - start), ink, CENTRE)
        painter.setPen(QPen(colours.table_line, 1))
        for lane in range(1, len(LANES) + 1):
            painter.drawLine(0, lane * self._lane, self.width() - _SIDE, lane * self._lane)

    def _paint_label(self, painter: QPainter, lane: int, is_worst: bool) -> None:
        colours = self._theme.colours
        ink = Ink(
            self._theme.font(BODY, SEMIBOLD if is_worst else 400), colours.text if is_worst else colours.secondary
        )
        write(painter, QRectF(0, lane * self._lane, LABEL - 8, self._lane), LANES[lane], ink)

    def _box(self, one: Placed) -> QRectF:
        height = self._lane - 8
        each = height / one.rows
        thick = min(each - (1 if one.rows > 1 else 0), 9.0)
        middle = one.span.layer * self._lane + 4 + each * (one.row + 0.5)
        left, right = self.pixel(one.span.start), self.pixel(one.span.end if one.span.end is not None else self._now)
        return QRectF(left, round(middle - thick / 2), max(right - left, 3.0), max(round(thick), 2))

    def _paint_bar(self, painter: QPainter, one: Placed) -> None:
        box, span = self._box(one), one.span
        if span.end is not None:
            painter.fillRect(box, self._theme.colours.closed)
            return
        hue = self._theme.severity[span.severity]
        if span.is_acknowledged:
            painter.setPen(QPen(hue, 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(box.adjusted(0.5, 0.5, -0.5, -0.5))
        else:
            painter.fillRect(box, hue)
        size = 14 if one.rows == 1 else 12 if one.rows == 2 else 0
        if size and span.start >= self._window[0]:
            glyph = QPointF(box.left() - size / 2 - 3, box.center().y())
            paint_glyph(painter, self._theme, span.severity, glyph, size, acked=span.is_acknowledged)

    def _paint_name(self, painter: QPainter, span: Span, beside: Sequence[Placed]) -> None:
        left = min(one.span.start for one in beside if one.span.end is None and _overlap(one.span, span))
        right = self.pixel(left) - 28
        if right - LABEL < 120:
            return
        font = self._theme.font(BODY, SEMIBOLD)
        top = span.layer * self._lane
        width = min(width_of(span.text, font) + 8, right - LABEL)
        box = QRectF(right - width, top + 1, width, self._lane - 2)
        painter.fillRect(box.adjusted(0, 0, 26, 0), self._theme.colours.panel)
        write(painter, box, span.text, Ink(font, self._theme.colours.text), RIGHT)
        paint_glyph(painter, self._theme, span.severity, QPointF(right + 14, top + self._lane / 2), 16)

    def _paint_now(self, painter: QPainter) -> None:
        if self._window[0] <= self._now <= self._window[1] + 1:
            painter.setPen(QPen(self._theme.colours.text, 1))
            x = int(self.pixel(self._now))
            painter.drawLine(x, 0, x, len(LANES) * self._lane)

    def _paint_drag(self, painter: QPainter) -> None:
        if self._drag is None:
            return
        painter.setPen(QPen(self._theme.colours.accent, 1))
        left, right = sorted(self._drag)
        painter.drawRect(QRectF(left, 0.5, right - left, len(LANES) * self._lane - 1))


def _worst(found: Sequence[Placed]) -> Span | None:
    spans = [one.span for one in found if one.span.end is None and not one.span.is_acknowledged]
    return max(spans, key=lambda span: (span.severity.rank, -span.start), default=None)
