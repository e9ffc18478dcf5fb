"""The model of the plain lists: shows the records it was given, keeps none of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from noc_console.views.records import Cell, Column, Record

Index = QModelIndex | QPersistentModelIndex
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
CELL_ROLE = int(Qt.ItemDataRole.UserRole)


class RecordsModel(QAbstractTableModel):
    """Rows by key; the same keys again change in place, so that choice and scroll stay."""

    def __init__(self, columns: Sequence[Column], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self.records: tuple[Record, ...] = ()

    def show_records(self, shown: Sequence[Record]) -> bool:
        """Show these rows; say whether rows came or went."""
        fresh = tuple(shown)
        if fresh == self.records:
            return False
        if [one.key for one in fresh] == [one.key for one in self.records]:
            self.records = fresh
            self.dataChanged.emit(self.index(0, 0), self.index(len(fresh) - 1, len(self.columns) - 1))
            return False
        self.beginResetModel()
        self.records = fresh
        self.endResetModel()
        return True

    def row_of(self, key: str) -> int:
        """Return the row of a key, -1 where it is not listed."""
        return next((row for row, one in enumerate(self.records) if one.key == key), -1)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Override: one row a record."""
        return 0 if parent.isValid() else len(self.records)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Override: the columns given."""
        return 0 if parent.isValid() else len(self.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Override: the heads, aligned as their columns."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        column = self.columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return RIGHT if column.is_right else LEFT
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Override: text, cell for the delegate, tooltip, and what a screen reader says."""
        if not index.isValid():
            return None
        record = self.records[index.row()]
        cell = record.cells[index.column()] if index.column() < len(record.cells) else Cell("")
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return cell.text
            case Qt.ItemDataRole.UserRole:
                return cell
            case Qt.ItemDataRole.ToolTipRole:
                return record.tip or cell.text
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{cell.severity} {cell.text}" if cell.severity is not None else cell.text
            case _:
                return None
