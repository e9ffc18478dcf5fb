"""The TR 101 290 matrix as a Qt model: one row an input, worst first; cells are read from the board."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from noc_console.model import Severity
from noc_console.views.state import BoardMirror
from noc_console.views.ts_columns import COLUMNS, Column
from noc_console.views.ts_facts import CALM, TsRow, address_text, bitrate_text, brief, ts_rows

Index = QModelIndex | QPersistentModelIndex
ROW = Qt.ItemDataRole.UserRole
_CENTRE = int(Qt.AlignmentFlag.AlignCenter)
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_RESORT_S = 2.0
FILTERS: dict[str, Callable[[TsRow], bool]] = {
    "All": lambda row: True,
    "Ill": lambda row: row.severity.rank >= Severity.MINOR.rank or row.state in ("stale", "lost"),
    "Priority 1": lambda row: any(number.startswith("1.") for number in row.cells),
}


class TsModel(QAbstractTableModel):
    """Keeps the rows of the last look at the board; sorts anew at most every two seconds."""

    def __init__(self, mirror: BoardMirror) -> None:
        super().__init__()
        self._mirror = mirror
        self._rows: list[TsRow] = []
        self._seen = -1
        self._sorted_at = 0.0
        self._filter = "All"

    def refresh(self) -> bool:
        """Tell the view what changed; say whether anything did."""
        changes = self._mirror.changes(max(self._seen, 0))
        if self._seen == changes.revision and not (changes or self._seen < 0):
            return False
        self._seen = changes.revision
        now = self._mirror.now()
        rows = [row for row in ts_rows(self._mirror) if FILTERS[self._filter](row)]
        is_due = now - self._sorted_at >= _RESORT_S
        if {row.id for row in rows} != {row.id for row in self._rows}:
            self.beginResetModel()
            self._rows, self._sorted_at = rows, now
            self.endResetModel()
            return True
        if is_due and [row.id for row in rows] != [row.id for row in self._rows]:
            self._sorted_at = now
            self._move(rows)
            return True
        return self._take(rows)

    def _take(self, rows: list[TsRow]) -> bool:
        """Tell the view of the rows that changed, in their old order; say whether there were any."""
        by_id = {row.id: row for row in rows}
        before, self._rows = self._rows, [by_id[row.id] for row in self._rows]
        # the board's own objects are replaced when they change
        changed = [
            number
            for number, (old, new) in enumerate(zip(before, self._rows, strict=True))
            if old.input is not new.input or old.state != new.state
        ]
        for number in changed:
            self.dataChanged.emit(self.index(number, 0), self.index(number, len(COLUMNS) - 1))
        return bool(changed)

    def show_only(self, name: str) -> None:
        """Show the rows that fit one of FILTERS."""
        self._filter, self._seen = name, -1
        self.refresh()

    def row(self, number: int) -> TsRow:
        """Return the input of a row."""
        return self._rows[number]

    def rows(self) -> list[TsRow]:
        """Return all inputs shown, from top to bottom."""
        return list(self._rows)

    def row_of(self, input_id: int) -> int:
        """Return the row of an input, -1 when it is not shown."""
        return next((number for number, row in enumerate(self._rows) if row.id == input_id), -1)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """Override: number of inputs."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """Override: number of columns."""
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Override: text, hint, alignment, or the row itself."""
        if not index.isValid():
            return None
        column, row = COLUMNS[index.column()], self._rows[index.row()]
        if role == ROW:
            return row
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return _text(column, row)
        if role == Qt.ItemDataRole.ToolTipRole:
            return _hint(column, row)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if column.kind == "rate" else _CENTRE if column.kind == "cell" else _LEFT
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Override: titles, and what they stand for."""
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(COLUMNS):
            return None
        column = COLUMNS[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.title
        if role == Qt.ItemDataRole.ToolTipRole:
            return column.hint or None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if column.kind == "rate" else _CENTRE if column.kind == "cell" else _LEFT
        return None

    def _move(self, rows: list[TsRow]) -> None:
        self.layoutAboutToBeChanged.emit()
        kept = [(index, self._rows[index.row()].id) for index in self.persistentIndexList()]
        self._rows = rows
        for index, input_id in kept:
            self.changePersistentIndex(index, self.index(self.row_of(input_id), index.column()))
        self.layoutChanged.emit()


def _text(column: Column, row: TsRow) -> str:
    if column.kind == "cell" and column.indicator is not None:
        cell = row.cells.get(column.indicator.number, CALM)
        return brief(cell.count) if cell.count else ""
    return {
        "state": row.severity.value,
        "code": str(row.channel["code"]),
        "name": str(row.channel["name"]),
        "address": address_text(str(row.input["url"])),
        "rate": bitrate_text(row),
    }.get(column.kind, "")


def _hint(column: Column, row: TsRow) -> str | None:
    if column.kind == "cell" and column.indicator is not None:
        cell = row.cells.get(column.indicator.number)
        return f"{column.hint}\n{cell.text}" if cell is not None else column.hint
    return str(row.input["url"]) if column.kind == "address" else row.text or None
