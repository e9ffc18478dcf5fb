"""A card that asks one question in one line: the operator's name, the token of a far agent."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget

from noc_console.views.overlay import Overlay
from noc_console.views.theme import Theme


class Prompt(Overlay):
    """Enter answers, Esc leaves it unanswered."""

    answered = Signal(str)

    def __init__(self, window: QWidget, theme: Theme, question: str, note: str, *, is_secret: bool = False) -> None:
        super().__init__(window, theme, 400)
        title = QLabel(question)
        title.setProperty("look", "title")
        explain = QLabel(note)
        explain.setProperty("look", "note")
        explain.setWordWrap(True)
        self.line = QLineEdit()
        self.line.setMaxLength(512 if is_secret else 60)
        self.line.setAccessibleName(question)
        if is_secret:
            self.line.setEchoMode(QLineEdit.EchoMode.Password)
        self.line.returnPressed.connect(self._answer)
        for widget in (title, explain, self.line):
            self.column.addWidget(widget)

    def ask(self, known: str = "") -> None:
        """Pop up with what is known so far."""
        self.line.setText(known)
        self.pop_up()
        self.line.selectAll()
        self.line.setFocus()

    def _answer(self) -> None:
        text = self.line.text().strip()
        if text:
            self.put_away()
            self.answered.emit(text)
