"""The console's own line icons, painted: navigation, mark, recording."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

Paint = Callable[[QPainter, QRectF], None]


def paint_icon(painter: QPainter, name: str, box: QRectF, colour: QColor) -> None:
    """Paint an icon of ICONS into a square box."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(colour, 1.2, j=Qt.PenJoinStyle.MiterJoin))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.translate(box.topLeft())
    painter.scale(box.width() / 18, box.height() / 18)
    ICONS[name](painter, QRectF(0, 0, 18, 18))
    painter.restore()


def paint_mark(painter: QPainter, box: QRectF, line: QColor, cell: QColor, lit: QColor) -> None:
    """Paint the console's mark: a wall of nine tiles, the middle one lit."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(line, 1.2))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    for index in range(9):
        row, column = divmod(index, 3)
        place = QRectF(box.x() + 4 + column * 6, box.y() + 4 + row * 6, 4, 4)
        painter.fillRect(place, lit if index == 4 else cell)
    painter.restore()


def paint_recording(painter: QPainter, centre: QPointF, colour: QColor) -> None:
    """Paint the ring with a dot that says: recording."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(colour, 1.2))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawEllipse(centre, 4.5, 4.5)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawEllipse(centre, 2, 2)
    painter.restore()


def _overview(painter: QPainter, box: QRectF) -> None:
    for left, top in ((1, 8), (6.5, 2), (12, 6)):
        painter.drawRect(QRectF(left, top, 4.5, 15 - top + 1))


def _wall(painter: QPainter, box: QRectF) -> None:
    for index in range(9):
        row, column = divmod(index, 3)
        painter.drawRect(QRectF(1.5 + column * 5.5, 1.5 + row * 5.5, 3.8, 3.8))


def _mosaic(painter: QPainter, box: QRectF) -> None:
    """Four pictures, one of them with a hill."""
    for left, top in ((1.5, 2.5), (9.5, 2.5), (1.5, 9.5), (9.5, 9.5)):
        painter.drawRect(QRectF(left, top, 7, 5.5))
    painter.drawPolyline([QPointF(1.5, 8), QPointF(4, 5), QPointF(5.5, 6.5), QPointF(8.5, 4)])


def _channels(painter: QPainter, box: QRectF) -> None:
    painter.drawRect(QRectF(1, 2, 16, 11))
    painter.drawLine(QPointF(9, 13), QPointF(9, 16))
    painter.drawLine(QPointF(5, 16), QPointF(13, 16))


def _alarms(painter: QPainter, box: QRectF) -> None:
    bell = QPainterPath(QPointF(2, 14))
    bell.cubicTo(4.5, 12, 3.5, 10, 4, 7)
    bell.cubicTo(4.5, 0.8, 13.5, 0.8, 14, 7)
    bell.cubicTo(14.5, 10, 13.5, 12, 16, 14)
    bell.closeSubpath()
    painter.drawPath(bell)
    painter.drawArc(QRectF(7, 13, 4, 3.6), 180 * 16, 180 * 16)


def _ts(painter: QPainter, box: QRectF) -> None:
    """Three rows of packets, one of them apart."""
    for row, lefts in enumerate(((1.5, 7, 12.5), (1.5, 12.5), (1.5, 7, 12.5))):
        for left in lefts:
            painter.drawRect(QRectF(left, 2.5 + row * 5, 4, 3))


def _lab(painter: QPainter, box: QRectF) -> None:
    flask = QPainterPath(QPointF(7, 1.5))
    for x, y in ((7, 7), (2, 16), (16, 16), (11, 7), (11, 1.5)):
        flask.lineTo(x, y)
    painter.drawPath(flask)
    painter.drawLine(QPointF(5.5, 1.5), QPointF(12.5, 1.5))
    painter.drawLine(QPointF(4.7, 11.5), QPointF(13.3, 11.5))


def _notices(painter: QPainter, box: QRectF) -> None:
    """An envelope."""
    painter.drawRect(QRectF(1.5, 3.5, 15, 11))
    painter.drawPolyline([QPointF(1.5, 4), QPointF(9, 10), QPointF(16.5, 4)])


def _maintenance(painter: QPainter, box: QRectF) -> None:
    """A calendar's sheet with one day marked."""
    painter.drawRect(QRectF(2, 3.5, 14, 12.5))
    painter.drawLine(QPointF(2, 7.5), QPointF(16, 7.5))
    for x in (5.5, 12.5):
        painter.drawLine(QPointF(x, 1.5), QPointF(x, 5))
    painter.drawRect(QRectF(9.5, 10, 3.5, 3))


def _incidents(painter: QPainter, box: QRectF) -> None:
    """A flag on its pole, over what was written down."""
    painter.drawLine(QPointF(3, 1.5), QPointF(3, 16.5))
    painter.drawPolyline([QPointF(3, 2), QPointF(15.5, 2), QPointF(12, 5.5), QPointF(15.5, 9), QPointF(3, 9)])
    painter.drawLine(QPointF(6, 12.5), QPointF(15.5, 12.5))
    painter.drawLine(QPointF(6, 16), QPointF(12, 16))


def _guides(painter: QPainter, box: QRectF) -> None:
    """A tree with two branches."""
    for left, top in ((1.5, 2), (11.5, 7), (11.5, 13)):
        painter.drawRect(QRectF(left, top, 5, 3.5))
    painter.drawPolyline([QPointF(4, 5.5), QPointF(4, 14.8), QPointF(11.5, 14.8)])
    painter.drawLine(QPointF(4, 8.8), QPointF(11.5, 8.8))


def _shift(painter: QPainter, box: QRectF) -> None:
    """A clock."""
    painter.drawEllipse(QRectF(1.5, 1.5, 15, 15))
    painter.drawPolyline([QPointF(9, 4.5), QPointF(9, 9.2), QPointF(12.5, 11)])


def _drills(painter: QPainter, box: QRectF) -> None:
    for radius in (7.5, 4.5, 1.5):
        painter.drawEllipse(box.center(), radius, radius)


ICONS: Mapping[str, Paint] = {
    "overview": _overview,
    "wall": _wall,
    "mosaic": _mosaic,
    "channels": _channels,
    "alarms": _alarms,
    "ts": _ts,
    "notices": _notices,
    "maintenance": _maintenance,
    "incidents": _incidents,
    "guides": _guides,
    "shift": _shift,
    "drills": _drills,
    "lab": _lab,
}
