"""Measures how bright a picture is: mean, contrast, extremes, and how much of it is black (R-069)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from noc_console.media.picture.luma import Bytes, Scale

#: Luma up to which a pixel is black. It serves SDR, HLG and PQ alike: about 0.07, 0.2 and 0.06 cd/m2 on a screen.
BLACK = 0.05
#: The part of each side that a corner takes: there stand logos and clocks, which stay when the picture goes black.
_CORNER_WIDTH, _CORNER_HEIGHT = 0.25, 0.2
_CODES = np.arange(256, dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Levels:
    """Luma of the nominal range, and shares of the picture."""

    mean: float
    deviation: float
    low: float
    high: float
    black_ratio: float
    lit_ratio: float


def levels(rows: Bytes, scale: Scale) -> Levels:
    """Measure the lines of a picture; statistics are of some 60,000 of their pixels."""
    sample = rows[:, :: max(1, rows.shape[1] // 240)]
    counts = np.bincount(sample.ravel(), minlength=256)
    total = max(int(counts.sum()), 1)
    mean = float(counts @ _CODES) / total
    variance = float(counts @ (_CODES - mean) ** 2) / total
    below = np.cumsum(counts)
    low, high = np.searchsorted(below, (total * 0.01, total * 0.99))
    black = scale.code(BLACK)
    return Levels(
        (mean - scale.black) / scale.span,
        variance**0.5 / scale.span,
        (int(low) - scale.black) / scale.span,
        (int(high) - scale.black) / scale.span,
        int(below[black]) / total,
        _lit(rows > black),
    )


def _lit(is_lit: np.typing.NDArray[np.bool_]) -> float:
    height, width = is_lit.shape
    high, wide = int(height * _CORNER_HEIGHT), int(width * _CORNER_WIDTH)
    middle = is_lit[high : height - high]
    edges = (is_lit[:high, wide : width - wide], is_lit[height - high :, wide : width - wide])
    lit = sum(np.count_nonzero(part) for part in (middle, *edges))
    return lit / max(middle.size + sum(part.size for part in edges), 1)
