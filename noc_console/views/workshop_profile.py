"""Severity profiles: which holds, what another would change, and the switch."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from noc_console.views import workshop_calls as calls
from noc_console.views.actions import add_action
from noc_console.views.desk import Desk
from noc_console.views.drawer_button import KeyButton
from noc_console.views.drawer_choice import Choice, chosen_text
from noc_console.views.records_card import RecordsCard
from noc_console.views.records_table import RecordsTable
from noc_console.views.workshop_values import SHIFT_COLUMNS, shift_records

TITLES = {"operator": "operator: our own severities", "tr": "tr: by the priorities of TR 101 290"}


class ProfileView(QWidget):
    """Choose a profile, look at what changes, Ctrl+S uses it."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._holds = ""
        self._is_asked = False
        self.choice = Choice(30)
        self.choice.setFixedWidth(320)
        self.choice.setAccessibleName("Severity profile")
        self.choice.currentIndexChanged.connect(self._on_choice)
        self.reply = QLabel("Loading")
        self.reply.setProperty("look", "note")
        self.table = RecordsTable(desk.theme, SHIFT_COLUMNS, "What changes")
        self.card = RecordsCard(desk.theme, "What changes", self.table)
        self._use = add_action(self, "Use this profile", "Ctrl+S", self._on_use, within=True)
        self._use.setEnabled(False)
        button = KeyButton(desk.theme, self._use, is_primary=True)
        button.setFixedWidth(220)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.choice)
        head.addWidget(button)
        head.addWidget(self.reply, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 0, 16, 8)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self.card, 1)
        self.setFocusProxy(self.choice)

    def refresh(self) -> None:
        """Ask once which profiles there are."""
        if not self._is_asked and self._desk.agent.client is not None:
            self._is_asked = True
            self._desk.tasks.start(calls.profiles(self._desk), self._take, self._fault)

    def close_drawer(self) -> bool:
        """There is nothing to close."""
        return False

    def status_text(self) -> str:
        """Return which profile holds."""
        return f"profile {self._holds}" if self._holds else ""

    def _fault(self, sentence: str) -> None:
        self._is_asked = False
        self.reply.setText(sentence)

    def _take(self, answer: dict[str, Any]) -> None:
        self._holds = str(answer["profile"])
        self.choice.blockSignals(True)
        self.choice.clear()
        for name in answer["profiles"]:
            self.choice.addItem(TITLES.get(str(name), str(name)), str(name))
        self.choice.setCurrentIndex(max(self.choice.findData(self._holds), 0))
        self.choice.blockSignals(False)
        self._on_choice()

    def _on_choice(self) -> None:
        name = chosen_text(self.choice)
        self._use.setEnabled(name != self._holds)
        self.reply.setText(
            "This one holds now." if name == self._holds else "Not in use: what would change is below."
        )
        self._desk.tasks.start(calls.preview(self._desk, name), self._show, self.reply.setText)

    def _show(self, rows: list[dict[str, Any]]) -> None:
        self.table.show_records(shift_records(rows), "Nothing changes")
        self.card.say("", str(len(rows)) if rows else "")

    def _on_use(self) -> None:
        work = calls.use_profile(self._desk, chosen_text(self.choice))
        self._desk.tasks.start(work, self._take, self.reply.setText)
