"""True peak (BS.1770 annex 2): the largest value of the wave between the samples, four times oversampled.

Every point between samples is a matrix product of the samples around it; nothing is estimated or left out.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from noc_console.media.loudness.products import product
from noc_console.media.loudness.weighting import BLOCK

OVERSAMPLING = 4
_TAPS = 16
_PIECE = 24
_KAISER = 4.0  # flat within 0.05 dB up to 20 kHz
Samples = NDArray[np.float32]


class TruePeak:
    """The peaks of several channels; the last samples stay for the points between two calls."""

    def __init__(self, channels: int) -> None:
        self._before: Samples = np.empty((channels, 0), np.float32)

    def reset(self) -> None:
        """Begin anew: what comes next does not follow what came before."""
        self._before = self._before[:, :0]

    def peaks(self, samples: Samples) -> Samples:
        """Return the largest amount (channels, blocks) in and between samples (channels, blocks * 480).

        A point between samples counts when all samples of its filter are there: 8 samples (0.17 ms) later.
        """
        if not self._before.shape[1]:
            # the wave before is not known; held at its first value it makes no peak that is not there
            self._before = np.repeat(samples[:, :1], _TAPS - 1, axis=1)
        channels, size = samples.shape
        joined = np.concatenate([self._before, samples], axis=1)
        self._before = joined[:, size:].copy()
        pieces = np.lib.stride_tricks.sliding_window_view(joined, _PIECE + _TAPS - 1, axis=1)[:, ::_PIECE]
        between = product(pieces.reshape(-1, _PIECE + _TAPS - 1), _matrix()).reshape(channels, size // BLOCK, -1)
        blocks = samples.reshape(channels, -1, BLOCK)
        return np.maximum(_largest(blocks), _largest(between))


def _largest(values: Samples) -> Samples:
    return np.asarray(np.maximum(values.max(axis=2), -values.min(axis=2)))


@cache
def _matrix() -> Samples:
    """Return (samples of a piece and its past, points between): a Kaiser-windowed low-pass, each phase of gain 1."""
    between = np.zeros((_PIECE + _TAPS - 1, _PIECE, OVERSAMPLING - 1))
    for phase in range(1, OVERSAMPLING):
        distance = np.arange(_TAPS) - (_TAPS // 2 - 1) - phase / OVERSAMPLING
        window = np.i0(_KAISER * np.sqrt(1 - (distance / (_TAPS // 2)) ** 2)) / np.i0(_KAISER)
        taps = np.sinc(distance) * window
        for at in range(_PIECE):
            between[at : at + _TAPS, at, phase - 1] = taps / taps.sum()
    return between.reshape(len(between), -1).astype(np.float32)
