"""The fixed scales of a tile's curve and mark: how high a value stands, 0 at the bottom to 1 at the top."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

MOS_LOW, MOS_HIGH = 3.1, 4.8
"""Ends of the MOS curve; what is beyond stands at the end."""
SPARK_TOP = 1.5
"""Segment download / segment duration at the top of the curve without MOS; the scale is the square root."""
AGE_TOP, AGE_NORMAL = 3.0, 1.5
"""Playlist age in target durations at the top of the bar; up to 1.5 is normal."""
TARGET_LUFS, AROUND_LU, BAND_LU = -23.0, 6.0, 2.0
"""Middle of the loudness track (EBU R 128), how far it reaches, and what is taken as on target."""

Curve = NDArray[np.float32]
AGE_BAND = (0.0, AGE_NORMAL / AGE_TOP)
LOUDNESS_BAND = (0.5 - BAND_LU / AROUND_LU / 2, 0.5 + BAND_LU / AROUND_LU / 2)


def mos_shares(values: Sequence[float | None], count: int) -> Curve:
    """Return the heights of the last `count` minutes of MOS, NaN where there is none."""
    shares = (_newest(values, count) - MOS_LOW) / (MOS_HIGH - MOS_LOW)
    return np.asarray(np.clip(shares, 0, 1), np.float32)


def download_shares(values: Sequence[float | None], count: int) -> Curve:
    """Return the heights of the last `count` minutes of segment download / duration, NaN where there is none."""
    return np.asarray(np.sqrt(np.clip(_newest(values, count), 0, SPARK_TOP) / SPARK_TOP), np.float32)


def loudness_share(lufs: float | None) -> float:
    """Return the height of a loudness; NaN where nothing was heard."""
    return math.nan if lufs is None else min(max((lufs - TARGET_LUFS) / AROUND_LU / 2 + 0.5, 0.0), 1.0)


def age_share(ratio: float) -> float:
    """Return the height of a playlist age in target durations; NaN stays NaN."""
    return ratio if math.isnan(ratio) else min(max(ratio / AGE_TOP, 0.0), 1.0)


def _newest(values: Sequence[float | None], count: int) -> Curve:
    found = np.full(count, np.nan, np.float32)
    newest = np.array(values[-count:], np.float32)
    if len(newest):
        found[-len(newest) :] = newest
    return found
