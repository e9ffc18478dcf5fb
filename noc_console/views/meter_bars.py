"""Loudness as bars: a track with the band −23 ±2 LUFS, a fill up to the level, a short line where none is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter

from noc_console.views.theme import Theme

TARGET_LUFS, BAND_LU = -23.0, 2.0
"""EBU R 128: the target and what is taken as on it."""
LOW_LUFS, HIGH_LUFS = -33.0, -13.0


@dataclass(frozen=True, slots=True)
class Level:
    """One bar: its loudness in LUFS, None where nothing was measured."""

    lufs: float | None
    is_old: bool = False


def share_of(lufs: float, low: float = LOW_LUFS, high: float = HIGH_LUFS) -> float:
    """Return how high a loudness stands on the scale, 0 to 1."""
    return min(max((lufs - low) / (high - low), 0.0), 1.0)


def paint_bars(
    painter: QPainter, theme: Theme, box: QRectF, levels: Sequence[Level], fault: QColor | None = None
) -> None:
    """Paint bars side by side into a box, 2 px apart; `fault` colours them where the sound is what is wrong."""
    colours = theme.colours
    gap = 2.0
    width = (box.width() - gap * (len(levels) - 1)) / max(len(levels), 1)
    top = box.bottom() - share_of(TARGET_LUFS + BAND_LU) * box.height()
    bottom = box.bottom() - share_of(TARGET_LUFS - BAND_LU) * box.height()
    for number, level in enumerate(levels):
        x = box.x() + number * (width + gap)
        painter.fillRect(QRectF(x, box.y(), width, box.height()), colours.bg)
        painter.fillRect(QRectF(x, top, width, bottom - top), colours.band_high)
        if level.lufs is None:
            # nothing measured is no silence: a short line in the middle of an empty track
            painter.fillRect(QRectF(x + 1, box.center().y(), width - 2, 1), colours.tertiary)
            continue
        hue = colours.muted if level.is_old else fault or colours.data_line
        height = max(2.0, share_of(level.lufs) * box.height())
        painter.fillRect(QRectF(x + 1, box.bottom() - height, width - 2, height), colours.closed)
        painter.fillRect(QRectF(x, box.bottom() - height, width, 2), hue)
