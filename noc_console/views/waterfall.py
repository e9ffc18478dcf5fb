"""The newest segment requests as bars of their phases; what goes beyond the limit takes the colour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from noc_console.model import Severity
from noc_console.views.channel_paint import CENTRE, LEFT, RIGHT, Ink, width_of, write
from noc_console.views.figures import number
from noc_console.views.theme import AXIS, BODY, MEDIUM, Theme

PHASES = ("DNS", "connect", "TLS", "TTFB", "body")
ROW = 26
_LEGEND, _AXIS = 26, 24
_NAME, _TOTAL, _SIDE = 104, 62, 12
_TICK = 40
"""Pixels a label of the axis needs."""
_TOPS = (0.004, 0.008, 0.02, 0.04, 0.1, 0.2, 0.5, 1, 2, 4, 6, 8, 12, 16, 24, 32, 64, 128)


@dataclass(frozen=True, slots=True)
class Request:
    """One request: its phases in seconds one after the other, and what came of it."""

    name: str
    phases: tuple[float, ...]
    total_s: float
    error: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Limit:
    """How long a request may take, seconds, and how bad it is beyond that."""

    value_s: float
    severity: Severity


def request(row: dict[str, Any]) -> Request:
    """Return a request of `GET /channels/{id}/requests`; curl counts phases from the start, rows count each."""
    phases = tuple(
        max(float(row.get(key) or 0.0), 0.0) for key in ("dns_s", "connect_s", "tls_s", "ttfb_s", "body_s")
    )
    error = str(row.get("error") or "") or (f"HTTP {row['status']}" if row.get("status", 200) >= 400 else "")
    facts = [str(row.get("uri", "")), f"HTTP {row.get('status', 0)} {row.get('protocol', '')}".strip()]
    facts += (
        [f"{row['peer']}, {'kept connection' if row.get('reused') else 'new connection'}"] if row.get("peer") else []
    )
    facts += [f"{name} {number(value * 1e3, 1, 'ms')}" for name, value in zip(PHASES, phases, strict=True) if value]
    return Request(
        _name(str(row.get("uri", ""))), phases, float(row.get("total_s") or sum(phases)), error, "\n".join(facts)
    )


def top_s(requests: Sequence[Request], limit: Limit | None) -> float:
    """Return the right end of the axis: the smallest familiar one that holds all requests.

    The limit is held too, unless all requests are far below it: then their phases matter more.
    """
    greatest = max((one.total_s for one in requests), default=0.0)
    if limit is not None and (greatest > limit.value_s / 8 or not requests):
        greatest = max(greatest, limit.value_s * 1.1)
    return next((top for top in _TOPS if top >= greatest), _TOPS[-1])


class Waterfall(QWidget):
    """Paints requests, newest at the bottom, over one axis in seconds."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._requests: tuple[Request, ...] = ()
        self._limit: Limit | None = None
        self._notice = "Loading"
        self.setAccessibleName("Segment waterfall")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        """Override: ten rows with legend and axis."""
        return QSize(380, _LEGEND + 10 * ROW + _AXIS)

    @property
    def row_count(self) -> int:
        """How many requests fit."""
        return max((self.height() - _LEGEND - _AXIS) // ROW, 1)

    def show_requests(self, requests: Sequence[Request], limit: Limit | None, notice: str = "") -> None:
        """Show these requests (oldest first) against the limit; `notice` stands in for missing ones."""
        self._requests, self._limit, self._notice = tuple(requests), limit, notice
        self.setAccessibleDescription(
            ", ".join(f"{one.name} {one.error or number(one.total_s, 2, 's')}" for one in self._requests)
        )
        self.update()

    def phase_colours(self) -> tuple[QColor, ...]:
        """Return the greys of the phases; TTFB is the lightest, the body the darkest."""
        colours = self._theme.colours
        return (colours.muted, colours.normal, colours.tertiary, colours.data_line, colours.control_line)

    def event(self, event: QEvent) -> bool:
        """Override: a tooltip tells a request's facts."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            index = (event.pos().y() - _LEGEND) // ROW
            shown = self._requests[-self.row_count :]
            if 0 <= index < len(shown):
                QToolTip.showText(event.globalPos(), shown[index].hint, self)
            return True
        return super().event(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Override: paint legend, axis, limit, then the rows."""
        painter = QPainter(self)
        free = self._paint_legend(painter)
        requests = self._requests[-self.row_count :]
        top = top_s(requests, self._limit)
        self._paint_axis(painter, top)
        for index, one in enumerate(requests):
            self._paint_row(painter, _LEGEND + index * ROW, one, top)
        self._paint_limit(painter, top, free)
        if not requests:
            box = QRectF(self.rect()).adjusted(_NAME, _LEGEND, -_SIDE, -_AXIS)
            write(painter, box, self._notice, Ink(self._theme.font(BODY), self._theme.colours.secondary), CENTRE)
        painter.end()

    def _x(self, seconds: float, top: float) -> float:
        return _NAME + min(seconds / top, 1.0) * (self.width() - _NAME - _TOTAL - _SIDE)

    def _paint_legend(self, painter: QPainter) -> float:
        """Paint the phases' names; return where the next word may begin."""
        x = float(_SIDE)
        ink = Ink(self._theme.font(AXIS), self._theme.colours.secondary)
        for name, colour in zip(PHASES, self.phase_colours(), strict=True):
            painter.fillRect(QRectF(x, 6, 8, 8), colour)
            write(painter, QRectF(x + 12, 1, 60, 18), name, ink)
            x += 12 + width_of(name, ink.font) + 12
        return x

    def _paint_axis(self, painter: QPainter, top: float) -> None:
        bottom = _LEGEND + self.row_count * ROW
        ink = Ink(self._theme.font(AXIS), self._theme.colours.tertiary)
        parts = 3 if top % 3 == 0 else 4
        if self._x(top / parts, top) - self._x(0, top) < _TICK:
            parts = 2
        for part in range(parts + 1):
            value = top * part / parts
            label = f"{value:g}" + (" s" if part == parts else "")
            write(painter, QRectF(self._x(value, top) - 20, bottom + 4, 44, 16), label, ink, CENTRE)

    def _paint_limit(self, painter: QPainter, top: float, free: float) -> None:
        if self._limit is None:
            return
        if self._limit.value_s > top:
            self._paint_far_limit(painter, self._limit, free)
            return
        pen = QPen(self._theme.colours.tertiary, 1)
        pen.setDashPattern([4, 3])
        painter.setPen(pen)
        x = int(self._x(self._limit.value_s, top))
        painter.drawLine(QPointF(x, _LEGEND - 2), QPointF(x, _LEGEND + self.row_count * ROW))

    def _paint_far_limit(self, painter: QPainter, limit: Limit, free: float) -> None:
        text = f"limit {number(limit.value_s, 1, 's')} →"
        ink = Ink(self._theme.font(AXIS), self._theme.colours.tertiary)
        if self.width() - _SIDE - free < width_of(text, ink.font):
            text = "→"  # a narrow card: the arrow alone says that the limit is beyond
        write(painter, QRectF(free, 1, self.width() - _SIDE - free, 18), text, ink, RIGHT)

    def _paint_row(self, painter: QPainter, y: float, one: Request, top: float) -> None:
        theme, colours = self._theme, self._theme.colours
        over = self._limit is not None and one.total_s > self._limit.value_s
        is_ill = over or bool(one.error)
        hue = theme.severity[self._limit.severity if self._limit is not None else Severity.MAJOR]
        name = Ink(theme.mono(BODY), colours.text if is_ill else colours.secondary)
        write(painter, QRectF(_SIDE, y, _NAME - _SIDE - 8, ROW), one.name, name, LEFT)
        begin = 0.0
        for seconds, colour in zip(one.phases, self.phase_colours(), strict=True):
            left, right = self._x(begin, top), self._x(begin + seconds, top)
            painter.fillRect(QRectF(left, y + 6, max(right - left, 1.0 if seconds else 0.0), ROW - 13), colour)
            begin += seconds
        if over and self._limit is not None:
            left, right = self._x(self._limit.value_s, top), self._x(one.total_s, top)
            painter.fillRect(QRectF(left, y + 6, max(right - left, 1), ROW - 13), hue)
        text = one.error or number(one.total_s, 3 if one.total_s < 0.1 else 2, "s")
        total = Ink(theme.font(BODY, MEDIUM), hue if is_ill else colours.text)
        width = 140 if one.error else _TOTAL
        write(painter, QRectF(self.width() - width - _SIDE, y, width, ROW), text, total, RIGHT)


def _name(uri: str) -> str:
    path = urlsplit(uri).path
    last = path.rstrip("/").rpartition("/")[2] or path
    stem = last.rpartition(".")[0] or last
    return stem if len(stem) <= 11 else "…" + stem[-10:]
