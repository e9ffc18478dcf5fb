"""What a built-in diagnostic found: its fields, and its rows as a small table; running and failed are so drawn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from noc_console.views.figures import number
from noc_console.views.records import Cell, Column, Mark, Record, Tone
from noc_console.views.records_table import RecordsTable
from noc_console.views.theme import Theme

Json = Mapping[str, Any]
_ROW, _MOST_ROWS, _MOST_COLUMNS = 24, 12, 8


class DiagnosticResult(QWidget):
    """A table made anew for each shape of result."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.table: RecordsTable | None = None
        self._shown: Json | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self.hide()

    def show_result(self, found: Json | None) -> None:
        """Show a diagnostic's rows, or its fields where it has none; nothing before it ran."""
        if found == self._shown:
            return
        self._shown = found
        if self.table is not None:
            self._column.removeWidget(self.table)
            self.table.hide()
            self.table.deleteLater()
            self.table = None
        columns, rows = table_of(found or {})
        self.setVisible(found is not None and bool(columns))
        if not columns:
            return
        self.table = RecordsTable(self._theme, [Column(name) for name in columns], "Result", _ROW)
        self.table.show_records(rows, "Running" if (found or {}).get("state") == "running" else "No rows")
        self.table.setFixedHeight(30 + _ROW * max(1, min(len(rows), _MOST_ROWS)))
        self._column.addWidget(self.table)


def table_of(found: Json) -> tuple[list[str], list[Record]]:
    """Return the columns and rows of a result: rows as they came, else one row a field."""
    rows = found.get("rows") or ()
    if rows:
        names = list(dict.fromkeys(name for row in rows for name in row))[:_MOST_COLUMNS]
        records = [Record(str(n), tuple(_cell(row.get(name)) for name in names)) for n, row in enumerate(rows)]
        return [_title(name) for name in names], records
    fields = found.get("fields") or {}
    records = [Record(name, (Cell(_title(name)), _cell(value))) for name, value in fields.items()]
    return (["Field", "Value"], records) if fields else ([], [])


def _cell(value: Any) -> Cell:
    if value is None:
        return Cell("no data", Tone.TERTIARY)
    if isinstance(value, bool):
        return Cell("yes" if value else "no", Tone.TEXT, Mark.TICK if value else Mark.CROSS)
    if isinstance(value, float):
        return Cell(number(value, 0 if value == int(value) else 3))
    return Cell(str(value)[:200], is_mono=isinstance(value, str) and ("/" in value or ":" in value))


def _title(name: str) -> str:
    words = name.replace("_", " ")
    return words[:1].upper() + words[1:]
