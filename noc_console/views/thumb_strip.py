"""A row of small pictures with their times: the last minute of a channel, or the moments around an alarm."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPen

from noc_console.views.channel_paint import CENTRE, LEFT, RIGHT, Ink, write
from noc_console.views.desk import Desk
from noc_console.views.theme import AXIS
from noc_console.views.thumb_pixmaps import Wanted

FOOT = 18
_GAP = 8


@dataclass(frozen=True, slots=True)
class StripFrame:
    """One picture of a strip: what it is called, its bytes, and what stands under it."""

    key: Hashable
    jpeg: bytes
    left: str
    right: str = ""
    right_colour: QColor | None = None
    is_marked: bool = False


def fitting(count: int, room: QRectF, *, most: int = 12) -> tuple[int, float]:
    """Return how many pictures stand in a room, and how wide each is: as high as the room lets them be."""
    height = room.height() - FOOT
    widest = max(48.0, height * 16 / 9)
    fits = max(1, int((room.width() + _GAP) // (widest + _GAP)))
    shown = min(count, most, fits)
    return shown, widest


def paint_strip(painter: QPainter, desk: Desk, box: QRectF, frames: Sequence[StripFrame], scale: float) -> None:
    """Paint the newest pictures that fit, oldest at the left, spread over the whole width."""
    shown, width = fitting(len(frames), box)
    if not frames:
        return
    height = width * 9 / 16
    pitch = (box.width() - width) / max(shown - 1, 1) if shown > 2 else width + _GAP
    for number, frame in enumerate(frames[-shown:]):
        x = box.x() + number * min(pitch, width + 3 * _GAP)
        _paint_frame(painter, desk, QRectF(round(x), box.y(), round(width), round(height)), frame, scale)


def _paint_frame(painter: QPainter, desk: Desk, place: QRectF, frame: StripFrame, scale: float) -> None:
    theme, colours = desk.theme, desk.theme.colours
    painter.fillRect(place, colours.bg)
    size = (round(place.width() * scale), round(place.height() * scale))
    picture = desk.pixmaps.get(Wanted(frame.key, frame.jpeg, size))
    if picture is not None and not picture.isNull():
        picture.setDevicePixelRatio(scale)
        own = picture.deviceIndependentSize()
        corner = QPointF((place.width() - own.width()) / 2, (place.height() - own.height()) / 2)
        painter.drawPixmap(place.topLeft() + corner, picture)
    elif picture is not None:
        write(painter, place, "cannot be shown", Ink(theme.font(AXIS), colours.tertiary), CENTRE)
    painter.setPen(QPen(colours.accent if frame.is_marked else colours.hairline, 2 if frame.is_marked else 1))
    painter.drawRect(place.adjusted(0.5, 0.5, -0.5, -0.5))
    foot = QRectF(place.x(), place.bottom() + 2, place.width(), FOOT - 2)
    used = write(painter, foot, frame.left, Ink(theme.font(AXIS), colours.secondary), LEFT)
    if frame.right and place.width() - used > 34:
        right = foot.adjusted(used + 6, 0, 0, 0)
        write(painter, right, frame.right, Ink(theme.font(AXIS), frame.right_colour or colours.tertiary), RIGHT)
