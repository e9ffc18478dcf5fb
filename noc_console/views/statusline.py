"""The line at the bottom: the keys that matter here at the left, the age of what is shown at the right."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from noc_console.views import figures
from noc_console.views.desk import Desk
from noc_console.views.theme import AXIS

HEIGHT = 24
_STALE_S = 30.0


class StatusLine(QWidget):
    """Painted: hints are (key, words) pairs, `note` is what the shown screen adds at the right."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._hints: tuple[tuple[str, str], ...] = ()
        self._note = ""
        self.text = ""
        """What stands at the right."""
        self.setFixedHeight(HEIGHT)
        self.setAccessibleName("Keys and age of data")

    def show_hints(self, hints: tuple[tuple[str, str], ...]) -> None:
        """Show these keys at the left."""
        self._hints = hints
        self.update()

    def refresh(self, note: str) -> None:
        """Show the screen's note and the time of the agent's last word."""
        mirror = self._desk.mirror
        age = mirror.answer_age_s
        if mirror.link == "starting":
            note, words = "waiting for the agent", ""
        elif mirror.is_read_only and not mirror.is_lost:
            words = f"as of {figures.clock_utc(mirror.now())}"
        elif mirror.is_lost or age > _STALE_S:
            words = f"last {figures.clock_utc(mirror.now() - age)}, {figures.age(age)} ago"
        else:
            words = f"last {figures.clock_utc(mirror.now() - age)}"
        if words.startswith("last") and not words.endswith("ago") and "last " in note:
            words = ""  # the screen has told the age of its own data
        text = " · ".join(part for part in (note or self._count(), words) if part)
        if text != self.text:
            self.text = text
            self.update()

    def _count(self) -> str:
        count = len(self._desk.mirror.channels)
        return f"{count} channels" if count != 1 else "1 channel"

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override: keys in boxes, words beside them, age at the right."""
        theme = self._desk.theme
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.colours.panel)
        painter.fillRect(0, 0, self.width(), 1, theme.colours.hairline)
        age_width = QFontMetricsF(theme.font(AXIS)).horizontalAdvance(self.text)
        x = 64.0
        for key, words in self._hints:
            x = self._hint(painter, x, key, words, self.width() - age_width - 32)
        painter.setFont(theme.font(AXIS))
        painter.setPen(theme.colours.secondary)
        box = QRectF(0, 0, self.width() - 16, HEIGHT)
        painter.drawText(box, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), self.text)
        painter.end()

    def _hint(self, painter: QPainter, x: float, key: str, words: str, limit: float) -> float:
        theme = self._desk.theme
        mono, plain = theme.mono(AXIS), theme.font(AXIS)
        key_width = QFontMetricsF(mono).horizontalAdvance(key) + 8
        width = QFontMetricsF(plain).horizontalAdvance(words)
        if x + key_width + 8 + width > limit:
            return limit
        painter.setPen(theme.colours.control_line)
        painter.drawRoundedRect(QRectF(x + 0.5, 4.5, key_width, 15), 2, 2)
        painter.setFont(mono)
        painter.setPen(theme.colours.text)
        painter.drawText(QRectF(x + 0.5, 4, key_width, 16), Qt.AlignmentFlag.AlignCenter, key)
        painter.setFont(plain)
        painter.setPen(theme.colours.secondary)
        painter.drawText(QRectF(x + key_width + 8, 0, width + 2, HEIGHT), Qt.AlignmentFlag.AlignVCenter, words)
        return x + key_width + 8 + width + 18
