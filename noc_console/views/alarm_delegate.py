"""Draws a row of the alarm list: severity bar and glyph, tints, monospaced codes, muted closed rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from noc_console.model import Severity
from noc_console.views.alarm_model import (
    CHANNEL,
    LAYER,
    OCC,
    RAISED,
    RIGHT_ALIGNED,
    SEV,
    TEXT,
    TYPE,
    AlarmModel,
)
from noc_console.views.channel_paint import LEFT, RIGHT, Ink, badge, write
from noc_console.views.glyphs import paint_clock, paint_glyph
from noc_console.views.theme import BODY, MEDIUM, Theme

_BAR = 4
Json = Mapping[str, Any]


class AlarmDelegate(QStyledItemDelegate):
    """Paints the alarms of a model, which it asks itself: by way of Qt each cell costs twice as much."""

    def __init__(self, theme: Theme, model: AlarmModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._model = model
        self.is_lit = True

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Override: ground, hairline, the cell, and the accent border of a selected row."""
        alarm = self._model.alarm_at(index.row())
        if alarm is None:
            return
        cell, column = option.rect, index.column()
        box = QRectF(cell)
        is_selected = QStyle.StateFlag.State_Selected in option.state
        painter.fillRect(cell, self._ground(alarm, is_selected))
        painter.fillRect(cell.left(), cell.bottom(), cell.width(), 1, self._theme.colours.table_line)
        if column == SEV:
            self._paint_severity(painter, box, alarm)
        else:
            self._paint_text(painter, box, alarm, column)
        if is_selected:
            self._paint_border(painter, box, index)

    def _ground(self, alarm: Json, is_selected: bool) -> QColor:
        colours = self._theme.colours
        if is_selected:
            return colours.selected_row
        is_loud = alarm["severity"] == "critical" and not _is_quiet(alarm) and not alarm["resolved"]
        return colours.critical_tint if is_loud else colours.panel

    def _paint_severity(self, painter: QPainter, box: QRectF, alarm: Json) -> None:
        severity = Severity(alarm["severity"])
        if alarm["resolved"]:
            painter.fillRect(QRectF(box.left() + 26, box.center().y() - 3, 7, 7), self._theme.colours.closed)
            return
        if alarm.get("shelved"):
            paint_clock(painter, self._theme.colours.secondary, QPointF(box.left() + 30, box.center().y()), 14)
            return
        if alarm.get("parent_id"):
            self._paint_bracket(painter, box)
        is_loud = severity.rank >= Severity.MINOR.rank and not _is_quiet(alarm) and not alarm.get("hidden")
        if is_loud:
            painter.fillRect(QRectF(box.left(), box.top(), _BAR, box.height() - 1), self._theme.severity[severity])
        is_blinking = severity.rank >= Severity.MAJOR.rank and is_loud
        if self.is_lit or not is_blinking:
            centre = QPointF(box.left() + 30, box.center().y())
            paint_glyph(painter, self._theme, severity, centre, 20, acked=_is_quiet(alarm))

    def _paint_bracket(self, painter: QPainter, box: QRectF) -> None:
        """Hang a folded alarm on the line of its cause."""
        painter.setPen(QPen(self._theme.colours.tertiary, 1))
        x, y = box.left() + 12.5, box.center().y()
        painter.drawLine(QPointF(x, box.top()), QPointF(x, y))
        painter.drawLine(QPointF(x, y), QPointF(x + 6, y))

    def _paint_text(self, painter: QPainter, box: QRectF, alarm: Json, column: int) -> None:
        theme, colours = self._theme, self._theme.colours
        is_plain = column in (RAISED, CHANNEL, TEXT)
        colour = colours.text if is_plain else colours.secondary
        if alarm["resolved"] or alarm.get("shelved"):
            colour = colours.tertiary
        font = theme.mono(BODY) if column in (LAYER, TYPE) else theme.font(BODY)
        if column == CHANNEL:
            font = theme.mono(BODY, MEDIUM)
        if column == OCC and alarm["occurrences"] > 1 and not alarm["resolved"]:
            font, colour = theme.font(BODY, MEDIUM), colours.text
        area = box.adjusted(8, 0, -8, 0)
        align = RIGHT if column in RIGHT_ALIGNED else LEFT
        used = write(painter, area, self._model.text(alarm, column), Ink(font, colour), align)
        if column == TEXT and alarm.get("drill"):
            badge(painter, theme, QPointF(area.left() + used + 10, box.center().y()), "DRILL")
        elif column == TEXT and alarm["test"]:
            badge(painter, theme, QPointF(area.left() + used + 10, box.center().y()), "TEST")
        elif column == TEXT and alarm.get("children"):
            words = f"cause of {len(alarm['children'])}"
            badge(painter, theme, QPointF(area.left() + used + 10, box.center().y()), words)
        elif column == TEXT and alarm.get("flapping"):
            badge(painter, theme, QPointF(area.left() + used + 10, box.center().y()), "flapping")

    def _paint_border(self, painter: QPainter, box: QRectF, index: QModelIndex | QPersistentModelIndex) -> None:
        painter.setPen(QPen(self._theme.colours.accent, 1))
        frame = box.adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawLine(frame.topLeft(), frame.topRight())
        painter.drawLine(frame.bottomLeft(), frame.bottomRight())
        if index.column() == 0:
            painter.drawLine(frame.topLeft(), frame.bottomLeft())
        if index.column() == index.model().columnCount() - 1:
            painter.drawLine(frame.topRight(), frame.bottomRight())


def _is_quiet(alarm: Json) -> bool:
    """Say whether somebody has it, or its condition has gone and it waits for an answer: an outline is enough."""
    return bool(alarm["acknowledged"] or alarm.get("latched"))
