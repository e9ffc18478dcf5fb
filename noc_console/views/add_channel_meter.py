"""How far a watch is and what it is seeing: a thin bar and one sentence."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from noc_console.model import Severity
from noc_console.views.channel_paint import RIGHT, Ink, write
from noc_console.views.figures import ratio_percent
from noc_console.views.glyphs import paint_glyph
from noc_console.views.theme import BODY, Theme

_HEIGHT = 34


class Meter(QWidget):
    """Shows progress, or one sentence; wrong ones with a glyph."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._ratio: float | None = None
        self._text = ""
        self._note = ""
        self._is_wrong = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Override: one line over one bar."""
        return QSize(400, _HEIGHT)

    @property
    def text(self) -> str:
        """What it says."""
        return self._note or self._text

    def show_progress(self, ratio: float, text: str) -> None:
        """Show how far it is and what is being done."""
        self._ratio, self._text, self._is_wrong = min(max(ratio, 0.0), 1.0), text or "Watching", False
        self._tell()

    def note(self, text: str) -> None:
        """Say something beside the progress."""
        self._note = text
        self._tell()

    def say(self, text: str, *, is_wrong: bool = False) -> None:
        """Say one sentence without progress."""
        self._ratio, self._text, self._note, self._is_wrong = None, text, "", is_wrong
        self._tell()

    def _tell(self) -> None:
        self.setAccessibleName(self.text)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Override: sentence, share, bar."""
        painter = QPainter(self)
        theme, colours = self._theme, self._theme.colours
        left = 0.0
        if self._is_wrong:
            paint_glyph(painter, theme, Severity.MAJOR, QPointF(9, 11), 14)
            left = 24.0
        line = QRectF(left, 0, self.width() - left, 22)
        ink = Ink(theme.font(BODY), colours.text if self._is_wrong else colours.secondary)
        both = "   ".join(part for part in (self._text, self._note) if part)
        write(painter, line.adjusted(0, 0, -60, 0), both, ink)
        if self._ratio is not None:
            write(painter, line, ratio_percent(self._ratio), Ink(theme.font(BODY), colours.text), RIGHT)
            bar = QRectF(0, 26, self.width(), 4)
            painter.fillRect(bar, colours.band_low)
            painter.fillRect(QRectF(0, 26, self.width() * self._ratio, 4), colours.data_line)
        painter.end()
