"""Import of a Prometheus alert_rules.yaml: paste or open it, see what was translated and what not, apply."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from noc_console.views import workshop_calls as calls
from noc_console.views.actions import add_action
from noc_console.views.desk import Desk
from noc_console.views.drawer_button import KeyButton
from noc_console.views.records_card import RecordsCard
from noc_console.views.records_table import RecordsTable
from noc_console.views.workshop_values import BROUGHT_COLUMNS, UNREAD_COLUMNS, brought_records, unread_records

_MOST_BYTES = 512 * 1024
_HINT = "Paste the text of alert_rules.yaml here, or open the file."


class RuleImport(QWidget):
    """Ctrl+Enter translates, Ctrl+S applies what was translated."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._checked = ""
        self.text = QPlainTextEdit()
        self.text.setPlaceholderText(_HINT)
        self.text.setAccessibleName("Prometheus rules")
        self.text.setTabChangesFocus(True)
        self.text.textChanged.connect(self._on_edited)
        self.reply = QLabel(_HINT)
        self.reply.setProperty("look", "note")
        self.brought = RecordsTable(desk.theme, BROUGHT_COLUMNS, "Translated")
        self.unread = RecordsTable(desk.theme, UNREAD_COLUMNS, "Not translated")
        for table in (self.brought, self.unread):
            table.show_records((), "Translate a file first: Ctrl+Enter")
        self._brought_card = RecordsCard(desk.theme, "Translated", self.brought)
        self._unread_card = RecordsCard(desk.theme, "Not translated", self.unread)
        self._open = add_action(self, "Open a file", "Ctrl+O", self._on_file, within=True)
        self._check = add_action(self, "Translate", "Ctrl+Return", self._on_check, within=True)
        self._apply = add_action(self, "Apply", "Ctrl+S", self._on_apply, within=True)
        self._apply.setEnabled(False)
        self._lay_out()
        self.setFocusProxy(self.text)

    def refresh(self) -> None:
        """Nothing here follows the board."""

    def close_drawer(self) -> bool:
        """There is nothing to close."""
        return False

    def status_text(self) -> str:
        """Return nothing of its own."""
        return ""

    def read_file(self, path: Path) -> None:
        """Take a file's text; a file that cannot be read is one sentence."""
        try:
            if path.stat().st_size > _MOST_BYTES:
                self.reply.setText(f"{path.name} is larger than {_MOST_BYTES // 1024} KiB.")
                return
            text = path.read_bytes().decode("utf-8-sig", "replace")
        except OSError as error:
            self.reply.setText(f"{path.name} cannot be read: {error.strerror}.")
            return
        self.text.setPlainText(text)
        self._on_check()

    def _on_file(self) -> None:
        dialog = QFileDialog(self, "Prometheus rules", "", "Rules (*.yaml *.yml);;All files (*)")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._on_chosen)
        dialog.open()

    def _on_chosen(self, path: str) -> None:
        self.read_file(Path(path))

    def _on_edited(self) -> None:
        if self._checked != self.text.toPlainText():
            self._apply.setEnabled(False)

    def _on_check(self) -> None:
        text = self.text.toPlainText()
        if not text.strip():
            self.reply.setText("Paste the rules first, or open a file.")
            return
        self._checked = text
        self.reply.setText("Translating")
        self._desk.tasks.start(calls.bring(self._desk, text, is_dry=True), self._on_found, self.reply.setText)

    def _on_apply(self) -> None:
        self._apply.setEnabled(False)
        work = calls.bring(self._desk, self._checked, is_dry=False)
        self._desk.tasks.start(work, self._on_found, self.reply.setText)

    def _on_found(self, answer: dict[str, Any]) -> None:
        rules, unread = answer["rules"], answer["untranslated"]
        self.brought.show_records(brought_records(rules), "Nothing could be translated")
        self.unread.show_records(unread_records(unread), "Everything was translated")
        self._brought_card.say("", str(len(rules)))
        self._unread_card.say("and why not", str(len(unread)))
        done = "hold from now on" if answer["applied"] else "would be added; nothing is changed yet"
        self.reply.setText(f"{len(rules)} rules {done}." if rules else "Nothing could be translated.")
        is_same = self._checked == self.text.toPlainText()
        self._apply.setEnabled(bool(rules) and not answer["applied"] and is_same)

    def _lay_out(self) -> None:
        theme = self._desk.theme
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for action in (self._open, self._check, self._apply):
            button = KeyButton(theme, action, is_primary=action is self._apply)
            button.setFixedWidth(190)
            buttons.addWidget(button)
        buttons.addWidget(self.reply, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 0, 16, 8)
        column.setSpacing(8)
        column.addWidget(self.text, 2)
        column.addLayout(buttons)
        column.addWidget(self._brought_card, 2)
        column.addWidget(self._unread_card, 2)
