"""The channel list: sort, filter, search, export, and what can be done to a channel."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFileDialog, QLabel, QMenu, QTableView, QVBoxLayout, QWidget

from noc_console.views.actions import add_action
from noc_console.views.ask_bar import AskBar
from noc_console.views.channels_acts import ChannelActs
from noc_console.views.channels_columns import COLUMNS
from noc_console.views.channels_delegate import ROW, ChannelsDelegate
from noc_console.views.channels_export import export
from noc_console.views.channels_head import ChannelsHead
from noc_console.views.channels_model import ChannelsFilter, ChannelsModel
from noc_console.views.desk import Desk
from noc_console.views.penalty_model import PenaltyModel
from noc_console.views.state import Json
from noc_console.views.wall_head import FILTERS

_RESORT_S = 2
_NARROW = 1500


class ChannelsScreen(QWidget):
    """Head, table, and the bar that asks before deleting."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._acts = ChannelActs(desk)
        self._drawn: tuple[int, bool] = (0, True)
        self._sorted_at = 0.0
        self.model = ChannelsModel(desk.mirror)
        self.shown = ChannelsFilter(self.model)
        self.head, self.table, self.ask = ChannelsHead(desk), QTableView(), AskBar(desk.theme)
        self._empty = QLabel("", self.table)
        self._empty.setProperty("look", "note")
        self._dress_table()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for widget in (self.head, self.table, self.ask):
            column.addWidget(widget)
        self.head.filtered.connect(self._filter)
        self.head.exporting.connect(self._export)
        self.table.activated.connect(self._open)
        self.table.customContextMenuRequested.connect(self._menu)
        self._row_actions = self._make_actions()
        self.setFocusProxy(self.table)
        self._filter()

    def refresh(self) -> None:
        """Pull what changed; sort anew every two seconds, not under the operator's eyes at each value."""
        changed = self.model.refresh()
        now = self._desk.mirror.now()
        if changed and now - self._sorted_at >= _RESORT_S:
            self._sorted_at = now
            self.shown.invalidate()
            self._count()
        phase = (int(now), self._desk.frame.is_lit)
        if phase != self._drawn:
            self._drawn = phase
            self.table.viewport().update()

    def next_ill(self) -> None:
        """Select the next ill channel."""
        box = PenaltyModel(self._desk.mirror)
        box.rank()
        current = self.current()
        self._select(box.next_ill(current["id"] if current else 0))

    def current(self) -> Json | None:
        """Return the selected channel."""
        index = self.table.currentIndex()
        return self.shown.channel(index.row()) if index.isValid() else None

    def channel_in_hand(self) -> int:
        """Return the selected channel's id, 0 for none."""
        current = self.current()
        return int(current["id"]) if current is not None else 0

    def close_drawer(self) -> bool:
        """Esc keeps the channel that was to be deleted."""
        return self.ask.put_away()

    def visible_channels(self) -> list[Json]:
        """Return the channels in the order they are shown."""
        return [self.shown.channel(row) for row in range(self.shown.rowCount())]

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override: fewer columns on a small screen; the sentence takes what is left."""
        is_narrow = self.width() < _NARROW - 60
        used = 0
        for number, column in enumerate(COLUMNS):
            self.table.setColumnHidden(number, is_narrow and not column.narrow)
            used += 0 if self.table.isColumnHidden(number) or column.key == "wrong" else column.width
        room = self.width() - used - 12
        self.table.setColumnWidth(_number_of("wrong"), max(160, room))
        self._empty.setGeometry(16, 40, self.width() - 32, 20)

    def _dress_table(self) -> None:
        table = self.table
        table.setModel(self.shown)
        self._delegate = ChannelsDelegate(self._desk)
        table.setItemDelegate(self._delegate)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        table.setShowGrid(False)
        table.setSortingEnabled(True)
        table.setTabKeyNavigation(False)
        table.setAccessibleName("Channels")
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(ROW)
        header = table.horizontalHeader()
        header.setFixedHeight(32)
        header.setHighlightSections(False)
        header.setSortIndicator(_number_of("severity"), Qt.SortOrder.DescendingOrder)
        for number, column in enumerate(COLUMNS):
            table.setColumnWidth(number, column.width)

    def _make_actions(self) -> list[QAction]:
        acts = self._acts
        return [
            add_action(self, "Edit channel", "E", self._edit, within=True),
            add_action(self, "Enable or disable channel", "D", partial(self._with_current, acts.switch), within=True),
            add_action(
                self, "Raise a test alarm", "Shift+T", partial(self._with_current, acts.test_alarm), within=True
            ),
            add_action(self, "Delete channel", "Del", partial(self._with_current, self._ask_delete), within=True),
            add_action(self, "Search channels", "/", self.head.words.setFocus, within=True),
            add_action(self, "Export what is shown", "Ctrl+E", self._export, within=True),
        ]

    def _filter(self) -> None:
        self.shown.show_only(FILTERS[self.head.chips.chosen], self.head.words.text())
        self._count()

    def _count(self) -> None:
        shown, total = self.shown.rowCount(), self.model.rowCount()
        self.head.count.setText(f"{total} channels" if shown == total else f"{shown} of {total}")
        starting = self._desk.mirror.link == "starting"
        nothing = (
            "Loading"
            if starting
            else "No channels yet. Add one or import a list."
            if not total
            else "No channel fits."
        )
        self._empty.setText(nothing)
        self._empty.setVisible(not shown)

    def _open(self, index: QModelIndex) -> None:
        self._desk.ways.openChannel.emit(self.shown.channel(index.row())["id"])

    def _edit(self) -> None:
        channel = self.current()
        if channel is not None:
            self._desk.ways.editChannel.emit(channel["id"])

    def _with_current(self, act: object) -> None:
        channel = self.current()
        if channel is not None and callable(act):
            act(channel)

    def _ask_delete(self, channel: Json) -> None:
        question = f"Delete {channel['code']} {channel['name']}? It is no longer watched; its history stays."
        self.ask.ask(question, "Delete", partial(self._acts.delete, channel))

    def _select(self, channel_id: int) -> None:
        for row in range(self.shown.rowCount()):
            if self.shown.channel(row)["id"] == channel_id:
                self.table.setCurrentIndex(self.shown.index(row, 0))

    def _menu(self, where: QPoint) -> None:
        if self.current() is None:
            return
        menu = QMenu(self)
        menu.addActions(self._row_actions[:4])
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.table.viewport().mapToGlobal(where))

    def _export(self) -> None:
        dialog = QFileDialog(self, "Export channels", "channels.csv", "CSV (*.csv);;JSON (*.json)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._write)
        dialog.open()

    def _write(self, file: str) -> None:
        self._desk.tasks.start(self._written(Path(file)))

    async def _written(self, path: Path) -> None:
        export(path, self.visible_channels(), self._desk.mirror)


def _number_of(key: str) -> int:
    return next(number for number, column in enumerate(COLUMNS) if column.key == key)
