"""A bar at the foot of a list that asks before something is lost; not modal, Esc keeps everything."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from noc_console.views.theme import Theme


class AskBar(QWidget):
    """One question, the dangerous answer and the safe one; the safe one has the focus."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._act: Callable[[], object] | None = None
        self._words = QLabel()
        self._yes = QPushButton()
        self._yes.setAccessibleName("Do what was asked")
        self._no = QPushButton("Keep")
        self._yes.clicked.connect(self._do)
        self._no.clicked.connect(self.put_away)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 8, 16, 8)
        row.setSpacing(8)
        row.addWidget(self._words, 1)
        row.addWidget(self._yes)
        row.addWidget(self._no)
        self.setFixedHeight(48)
        self.hide()

    def ask(self, question: str, answer: str, act: Callable[[], object]) -> None:
        """Show the question; `act` is done when the answer is pressed."""
        self._act = act
        self._words.setText(question)
        self._yes.setText(answer)
        self.setAccessibleName(question)
        self.show()
        self._no.setFocus()

    def buttons(self) -> tuple[QPushButton, QPushButton]:
        """Return the dangerous answer and the safe one."""
        return self._yes, self._no

    def put_away(self) -> bool:
        """Hide without doing it; say whether there was a question."""
        was_asking, self._act = self.isVisible(), None
        self.hide()
        return was_asking

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override: raised ground with a hairline above."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.colours.raised)
        painter.fillRect(0, 0, self.width(), 1, self._theme.colours.control_line)
        painter.end()

    def _do(self) -> None:
        act, self._act = self._act, None
        self.hide()
        if act is not None:
            act()
