"""Paints the shapes of states: octagon C, triangle M, diamond m, hollow triangle w, circle ?, dot; and hatch."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen, QPixmap, QPolygonF

from noc_console.model import Severity
from noc_console.views.theme import SEMIBOLD, Theme

_NORMAL_DOT = 5.0
_NO_LETTER_BELOW = 12


def paint_glyph(
    painter: QPainter, theme: Theme, severity: Severity, centre: QPointF, size: float, *, acked: bool = False
) -> None:
    """Paint a severity's shape with its letter around `centre`; acknowledged ones are outline only.

    Below 12 px there is no letter. `cleared` is the normal state's 5 px dot whatever the size.
    """
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    hue = theme.severity[severity]
    if severity is Severity.CLEARED:
        _paint_dot(painter, hue, centre)
    else:
        is_filled = severity.rank >= Severity.MINOR.rank and not acked
        _paint_shape(painter, hue, severity, centre, size, is_filled)
        if size >= _NO_LETTER_BELOW:
            _paint_letter(painter, theme, severity, centre, size, theme.colours.bg if is_filled else hue)
    painter.restore()


def paint_head_glyph(painter: QPainter, theme: Theme, severity: Severity, centre: QPointF, size: float) -> None:
    """Paint the inverse glyph of a critical tile's filled head: dark shape, letter in the hue."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    _paint_shape(painter, theme.colours.bg, severity, centre, size, True)
    _paint_letter(painter, theme, severity, centre, size, theme.severity[severity])
    painter.restore()


def glyph_pixmap(theme: Theme, severity: Severity, size: int, *, acked: bool = False, scale: float = 1.0) -> QPixmap:
    """Return the glyph as a pixmap of `size` x `size` device-independent pixels."""
    pixmap = QPixmap(round(size * scale), round(size * scale))
    pixmap.setDevicePixelRatio(scale)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    paint_glyph(painter, theme, severity, QPointF(size / 2, size / 2), size, acked=acked)
    painter.end()
    return pixmap


def paint_hatch(painter: QPainter, theme: Theme, rect: QRectF) -> None:
    """Fill a rectangle with the 45 degree hatching of stale and lost data, pitch 6, line 1.5."""
    painter.save()
    painter.setClipRect(rect, Qt.ClipOperation.IntersectClip)
    painter.fillRect(rect, theme.colours.hatch_ground)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(theme.colours.hatch, 1.5))
    pitch = 6 * math.sqrt(2)
    # phase by absolute position, so that neighbouring rectangles hatch as one
    first = math.floor((rect.left() + rect.top()) / pitch)
    last = math.ceil((rect.right() + rect.bottom()) / pitch)
    for step in range(first, last + 1):
        reach = step * pitch
        painter.drawLine(QPointF(reach - rect.bottom(), rect.bottom()), QPointF(reach - rect.top(), rect.top()))
    painter.restore()


def paint_waiting(painter: QPainter, theme: Theme, centre: QPointF, size: float) -> None:
    """Paint the mark of a condition that has gone but waits for acknowledgement: a small grey frame, no letter."""
    painter.save()
    painter.setPen(QPen(theme.colours.secondary, 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    half = round(size / 4)
    painter.drawRect(
        QRectF(round(centre.x()) - half + 0.5, round(centre.y()) - half + 0.5, 2 * half - 1, 2 * half - 1)
    )
    painter.restore()


def paint_clock(painter: QPainter, colour: QColor, centre: QPointF, size: float) -> None:
    """Paint the clock that says: shelved."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(colour, 1.2))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    radius = size / 2 - 1
    painter.drawEllipse(centre, radius, radius)
    painter.drawLine(centre, centre + QPointF(0, -radius * 0.65))
    painter.drawLine(centre, centre + QPointF(radius * 0.5, 0))
    painter.restore()


def paint_spanner(painter: QPainter, colour: QColor, centre: QPointF, size: float) -> None:
    """Paint the spanner that says: maintenance."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(centre)
    painter.rotate(45)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    half = size / 2
    painter.setPen(QPen(colour, 1.3))
    jaw = QRectF(-half * 0.45, -half, half * 0.9, half * 0.9)
    painter.drawArc(jaw, 130 * 16, 280 * 16)
    painter.setPen(QPen(colour, 2.0, c=Qt.PenCapStyle.RoundCap))
    painter.drawLine(QPointF(0, -half * 0.1), QPointF(0, half * 0.85))
    painter.restore()


def _paint_dot(painter: QPainter, hue: QColor, centre: QPointF) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(hue)
    painter.drawEllipse(centre, _NORMAL_DOT / 2, _NORMAL_DOT / 2)


def _paint_shape(
    painter: QPainter, hue: QColor, severity: Severity, centre: QPointF, size: float, is_filled: bool
) -> None:
    line = 0.0 if is_filled else max(1.2, size / 12)
    painter.setPen(Qt.PenStyle.NoPen if is_filled else QPen(hue, line, j=Qt.PenJoinStyle.MiterJoin))
    painter.setBrush(QBrush(hue) if is_filled else Qt.BrushStyle.NoBrush)
    radius = size / 2 - line / 2
    if severity is Severity.INDETERMINATE:
        painter.drawEllipse(centre, radius * 0.92, radius * 0.92)
        return
    outline = {
        Severity.CRITICAL: _octagon,
        Severity.MAJOR: _triangle,
        Severity.WARNING: _triangle,
        Severity.MINOR: _diamond,
    }[severity](radius)
    painter.drawPolygon(outline.translated(centre))


def _octagon(radius: float) -> QPolygonF:
    reach = radius / math.cos(math.pi / 8)
    angles = [math.pi / 8 + step * math.pi / 4 for step in range(8)]
    return QPolygonF([QPointF(reach * math.cos(a), reach * math.sin(a)) for a in angles])


def _triangle(radius: float) -> QPolygonF:
    return QPolygonF(
        [QPointF(0, -radius), QPointF(radius * 1.16, radius * 0.86), QPointF(-radius * 1.16, radius * 0.86)]
    )


def _diamond(radius: float) -> QPolygonF:
    reach = radius * 1.08
    return QPolygonF([QPointF(0, -reach), QPointF(reach, 0), QPointF(0, reach), QPointF(-reach, 0)])


def _paint_letter(
    painter: QPainter, theme: Theme, severity: Severity, centre: QPointF, size: float, colour: QColor
) -> None:
    is_triangle = severity in (Severity.MAJOR, Severity.WARNING)
    share = 0.5 if is_triangle else 0.62
    painter.setFont(theme.font(max(7, round(size * share)), SEMIBOLD))
    painter.setPen(colour)
    drop = size * (0.14 if is_triangle else 0.0)
    box = QRectF(centre.x() - size, centre.y() - size + drop, size * 2, size * 2)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, severity.letter)
