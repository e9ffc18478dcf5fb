"""The PIDs of a transport stream as a table: what each carries, how fast, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from noc_console.views import figures
from noc_console.views.channel_paint import LEFT, RIGHT, Ink, write
from noc_console.views.theme import BODY, Theme
from noc_console.views.ts_facts import pid_rates, pid_text

Index = QModelIndex | QPersistentModelIndex
ILL = Qt.ItemDataRole.UserRole
COLUMNS = (
    ("PID", 72),
    ("Kind", 58),
    ("Codec", 84),
    ("Language", 74),
    ("Bitrate", 92),
    ("CC", 58),
    ("Scrambled", 78),
    ("PCR ms", 74),
    ("PCR ns", 74),
)
_FIGURES = frozenset((4, 5, 6, 7, 8))
# TR 101 290, 2.3.a and 2.4
_INTERVAL_MS, _ACCURACY_NS = 40.0, 500.0


@dataclass(frozen=True, slots=True)
class PidRow:
    """One PID: the cells as text, and which of them are beyond a limit."""

    pid: int
    cells: tuple[str, ...]
    ill: frozenset[int]


def pid_rows(report: Mapping[str, Any], one: Mapping[str, Any] | None = None) -> list[PidRow]:
    """Return the PIDs of an answer of GET /channels/{id}/ts, busiest first, null packets last."""
    rates = pid_rates(report, one)
    languages = {
        stream["pid"]: ", ".join(stream.get("languages", ()))
        for service in report.get("services", ())
        for stream in service["streams"]
    }
    pids = {int(pid): one for pid, one in (report.get("pids") or {}).items()}
    order = sorted(pids, key=lambda pid: (pids[pid]["kind"] == "null", -int(pids[pid]["packets"]), pid))
    return [_row(pid, pids[pid], languages.get(pid, ""), rates[pid]) for pid in order]


def _row(pid: int, one: Mapping[str, Any], language: str, rate_bps: float) -> PidRow:
    pcr = one.get("pcr") or {}
    interval, accuracy = pcr.get("max_interval_ms"), pcr.get("max_accuracy_ns")
    cc, scrambled = int(one["continuity_errors"]), int(one["scrambled"])
    cells = (
        pid_text(pid),
        str(one["kind"]),
        str(one["codec"] or ""),
        language,
        figures.bits(rate_bps),
        str(cc),
        str(scrambled),
        figures.number(interval, 1) if pcr else "",
        figures.number(accuracy, 0) if pcr else "",
    )
    broken = {
        5: cc > 0,
        6: scrambled > 0,
        7: interval is not None and interval > _INTERVAL_MS,
        8: accuracy is not None and abs(accuracy) > _ACCURACY_NS,
    }
    return PidRow(pid, cells, frozenset(number for number, is_ill in broken.items() if is_ill))


class PidModel(QAbstractTableModel):
    """Holds the newest answer's PIDs."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[PidRow] = []

    def show_report(self, report: Mapping[str, Any], one: Mapping[str, Any] | None = None) -> None:
        """Show the PIDs of an answer and of the board's input; the choice stays where its PID stays."""
        rows = pid_rows(report, one)
        if [row.pid for row in rows] == [row.pid for row in self._rows]:
            self._rows = rows
            if rows:
                self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, len(COLUMNS) - 1))
            return
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def pid(self, row: int) -> int:
        """Return the PID of a row."""
        return self._rows[row].pid

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """Override: number of PIDs."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """Override: number of columns."""
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Override: text, alignment, or whether the cell is beyond its limit."""
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return row.cells[index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(RIGHT if index.column() in _FIGURES else LEFT)
        return index.column() in row.ill if role == ILL else None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Override: titles."""
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(COLUMNS):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section][0]
        return int(RIGHT if section in _FIGURES else LEFT) if role == Qt.ItemDataRole.TextAlignmentRole else None


class PidDelegate(QStyledItemDelegate):
    """Draws calm cells in grey, PIDs in mono, and marks what is beyond its limit by weight, colour and a sign."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Override: ground, hairline, text."""
        colours, box = self._theme.colours, QRectF(option.rect)
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(box, colours.selected_row)
        painter.fillRect(QRectF(box.x(), box.bottom() - 1, box.width(), 1), colours.table_line)
        text, is_ill = str(index.data()), bool(index.data(ILL))
        is_figure = index.column() in _FIGURES
        font = self._theme.mono(BODY) if index.column() == 0 else self._theme.font(BODY, 600 if is_ill else 400)
        is_calm = text in ("0", "")
        colour = colours.text if is_ill or index.column() == 0 else colours.tertiary if is_calm else colours.secondary
        room = box.adjusted(8, 0, -8, -1)
        write(painter, room, f"▲ {text}" if is_ill else text, Ink(font, colour), RIGHT if is_figure else LEFT)
        painter.restore()
