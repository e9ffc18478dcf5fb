"""Axes as the screens draw them: the unit above the values, and one time axis in ICT with the crosshair's flag."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from noc_console.views.axis_ticks import tick_text, tick_time, time_ticks
from noc_console.views.figures import ICT
from noc_console.views.theme import AXIS, MEDIUM, Theme

VALUE_WIDTH = 84
TIME_HEIGHT = 26
_DAY_S = 86_400


class ValueAxis(pg.AxisItem):  # type: ignore[misc]
    """The values at the left of a chart: few labels, no line, the unit at the top left."""

    def __init__(self, theme: Theme, unit: str) -> None:
        super().__init__("left")
        self._theme = theme
        self._unit = unit
        self._ticks: tuple[float, ...] = ()
        self._range = (0.0, 1.0)
        self.setWidth(VALUE_WIDTH)

    def show_unit(self, unit: str) -> None:
        """Name another unit, as when the chart shows another quantity."""
        if unit != self._unit:
            self._unit = unit
            self.update()

    def show_ticks(self, ticks: Sequence[float], low: float, high: float) -> None:
        """Label these values of the range low to high."""
        self._ticks, self._range = tuple(ticks), (low, high)
        self.update()

    def paint(self, painter: QPainter, _option: object, _widget: object) -> None:
        """Override: paint unit and labels, nothing else."""
        box: QRectF = self.rect()
        low, high = self._range
        painter.setFont(self._theme.font(AXIS))
        painter.setPen(self._theme.colours.tertiary)
        for tick in self._ticks:
            y = box.bottom() - (tick - low) / (high - low) * box.height()
            row = QRectF(box.left(), y - 8, box.width() - 8, 16)
            painter.drawText(row, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, tick_text(tick))
        painter.setPen(self._theme.colours.secondary)
        top = QRectF(box.left() + 8, box.top() - 8, box.width() - 30, 16)
        painter.drawText(top, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, self._unit)


class TimeAxis(pg.AxisItem):  # type: ignore[misc]
    """The times below the lowest chart, on whole minutes, hours or days; a flag shows the crosshair's time."""

    def __init__(self, theme: Theme) -> None:
        super().__init__("bottom")
        self._theme = theme
        self._window = (0.0, 1.0)
        self._flag: float | None = None
        self.setHeight(TIME_HEIGHT)

    def show_window(self, start: float, end: float) -> None:
        """Label the stretch of time in Unix seconds."""
        self._window = (start, end)
        self.update()

    def show_flag(self, at: float | None) -> None:
        """Put the crosshair's time on the axis, or take it away."""
        self._flag = at
        self.update()

    def paint(self, painter: QPainter, _option: object, _widget: object) -> None:
        """Override: paint the axis line, its labels and the flag."""
        box: QRectF = self.rect()
        start, end = self._window
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(QPen(self._theme.colours.axis_line, 1))
        painter.drawLine(QPointF(box.left(), box.top()), QPointF(box.right(), box.top()))
        painter.setFont(self._theme.font(AXIS))
        for at in time_ticks(start, end, box.width()):
            x = box.left() + (at - start) / (end - start) * box.width()
            painter.setPen(QPen(self._theme.colours.muted, 1))
            painter.drawLine(QPointF(x, box.top()), QPointF(x, box.top() + 3))
            painter.setPen(self._theme.colours.tertiary)
            place = min(max(x - 45, box.left()), box.right() - 90)
            painter.drawText(
                QRectF(place, box.top() + 4, 90, 18),
                Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter,
                tick_time(at, end - start),
            )
        if self._flag is not None:
            self._paint_flag(painter, box, (self._flag - start) / (end - start), end - start)

    def _paint_flag(self, painter: QPainter, box: QRectF, part: float, span: float) -> None:
        width = 60 if span <= _DAY_S else 100
        x = min(max(box.left() + part * box.width() - width / 2, box.left()), box.right() - width)
        flag = QRectF(x, box.top() + 4, width, 17)
        painter.fillRect(flag, self._theme.colours.accent)
        painter.setFont(self._theme.font(AXIS, MEDIUM))
        painter.setPen(self._theme.colours.bg)
        painter.drawText(flag, Qt.AlignmentFlag.AlignCenter, flag_time(self._flag or 0.0, span))


def flag_time(at: float, span: float) -> str:
    """Return `21:28:43`, or with its day where the axis is longer than a day."""
    moment = datetime.fromtimestamp(at, ICT)
    return f"{moment:%H:%M:%S}" if span <= _DAY_S else f"{moment.day} {moment:%b %H:%M:%S}"
