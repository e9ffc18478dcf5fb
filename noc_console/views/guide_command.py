"""A command to copy, in mono, with what it does and where it runs; names nobody has told are said."""

from __future__ import annotations

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from noc_console.views.drawer_button import KeyButton
from noc_console.views.guide_step_values import Command
from noc_console.views.theme import Theme


class CommandBox(QWidget):
    """Shows one command beside the button that copies it."""

    def __init__(self, theme: Theme, copy: QAction) -> None:
        super().__init__()
        self.note = QLabel()
        self.note.setProperty("look", "note")
        title = QLabel("Suggested command")
        title.setProperty("look", "heading")
        self.text, self.hint = QLabel(), QLabel()
        self.text.setFont(theme.mono())
        self.text.setProperty("look", "mono")
        self.text.setWordWrap(True)
        self.hint.setProperty("look", "tertiary")
        self.hint.setWordWrap(True)
        button = KeyButton(theme, copy)
        button.setFixedWidth(90)
        frame = QFrame()
        frame.setObjectName("command")
        frame.setProperty("look", "command")
        row, words = QHBoxLayout(frame), QVBoxLayout()
        row.setContentsMargins(16, 10, 16, 10)
        words.setSpacing(4)
        words.addWidget(self.text)
        words.addWidget(self.hint)
        row.addLayout(words, 1)
        row.addWidget(button)
        head = QHBoxLayout()
        head.setSpacing(6)
        head.addWidget(title)
        head.addWidget(self.note, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(frame)

    def show_command(self, command: Command | None) -> None:
        """Show a command, or nothing."""
        self.setVisible(command is not None)
        if command is None:
            return
        where = f"Run it on {command.where}." if command.where else ""
        self.note.setText(" ".join(part for part in (f"{command.effect}." if command.effect else "", where) if part))
        self.text.setText(command.text)
        names = ", ".join(command.missing)
        self.hint.setText(f"# nobody has told: {names}. A label such as encoder:NAME on the channel tells it.")
        self.hint.setVisible(bool(command.missing))
