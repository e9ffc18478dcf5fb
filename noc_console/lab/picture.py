"""Draws the moving picture of a look: a drifting background, a running bar, the channel's name and a clock."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from noc_console.lab.glyphs import text_mask
from noc_console.lab.options import FRAME_RATE

Plane = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Canvas:
    """What all frames of a look share: two backgrounds twice as wide as the picture, and the name's mask."""

    luma: Plane
    chroma: Plane
    name: NDArray[np.bool_]
    loop: int


def canvas(name: str, index: int, size: tuple[int, int], loop: int) -> Canvas:
    """Return the canvas of look number `index`, whose loop lasts `loop` frames."""
    width, height = size
    across = np.linspace(0, 2 * np.pi, width, endpoint=False)
    down = np.linspace(0, 2 * np.pi, height, endpoint=False)[:, None]
    luma = 96 + 36 * np.sin(across * (1 + index % 3) + down * (1 + index % 2)) + 18 * np.cos(down * 3)
    half = np.linspace(0, 2 * np.pi, width // 2, endpoint=False)
    hue = index * 2 * np.pi / 12
    u = 128 + 42 * np.cos(hue + half * 0) * np.ones((height // 2, 1)) + 14 * np.sin(half)
    v = 128 + 42 * np.sin(hue + half * 0) * np.ones((height // 2, 1)) + 14 * np.cos(half)
    both = np.stack([u, v])
    scale = max(1, height // 60)
    return Canvas(_twice(luma), _twice(both), text_mask(name.upper(), scale), loop)


def draw(canvas: Canvas, frame: int) -> Plane:
    """Return frame number `frame` as one yuv420p array of height * 3 / 2 rows; the loop has no seam."""
    height, width = canvas.luma.shape[0], canvas.luma.shape[1] // 2
    shift = frame * width // canvas.loop // 2 * 2
    picture = np.empty((height * 3 // 2, width), np.uint8)
    luma = picture[:height]
    luma[:] = canvas.luma[:, shift : shift + width]
    bar = frame % (2 * FRAME_RATE) * width // (2 * FRAME_RATE)
    luma[height * 7 // 8 :, bar : bar + max(4, width // 24)] = 220
    _stamp(luma, canvas.name, height // 6)
    _stamp(luma, text_mask(_clock(frame), max(1, height // 80)), height // 2)
    colours = canvas.chroma[:, :, shift // 2 : shift // 2 + width // 2]
    picture[height:] = colours.reshape(-1, width)
    return picture


def _twice(plane: NDArray[np.float64]) -> Plane:
    whole = np.clip(plane, 16, 235).astype(np.uint8)
    return np.concatenate([whole, whole], axis=-1)


def _clock(frame: int) -> str:
    seconds, rest = divmod(frame, FRAME_RATE)
    return f"{seconds // 60:02d}:{seconds % 60:02d}:{rest:02d}"


def _stamp(luma: Plane, mask: NDArray[np.bool_], top: int) -> None:
    mask = mask[: luma.shape[0] - top, : luma.shape[1]]
    left = (luma.shape[1] - mask.shape[1]) // 2
    area = luma[top : top + mask.shape[0], left : left + mask.shape[1]]
    area[mask] = 235
