"""A key figure: label, one large number, a note, and its last hour over the normal band."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QPainter, QPen, QPolygonF

from noc_console.model import Severity
from noc_console.views.card import PAD, Card
from noc_console.views.channel_paint import Ink, width_of, write
from noc_console.views.glyphs import paint_glyph
from noc_console.views.theme import BODY, FIGURE, MEDIUM, Theme

HEIGHT = 104
_SPARK = QSize(132, 64)


@dataclass(frozen=True, slots=True)
class Kpi:
    """What one figure shows; `curve` may hold NaN for minutes without data, `band` is the normal range."""

    figure: str
    unit: str = ""
    note: str = ""
    severity: Severity = Severity.CLEARED
    glyph: Severity | None = None
    curve: tuple[float, ...] = ()
    band: tuple[float, float] | None = None
    scale: tuple[float, float] = (0.0, 1.0)
    title: str = ""
    """What the figure is, where that is not what the card was made for."""


class KpiCard(Card):
    """One painted widget, no layout inside."""

    def __init__(self, theme: Theme, title: str) -> None:
        super().__init__(theme, "")
        self._label = title
        self._kpi = Kpi("n/a")
        self.setFixedHeight(HEIGHT)
        self.setMinimumWidth(200)
        self.setAccessibleName(title)

    def show_kpi(self, kpi: Kpi) -> None:
        """Show another value in place."""
        if kpi == self._kpi:
            return
        self._kpi = kpi
        self.setAccessibleName(kpi.title or self._label)
        self.setAccessibleDescription(f"{kpi.figure}{kpi.unit} {kpi.note}")
        self.say("", kpi.severity)
        self.update()

    def paint_body(self, painter: QPainter, box: QRectF) -> None:
        """Override: label, figure, note, curve."""
        theme, colours, kpi = self.theme, self.theme.colours, self._kpi
        write(painter, QRectF(16, 10, 160, 18), kpi.title or self._label, Ink(theme.font(BODY), colours.secondary))
        x = 16.0
        if kpi.glyph is not None:
            lit = theme if kpi.severity is not Severity.CLEARED else theme.greyed()
            paint_glyph(painter, lit, kpi.glyph, QPointF(x + 11, 50), 20, acked=kpi.severity is Severity.CLEARED)
            x += 34
        font = theme.font(FIGURE, MEDIUM)
        known = colours.tertiary if kpi.figure == "n/a" else colours.text
        write(painter, QRectF(x, 32, 140, 36), kpi.figure, Ink(font, known))
        x += width_of(kpi.figure, font) + 4
        write(painter, QRectF(x, 44, 60, 20), kpi.unit, Ink(theme.font(BODY), colours.secondary))
        room = self.width() - 2 * PAD - (_SPARK.width() if self._has_room and kpi.curve else 0)
        write(painter, QRectF(16, 76, room, 18), kpi.note, Ink(theme.font(BODY), colours.secondary))
        if self._has_room and kpi.curve:
            self._curve(painter, QRectF(self.width() - PAD - _SPARK.width(), 22, _SPARK.width(), _SPARK.height()))

    @property
    def _has_room(self) -> bool:
        return self.width() >= 260

    def _curve(self, painter: QPainter, box: QRectF) -> None:
        kpi, colours = self._kpi, self.theme.colours
        low, high = kpi.scale
        span = (high - low) or 1.0

        def y_of(value: float) -> float:
            return box.bottom() - (min(max(value, low), high) - low) / span * box.height()

        if kpi.band is not None:
            top, bottom = y_of(kpi.band[1]), y_of(kpi.band[0])
            painter.fillRect(QRectF(box.x(), top, box.width(), max(bottom - top, 2)), colours.band_low)
        step = box.width() / max(len(kpi.curve) - 1, 1)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colours.data_line, 1))
        for run in runs(kpi.curve):
            points = [QPointF(box.x() + index * step, y_of(kpi.curve[index])) for index in run]
            painter.drawPolyline(QPolygonF(points))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        last = kpi.curve[-1]
        if not math.isnan(last):
            hue = self.theme.severity[kpi.severity] if kpi.severity is not Severity.CLEARED else colours.text
            painter.fillRect(QRectF(box.right() - 2, y_of(last) - 2, 4, 4), hue)


def runs(values: tuple[float, ...]) -> list[range]:
    """Return the stretches without a gap: a line is never joined over missing data."""
    found, start = [], -1
    for index, value in enumerate((*values, math.nan)):
        if not math.isnan(value) and start < 0:
            start = index
        elif math.isnan(value) and start >= 0:
            found.append(range(start, index))
            start = -1
    return found
