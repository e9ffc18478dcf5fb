"""The legend at the right of a stack: each curve's grey, its name, and its value now or under the crosshair."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from noc_console.views.theme import AXIS, MEDIUM, Theme

WIDTH = 148
_ROW = 15


@dataclass(frozen=True, slots=True)
class LegendRow:
    """One curve: its colours, name and value; `row` is the chart it belongs to."""

    row: int
    colour: QColor
    name: str
    value: str
    value_colour: QColor


class Legend(QWidget):
    """Paints rows beside the charts they belong to."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._rows: tuple[LegendRow, ...] = ()
        self._tops: tuple[float, ...] = ()
        self._heights: tuple[float, ...] = ()

    def show_rows(self, rows: tuple[LegendRow, ...], boxes: tuple[QRectF, ...]) -> None:
        """Show these rows at the charts' places."""
        tops, heights = tuple(box.top() for box in boxes), tuple(box.height() for box in boxes)
        if (rows, tops, heights) != (self._rows, self._tops, self._heights):
            self._rows, self._tops, self._heights = rows, tops, heights
            self.setAccessibleDescription(", ".join(f"{row.name} {row.value}" for row in rows))
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Override: paint as many rows of each chart as fit its height."""
        painter = QPainter(self)
        painter.setFont(self._theme.font(AXIS))
        for chart, (top, height) in enumerate(zip(self._tops, self._heights, strict=True)):
            mine = [row for row in self._rows if row.row == chart]
            for index, row in enumerate(mine[: max(int((height + 14) // _ROW), 1)]):
                self._paint_row(painter, top - 4 + index * _ROW, row)
        painter.end()

    def _paint_row(self, painter: QPainter, y: float, row: LegendRow) -> None:
        painter.fillRect(QRectF(4, y + _ROW / 2 - 1, 10, 2), row.colour)
        painter.setPen(self._theme.colours.secondary)
        painter.setFont(self._theme.font(AXIS))
        value_width = 40
        name_box = QRectF(20, y, self.width() - 20 - value_width - 10, _ROW)
        name = painter.fontMetrics().elidedText(row.name, Qt.TextElideMode.ElideRight, int(name_box.width()))
        painter.drawText(name_box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, name)
        painter.setPen(row.value_colour)
        painter.setFont(self._theme.font(AXIS, MEDIUM))
        value_box = QRectF(self.width() - value_width - 10, y, value_width, _ROW)
        painter.drawText(value_box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, row.value)
