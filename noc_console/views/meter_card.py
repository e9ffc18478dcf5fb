"""The sound meters of an input: every rendition's loudness, range, true peak and channels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from noc_console.views import figures
from noc_console.views.card import Card
from noc_console.views.channel_paint import LEFT, RIGHT, Ink, write
from noc_console.views.meter_bars import Level, paint_bars
from noc_console.views.mosaic_facts import words_of
from noc_console.views.theme import AXIS, BODY, MEDIUM, Theme

Json = Mapping[str, Any]
_SIGN = "audio.momentary_lufs"
_METERS = (
    # head, metric, digits
    ("M", _SIGN, 1),
    ("S", "audio.short_term_lufs", 1),
    ("60 s", "audio.loudness_lufs", 1),
    ("I", "audio.integrated_lufs", 1),
    ("LRA", "audio.range_lu", 1),
    ("TP", "audio.true_peak_dbtp", 1),
)
_HEAD, _ROW, _BAR = 18, 44, 22
_NOTHING = -99.0
"""Digital silence is measured as −100."""


class MeterCard(Card):
    """A row a rendition: two bars with the band −23 ±2 LUFS, then figures, then left and right."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "Sound", "LUFS, LU, dBTP; band −23 ±2")
        self._one: Json | None = None
        self._is_old = False

    def show_input(self, channel: Json, one: Json | None) -> None:
        """Show the renditions of an input."""
        self._one = one
        self._is_old = one is not None and one["state"] in ("stale", "lost")
        words = [word for word in words_of(channel) if word.startswith(("SILENT", "L or R", "PHASE"))]
        self.say(", ".join(words))
        self.update()

    def paint_body(self, painter: QPainter, box: QRectF) -> None:
        """Override: the table."""
        rungs = [rung for rung in (self._one or {}).get("rungs", ()) if _SIGN in rung["metrics"]]
        if not rungs:
            self.paint_empty(painter, box, "No sound of this input is measured: n/a")
            return
        step = (box.width() - _BAR - 40) / len(_METERS)
        head = Ink(self.theme.font(AXIS), self.theme.colours.tertiary)
        for number, (name, _, _) in enumerate(_METERS):
            write(painter, QRectF(box.x() + _BAR + number * step, box.y() - 4, step, _HEAD), name, head, RIGHT)
        write(painter, QRectF(box.right() - 36, box.y() - 4, 36, _HEAD), "L R", head, RIGHT)
        y = box.y() + _HEAD
        for count, rung in enumerate(rungs):
            if y + _ROW > box.bottom() + 4:
                write(
                    painter, QRectF(box.x(), y, box.width(), 14), f"{len(rungs) - count} more renditions", head, LEFT
                )
                return
            self._paint_rung(painter, QRectF(box.x(), y, box.width(), _ROW), rung, step)
            y += _ROW

    def _paint_rung(self, painter: QPainter, row: QRectF, rung: Json, step: float) -> None:
        theme, colours, found = self.theme, self.theme.colours, rung["metrics"]
        painter.fillRect(QRectF(row.x(), row.y(), row.width(), 1), colours.table_line)
        levels = [Level(found.get(metric), self._is_old) for metric in (_SIGN, "audio.short_term_lufs")]
        paint_bars(painter, theme, QRectF(row.x(), row.y() + 4, 16, row.height() - 8), levels)
        form = (rung.get("format") or {}).get("audio") or {}
        title = "   ".join(text for text in (str(rung["rung"]), str(form.get("text", ""))) if text)
        name = QRectF(row.x() + _BAR + 4, row.y() + 3, row.width() - _BAR - 4, 18)
        write(painter, name, title, Ink(theme.font(AXIS), colours.secondary))
        for number, (_, metric, digits) in enumerate(_METERS):
            value = found.get(metric)
            hue = colours.tertiary if value is None or self._is_old else colours.text
            cell = QRectF(row.x() + _BAR + number * step, row.y() + 21, step, 18)
            write(painter, cell, _figure(value, digits), Ink(theme.font(BODY, MEDIUM), hue), RIGHT)
        self._paint_sides(painter, QRectF(row.right() - 36, row.y() + 21, 36, 18), found)

    def _paint_sides(self, painter: QPainter, box: QRectF, found: Mapping[str, float]) -> None:
        """A filled square where a channel has sound, an empty one with a stroke where it has none."""
        colours = self.theme.colours
        for number, metric in enumerate(("audio.left_active", "audio.right_active")):
            place = QRectF(box.right() - 22 + number * 13, box.center().y() - 4, 8, 8)
            value = found.get(metric)
            if value is None:
                painter.fillRect(QRectF(place.x(), place.center().y(), 8, 1), colours.tertiary)
            elif value:
                painter.fillRect(place, colours.data_line)
            else:
                painter.setPen(colours.text)
                painter.drawRect(place.adjusted(0.5, 0.5, -0.5, -0.5))
                painter.drawLine(place.bottomLeft(), place.topRight())


def _figure(value: float | None, digits: int) -> str:
    """Return a level; what lies below everything that can be heard is minus infinity."""
    return "−∞" if value is not None and value <= _NOTHING else figures.number(value, digits)
