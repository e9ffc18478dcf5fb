"""Loudness from energies: units, sliding windows, the gates of BS.1770 and the loudness range of Tech 3342."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

#: What silence reads: a number, as charts and JSON know no minus infinity.
FLOOR = -100.0
TARGET_LUFS = -23.0
#: Blocks of 10 ms in the windows: momentary 400 ms, short-term 3 s, and the step of gated loudness (75 % overlap).
MOMENTARY = 40
SHORT_TERM = 300
HOP = 10
# BS.1770-5, annex 1: equations 2 and 5 to 7
_OFFSET = -0.691
_ABSOLUTE = -70.0
RELATIVE_LU = -10.0
# Tech 3342
RANGE_LU = -20.0
PERCENTILES = (0.10, 0.95)
Floats = NDArray[np.float64]


def lufs(energy: ArrayLike) -> Floats:
    """Return the loudness of weighted mean squares, in LUFS, not below `FLOOR`."""
    return np.asarray(np.maximum(_OFFSET + 10 * np.log10(np.maximum(energy, 1e-30)), FLOOR))


def energy(loudness: ArrayLike) -> Floats:
    """Return the weighted mean squares of loudnesses in LUFS."""
    return np.asarray(10 ** ((np.asarray(loudness, np.float64) - _OFFSET) / 10))


def decibel(square: float) -> float:
    """Return a mean square as dBFS, not below `FLOOR`; a peak is given squared."""
    return max(10 * math.log10(max(square, 1e-30)), FLOOR)


def windows(energies: ArrayLike, length: int, step: int = 1) -> Floats:
    """Return the mean energies of all windows of `length` blocks, a window every `step` blocks."""
    sums = np.concatenate([[0.0], np.cumsum(np.asarray(energies, np.float64))])
    return np.asarray(np.maximum(sums[length::step] - sums[:-length:step], 0.0) / length)


def gated(energies: ArrayLike) -> float | None:
    """Return the integrated loudness in LUFS of gating blocks (400 ms), None where all are below the gate.

    BS.1770-5, annex 1: absolute gate -70 LUFS, relative gate 10 LU below the mean of what passes it.
    """
    above = _above(np.asarray(energies, np.float64), energy(_ABSOLUTE))
    if not above.size:
        return None
    return float(lufs(_above(above, above.mean() * 10 ** (RELATIVE_LU / 10)).mean()))


def loudness_range(energies: ArrayLike) -> float | None:
    """Return the loudness range in LU of short-term energies (3 s), None where all are below the gate.

    Tech 3342: absolute gate -70 LUFS, relative gate -20 LU, from the 10th to the 95th percentile.
    """
    above = _above(np.asarray(energies, np.float64), energy(_ABSOLUTE))
    if not above.size:
        return None
    kept = np.sort(_above(above, above.mean() * 10 ** (RANGE_LU / 10)))
    low, high = (kept[round((len(kept) - 1) * share)] for share in PERCENTILES)
    return float(lufs(high) - lufs(low))


def _above(energies: Floats, gate: float | Floats) -> Floats:
    return energies[energies >= gate]
