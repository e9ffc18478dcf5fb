"""A card: panel, hairline, title with a note, current figures at the right; subclasses paint what is inside."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from noc_console.model import Severity
from noc_console.views.channel_paint import RIGHT, Ink, width_of, write
from noc_console.views.theme import BODY, SEMIBOLD, Theme

HEAD = 36
PAD = 12


class Card(QWidget):
    """Paints frame and head; an abnormal card has the 4 px bar at its left."""

    def __init__(self, theme: Theme, title: str, note: str = "") -> None:
        super().__init__()
        self.theme = theme
        self._title, self._note, self._figures = title, note, ""
        self._severity = Severity.CLEARED
        self.setAccessibleName(title)

    def say(self, figures: str, severity: Severity = Severity.CLEARED, note: str = "") -> None:
        """Show current figures at the right of the head and the state of the card."""
        told = (figures, severity, note or self._note)
        if told != (self._figures, self._severity, self._note):
            self._figures, self._severity, self._note = told
            self.setAccessibleDescription(figures)
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override: frame, head, body."""
        painter = QPainter(self)
        colours = self.theme.colours
        painter.fillRect(self.rect(), colours.bg)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(colours.hairline)
        painter.setBrush(colours.panel)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self._severity.rank >= Severity.MINOR.rank:
            painter.fillRect(0, 0, 4, self.height(), self.theme.severity[self._severity])
        self._paint_head(painter)
        self.paint_body(painter, QRectF(PAD, HEAD, self.width() - 2 * PAD, self.height() - HEAD - PAD))
        painter.end()

    def paint_body(self, painter: QPainter, box: QRectF) -> None:
        """Paint what the card shows into the room below its head."""

    def paint_empty(self, painter: QPainter, box: QRectF, text: str) -> None:
        """Write the one line of an empty card where the first row would be."""
        ink = Ink(self.theme.font(BODY), self.theme.colours.secondary)
        write(painter, QRectF(box.x(), box.y(), box.width(), 20), text, ink)

    def _paint_head(self, painter: QPainter) -> None:
        colours = self.theme.colours
        title = Ink(self.theme.font(BODY, SEMIBOLD), colours.text)
        room = QRectF(PAD, 8, self.width() - 2 * PAD, 20)
        right = width_of(self._figures, self.theme.font(BODY))
        used = write(painter, room.adjusted(0, 0, -right - 8, 0), self._title, title)
        note = room.adjusted(used + 8, 0, -right - 8, 0)
        if note.width() > 24:
            write(painter, note, self._note, Ink(self.theme.font(BODY), colours.tertiary))
        write(painter, room, self._figures, Ink(self.theme.font(BODY), colours.secondary), RIGHT)
