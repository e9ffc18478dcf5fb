"""The ladder of a channel as a table: each rung with its codec, declared and measured bitrate, and lateness."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHeaderView, QTableView, QVBoxLayout

from noc_console.model import Severity
from noc_console.views.channel_charts import measured_rungs
from noc_console.views.channel_paint import HEAD_HEIGHT, card_head
from noc_console.views.desk import Desk
from noc_console.views.figures import number
from noc_console.views.ladder_delegate import LadderDelegate

Index = QModelIndex | QPersistentModelIndex
HEADS = ("Rung", "Codec", "Set", "Now", "Length", "Load", "Age")
_WIDTHS = (0, 62, 52, 52, 58, 58, 54)
_ROW = 28
_NARROW = 400


@dataclass(frozen=True, slots=True)
class Cell:
    """What the delegate draws: text, alignment by column, colour only where this value is at fault."""

    text: str
    severity: Severity = Severity.CLEARED


class LadderModel(QAbstractTableModel):
    """Reads the rungs of one input of the board; holds no values of its own."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._input: dict[str, Any] = {"rungs": [], "findings": []}

    def show_input(self, one: dict[str, Any]) -> None:
        """Read another input, or the same one with newer values."""
        same = [rung["rung"] for rung in one["rungs"]] == [rung["rung"] for rung in self._input["rungs"]]
        if same:
            self._input = one
            if self.rowCount():
                self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, len(HEADS) - 1))
            return
        self.beginResetModel()
        self._input = one
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Override: one row a rung."""
        return 0 if parent.isValid() else len(self._input["rungs"])

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Override: the columns of HEADS."""
        return 0 if parent.isValid() else len(HEADS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Override: the heads; figures are right-aligned."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return HEADS[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if section > 1 else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Override: text for reading, Cell (UserRole) for the delegate."""
        if not index.isValid():
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.cell(index.row(), index.column()).text
        if role == Qt.ItemDataRole.UserRole:
            return self.cell(index.row(), index.column())
        if role == Qt.ItemDataRole.AccessibleTextRole:
            rung = self._input["rungs"][index.row()]
            value = self.cell(index.row(), index.column()).text
            return f"{rung['rung']} {rung['severity']} {HEADS[index.column()]} {value}"
        return None

    def cell(self, row: int, column: int) -> Cell:
        """Return one cell; the value a finding speaks of takes the finding's severity."""
        rung = self._input["rungs"][row]
        metrics = rung["metrics"]
        if column == 0:
            return Cell(rung["rung"].partition("@")[0], Severity(rung["severity"]))
        if column == 1:
            return Cell(_codec(rung["codec"]))
        if column == 2:
            return Cell(_mbit(rung["bandwidth_bps"] or None))
        key, digits, scope = (
            ("segment.bitrate_bps", 1, ""),
            ("segment.duration_s", 1, "duration"),
            ("segment.download_s", 2, "segment"),
            ("playlist.age_ratio", 1, "playlist"),
        )[column - 3]
        value = metrics.get(key)
        if column == 3:
            return Cell(_mbit(value))
        if scope == "segment" and metrics.get("segment.is_missing"):
            return Cell("missing", self._severity(rung["rung"], scope))
        digits = 3 if value is not None and value < 0.1 and scope == "segment" else digits
        return Cell(number(value, digits), self._severity(rung["rung"], scope))

    def _severity(self, rung: str, about: str) -> Severity:
        scope = f"{'playlist' if about == 'playlist' else 'segment'}/{rung}"
        found = [
            Severity(one["severity"])
            for one in self._input["findings"]
            if one["scope"] == scope and (about == "playlist" or _speaks_of(one["id"]) == about)
        ]
        return max(found, key=lambda severity: severity.rank, default=Severity.CLEARED)


def _speaks_of(finding_id: str) -> str:
    """Return which figure of a segment a finding is about: its length, its download, or neither."""
    if "duration" in finding_id or "extinf" in finding_id:
        return "duration"
    is_download = any(word in finding_id for word in ("slow", "missing", "incomplete", "late"))
    return "segment" if is_download else ""


class LadderCard(QFrame):
    """The card of the channel page that holds the ladder's table."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setProperty("look", "card")
        self._desk = desk
        self._texts = ("Ladder", "", "")
        self._foot = ""
        self.model = LadderModel(self)
        self.table = QTableView()
        self.table.setModel(self.model)
        self.table.setItemDelegate(LadderDelegate(desk.theme, self.table))
        self.table.setAccessibleName("Ladder")
        _shape(self.table)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, HEAD_HEIGHT, 1, 28)
        layout.addWidget(self.table)

    def show_input(self, one: dict[str, Any]) -> None:
        """Show the rungs of an input."""
        rungs = measured_rungs(one)
        self.model.show_input({**one, "rungs": rungs})
        ill = sum(Severity(rung["severity"]).rank >= Severity.WARNING.rank for rung in rungs)
        count = len(rungs)
        self._texts = ("Ladder", "", f"{ill} of {count} rungs ill" if ill else f"{count} rungs")
        self._foot = "Set and Now in Mbit/s, age in target durations." if count else "No rung seen yet"
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override: where there is little room codec and length go."""
        super().resizeEvent(event)
        is_narrow = self.width() < _NARROW
        for column in (1, 4):
            self.table.setColumnHidden(column, is_narrow)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override: the card, its head and foot."""
        super().paintEvent(event)
        painter = QPainter(self)
        card_head(painter, self._desk.theme, QRectF(self.rect()), self._texts)
        painter.setFont(self._desk.theme.font())
        painter.setPen(self._desk.theme.colours.tertiary)
        painter.drawText(
            self.rect().adjusted(12, 0, -12, -8),
            Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom,
            self._foot,
        )
        painter.end()


def _shape(table: QTableView) -> None:
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(_ROW)
    table.setShowGrid(False)
    table.setSelectionMode(QTableView.SelectionMode.NoSelection)
    table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    header = table.horizontalHeader()
    header.setFixedHeight(_ROW)
    header.setHighlightSections(False)
    header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    for column, width in enumerate(_WIDTHS):
        if width:
            table.setColumnWidth(column, width)
    header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)


_CODECS = {
    "avc1": "AVC", "avc3": "AVC", "hvc1": "HEVC", "hev1": "HEVC", "av01": "AV1", "vp09": "VP9", "mp4a": "AAC",
    "ec-3": "E-AC-3", "ac-3": "AC-3", "dvh1": "HEVC DV", "dvhe": "HEVC DV", "wvtt": "WebVTT", "stpp": "TTML",
}  # fmt: skip


def _codec(name: str) -> str:
    return _CODECS.get(name.partition(".")[0].strip(), name.partition(".")[0] or "n/a")


def _mbit(value: float | None) -> str:
    return "n/a" if value is None else number(value / 1e6, 2 if value < 1e6 else 1)
