"""Clipping: runs of samples at full scale, as a wave leaves behind that was cut off."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from noc_console.media.loudness.weighting import BLOCK

#: The largest value of 16 bits, a hair below it: where PCM ends.
FULL_SCALE = 32767 / 32768 - 1e-6
RUN = 3


class Clipping:
    """Counts the runs of three and more samples at full scale of several channels."""

    def __init__(self, channels: int) -> None:
        self._before = np.zeros((channels, RUN), np.bool_)

    def reset(self) -> None:
        """Begin anew: a run does not go on over a gap."""
        self._before[:] = False

    def runs(self, samples: NDArray[np.float32], largest: float) -> NDArray[np.int64]:
        """Return how many runs became three samples long in each block; `largest` is the largest of their amounts."""
        blocks = samples.shape[1] // BLOCK
        if largest < FULL_SCALE:
            self._before[:] = False
            return np.zeros(blocks, np.int64)
        full = np.concatenate([self._before, np.abs(samples) >= FULL_SCALE], axis=1)
        self._before = full[:, -RUN:].copy()
        third = full[:, RUN:] & full[:, 2:-1] & full[:, 1:-2] & ~full[:, :-RUN]
        return np.asarray(np.count_nonzero(third.reshape(len(samples), blocks, BLOCK), axis=(0, 2)))
