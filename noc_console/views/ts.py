"""The TR 101 290 screen: all transport streams, worst first, what is wrong with each now and in the last hour."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QLabel, QTableView, QVBoxLayout, QWidget

from noc_console.model import Severity
from noc_console.views.actions import add_action
from noc_console.views.desk import Desk
from noc_console.views.state import Link
from noc_console.views.ts_columns import COLUMNS
from noc_console.views.ts_delegate import HEIGHT, TsDelegate
from noc_console.views.ts_facts import TsRow, has_streams
from noc_console.views.ts_history import TsHistory
from noc_console.views.ts_model import FILTERS, TsModel
from noc_console.views.wall_head import Chips

_HEAD = 48
_NARROW = 1500


class TsScreen(QWidget):
    """Head and matrix; Return opens an input, C its channel."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setObjectName("page")
        self._desk = desk
        self._drawn = 0
        self.model = TsModel(desk.mirror)
        self.history = TsHistory(desk)
        self.table, self.chips = QTableView(), Chips(list(FILTERS))
        self._count = QLabel("")
        self._count.setProperty("look", "note")
        self._empty = QLabel("", self.table)
        self._empty.setProperty("look", "note")
        self._dress_table()
        self._lay_out()
        self.chips.changed.connect(self._on_filter)
        self.table.activated.connect(self._on_open)
        add_action(self, "Open the channel", "C", self._open_channel, within=True)
        add_action(self, "Show the alarms of the channel", "A", self._open_alarm, within=True)
        self.setFocusProxy(self.table)

    def refresh(self) -> None:
        """Pull what changed, and let the hours in sight be fetched."""
        if self.model.refresh() or not self.model.rowCount():
            self._tell()
        self.history.poll(self._in_sight())
        if self.history.revision != self._drawn:
            self._drawn = self.history.revision
            self.table.viewport().update()

    def next_ill(self) -> None:
        """Select the next input with something wrong."""
        rows = self.model.rows()
        begin = self.table.currentIndex().row() + 1 if self.table.currentIndex().isValid() else 0
        order = [*range(begin, len(rows)), *range(begin)]
        ill = next((number for number in order if rows[number].severity.rank >= Severity.MINOR.rank), -1)
        if ill >= 0:
            self.table.setCurrentIndex(self.model.index(ill, 0))

    def current(self) -> TsRow | None:
        """Return the chosen input."""
        index = self.table.currentIndex()
        return self.model.row(index.row()) if index.isValid() else None

    def channel_in_hand(self) -> int:
        """Return the id of the chosen input's channel, 0 for none."""
        row = self.current()
        return int(row.channel["id"]) if row is not None else 0

    def status_text(self) -> str:
        """Return what the status line says at its right end."""
        return f"TR 101 290 · {self._count.text()}"

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override: fewer columns on a small screen, where the matrix scrolls sideways."""
        super().resizeEvent(event)
        for number, column in enumerate(COLUMNS):
            self.table.setColumnHidden(number, self.width() < _NARROW and not column.narrow)
        self._empty.setGeometry(16, 40, self.width() - 32, 20)

    def _dress_table(self) -> None:
        table = self.table
        table.setModel(self.model)
        self._delegate = TsDelegate(self._desk, self.history)
        table.setItemDelegate(self._delegate)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        table.setShowGrid(False)
        table.setTabKeyNavigation(False)
        table.setAccessibleName("TR 101 290 indicators of all transport streams")
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(HEIGHT)
        header = table.horizontalHeader()
        header.setFixedHeight(32)
        header.setHighlightSections(False)
        header.setMinimumSectionSize(24)
        for number, column in enumerate(COLUMNS):
            table.setColumnWidth(number, column.width)

    def _lay_out(self) -> None:
        title = QLabel("TR 101 290")
        title.setProperty("look", "title")
        note = QLabel("What is wrong now: shape and letter say how grave, the figure how often")
        note.setProperty("look", "tertiary")
        head = QWidget()
        head.setFixedHeight(_HEAD)
        row = QHBoxLayout(head)
        row.setContentsMargins(16, 0, 16, 0)
        row.setSpacing(12)
        for widget in (title, self._count, self.chips):
            row.addWidget(widget)
        row.addStretch(1)
        row.addWidget(note)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(head)
        column.addWidget(self.table, 1)

    def _in_sight(self) -> list[int]:
        height = self.table.viewport().height()
        first, last = self.table.rowAt(0), self.table.rowAt(height - 1)
        rows = self.model.rows()
        return [row.id for row in rows[max(first, 0) : (last if last >= 0 else len(rows) - 1) + 1]]

    def _tell(self) -> None:
        rows = self.model.rows()
        ill = sum(row.severity.rank >= Severity.MINOR.rank for row in rows)
        self._count.setText(f"{len(rows)} input{'' if len(rows) == 1 else 's'}, {ill} ill")
        mirror = self._desk.mirror
        if mirror.link is Link.STARTING:
            said = "Loading"
        elif has_streams(mirror):
            said = "No input fits."
        else:
            said = "No transport stream input yet. Add a channel with an address such as udp://@239.1.1.1:1234."
        self._empty.setText(said)
        self._empty.setVisible(not rows)

    def _on_filter(self, name: str) -> None:
        self.model.show_only(name)
        self._tell()

    def _on_open(self, index: QModelIndex) -> None:
        self._desk.ways.openTransport.emit(self.model.row(index.row()).id)

    def _open_channel(self) -> None:
        row = self.current()
        if row is not None:
            self._desk.ways.openChannel.emit(row.channel["id"])

    def _open_alarm(self) -> None:
        row = self.current()
        if row is not None and row.channel["alarm_id"]:
            self._desk.ways.openAlarm.emit(row.channel["alarm_id"])
