"""`?`: the card of all keys, made from the QActions, so that it never lies."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from noc_console.views.overlay import Overlay
from noc_console.views.theme import Theme

Groups = Sequence[tuple[str, Sequence[QAction]]]
_ROWS = 14


class KeyCard(Overlay):
    """Groups of keys in two columns."""

    def __init__(self, window: QWidget, theme: Theme) -> None:
        super().__init__(window, theme, 720)
        title = QLabel("All keys")
        title.setProperty("look", "title")
        self.column.addWidget(title)
        self._body: QWidget | None = None
        self._shown: list[str] = []

    def show_keys(self, groups: Groups) -> None:
        """Fill the card from actions that have a shortcut and pop up."""
        if self._body is not None:
            self.column.removeWidget(self._body)
            self._body.deleteLater()
        self._body = _body(groups)
        self._shown = [
            action.shortcut().toString()
            for _, actions in groups
            for action in actions
            if action.shortcut().toString()
        ]
        self.column.addWidget(self._body)
        self._body.show()
        self.column.activate()
        self.pop_up()

    def shown_keys(self) -> list[str]:
        """Return the keys on the card."""
        return self._shown


def _body(groups: Groups) -> QWidget:
    body = QWidget()
    grid = QGridLayout(body)
    grid.setContentsMargins(0, 8, 0, 0)
    grid.setHorizontalSpacing(12)
    grid.setVerticalSpacing(6)
    row = column = 0
    for name, actions in groups:
        keyed = [action for action in actions if not action.shortcut().isEmpty()]
        if not keyed:
            continue
        if row and row + len(keyed) + 1 > _ROWS:
            row, column = 0, column + 3
        heading = QLabel(name.upper())
        heading.setProperty("look", "section")
        grid.addWidget(heading, row, column, 1, 2)
        for action in keyed:
            row += 1
            _add_key(grid, row, column, action)
        row += 1
    grid.setColumnStretch(1, 1)
    grid.setColumnStretch(4, 1)
    grid.setColumnMinimumWidth(2, 24)
    return body


def _add_key(grid: QGridLayout, row: int, column: int, action: QAction) -> None:
    key = QLabel(action.shortcut().toString())
    key.setProperty("look", "key")
    key.setSizePolicy(key.sizePolicy().horizontalPolicy().Maximum, key.sizePolicy().verticalPolicy())
    words = QLabel(action.text().replace("&", ""))
    grid.addWidget(key, row, column)
    grid.addWidget(words, row, column + 1)
