"""Draws all curves and marks of the wall at once, as one numpy image with a strip per tile."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QImage

Pixels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Marks:
    """Heights of the marks, (n,), and the bands of what is normal, (n, 2): 0 bottom to 1 top, NaN without a mark."""

    mark: NDArray[np.float32]
    band: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Strip:
    """Size of one tile's strip in device pixels: the curve, and the bar at the right (0: none)."""

    width: int
    height: int
    curve_width: int
    bar_width: int
    scale: float = 1.0
    """Device pixels for one pixel of the layout."""

    @property
    def bar_left(self) -> int:
        """Where the bar begins."""
        return self.width - self.bar_width

    def at_scale(self, scale: float) -> Strip:
        """Return the strip in device pixels of a screen of this scale."""
        width, height, bar = (round(side * scale) for side in (self.width, self.height, self.bar_width))
        gap = round((self.width - self.curve_width - self.bar_width) * scale)
        return Strip(width, height, width - bar - gap, bar, scale)


def paint_curves(
    pixels: Pixels, rows: NDArray[np.intp], curve: NDArray[np.float32], hue: Pixels, strip: Strip
) -> None:
    """Paint the curves of these rows into `pixels` (n, height, width, 4: B G R A, premultiplied).

    `curve` is (n, samples), 0 bottom to 1 top, NaN where nothing was measured: the line is never joined over a gap.
    `hue` is (n, 3) B G R.
    """
    columns = strip.curve_width
    values = curve[rows]
    place = np.linspace(0, values.shape[1] - 1, columns + 1, dtype=np.float32)
    left = np.floor(place).astype(np.intp)
    right = np.minimum(left + 1, values.shape[1] - 1)
    share = place - left
    edge = values[:, left] * (1 - share) + values[:, right] * share
    height: NDArray[np.float64] = np.asarray((1 - edge) * (strip.height - 2 * strip.scale) + strip.scale)
    upper = np.minimum(height[:, :-1], height[:, 1:]) - strip.scale / 2
    lower = np.maximum(height[:, :-1], height[:, 1:]) + strip.scale / 2
    line = np.arange(strip.height, dtype=np.float32)[None, :, None]
    cover = np.minimum(line + 1, lower[:, None, :]) - np.maximum(line, upper[:, None, :])
    cover = np.nan_to_num(np.clip(cover, 0, 1), nan=0.0)
    target = pixels[rows]
    target[:, :, :columns, 3] = cover * 255
    target[:, :, :columns, :3] = cover[..., None] * hue[rows][:, None, None, :]
    pixels[rows] = target


def paint_bars(
    pixels: Pixels,
    rows: NDArray[np.intp],
    marks: Marks,
    hue: Pixels,
    ground: tuple[QColor, QColor],
    strip: Strip,
) -> None:
    """Paint the bars of these rows: a track, the band of what is normal, and a 2 px mark in `hue` (n, 3 B G R)."""
    if not strip.bar_width:
        return
    track, normal = (_bgr(colour) for colour in ground)
    height = strip.height
    bar = np.empty((len(rows), height, 4), np.uint8)
    bar[:, :, 3] = 255
    bar[:, :, :3] = track
    line = (np.arange(height, dtype=np.float32) + 0.5) / height
    low, high = marks.band[rows, 0], marks.band[rows, 1]
    is_normal = (line > 1 - high[:, None]) & (line < 1 - low[:, None])
    bar[is_normal, :3] = normal
    values = marks.mark[rows]
    mark = max(round(2 * strip.scale), height // 7)
    top = (1 - np.nan_to_num(values)) * (height - mark)
    first = np.rint(top).astype(np.intp)
    known = np.flatnonzero(np.isfinite(values))
    for offset in range(mark):
        bar[known, first[known] + offset, :3] = hue[rows][known]
    pixels[rows, :, strip.bar_left :, :] = bar[:, :, None, :]


def as_image(pixels: Pixels, scale: float = 1.0) -> QImage:
    """Return a QImage over the strips, one below the other, without copying; `pixels` must outlive it."""
    count, height, width, _ = pixels.shape
    image = QImage(pixels.data, width, count * height, width * 4, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(scale)
    return image


def _bgr(colour: QColor) -> tuple[int, int, int]:
    return colour.blue(), colour.green(), colour.red()
