"""Momentary, short-term and gating windows over sound that comes in stretches."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from noc_console.media.loudness.lufs import HOP, MOMENTARY, SHORT_TERM

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Slid:
    """The mean energies of the windows that end in the new blocks; `ends` are the new blocks where gating ones end.

    `momentary` and `short_term` step by 10 ms, `gating` and `ranging` (3 s) by 100 ms. `is_audible` tells for each
    gating window whether anything in it was not silence.
    """

    momentary: Floats
    short_term: Floats
    gating: Floats
    ranging: Floats
    ends: NDArray[np.int64]
    is_audible: NDArray[np.bool_]


class Sliding:
    """Keeps the last 3 s of energies."""

    def __init__(self) -> None:
        self._energies = np.empty(0)
        self._silent = np.empty(0, np.bool_)
        self._count = 0

    def reset(self) -> None:
        """Begin anew after a gap: no window spans it."""
        self._energies, self._silent = self._energies[:0], self._silent[:0]
        self._count = 0

    def step(self, energies: NDArray[np.floating], silent: NDArray[np.bool_]) -> Slid:
        """Return the windows that end in these blocks."""
        known = len(self._energies)
        joined = np.concatenate([self._energies, energies]).astype(np.float64)
        silent = np.concatenate([self._silent, silent])
        sums, quiet = _sums(joined), _sums(silent)
        ends = np.arange(known + 1, len(joined) + 1)
        at_hop = ends[(self._count + ends - known) % HOP == 0]
        gating = at_hop[at_hop >= MOMENTARY]
        slid = Slid(
            momentary=_means(sums, ends, MOMENTARY),
            short_term=_means(sums, ends, SHORT_TERM),
            gating=_means(sums, gating, MOMENTARY),
            ranging=_means(sums, at_hop, SHORT_TERM),
            ends=gating - known - 1,
            is_audible=quiet[gating] - quiet[gating - MOMENTARY] < MOMENTARY,
        )
        self._count += len(ends)
        self._energies, self._silent = joined[1 - SHORT_TERM :].copy(), silent[1 - SHORT_TERM :].copy()
        return slid


def _sums(values: NDArray[np.float64] | NDArray[np.bool_]) -> Floats:
    return np.concatenate([[0.0], np.cumsum(values, dtype=np.float64)])


def _means(sums: Floats, ends: NDArray[np.int64], length: int) -> Floats:
    ends = ends[ends >= length]
    return np.maximum(sums[ends] - sums[ends - length], 0.0) / length
