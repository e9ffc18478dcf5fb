"""The card that closing the window shows when channels would stop being watched."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from noc_console.views.overlay import Overlay
from noc_console.views.state import BoardMirror
from noc_console.views.theme import Theme


class ClosingCard(Overlay):
    """Says what would stop, and offers to keep watching without a window."""

    stopped = Signal()
    kept = Signal()

    def __init__(self, window: QWidget, theme: Theme) -> None:
        super().__init__(window, theme, 460)
        title = QLabel("Close the console?")
        title.setProperty("look", "title")
        self._words = QLabel()
        self._words.setProperty("look", "note")
        self._words.setWordWrap(True)
        row = QHBoxLayout()
        self.stop = QPushButton("Stop watching and close")
        self.keep = QPushButton("Keep watching")
        self.keep.setProperty("look", "primary")
        self.stop.clicked.connect(self.stopped)
        self.keep.clicked.connect(self.kept)
        row.addWidget(self.stop)
        row.addStretch(1)
        row.addWidget(self.keep)
        self.column.addWidget(title)
        self.column.addWidget(self._words)
        self.column.addLayout(row)

    def ask(self, channels: int) -> None:
        """Pop up and say how many channels are at stake."""
        noun = "channel" if channels == 1 else "channels"
        self._words.setText(
            f"{channels} {noun} would no longer be watched: no alarms, no history. "
            "Keep watching leaves the agent running without a window; opening the console again attaches to it."
        )
        self.pop_up()
        self.keep.setFocus()


def at_stake(mirror: BoardMirror) -> int:
    """Return how many real (not demo) channels are watched now; in a capsule or a backup none is."""
    if mirror.is_read_only:
        return 0
    return sum(bool(one["enabled"] and not one["demo"]) for one in mirror.channels.values())
