"""The strip over the channel list: chips, words to search for, export, import, add."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QWidget

from noc_console.views.desk import Desk
from noc_console.views.wall_head import FILTERS, Chips

HEIGHT = 48


class ChannelsHead(QWidget):
    """Tells when the filter changed and which button was pressed."""

    filtered = Signal()
    exporting = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        title = QLabel("Channels")
        title.setProperty("look", "title")
        self.count = QLabel()
        self.count.setProperty("look", "note")
        self.chips = Chips(list(FILTERS))
        self.words = QLineEdit()
        self.words.setPlaceholderText("Search code, name, fault, label")
        self.words.setAccessibleName("Search channels")
        self.words.setClearButtonEnabled(True)
        self.words.setFixedWidth(260)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 0, 16, 1)
        row.setSpacing(12)
        for widget in (title, self.count, self.chips):
            row.addWidget(widget)
        row.addStretch(1)
        row.addWidget(self.words)
        for text, look, slot in (
            ("Export", "", self.exporting.emit),
            ("Import", "", desk.ways.importChannels.emit),
            ("Add channel", "primary", desk.ways.addChannel.emit),
        ):
            button = QPushButton(text)
            button.setProperty("look", look)
            button.clicked.connect(slot)
            row.addWidget(button)
        self.chips.changed.connect(self._tell)
        self.words.textChanged.connect(self._tell)
        self.setFixedHeight(HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override: ground and hairline."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._desk.theme.colours.bg)
        painter.fillRect(0, HEIGHT - 1, self.width(), 1, self._desk.theme.colours.hairline)
        painter.end()

    def _tell(self) -> None:
        self.filtered.emit()
