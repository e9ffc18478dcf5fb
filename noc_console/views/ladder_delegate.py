"""Draws the cells of the ladder: glyph and rung in mono, figures right, colour only on the value at fault."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from noc_console.model import Severity
from noc_console.views.channel_paint import LEFT, RIGHT, Ink, write
from noc_console.views.glyphs import paint_glyph
from noc_console.views.theme import BODY, MEDIUM, Theme


class LadderDelegate(QStyledItemDelegate):
    """Paints a Cell (UserRole) of the LadderModel."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Override: paint one cell and the hairline under it."""
        cell = index.data(Qt.ItemDataRole.UserRole)
        theme, colours = self._theme, self._theme.colours
        box = QRectF(option.rect)
        painter.setPen(QPen(colours.table_line, 1))
        left = box.left() + (12 if index.column() == 0 else 0)
        painter.drawLine(QPointF(left, box.bottom() - 1), QPointF(box.right(), box.bottom() - 1))
        is_ill = cell.severity.rank >= Severity.WARNING.rank
        if index.column() == 0:
            paint_glyph(painter, theme, cell.severity, QPointF(box.left() + 19, box.center().y()), 14)
            write(painter, box.adjusted(34, 0, -4, 0), cell.text, Ink(theme.mono(BODY, MEDIUM), colours.text))
            return
        if index.column() == 1:
            write(painter, box.adjusted(8, 0, -4, 0), cell.text, Ink(theme.font(BODY), colours.secondary), LEFT)
            return
        colour = theme.severity[cell.severity] if is_ill else colours.text
        if cell.text == "n/a":
            colour = colours.tertiary
        elif index.column() == 2:
            colour = colours.secondary
        write(painter, box.adjusted(4, 0, -8, 0), cell.text, Ink(theme.font(BODY), colour), RIGHT)
