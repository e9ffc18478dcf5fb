"""A card over the window that is not modal: dims nothing, closes by Esc, gives the focus back."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from noc_console.views.theme import Theme


class Overlay(QWidget):
    """A raised card, centred near the top of its window; children go into `column`."""

    def __init__(self, window: QWidget, theme: Theme, width: int) -> None:
        super().__init__(window)
        self._window = window
        self._theme = theme
        self._before: QWidget | None = None
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(16, 16, 16, 16)
        self.column.setSpacing(8)
        self.setFixedWidth(width)
        window.installEventFilter(self)
        self.hide()

    def pop_up(self) -> None:
        """Show the card and take the focus."""
        self._before = QApplication.focusWidget()
        self.adjustSize()
        self._place()
        self.show()
        self.raise_()
        self.setFocus()

    def put_away(self) -> None:
        """Hide the card and give the focus back."""
        self.hide()
        if self._before is not None and self._before.isVisible():
            self._before.setFocus()
        self._before = None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Override: Esc closes."""
        if event.key() == Qt.Key.Key_Escape:
            self.put_away()
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Override: stay centred when the window changes its size."""
        if event.type() is QEvent.Type.Resize and self.isVisible():
            self._place()
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override: raised fill with a control line around."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.colours.raised)
        painter.setPen(self._theme.colours.control_line)
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()

    def _place(self) -> None:
        height = min(self.sizeHint().height(), self._window.height() - 96)
        self.resize(self.width(), height)
        self.move((self._window.width() - self.width()) // 2, 72)
