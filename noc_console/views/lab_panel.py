"""The lab's panel, marked LAB: break a demo channel on purpose, see what runs, end it."""

from __future__ import annotations

import asyncio
from typing import Any

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QAction, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from noc_console.errors import KnownError
from noc_console.views import channel_calls as calls
from noc_console.views.channel_paint import HEAD_HEIGHT, card_head
from noc_console.views.desk import Desk
from noc_console.views.drawer_button import KeyButton
from noc_console.views.drawer_choice import Choice, Figure, chosen_text
from noc_console.views.lab_panel_list import RunningList
from noc_console.views.lab_panel_values import due, fitting, rung_names, running

_EVERY_S = 2.0


class LabScreen(QWidget):
    """Everything here is make-believe and says so. Ctrl+Enter starts, Delete ends the chosen fault."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setObjectName("page")
        self._desk = desk
        self._state: dict[str, Any] = {"channels": [], "faults": [], "running": []}
        self._asked_at = -_EVERY_S
        self._busy: asyncio.Task[None] | None = None
        self.channel, self.fault, self.rung = Choice(30), Choice(30), Choice(30)
        self.seconds = Figure(1, 86_400, 0, "s")
        self.seconds.setValue(60)
        self.expected = QLabel()
        self.expected.setProperty("look", "tertiary")
        self.expected.setWordWrap(True)
        self.reply = QLabel("Loading")
        self.reply.setProperty("look", "note")
        self.list = RunningList(desk.theme)
        self._begin = self._action("Start the fault", "Ctrl+Return", self._on_begin)
        self._end = self._action("End the chosen fault", "Delete", self._on_end)
        self._go = self._action("Open the channel", "Ctrl+O", self._on_go)
        self.channel.currentIndexChanged.connect(self._on_channel)
        self.fault.currentIndexChanged.connect(self._on_fault)
        self._lay_out()
        self.setFocusProxy(self.channel)

    def refresh(self) -> None:
        """Count the running faults down; ask the lab every two seconds."""
        now = self._desk.mirror.now()
        self.list.show_faults(running(self._state), now)
        self._end.setEnabled(bool(self.list.chosen_id))
        at = self._desk.mirror.monotonic()
        is_idle = self._busy is None or self._busy.done()
        if is_idle and self._desk.agent.client is not None and at - self._asked_at >= _EVERY_S:
            self._asked_at = at
            self._busy = self._desk.tasks.start(self._ask(), self._show, self.reply.setText)

    def status_text(self) -> str:
        """Return what the status line says at its right end."""
        return f"LAB · {len(self._state['channels'])} channels · {len(self._state['running'])} faults running"

    async def _ask(self) -> dict[str, Any]:
        client = self._desk.agent.client
        if client is None:
            raise KnownError("No agent is linked.")
        return await calls.lab(client)

    def _show(self, state: dict[str, Any]) -> None:
        is_first = not self._state["channels"]
        self._state = state
        codes = [str(one["code"]) for one in state["channels"]]
        if [self.channel.itemData(row) for row in range(self.channel.count())] != codes:
            _fill(self.channel, [(f"{one['code']}  {one['name']}", str(one["code"])) for one in state["channels"]])
            self._on_channel()
        if is_first:
            self.reply.setText("" if codes else "The lab serves no channel.")
        self.list.show_faults(running(state), self._desk.mirror.now())

    def _chosen(self) -> dict[str, Any]:
        code = chosen_text(self.channel)
        return next((one for one in self._state["channels"] if one["code"] == code), {})

    def _on_channel(self) -> None:
        channel = self._chosen()
        faults = fitting(self._state["faults"], channel) if channel else []
        _fill(self.fault, [(str(one["title"]), str(one["fault"])) for one in faults])
        _fill(self.rung, [("all rungs, or as the fault needs", ""), *((name, name) for name in rung_names(channel))])
        self._on_fault()

    def _on_fault(self) -> None:
        name = chosen_text(self.fault)
        fault = next((one for one in self._state["faults"] if one["fault"] == name), None)
        self._begin.setEnabled(fault is not None)
        self.expected.setText(f"Expected: {due(fault, self._chosen())}" if fault is not None else "")

    def _on_begin(self) -> None:
        body = {
            "channel": chosen_text(self.channel),
            "fault": chosen_text(self.fault),
            "seconds": self.seconds.value(),
            "rung": chosen_text(self.rung),
        }
        self._desk.tasks.start(self._send(body), self.reply.setText, self.reply.setText)

    async def _send(self, body: dict[str, Any]) -> str:
        client = self._desk.agent.client
        if client is None:
            raise KnownError("No agent is linked: nothing was started.")
        await calls.begin_fault(client, body)
        self._asked_at = -_EVERY_S
        return f"Started on {body['channel']}."

    def _on_end(self) -> None:
        if self.list.chosen_id:
            self._desk.tasks.start(self._stop(self.list.chosen_id), self.reply.setText, self.reply.setText)

    async def _stop(self, fault_id: str) -> str:
        client = self._desk.agent.client
        if client is None:
            raise KnownError("No agent is linked: nothing was ended.")
        await calls.end_fault(client, fault_id)
        self._asked_at = -_EVERY_S
        return "Ended."

    def _on_go(self) -> None:
        code = chosen_text(self.channel)
        for channel_id, channel in self._desk.mirror.channels.items():
            if channel["code"] == code:
                self._desk.ways.openChannel.emit(channel_id)
                return

    def _action(self, text: str, key: str, slot: Any) -> QAction:
        action = QAction(text, self)
        action.setShortcut(key)
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.triggered.connect(slot)
        self.addAction(action)
        return action

    def _lay_out(self) -> None:
        title, mark = QLabel("Lab"), QLabel("LAB")
        title.setProperty("look", "title")
        mark.setProperty("look", "badge")
        note = QLabel("Faults made on purpose on the demo channels. Nothing here touches a real channel.")
        note.setProperty("look", "note")
        head = QHBoxLayout()
        for widget in (title, mark, note):
            head.addWidget(widget)
        head.addStretch()
        order = _Card(self._desk, "Make a fault")
        grid = QGridLayout(order)
        grid.setContentsMargins(16, HEAD_HEIGHT + 8, 16, 16)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(12)
        fields = (
            ("&Channel", self.channel),
            ("&Fault", self.fault),
            ("&Rung", self.rung),
            ("&Seconds", self.seconds),
        )
        for row, (text, field) in enumerate(fields):
            label = QLabel(text)
            label.setBuddy(field)
            label.setProperty("look", "note")
            field.setAccessibleName(text.replace("&", ""))
            grid.addWidget(label, row, 0)
            grid.addWidget(field, row, 1)
        grid.addWidget(self.expected, len(fields), 1)
        buttons = QHBoxLayout()
        for action, is_primary in ((self._begin, True), (self._go, False)):
            buttons.addWidget(KeyButton(self._desk.theme, action, is_primary=is_primary))
        grid.addLayout(buttons, len(fields) + 1, 1)
        grid.addWidget(self.reply, len(fields) + 2, 1)
        grid.setRowStretch(len(fields) + 3, 1)
        grid.setColumnStretch(1, 1)
        runs = _Card(self._desk, "Running faults")
        column = QVBoxLayout(runs)
        column.setContentsMargins(1, HEAD_HEIGHT, 1, 12)
        column.addWidget(self.list, 1)
        end = KeyButton(self._desk.theme, self._end)
        end.setFixedWidth(240)
        foot = QHBoxLayout()
        foot.setContentsMargins(16, 8, 16, 0)
        foot.addWidget(end)
        foot.addStretch()
        column.addLayout(foot)
        cards = QHBoxLayout()
        cards.setSpacing(8)
        cards.addWidget(order, 2)
        cards.addWidget(runs, 3)
        main = QVBoxLayout(self)
        main.setContentsMargins(16, 8, 16, 16)
        main.setSpacing(8)
        main.addLayout(head)
        main.addLayout(cards, 1)


class _Card(QFrame):
    def __init__(self, desk: Desk, title: str) -> None:
        super().__init__()
        self.setProperty("look", "card")
        self._desk, self._title = desk, title

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override: the card and its head."""
        super().paintEvent(event)
        painter = QPainter(self)
        card_head(painter, self._desk.theme, QRectF(self.rect()), (self._title, "", ""))
        painter.end()


def _fill(choice: Choice, rows: list[tuple[str, str]]) -> None:
    chosen = chosen_text(choice)
    choice.blockSignals(True)
    choice.clear()
    for text, value in rows:
        choice.addItem(text, value)
    choice.setCurrentIndex(max(choice.findData(chosen), 0) if rows else -1)
    choice.blockSignals(False)
