"""The card over the mosaic that shows the last minute of the channel under the pointer, or of the selected one."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from noc_console.views import figures
from noc_console.views.channel_paint import Ink, write
from noc_console.views.desk import Desk
from noc_console.views.theme import BODY, SEMIBOLD
from noc_console.views.thumb_feed import StripFeed
from noc_console.views.thumb_strip import FOOT, StripFrame, paint_strip

_PICTURE = 112
_PAD, _HEAD = 12, 28
HEIGHT = _HEAD + _PICTURE * 9 // 16 + FOOT + _PAD
_MOST = 13


class StripCard(QWidget):
    """Fetches and paints one channel's strip; it lets the mouse through."""

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(parent)
        self._desk, self._over = desk, parent
        self._feed = StripFeed()
        self._seen = -1
        self.channel_id = 0
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName("Last minute of the channel")
        desk.pixmaps.landed.connect(self._on_landed)
        self.hide()

    def show_channel(self, channel_id: int, beside: QRect) -> None:
        """Show the strip of a channel above or below its tile, both in the parent's coordinates; 0 hides it."""
        self.channel_id = channel_id
        if not channel_id or channel_id not in self._desk.mirror.channels:
            self.hide()
            return
        room = self._over.rect()
        width = min(room.width() - 16, _MOST * (_PICTURE + 8) + 2 * _PAD - 8)
        x = min(max(beside.center().x() - width // 2, 8), room.width() - width - 8)
        below = beside.bottom() + 4
        y = below if below + HEIGHT < room.height() else beside.top() - HEIGHT - 4
        self.setGeometry(x, max(y, 4), width, HEIGHT)
        self.refresh()
        self.show()
        self.raise_()

    def refresh(self) -> None:
        """Ask for newer pictures while it is shown."""
        if self.channel_id:
            self._feed.poll(self._desk, self.channel_id)
            if self._feed.revision != self._seen:
                self._seen = self._feed.revision
                self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override: card, words, pictures."""
        painter = QPainter(self)
        theme, colours = self._desk.theme, self._desk.theme.colours
        painter.fillRect(self.rect(), colours.raised)
        painter.setPen(QPen(colours.control_line, 1))
        painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))
        channel = self._desk.mirror.channels.get(self.channel_id)
        if channel is not None:
            line = QRectF(_PAD, 6, self.width() - 2 * _PAD, 18)
            used = write(painter, line, str(channel["code"]), Ink(theme.mono(BODY, SEMIBOLD), colours.text))
            rest = line.adjusted(used + 10, 0, 0, 0)
            write(painter, rest, f"{channel['name']}   {self._words()}", Ink(theme.font(BODY), colours.secondary))
            box = QRectF(_PAD, _HEAD, self.width() - 2 * _PAD, self.height() - _HEAD - _PAD)
            paint_strip(painter, self._desk, box, self._frames(), self.devicePixelRatioF())
        painter.end()

    def _words(self) -> str:
        if self._feed.frames:
            return "the last minute"
        return "no picture of the last minute" if self._feed.is_loaded else "Loading"

    def _frames(self) -> list[StripFrame]:
        own = [one for one in self._feed.frames if one.channel_id == self.channel_id]
        return [StripFrame((one.channel_id, one.seq), one.jpeg, figures.clock(one.at)) for one in own]

    def _on_landed(self) -> None:
        if self.isVisible():
            self.update()
