"""Looks at the picture as a whole: which part of it is active, a hash to know it again, likeness to colour bars."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from noc_console.media.picture.luma import BLOCK_PIXELS, Bytes, Scale, Sums

Floats = NDArray[np.float64]

#: Luma above which a line or column belongs to the active picture: noise of black bars stays below.
ACTIVE = 0.08
_SIDE, _KEPT = 32, 8
_ANGLES = np.pi * np.outer(np.arange(_KEPT), 2 * np.arange(_SIDE) + 1) / (2 * _SIDE)
_COSINES: Floats = np.cos(_ANGLES)
_WEIGHTS = np.array([1 << bit for bit in range(64)], dtype=np.uint64)

#: Luma of colour bars from white to black, for the colours of BT.601 and BT.709; 75 % bars are the same, scaled, and
#: 100/0/75/0 bars (EBU, ITU-R BT.471) have a white that is not.
_FULL = (
    (1.0, 0.886, 0.701, 0.587, 0.413, 0.299, 0.114),
    (1.0, 0.928, 0.787, 0.715, 0.285, 0.213, 0.072),
)
_BARS = tuple(np.array((1.0, *(share * level for level in levels[1:]))) for levels in _FULL for share in (1.0, 0.75))
#: Where bars stand across the picture: over the whole width in seven or eight, or between grey sides (RP 219).
_PLACES = ((0.0, 1.0, 7), (0.0, 1.0, 8), (0.125, 0.875, 7))
#: How far their levels may be off, of the first (a grey staircase is further), and pixels from their bar, of white.
_BAR_RATIO, _BAR_STEP = 0.025, 0.05


def active(rows: Bytes, scale: Scale) -> tuple[float, float, float, float]:
    """Return left, top, right, bottom of what is not black at the edges, as shares; all of a picture that is dark."""
    lit = scale.code(ACTIVE)
    lines = np.flatnonzero(rows.max(axis=1) > lit)
    columns = np.flatnonzero(rows.max(axis=0) > lit)
    if not lines.size or not columns.size:
        return (0.0, 0.0, 1.0, 1.0)
    height, width = rows.shape
    return (columns[0] / width, lines[0] / height, (columns[-1] + 1) / width, (lines[-1] + 1) / height)


def picture_hash(sums: Sums) -> int:
    """Return 64 bits that stay nearly the same when a picture is scaled or coded anew (signs of its coarse waves)."""
    small = _reduced(sums, _SIDE, _SIDE)
    waves = (_COSINES @ small @ _COSINES.T).ravel()
    bits = waves > np.median(waves[1:])
    bits[0] = False
    return int(_WEIGHTS[bits].sum())


def bars_likeness(sums: Sums, scale: Scale) -> float:
    """Return how much the upper part of the picture is colour bars, 0 to 1: the share of it at their levels."""
    height, width = sums.shape
    if height < 6 or width < 24:
        return 0.0
    upper = sums[height // 16 : height * 5 // 8 : max(1, height // 24)]
    luma = (upper / BLOCK_PIXELS - scale.black) / scale.span
    line = np.median(luma, axis=0)
    return max(_like(luma, line, *place) for place in _PLACES)


def _like(luma: Floats, line: Floats, left: float, right: float, bars: int) -> float:
    width = line.size
    edges = [width * (left + (right - left) * bar / bars) for bar in range(bars + 1)]
    inner = [slice(math.floor(a + (b - a) * 0.25), math.ceil(a + (b - a) * 0.75)) for a, b in pairwise(edges)]
    found = np.array([line[bar].mean() for bar in inner[:7]])
    if found[0] < 0.4 or np.any(np.diff(found) > -0.02):
        return 0.0
    if not any(np.abs(found / found[0] - reference).max() < _BAR_RATIO for reference in _BARS):
        return 0.0
    at = np.concatenate([np.arange(bar.start, bar.stop) for bar in inner[:7]])
    expected = np.concatenate(
        [np.full(bar.stop - bar.start, level) for bar, level in zip(inner[:7], found, strict=True)]
    )
    return float(np.mean(np.abs(luma[:, at] - expected) < _BAR_STEP))


def _reduced(sums: Sums, height: int, width: int) -> Floats:
    """Return a picture of this size, each of its pixels the mean of its part (nearest, where parts are smaller)."""
    rows = np.linspace(0, sums.shape[0], height, endpoint=False).astype(np.intp)
    columns = np.linspace(0, sums.shape[1], width, endpoint=False).astype(np.intp)
    if sums.shape[0] < height or sums.shape[1] < width:
        return sums[np.ix_(rows, columns)].astype(np.float64)
    high = np.diff(np.append(rows, sums.shape[0]))
    wide = np.diff(np.append(columns, sums.shape[1]))
    parts = np.add.reduceat(np.add.reduceat(sums, rows, axis=0, dtype=np.int64), columns, axis=1)
    mean: Floats = parts / np.outer(high, wide)
    return mean
