"""The overview's painted charts: delivery, playlist ages, severity by tier and class, oldest playlists."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from noc_console.model import Severity
from noc_console.views import figures
from noc_console.views.card import Card
from noc_console.views.channel_paint import CENTRE, RIGHT, Ink, write
from noc_console.views.glyphs import paint_glyph
from noc_console.views.kpi import runs
from noc_console.views.overview_figures import Curve, Delivery, Share
from noc_console.views.state import Json
from noc_console.views.theme import AXIS, BODY, MEDIUM, Theme
from noc_console.views.wall_rows import worst_metric

_TOP = 1.5
_LIMIT = 1.0
_TICKS = (0.0, 0.1, 0.5, 1.0, 1.5)
_LEFT = 36
_FOOT = 22
_ILL = tuple(severity for severity in reversed(Severity) if severity is not Severity.CLEARED)
_COUNT = 42
_AGE_TOP, _AGE_LIMIT, _AGE_BINS = 3.0, 1.5, 30


class DeliveryChart(Card):
    """p50 as a line over the band p5 to p95; the limit is the segment's own duration."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(
            theme, "Segment download ÷ duration", "all channels, p50 line, band p5 to p95, 1 h, root scale"
        )
        self._delivery: Delivery | None = None
        self._now = 0.0

    def show_delivery(self, delivery: Delivery, now: float) -> None:
        """Show another hour."""
        self._delivery, self._now = delivery, now
        last = _last(delivery.p50), _last(delivery.p95)
        worst = Severity.CLEARED
        self.say(f"p50 {figures.number(last[0], 2)}   p95 {figures.number(last[1], 2)}", worst)
        self.update()

    def paint_body(self, painter: QPainter, box: QRectF) -> None:
        """Override: axes, band, limit, line."""
        plot = QRectF(box.x() + _LEFT, box.y() + 12, box.width() - _LEFT, box.height() - _FOOT - 12)
        self._axes(painter, plot)
        if self._delivery is None or not np.isfinite(self._delivery.p50).any():
            words = "Loading" if self._delivery is None else "No segment measured in the last hour"
            write(painter, plot, words, Ink(self.theme.font(BODY), self.theme.colours.secondary), CENTRE)
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        p5, p50, p95 = self._delivery.p5, self._delivery.p50, self._delivery.p95
        for run in runs(tuple(p50.tolist())):
            upper = [self._point(plot, index, p95[index]) for index in run]
            lower = [self._point(plot, index, p5[index]) for index in reversed(run)]
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self.theme.colours.band_high)
            painter.drawPolygon(QPolygonF(upper + lower))
            painter.setPen(QPen(self.theme.colours.text, 1))
            line = [self._point(plot, index, p50[index]) for index in run]
            painter.drawPolyline(QPolygonF(line if len(line) > 1 else [*line, line[0] + QPointF(2, 0)]))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _point(self, plot: QRectF, index: int, value: float) -> QPointF:
        return QPointF(plot.x() + index / 59 * plot.width(), self._height(plot, float(value)))

    def _height(self, plot: QRectF, value: float) -> float:
        return plot.bottom() - math.sqrt(min(max(value, 0.0), _TOP) / _TOP) * plot.height()

    def _axes(self, painter: QPainter, plot: QRectF) -> None:
        colours = self.theme.colours
        ink = Ink(self.theme.font(AXIS), colours.tertiary)
        for value in _TICKS:
            y = round(self._height(plot, value))
            painter.fillRect(
                QRectF(plot.x(), y, plot.width(), 1), colours.axis_line if value == 0 else colours.grid_line
            )
            write(painter, QRectF(plot.x() - _LEFT, y - 8, _LEFT - 8, 16), f"{value:.1f}", ink, RIGHT)
        y = round(self._height(plot, _LIMIT))
        _dashed(painter, colours.tertiary, plot.x(), plot.right(), y)
        limit = Ink(self.theme.font(AXIS), colours.secondary)
        write(painter, QRectF(plot.x() + 6, y - 17, 220, 16), "as long as the segment plays", limit)
        for minutes in (60, 45, 30, 15, 0):
            x = plot.right() - minutes / 60 * plot.width()
            words = "now" if minutes == 0 else figures.clock(self._now - minutes * 60)[:5] if self._now else ""
            align = RIGHT if minutes == 0 else CENTRE if minutes < 60 else Qt.AlignmentFlag.AlignLeft
            left = x - 60 if minutes == 0 else x - 30 if minutes < 60 else x
            write(painter, QRectF(left, plot.bottom() + 5, 60, 16), words, ink, align)


