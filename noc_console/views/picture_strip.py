"""The film strip of the channel page: the last minute, or the moments around the alarm that is shown."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QButtonGroup, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from noc_console.model import Severity
from noc_console.views import figures
from noc_console.views.channel_paint import LEFT, Ink, write
from noc_console.views.charts.trace import Trace
from noc_console.views.desk import Desk
from noc_console.views.glyphs import paint_hatch
from noc_console.views.mosaic_facts import absent, words_of
from noc_console.views.picture_frames import KeptFrames
from noc_console.views.theme import BODY
from noc_console.views.thumb_feed import StripFeed
from noc_console.views.thumb_strip import StripFrame, paint_strip

Json = Mapping[str, Any]
_HEIGHT, _LEFT = 90, 116
_STOPPED = ("stopped", "frozen")


@dataclass(frozen=True, slots=True)
class Quality:
    """The MOS over time that stands under the pictures, and the limit below which it is coloured."""

    trace: Trace | None = None
    limit: float | None = None


class PictureStrip(QWidget):
    """Painted pictures with two chips at their left; not there where nothing of a channel is decoded."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._feed = StripFeed()
        self._kept = KeptFrames(desk)
        self._channel: Json | None = None
        self._alarm: Json | None = None
        self._quality = Quality()
        self._boot = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(_HEIGHT)
        self.setAccessibleName("Pictures of the channel")
        self._now, self._then = _chip("Last minute"), _chip("At the alarm")
        group = QButtonGroup(self)
        for chip in (self._now, self._then):
            group.addButton(chip)
        self._now.setChecked(True)
        group.buttonClicked.connect(self._on_chip)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 18)
        column.setSpacing(4)
        for chip in (self._now, self._then):
            chip.setFixedWidth(_LEFT - 12)
            column.addWidget(chip)
        column.addStretch(1)
        desk.pixmaps.landed.connect(self._on_landed)
        self.hide()

    def sizeHint(self) -> QSize:
        """Override: as wide as there is room."""
        return QSize(600, _HEIGHT)

    def forget(self) -> None:
        """Hold no pictures: another channel is coming."""
        self._feed.forget()
        self._now.setChecked(True)

    def show_channel(self, channel: Json, alarm: Json | None, quality: Quality) -> None:
        """Show a channel, and beside it the alarm whose moments may be looked at."""
        if self._desk.mirror.boot != self._boot:
            self._boot = self._desk.mirror.boot
            self._kept.forget()
        self._channel, self._alarm, self._quality = channel, alarm, quality
        is_decoded = any((one.get("media") or {}).get("mode", "off") != "off" for one in channel["inputs"])
        self.setVisible(is_decoded)
        if not is_decoded:
            return
        self._feed.poll(self._desk, int(channel["id"]))
        if alarm is not None:
            self._kept.poll(alarm)
        has_kept = alarm is not None and bool(self._kept.of(int(alarm["id"])))
        self._then.setEnabled(has_kept)
        if not has_kept:
            self._now.setChecked(True)
        self.setAccessibleDescription(", ".join(words_of(channel)) or "moving")
        self.update()

    def toggle(self) -> None:
        """Change between the last minute and the moments around the alarm."""
        (self._now if self._then.isChecked() or not self._then.isEnabled() else self._then).setChecked(True)
        self.update()

    @property
    def is_at_alarm(self) -> bool:
        """Say whether the moments around the alarm are shown."""
        return self._then.isChecked()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Override: the pictures, or in words why there are none."""
        painter = QPainter(self)
        box = QRectF(_LEFT, 0, self.width() - _LEFT, _HEIGHT)
        frames = self._around() if self.is_at_alarm else self._last_minute()
        if self._channel is None:
            painter.end()
            return
        is_old = self._desk.mirror.channel_state(self._channel) in ("stale", "lost")
        if not self.is_at_alarm and (is_old or self._channel.get("picture") in _STOPPED):
            paint_hatch(painter, self._desk.theme, box.adjusted(0, 0, 0, -18))
        if frames:
            paint_strip(painter, self._desk, box, frames, self.devicePixelRatioF())
        else:
            ink = Ink(self._desk.theme.font(BODY), self._desk.theme.colours.secondary)
            write(painter, box.adjusted(12, 0, 0, -18), self._why(self._channel), ink, LEFT)
        painter.end()

    def _why(self, channel: Json) -> str:
        if channel.get("thumbnail"):
            return "No picture of the last minute" if self._feed.is_loaded else "Loading"
        return absent(channel, self._desk.mirror.agent)

    def _last_minute(self) -> list[StripFrame]:
        return [
            StripFrame((one.channel_id, one.seq), one.jpeg, figures.clock(one.at), *self._mos(one.at))
            for one in self._feed.frames
        ]

    def _around(self) -> list[StripFrame]:
        kept = self._kept.of(int(self._alarm["id"])) if self._alarm is not None else ()
        first_after = next((one for one in kept if one.after_s >= 0), None)
        return [
            StripFrame(one.digest, one.jpeg, figures.clock(one.at), _apart(one.after_s), None, one is first_after)
            for one in kept
        ]

    def _mos(self, at: float) -> tuple[str, QColor | None]:
        trace, limit = self._quality.trace, self._quality.limit
        value = trace.value_near(at) if trace is not None and len(trace) else math.nan
        if math.isnan(value):
            return "", None
        is_low = limit is not None and value < limit
        return f"MOS {figures.number(value, 1)}", self._desk.theme.severity[Severity.MAJOR] if is_low else None

    def _on_chip(self, _button: object) -> None:
        self.update()

    def _on_landed(self) -> None:
        if self.isVisible():
            self.update()


def _apart(seconds: float) -> str:
    return f"{figures.number(seconds, 0, 's')}" if seconds < 0 else f"+{figures.number(seconds, 0, 's')}"


def _chip(text: str) -> QPushButton:
    chip = QPushButton(text)
    chip.setProperty("look", "chip")
    chip.setCheckable(True)
    chip.setAccessibleName(f"Pictures: {text.lower()}")
    return chip
