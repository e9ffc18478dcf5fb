"""A card with a head and what stands in it; the row of views above; the head of a screen."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from noc_console.views.actions import add_action
from noc_console.views.channel_paint import HEAD_HEIGHT, card_head
from noc_console.views.theme import Theme


class RecordsCard(QFrame):
    """Title, note, figure; children go into `column`."""

    def __init__(self, theme: Theme, title: str, inside: QWidget | None = None, *, pad: int = 1) -> None:
        super().__init__()
        self.setProperty("look", "card")
        self._theme, self._title, self._note, self._figure = theme, title, "", ""
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(pad, HEAD_HEIGHT, pad, pad)
        self.column.setSpacing(8)
        if inside is not None:
            self.column.addWidget(inside, 1)

    def say(self, note: str, figure: str = "", title: str = "") -> None:
        """Show the note beside the title and the figure at the right."""
        if (note, figure, title or self._title) != (self._note, self._figure, self._title):
            self._note, self._figure, self._title = note, figure, title or self._title
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override: the card and its head."""
        super().paintEvent(event)
        painter = QPainter(self)
        card_head(painter, self._theme, QRectF(self.rect()), (self._title, self._note, self._figure))
        painter.end()


class ViewRow(QWidget):
    """The views of a screen as chips of which one is on; keys 1, 2, 3 of the screen choose too."""

    chosen = Signal(int)

    def __init__(self, screen: QWidget, titles: Sequence[str]) -> None:
        super().__init__()
        self._group = QButtonGroup(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for number, title in enumerate(titles):
            button = QPushButton(title)
            button.setCheckable(True)
            button.setProperty("look", "chip")
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setChecked(number == 0)
            self._group.addButton(button, number)
            row.addWidget(button)
            add_action(
                screen, f"Show {title[:1].lower()}{title[1:]}", str(number + 1), self._goer(number), within=True
            )
        self._group.idClicked.connect(self.chosen)

    def go(self, number: int) -> None:
        """Choose a view."""
        self._group.button(number).setChecked(True)
        self.chosen.emit(number)

    def _goer(self, number: int) -> Callable[[], None]:
        def go() -> None:
            self.go(number)

        return go


def head_row(title: str, *widgets: QWidget | None) -> QHBoxLayout:
    """Return the head of a screen: its title, then widgets; None is the stretch between left and right."""
    row = QHBoxLayout()
    row.setSpacing(8)
    label = QLabel(title)
    label.setProperty("look", "title")
    row.addWidget(label)
    row.addSpacing(4)
    for widget in widgets:
        if widget is None:
            row.addStretch(1)
        else:
            row.addWidget(widget)
    return row
