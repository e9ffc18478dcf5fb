"""The head of the channel page: worst state, code, name, badges, template, and how fresh the data are."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from noc_console.model import Severity
from noc_console.views.channel_paint import RIGHT, Ink, badge, width_of, write
from noc_console.views.desk import Desk
from noc_console.views.figures import age, clock
from noc_console.views.glyphs import paint_glyph
from noc_console.views.theme import BODY, FIGURE, SEMIBOLD, TITLE
from noc_console.views.wall_facts import waiting

_HEIGHT = 52


class ChannelHeader(QWidget):
    """Paints one channel's head from the board."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._channel: dict[str, Any] = {}
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Override: as wide as there is room, 52 high."""
        return QSize(600, _HEIGHT)

    def show_channel(self, channel: dict[str, Any]) -> None:
        """Show this channel from now on."""
        self._channel = channel
        self.setAccessibleName(f"Channel {channel['code']} {channel['name']}")
        self.setAccessibleDescription(f"{channel['severity']}: {channel['text']}")
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Override: paint the head."""
        if not self._channel:
            return
        painter = QPainter(self)
        theme, channel = self._desk.theme, self._channel
        severity = Severity(channel["severity"])
        middle = self.height() / 2
        paint_glyph(painter, theme, severity, QPointF(14, middle), 26, acked=channel["acknowledged"])
        code = theme.mono(FIGURE)
        write(painter, QRectF(40, 0, 500, self.height()), channel["code"], Ink(code, theme.colours.text))
        left = 40 + width_of(channel["code"], code) + 18
        self._paint_name(painter, left)
        self._paint_template(painter)
        painter.end()

    def _paint_name(self, painter: QPainter, left: float) -> None:
        theme, channel = self._desk.theme, self._channel
        name_ink = Ink(theme.font(TITLE, SEMIBOLD), theme.colours.text)
        x = left + write(painter, QRectF(left, 7, 320, 18), channel["name"], name_ink) + 12
        for text in _badges(channel):
            x += badge(painter, theme, QPointF(x, 16), text) + 4
        under = QRectF(left, 27, max(self.width() - left - 330, 60), 18)
        write(painter, under, self._freshness(), Ink(theme.font(BODY), theme.colours.secondary))

    def _freshness(self) -> str:
        channel, mirror = self._channel, self._desk.mirror
        state = mirror.channel_state(channel)
        seen = f"last data {clock(channel['at'])} ICT" if channel["at"] else "no data yet"
        if state == "stale":
            return f"Stale for {age(mirror.now() - channel['at'])}, {seen}"
        if state == "lost":
            return f"Link to the agent lost, {seen}"
        if state == "disabled":
            return f"Disabled: not measured, {seen}"
        if state == "loading":
            return "Loading: the first look is under way"
        if channel["text"]:
            return str(channel["text"])
        return f"Normal, {seen}" + (f"; {waiting(channel['latched'])}" if channel.get("latched") else "")

    def _paint_template(self, painter: QPainter) -> None:
        theme = self._desk.theme
        box = QRectF(self.width() - 320, 7, 320, 18)
        write(painter, box, "Effective template", Ink(theme.font(BODY), theme.colours.secondary), RIGHT)
        template = Ink(theme.mono(BODY), theme.colours.text)
        write(painter, box.translated(0, 20), self._channel["template"], template, RIGHT)


def _badges(channel: dict[str, Any]) -> list[str]:
    demo = ["DEMO"] if channel["demo"] and "DEMO" not in channel["badges"] else []
    return [f"Tier {channel['tier']}", *dict.fromkeys([channel["class"], *channel["badges"]]), *demo]
