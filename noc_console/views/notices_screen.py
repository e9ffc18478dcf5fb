"""The notices screen: what was told to whom, how the receivers are doing, and who would be told of an alarm."""

from __future__ import annotations

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QPushButton, QStackedWidget, QVBoxLayout, QWidget

from noc_console.views.actions import add_action
from noc_console.views.desk import Desk
from noc_console.views.notices_dry import DryRun
from noc_console.views.notices_list import NoticeList
from noc_console.views.notices_receivers import ReceiverList
from noc_console.views.records_card import ViewRow, head_row


class NoticesScreen(QWidget):
    """Three views under one head; `open(alarm_id)` asks who is told of that alarm."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setObjectName("page")
        self._desk = desk
        self.notices = NoticeList(desk, self)
        self.people = ReceiverList(desk, self.notices.last_by_receiver)
        self.dry = DryRun(desk)
        self._views = (self.notices, self.people, self.dry)
        self.stack = QStackedWidget()
        for view in self._views:
            self.stack.addWidget(view)
        self.views = ViewRow(self, ("Notices", "Receivers", "Who would be told?"))
        self.views.chosen.connect(self._on_view)
        log = QPushButton("NMS log")
        log.setProperty("look", "chip")
        log.clicked.connect(self._on_log)
        add_action(self, "NMS log", "L", self._on_log, within=True)
        main = QVBoxLayout(self)
        main.setContentsMargins(0, 6, 0, 0)
        main.setSpacing(8)
        head = head_row("Notices", self.views, None, log)
        head.setContentsMargins(16, 0, 16, 0)
        main.addLayout(head)
        main.addWidget(self.stack, 1)

    def open(self, alarm_id: int) -> None:
        """Ask who is told of an open alarm."""
        self.views.go(2)
        self.dry.ask_of(alarm_id)

    def refresh(self) -> None:
        """Draw the view that is shown."""
        self._current().refresh()

    def status_text(self) -> str:
        """Return what the status line says at its right end."""
        return self._current().status_text()

    def close_drawer(self) -> bool:
        """Close what the view has open."""
        return self._current().close_drawer()

    def showEvent(self, event: QShowEvent) -> None:
        """Override: the view has the keys."""
        super().showEvent(event)
        self._current().setFocus()

    def _current(self) -> NoticeList | ReceiverList | DryRun:
        return self._views[self.stack.currentIndex()]

    def _on_view(self, number: int) -> None:
        self.stack.setCurrentIndex(number)
        self.refresh()
        self._current().setFocus()

    def _on_log(self) -> None:
        self._desk.ways.openScreen.emit("nms")
