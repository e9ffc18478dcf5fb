"""The rows of the alarm list: ids in order; every value is read from the board when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from noc_console.views.alarm_facts import state_line, when
from noc_console.views.figures import age

Json = Mapping[str, Any]
Index = QModelIndex | QPersistentModelIndex
HEADS = ("Sev", "Raised", "Duration", "Channel", "Layer", "Type", "Text", "Owner", "Occ.")
SEV, RAISED, DURATION, CHANNEL, LAYER, TYPE, TEXT, OWNER, OCC = range(9)
RIGHT_ALIGNED = (DURATION, OCC)


class AlarmModel(QAbstractTableModel):
    """One row an alarm. `alarm_of` gives the alarm of an id, `now` the agent's time."""

    def __init__(
        self, alarm_of: Callable[[int], Json | None], now: Callable[[], float], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._alarm_of = alarm_of
        self._now = now
        self._ids: list[int] = []

    @property
    def ids(self) -> tuple[int, ...]:
        """The alarms of the rows, from the top."""
        return tuple(self._ids)

    def show_ids(self, wanted: Sequence[int]) -> None:
        """Show these alarms in this order; rows that stay keep their selection."""
        self._remove(set(wanted))
        known = set(self._ids)
        self._reorder([id_ for id_ in wanted if id_ in known])
        for place, id_ in enumerate(wanted):
            if id_ not in known:
                self.beginInsertRows(QModelIndex(), place, place)
                self._ids.insert(place, id_)
                self.endInsertRows()

    def tick(self) -> None:
        """Tell that durations have moved on."""
        if self._ids:
            self.dataChanged.emit(self.index(0, DURATION), self.index(len(self._ids) - 1, DURATION))

    def changed(self, ids: frozenset[int]) -> None:
        """Tell that these alarms have new values."""
        for row, id_ in enumerate(self._ids):
            if id_ in ids:
                self.dataChanged.emit(self.index(row, 0), self.index(row, len(HEADS) - 1))

    def row_of(self, alarm_id: int) -> int:
        """Return the row of an alarm, -1 when it is not listed."""
        return self._ids.index(alarm_id) if alarm_id in self._ids else -1

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Override: one row an alarm."""
        return 0 if parent.isValid() else len(self._ids)

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
            side = Qt.AlignmentFlag.AlignRight if section in RIGHT_ALIGNED else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Override: texts and what a screen reader says."""
        alarm = self._alarm_of(self._ids[index.row()]) if index.isValid() else None
        if alarm is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.text(alarm, index.column())
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{alarm['message']}\n{alarm['type']}, {alarm['occurrences']} times. {state_line(alarm)}"
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{HEADS[index.column()]} {self.text(alarm, index.column())}"
        return None

    def alarm_at(self, row: int) -> Json | None:
        """Return the alarm of a row, None where it is known no more."""
        return self._alarm_of(self._ids[row])

    def text(self, alarm: Json, column: int) -> str:
        """Return what a column says of an alarm."""
        now = self._now()
        match column:
            case 0:
                return str(alarm["severity"])
            case 1:
                return when(alarm["raised_at"], now)
            case 2:
                return age((alarm["resolved_at"] or now) - alarm["raised_at"])
            case 3:
                return str(alarm["channel_code"] or "Agent")
            case 4:
                return f"L{alarm['layer']}" if alarm["channel_id"] else "—"
            case 5:
                return str(alarm["type"])
            case 6:
                return str(alarm["message"])
            case 7:
                return str(alarm["owner"] or alarm["acknowledged_by"] or "—")
        return str(alarm["occurrences"])

    def _remove(self, wanted: set[int]) -> None:
        for row in reversed(range(len(self._ids))):
            if self._ids[row] not in wanted:
                self.beginRemoveRows(QModelIndex(), row, row)
                del self._ids[row]
                self.endRemoveRows()

    def _reorder(self, order: list[int]) -> None:
        if order == self._ids:
            return
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        place = {id_: row for row, id_ in enumerate(order)}
        after = [self.index(place[self._ids[index.row()]], index.column()) for index in before]
        self._ids = order
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()
