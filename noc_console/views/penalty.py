"""The penalty box at the right of the wall: who is ill, worst first, and who is not measured at all."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QVBoxLayout, QWidget

from noc_console.views.desk import Desk
from noc_console.views.penalty_delegate import PenaltyDelegate
from noc_console.views.penalty_model import PenaltyModel
from noc_console.views.theme import BODY, SEMIBOLD, TITLE

_HEAD = 40


class PenaltyBox(QWidget):
    """A heading and the list; choosing selects on the wall, opening opens the channel."""

    chosen = Signal(int)
    opened = Signal(int)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.model = PenaltyModel(desk.mirror)
        self._delegate = PenaltyDelegate(desk, self.model)
        self.list = QListView()
        self.list.setModel(self.model)
        self.list.setItemDelegate(self._delegate)
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setAccessibleName("Penalty box")
        self.list.clicked.connect(self._choose)
        self.list.activated.connect(self._open)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, _HEAD, 0, 0)
        column.addWidget(self.list)
        self._seen = -1
        self._head = ""
        self._shown: tuple[int, bool] = (0, True)

    def refresh(self) -> None:
        """Rank anew when the board changed; ages and blinking only repaint."""
        mirror = self._desk.mirror
        now = (int(mirror.now()), self._desk.frame.is_lit)
        if mirror.revision != self._seen:
            self._seen = mirror.revision
            self.model.rank()
            head = f"{self.model.ill} {self._nobody()}"
            if head != self._head:
                self._head = head
                self.update()
        if now != self._shown:
            self.list.viewport().update()
        self._shown = now

    def show_channel(self, channel_id: int) -> None:
        """Mark a channel's row, if it has one."""
        row = self.model.row_of(channel_id)
        if row >= 0:
            self.list.setCurrentIndex(self.model.index(row, 0))
        else:
            self.list.clearSelection()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override: panel, left hairline, heading and count; one line when nobody is ill."""
        theme = self._desk.theme
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.colours.panel)
        painter.fillRect(0, 0, 1, self.height(), theme.colours.hairline)
        painter.fillRect(0, _HEAD - 1, self.width(), 1, theme.colours.hairline)
        painter.setPen(theme.colours.text)
        painter.setFont(theme.font(TITLE, SEMIBOLD))
        head = QRectF(16, 0, self.width() - 32, _HEAD - 1)
        painter.drawText(head, Qt.AlignmentFlag.AlignVCenter, "Penalty box")
        painter.setFont(theme.font(BODY))
        painter.setPen(theme.colours.secondary)
        note = f"{self.model.ill} ill · worst first" if self.model.ill else self._nobody()
        painter.drawText(head, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), note)
        painter.end()

    def _nobody(self) -> str:
        """Return what an empty box means: nothing is known is not the same as nobody is ill."""
        mirror = self._desk.mirror
        if mirror.is_lost:
            return "agent lost"
        return "no channel is ill" if mirror.agent else "Loading"

    def _choose(self, index: QModelIndex) -> None:
        channel_id = self.model.place(index.row()).channel_id
        if channel_id:
            self.chosen.emit(channel_id)

    def _open(self, index: QModelIndex) -> None:
        channel_id = self.model.place(index.row()).channel_id
        if channel_id:
            self.opened.emit(channel_id)
