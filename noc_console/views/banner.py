"""The banner under the top bar: one fault of the console itself, one sentence, one action."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QPushButton, QWidget

from noc_console.model import Severity
from noc_console.views.glyphs import paint_glyph
from noc_console.views.theme import MEDIUM, Theme

HEIGHT = 32


@dataclass(frozen=True, slots=True)
class Notice:
    """What the banner says; `action` is the words of its one button, empty for a mere `Close`."""

    text: str
    severity: Severity = Severity.MAJOR
    action: str = ""


class Banner(QWidget):
    """Hidden while there is nothing to say."""

    acted = Signal()
    closed = Signal(object)
    """With the notice that was closed."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.notice: Notice | None = None
        self._button = QPushButton(self)
        self._button.setProperty("look", "chip")
        self._button.clicked.connect(self._act)
        self.setFixedHeight(HEIGHT)
        self.hide()

    def tell(self, notice: Notice | None) -> None:
        """Show a notice, or hide with None."""
        if notice == self.notice:
            return
        self.notice = notice
        self.setVisible(notice is not None)
        if notice is not None:
            self._button.setText(notice.action or "Close")
            self.setAccessibleName(notice.text)
            self._place()
            self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override: the button stays at the right."""
        self._place()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override: raised ground, severity bar, glyph, sentence."""
        if self.notice is None:
            return
        theme = self._theme
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.colours.raised)
        painter.fillRect(0, HEIGHT - 1, self.width(), 1, theme.colours.hairline)
        painter.fillRect(0, 0, 4, HEIGHT, theme.severity[self.notice.severity])
        paint_glyph(painter, theme, self.notice.severity, QPointF(24, HEIGHT / 2), 16)
        painter.setFont(theme.font(weight=MEDIUM))
        painter.setPen(theme.colours.text)
        room = self._button.x() - 56
        text = QFontMetricsF(painter.font()).elidedText(self.notice.text, Qt.TextElideMode.ElideRight, room)
        painter.drawText(QRectF(40, 0, room + 2, HEIGHT - 1), Qt.AlignmentFlag.AlignVCenter, text)
        painter.end()

    def _place(self) -> None:
        width = self._button.sizeHint().width()
        self._button.setGeometry(QRect(self.width() - 16 - width, 4, width, 24))

    def _act(self) -> None:
        notice = self.notice
        self.tell(None)
        if notice is not None and notice.action:
            self.acted.emit()
        elif notice is not None:
            self.closed.emit(notice)
