"""The table of an import's difference, and how its rows are drawn: sign, code, what happens."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from noc_console.model import Severity
from noc_console.views.channel_paint import CENTRE, Ink, write
from noc_console.views.glyphs import paint_glyph
from noc_console.views.import_rows import Row
from noc_console.views.theme import BODY, MEDIUM, Theme

Index = QModelIndex | QPersistentModelIndex
HEADS = ("", "Channel", "What happens")
_SPOKEN = {"+": "added", "~": "changed", "!": "wrong"}


class ImportModel(QAbstractTableModel):
    """Shows the rows of the newest answer."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[Row, ...] = ()

    def show_rows(self, shown: tuple[Row, ...]) -> None:
        """Show these rows."""
        self.beginResetModel()
        self._rows = shown
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Override: one row a difference."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Override: the columns of HEADS."""
        return 0 if parent.isValid() else len(HEADS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Override: the heads, at the left."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return HEADS[section]
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Override: texts, the row for the delegate, and what a screen reader says."""
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return (row.sign, row.what, row.text)[index.column()]
        if role == Qt.ItemDataRole.UserRole:
            return row
        if role == Qt.ItemDataRole.ToolTipRole:
            return row.text
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return (_SPOKEN[row.sign], row.what, row.text)[index.column()]
        return None


class ImportDelegate(QStyledItemDelegate):
    """Draws a row: wrong lines with a glyph, new and changed ones by sign."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Override: one cell and the hairline under the row."""
        row: Row = index.data(Qt.ItemDataRole.UserRole)
        theme, colours = self._theme, self._theme.colours
        box = QRectF(option.rect)
        painter.setPen(QPen(colours.table_line, 1))
        painter.drawLine(QPointF(box.left(), box.bottom() - 0.5), QPointF(box.right(), box.bottom() - 0.5))
        if index.column() == 0:
            if row.sign == "!":
                paint_glyph(painter, theme, Severity.MAJOR, box.center(), 14)
            else:
                write(painter, box, row.sign, Ink(theme.mono(BODY, MEDIUM), colours.text), CENTRE)
            return
        is_code = index.column() == 1
        font = theme.mono(BODY, MEDIUM) if is_code else theme.font(BODY)
        colour = colours.text if is_code or row.sign == "!" else colours.secondary
        write(painter, box.adjusted(8, 0, -8, 0), (row.what, row.text)[index.column() - 1], Ink(font, colour))
