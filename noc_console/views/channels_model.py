"""The channel list as a Qt model: rows are the board's order, cells are read from the board when asked for."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QSortFilterProxyModel, Qt

from noc_console.views.channels_columns import COLUMNS, Value
from noc_console.views.state import BoardMirror, Json

Index = QModelIndex | QPersistentModelIndex
SORT = Qt.ItemDataRole.UserRole
CHANNEL = Qt.ItemDataRole.UserRole + 1
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)


class ChannelsModel(QAbstractTableModel):
    """Keeps nothing but the order it last told the view about."""

    def __init__(self, mirror: BoardMirror) -> None:
        super().__init__()
        self._mirror = mirror
        self._order = mirror.order
        self._seen = 0

    def refresh(self) -> bool:
        """Tell the view what changed; say whether anything did."""
        changes = self._mirror.changes(self._seen)
        self._seen = changes.revision
        if changes.order or self._order != self._mirror.order:
            self.beginResetModel()
            self._order = self._mirror.order
            self.endResetModel()
            return True
        if changes.everything:
            self._tell(0, len(self._order) - 1)
        rows = [row for row, key in enumerate(self._order) if key in changes.channels]
        for row in rows:
            self._tell(row, row)
        return bool(rows or changes.everything)

    def channel(self, row: int) -> Json:
        """Return the board's channel of a row."""
        return self._mirror.channels[self._order[row]]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """Override: number of channels."""
        return 0 if parent.isValid() else len(self._order)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """Override: number of columns."""
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Override: text, sort value, alignment or the channel's id."""
        if not index.isValid() or self._order[index.row()] not in self._mirror.channels:
            return None
        column, channel = COLUMNS[index.column()], self.channel(index.row())
        readers: dict[int, Callable[[], object]] = {
            Qt.ItemDataRole.DisplayRole: lambda: column.text(channel, self._mirror),
            Qt.ItemDataRole.ToolTipRole: lambda: channel["text"] or None,
            Qt.ItemDataRole.TextAlignmentRole: lambda: _RIGHT if column.is_figure else _LEFT,
            SORT: lambda: column.value(channel, self._mirror),
            CHANNEL: lambda: channel["id"],
        }
        reader = readers.get(role)
        return reader() if reader else None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Override: the columns' titles."""
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(COLUMNS):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section].title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if COLUMNS[section].is_figure else _LEFT
        return None

    def _tell(self, first: int, last: int) -> None:
        if last >= first:
            self.dataChanged.emit(self.index(first, 0), self.index(last, len(COLUMNS) - 1))


class ChannelsFilter(QSortFilterProxyModel):
    """Keeps the channels that fit the chip and the words; equal values stay in the order of codes."""

    def __init__(self, source: ChannelsModel) -> None:
        super().__init__()
        self._source = source
        self._fits: Callable[[Json], bool] = bool
        self._words: tuple[str, ...] = ()
        self.setSourceModel(source)
        self.setSortRole(SORT)
        self.setDynamicSortFilter(False)

    def show_only(self, fits: Callable[[Json], bool], words: str) -> None:
        """Show the channels that fit and contain all words."""
        self._fits, self._words = fits, tuple(words.lower().split())
        self.invalidate()

    def channel(self, row: int) -> Json:
        """Return the channel of a visible row."""
        return self._source.channel(self.mapToSource(self.index(row, 0)).row())

    def filterAcceptsRow(self, source_row: int, source_parent: Index) -> bool:
        """Override: chip and words."""
        channel = self._source.channel(source_row)
        if not self._fits(channel):
            return False
        if not self._words:
            return True
        text = " ".join(
            [channel["code"], channel["name"], channel["text"], channel["template"], *channel["labels"]]
        ).lower()
        return all(word in text for word in self._words)

    def lessThan(self, left: Index, right: Index) -> bool:
        """Override: by value, then by code."""
        first: Value = left.data(SORT)
        second: Value = right.data(SORT)
        if first == second:
            is_up = self.sortOrder() is Qt.SortOrder.AscendingOrder
            return (left.row() < right.row()) is is_up
        return first < second  # type: ignore[operator]