class AgeChart(Card):
    """How old the playlists are now: one bar per tenth of a target duration, coloured only beyond the limit."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "Playlist age", "channels by target durations, now")
        self._counts = np.zeros(_AGE_BINS, np.int64)
        self._known = 0

    def show_ages(self, ages: Curve) -> None:
        """Show the ages of all channels."""
        clipped = np.clip(ages, 0, _AGE_TOP - 1e-6)
        self._counts = np.histogram(clipped, _AGE_BINS, (0.0, _AGE_TOP))[0]
        self._known = len(ages)
        over = int((ages > _AGE_LIMIT).sum())
        median = float(np.median(ages)) if len(ages) else None
        self.say(f"median {figures.number(median, 2)}   over {figures.number(_AGE_LIMIT, 1)}: {over}")
        self.update()

    def paint_body(self, painter: QPainter, box: QRectF) -> None:
        """Override: bars over an axis, the limit dashed."""
        colours = self.theme.colours
        plot = QRectF(box.x() + 24, box.y() + 10, box.width() - 24, box.height() - _FOOT - 10)
        painter.fillRect(QRectF(plot.x(), plot.bottom(), plot.width(), 1), colours.axis_line)
        ink = Ink(self.theme.font(AXIS), colours.tertiary)
        for value in (0.0, 1.0, 2.0, 3.0):
            x = plot.x() + value / _AGE_TOP * plot.width()
            align = CENTRE if 0 < value < _AGE_TOP else RIGHT if value else Qt.AlignmentFlag.AlignLeft
            left = x - 20 if 0 < value < _AGE_TOP else x - 40 if value else x
            write(painter, QRectF(left, plot.bottom() + 5, 40, 16), f"{value:.0f}", ink, align)
        if not self._known:
            write(painter, plot, "No playlist measured yet", Ink(self.theme.font(BODY), colours.secondary), CENTRE)
            return
        top = max(1, int(self._counts.max()))
        write(painter, QRectF(box.x() - 4, plot.y() - 8, 22, 16), str(top), ink, RIGHT)
        painter.fillRect(QRectF(plot.x(), plot.y(), plot.width(), 1), colours.grid_line)
        pitch = plot.width() / _AGE_BINS
        for number, count in enumerate(self._counts.tolist()):
            height = count / top * plot.height()
            is_over = number >= _AGE_LIMIT / _AGE_TOP * _AGE_BINS
            hue = self.theme.severity[Severity.MAJOR] if is_over else colours.normal
            painter.fillRect(QRectF(plot.x() + number * pitch, plot.bottom() - height, pitch - 2, height), hue)
        x = round(plot.x() + _AGE_LIMIT / _AGE_TOP * plot.width()) - 1
        pen = QPen(colours.tertiary, 1)
        pen.setDashPattern([4, 3])
        painter.setPen(pen)
        painter.drawLine(QPointF(x, plot.y()), QPointF(x, plot.bottom()))
        write(
            painter, QRectF(x + 6, plot.y() + 2, 80, 16), "limit 1.5", Ink(self.theme.font(AXIS), colours.secondary)
        )


class ShareChart(Card):
    """Channels by tier and class as stacked bars: grey is normal, colour is what is ill."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "Severity", "channels by tier and class")
        self._groups: tuple[list[Share], ...] = ()

    def show_shares(self, *groups: list[Share]) -> None:
        """Show these groups, one below the other."""
        if groups == self._groups:
            return
        self._groups = groups
        rows = groups[0] if groups else []
        ill = sum(count for share in rows for severity, count in share.counts if severity is not Severity.CLEARED)
        self.say(f"{ill} of {sum(share.total for share in rows)} ill")
        self.update()

    def paint_body(self, painter: QPainter, box: QRectF) -> None:
        """Override: one row per tier and class."""
        shares = [share for group in self._groups for share in group]
        if not shares:
            self.paint_empty(painter, box, "No channels yet")
            return
        top = max(share.total for share in shares)
        height = min(34.0, (box.height() - 12 * (len(self._groups) - 1)) / len(shares))
        y = box.y()
        for group in self._groups:
            for share in group:
                self._row(painter, QRectF(box.x(), y, box.width(), height), share, top)
                y += height
            y += 12

    def _row(self, painter: QPainter, box: QRectF, share: Share, top: int) -> None:
        colours, plain = self.theme.colours, self.theme.font(BODY)
        write(painter, QRectF(box.x(), box.y(), 56, box.height()), share.name, Ink(plain, colours.secondary))
        number = str(share.total)
        write(painter, QRectF(box.right() - 40, box.y(), 40, box.height()), number, Ink(plain, colours.text), RIGHT)
        counted = [(severity, count) for severity, count in share.counts if count]
        left = box.right() - 44 - len(_ILL) * _COUNT
        for severity, count in counted:
            if severity is Severity.CLEARED:
                continue
            x = left + _ILL.index(severity) * _COUNT
            paint_glyph(painter, self.theme, severity, QPointF(x + 8, box.center().y()), 12)
            words = QRectF(x + 18, box.y(), _COUNT - 20, box.height())
            write(painter, words, str(count), Ink(plain, colours.text))
        room = max(24.0, left - 12 - box.x() - 64)
        x = box.x() + 64
        for severity, count in counted:
            width = max(2.0, count / top * room)
            hue = colours.closed if severity is Severity.CLEARED else self.theme.severity[severity]
            painter.fillRect(QRectF(x, round(box.center().y() - 4), width, 8), hue)
            x += width + 1


