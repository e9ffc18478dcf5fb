"""Enable, disable, delete a channel: the question is asked in the same row, no box opens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from noc_console.errors import KnownError
from noc_console.views import channel_calls as calls
from noc_console.views.desk import Desk


class LifeRow(QWidget):
    """Hidden while a channel is being added; `done` brings the sentence to say afterwards."""

    done = Signal(str)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._channel: Mapping[str, Any] | None = None
        self.switch = QPushButton("Disable")
        self.remove = QPushButton("Delete…")
        self.question = QLabel("Delete it for good? Its history stays, its settings go.")
        self.yes = QPushButton("Delete it")
        self.no = QPushButton("Keep it")
        self.reply = QLabel()
        self.reply.setProperty("look", "note")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for widget in (self.switch, self.remove, self.question, self.yes, self.no, self.reply):
            row.addWidget(widget)
        row.addStretch()
        self.switch.clicked.connect(self._on_switch)
        self.remove.clicked.connect(self._on_remove)
        self.yes.clicked.connect(self._on_yes)
        self.no.clicked.connect(self.leave)
        self._ask(False)

    def show_channel(self, channel: Mapping[str, Any] | None) -> None:
        """Offer what can be done with this channel of the catalogue."""
        self._channel = channel
        self.setVisible(channel is not None)
        self.reply.clear()
        self._ask(False)
        if channel is not None:
            self.switch.setText("Disable: stop measuring" if channel["enabled"] else "Enable: measure again")

    def leave(self) -> bool:
        """Take the question back; say whether it was asked."""
        was = not self.question.isHidden()
        self._ask(False)
        return was

    def _ask(self, is_asked: bool) -> None:
        for widget in (self.question, self.yes, self.no):
            widget.setVisible(is_asked)
        for widget in (self.switch, self.remove):
            widget.setVisible(not is_asked)

    def _on_remove(self) -> None:
        self._ask(True)
        self.no.setFocus()

    def _on_switch(self) -> None:
        self._desk.tasks.start(self._switch(), self.done.emit, self.reply.setText)

    def _on_yes(self) -> None:
        self._desk.tasks.start(self._purge(), self.done.emit, self.reply.setText)

    async def _switch(self) -> str:
        client, channel = self._desk.agent.client, self._channel
        if client is None or channel is None:
            raise KnownError("No agent is linked: nothing was changed.")
        is_on = not channel["enabled"]
        await calls.switch_channel(client, int(channel["id"]), is_on=is_on, by=self._desk.operator.name)
        return f"{channel['code']} is {'measured again' if is_on else 'disabled: it is not measured any more'}."

    async def _purge(self) -> str:
        client, channel = self._desk.agent.client, self._channel
        if client is None or channel is None:
            raise KnownError("No agent is linked: nothing was deleted.")
        await calls.purge_channel(client, int(channel["id"]), self._desk.operator.name)
        return f"{channel['code']} is deleted."
