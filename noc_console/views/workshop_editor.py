"""The editor of one rule at the right: each field with its source, for whom, how many days to replay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from noc_console.views.drawer_button import KeyButton
from noc_console.views.drawer_choice import Choice, Figure, chosen_text
from noc_console.views.theme import Theme
from noc_console.views.workshop_values import changes_of, source_text, value_text, words_of

Json = Mapping[str, Any]


class RuleEditor(QFrame):
    """Shows a rule's fields; the actions belong to the screen."""

    def __init__(self, theme: Theme, actions: Sequence[QAction]) -> None:
        super().__init__()
        self.setProperty("look", "raised")
        self.setFixedWidth(440)
        self._rule: Json | None = None
        self._lines: dict[str, QLineEdit] = {}
        self.title, self.under, self.reply = QLabel("No rule chosen"), QLabel(), QLabel()
        self.title.setProperty("look", "title")
        self.under.setProperty("look", "note")
        for label in (self.under, self.reply):
            label.setWordWrap(True)
        self._body: QWidget | None = None
        self.scope, self.days = Choice(30), Figure(0.1, 31, 1, "days")
        self.note = QLineEdit()
        self.note.setPlaceholderText("why, for whoever reads it later")
        self.note.setMaxLength(1000)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(16, 16, 16, 12)
        self._column.setSpacing(8)
        self._column.addWidget(self.title)
        self._column.addWidget(self.under)
        self._column.addStretch(1)
        self._column.addLayout(self._wish())
        self._column.addWidget(self.reply)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for number, action in enumerate(actions):
            buttons.addWidget(KeyButton(theme, action, is_primary=number == 0))
        self._column.addLayout(buttons)

    def show_scopes(self, scopes: Sequence[tuple[str, str]]) -> None:
        """Offer for whom the change is: `level:target`."""
        chosen = chosen_text(self.scope)
        self.scope.clear()
        for text, value in scopes:
            self.scope.addItem(text, value)
        self.scope.setCurrentIndex(max(self.scope.findData(chosen), 0))

    def show_rule(self, rule: Json | None) -> None:
        """Show a rule's fields as they hold."""
        self._rule = rule
        if self._body is not None:
            self._column.removeWidget(self._body)
            self._body.hide()
            self._body.deleteLater()
        self._lines = {}
        self._body = QWidget()
        grid = QGridLayout(self._body)
        grid.setContentsMargins(0, 8, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(6)
        self.title.setText(str(rule["rule"]) if rule is not None else "No rule chosen")
        self.under.setText(_about(rule) if rule is not None else "J and K move through the rules")
        for row, one in enumerate(rule["fields"] if rule is not None else ()):
            self._add_field(grid, row, one)
        self._column.insertWidget(2, self._body)

    def wish(self) -> dict[str, Any]:
        """Return what to try. Raises KnownError for a value that cannot be read."""
        level, _, target = chosen_text(self.scope).partition(":")
        rule = self._rule
        changes = changes_of(rule, {name: line.text() for name, line in self._lines.items()}) if rule else {}
        return {
            "rule": str(rule["rule"]) if rule else "",
            "changes": changes,
            "days": self.days.value(),
            "level": level,
            "target": int(target or 0),
        }

    def tell(self, sentence: str) -> None:
        """Say how far it is or what is wrong."""
        self.reply.setText(sentence)

    def focus_first(self) -> None:
        """Put the keys into the first field."""
        if self._lines:
            next(iter(self._lines.values())).setFocus()

    def line(self, field: str) -> QLineEdit:
        """Return the line of a field."""
        return self._lines[field]

    def _add_field(self, grid: QGridLayout, row: int, one: Json) -> None:
        label, line, source = QLabel(words_of(one["field"])), QLineEdit(value_text(one["value"])), QLabel()
        label.setProperty("look", "note")
        label.setBuddy(line)
        line.setFixedWidth(96)
        line.setFixedHeight(30)
        line.setAccessibleName(words_of(one["field"]))
        line.setPlaceholderText("yes or no" if isinstance(one["value"], bool) else "none")
        source.setText(source_text(one))
        source.setToolTip(source_text(one))
        source.setProperty("look", "tertiary")
        grid.addWidget(label, row, 0)
        grid.addWidget(line, row, 1)
        grid.addWidget(source, row, 2)
        grid.setColumnStretch(2, 1)
        self._lines[str(one["field"])] = line

    def _wish(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        self.days.setValue(1)
        fields = (("&For", self.scope), ("Repla&y", self.days), ("&Note", self.note))
        for row, (text, field) in enumerate(fields):
            label = QLabel(text)
            label.setBuddy(field)
            label.setProperty("look", "note")
            field.setAccessibleName(text.replace("&", ""))
            grid.addWidget(label, row, 0)
            grid.addWidget(field, row, 1)
        grid.setColumnStretch(1, 1)
        return grid


def _about(rule: Json) -> str:
    what = str(rule["metric"] or ", ".join(rule["findings"]))
    return f"{rule['alarm_type']}, {rule['kind']}\n{what}"
