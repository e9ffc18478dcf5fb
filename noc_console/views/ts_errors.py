"""The counted errors of a stream, newest first, each with its packet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from noc_console.catalogues import findings as catalogue
from noc_console.media.ts.findings import INDICATORS
from noc_console.model import Severity
from noc_console.views import figures
from noc_console.views.channel_paint import Ink, write
from noc_console.views.glyphs import paint_glyph
from noc_console.views.theme import BODY, Theme
from noc_console.views.ts_facts import pid_text

Index = QModelIndex | QPersistentModelIndex
ERROR = Qt.ItemDataRole.UserRole
CUE = "cue"
_QUIET = ("splice_null", "bandwidth_reservation")
COLUMNS = (("Time", 78), ("TR", 78), ("PID", 64), ("What", 60))


def cue_rows(report: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the cues of a report as rows of the list; heartbeats are none."""
    return [
        {
            "indicator": CUE,
            "pid": one.get("pid"),
            "packet": one.get("packet", 0),
            "offset": int(one.get("packet", 0)) * int(report.get("packet_size") or 188),
            "at": one.get("at"),
            "text": cue_text(one),
            "count": one.get("sections", 1),
            "ours": False,
            "header": None,
            "hex": "",
        }
        for one in report.get("scte35", ())
        if one.get("command") not in _QUIET
    ]


def cue_text(cue: Mapping[str, Any]) -> str:
    """Return a cue in words: what, which way, how long, how long before."""
    way = {True: " out", False: " in"}.get(cue.get("is_out"), "")  # type: ignore[arg-type]
    parts = [f"{cue.get('command')}{way}"]
    if cue.get("event_id") is not None:
        parts.append(f"event {cue['event_id']}")
    if cue.get("duration_s") is not None:
        parts.append(figures.number(float(cue["duration_s"]), 1, "s long"))
    if cue.get("preroll_s") is not None:
        parts.append(figures.number(float(cue["preroll_s"]), 1, "s ahead"))
    return ", ".join(parts)


def by_time(rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return rows newest first; those without a time stay behind."""
    return sorted(rows, key=lambda one: -(one["at"] if one["at"] is not None else 0.0))


def severity_of(error: Mapping[str, Any]) -> Severity:
    """Return how grave an error is, as the catalogue says of its finding; one of our own making is a warning."""
    if error["indicator"] == CUE:
        return Severity.CLEARED
    indicator = INDICATORS.get(str(error["indicator"]))
    if error.get("ours") or indicator is None:
        return Severity.WARNING
    known = catalogue().get(indicator.finding)
    return indicator.severity or (known.severity if known is not None else None) or Severity.WARNING


class ErrorModel(QAbstractTableModel):
    """Holds the newest answer of GET /channels/{id}/packets."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[Mapping[str, Any]] = []

    def show_errors(self, errors: Sequence[Mapping[str, Any]]) -> bool:
        """Show an answer; say whether it differs from what is shown."""
        if list(errors) == self._rows:
            return False
        self.beginResetModel()
        self._rows = list(errors)
        self.endResetModel()
        return True

    def error(self, row: int) -> Mapping[str, Any]:
        """Return the error of a row."""
        return self._rows[row]

    def row_of(self, packet: int, indicator: str) -> int:
        """Return the row of an error, -1 when it has gone."""
        keys = [(one["packet"], one["indicator"]) for one in self._rows]
        return keys.index((packet, indicator)) if (packet, indicator) in keys else -1

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """Override: number of errors."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """Override: number of columns."""
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Override: text, or the error itself."""
        if not index.isValid():
            return None
        one = self._rows[index.row()]
        if role == ERROR:
            return one
        if role == Qt.ItemDataRole.ToolTipRole:
            return str(one["text"])
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        ours = "lost in this machine: " if one.get("ours") else ""
        times = f" ({one['count']} times)" if int(one.get("count") or 1) > 1 else ""
        clock = figures.clock(float(one["at"])) if one["at"] is not None else "n/a"
        # 2.3.a-40 is the 40 ms warning of the older editions: the same indicator
        number = str(one["indicator"]).partition("-")[0]
        return (clock, number, pid_text(one["pid"]), f"{ours}{one['text']}{times}")[index.column()]

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Override: titles."""
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(COLUMNS):
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        return COLUMNS[section][0] if role == Qt.ItemDataRole.DisplayRole else None


class ErrorDelegate(QStyledItemDelegate):
    """Draws the indicator behind the glyph of its priority."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Override: ground, hairline, glyph, text."""
        colours, box, one = self._theme.colours, QRectF(option.rect), index.data(ERROR)
        if not isinstance(one, Mapping):
            return
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(box, colours.selected_row)
        painter.fillRect(QRectF(box.x(), box.bottom() - 1, box.width(), 1), colours.table_line)
        room = box.adjusted(8, 0, -6, -1)
        if index.column() == 1:
            paint_glyph(painter, self._theme, severity_of(one), QPointF(box.x() + 14, box.center().y()), 14)
            room = room.adjusted(18, 0, 0, 0)
        font = self._theme.mono(BODY) if index.column() in (1, 2) else self._theme.font(BODY)
        write(painter, room, str(index.data()), Ink(font, colours.text if index.column() == 1 else colours.secondary))
        painter.restore()