class OldestList(Card):
    """The oldest playlists: who will be ill next."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "Oldest playlists", "target durations")
        self._rows: list[tuple[str, str, float, Severity]] = []

    def show_channels(self, channels: list[Json]) -> None:
        """Show these channels, oldest first."""
        rows = [
            (one["code"], one["name"], worst_metric(one, "playlist.age_ratio"), Severity(one["severity"]))
            for one in channels
        ]
        if rows != self._rows:
            self._rows = rows
            self.update()

    def paint_body(self, painter: QPainter, box: QRectF) -> None:
        """Override: code, name, bar, figure."""
        if not self._rows:
            self.paint_empty(painter, box, "No playlist measured yet")
            return
        colours = self.theme.colours
        fits = max(1, int(box.height() // 22))
        for number, (code, name, age, severity) in enumerate(self._rows[:fits]):
            y = box.y() + number * 22
            used = write(painter, QRectF(box.x(), y, 170, 22), code, Ink(self.theme.mono(BODY), colours.data_line))
            bar = QRectF(box.right() - 150, y + 8, 104, 6)
            room = QRectF(box.x() + used + 8, y, bar.x() - 16 - box.x() - used, 22)
            if room.width() > 20:
                write(painter, room, name, Ink(self.theme.font(BODY), colours.tertiary))
            painter.fillRect(bar, colours.bg)
            limit = bar.x() + _AGE_LIMIT / _AGE_TOP * bar.width()
            is_over = age > _AGE_LIMIT and severity is not Severity.CLEARED
            hue = self.theme.severity[severity] if is_over else colours.normal
            painter.fillRect(QRectF(bar.x(), bar.y(), min(age, _AGE_TOP) / _AGE_TOP * bar.width(), 6), hue)
            painter.fillRect(QRectF(limit, bar.y() - 2, 1, 10), colours.tertiary)
            ink = Ink(self.theme.font(BODY, MEDIUM), colours.text)
            write(painter, QRectF(box.right() - 40, y, 40, 22), figures.number(age, 2), ink, RIGHT)


def _dashed(painter: QPainter, colour: QColor, left: float, right: float, y: float) -> None:
    pen = QPen(colour, 1)
    pen.setDashPattern([4, 3])
    painter.setPen(pen)
    painter.drawLine(QPointF(left, y), QPointF(right, y))


def _last(curve: Curve) -> float | None:
    known = curve[-3:][np.isfinite(curve[-3:])]
    value = float(known[-1]) if len(known) else math.nan
    return None if math.isnan(value) else value
