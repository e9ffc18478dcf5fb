"""Paints the small marks of the plain lists: tick, cross, ring, clock, arrows, the doubt, the warning."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from noc_console.views.glyphs import paint_clock, paint_spanner
from noc_console.views.records import Mark

_LINES: dict[Mark, tuple[tuple[tuple[float, float], ...], ...]] = {
    Mark.TICK: (((-4, 0.5), (-1, 3.5), (4.5, -3.5)),),
    Mark.CROSS: (((-3.5, -3.5), (3.5, 3.5)), ((-3.5, 3.5), (3.5, -3.5))),
    Mark.DASH: (((-4, 0), (4, 0)),),
    Mark.IN: (((5, 0), (-5, 0)), ((-1.5, -3.5), (-5, 0), (-1.5, 3.5))),
    Mark.OUT: (((-5, 0), (5, 0)), ((1.5, -3.5), (5, 0), (1.5, 3.5))),
    Mark.WARNING: (((0, -5), (5.5, 4.5), (-5.5, 4.5), (0, -5)), ((0, -1.5), (0, 1.5))),
    Mark.QUESTION: (((-2.5, -2.5), (-1, -4.5), (1.2, -4.5), (2.7, -2.5), (0, 0.2), (0, 1.6)), ((0, 4.2), (0, 4.6))),
}


def paint_mark(painter: QPainter, mark: Mark, centre: QPointF, colour: QColor) -> None:
    """Paint a mark in a 14 px square around its centre."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    pen = QPen(colour, 1.5, c=Qt.PenCapStyle.RoundCap, j=Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    match mark:
        case Mark.DOT:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            painter.drawEllipse(centre, 2.5, 2.5)
        case Mark.RING:
            painter.drawEllipse(centre, 4.5, 4.5)
        case Mark.CLOCK:
            paint_clock(painter, colour, centre, 13)
        case Mark.SPANNER:
            paint_spanner(painter, colour, centre, 13)
        case _:
            for line in _LINES.get(mark, ()):
                painter.drawPolyline(QPolygonF([centre + QPointF(x, y) for x, y in line]))
    painter.restore()


def mark_box(box: QRectF) -> QPointF:
    """Return where a mark stands at the left of a box."""
    return QPointF(box.left() + 7, box.center().y())
