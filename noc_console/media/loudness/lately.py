"""What lies within the last while: the gated loudness of 60 s, and the runs at full scale of 10 s."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from noc_console.media.loudness import lufs
from noc_console.media.stretch import BLOCK_S

MINUTE_S = 60.0
CLIPPING_S = 10.0
_GATING_S = 0.1
_LEAST_S = 3.0
_MOST = round(MINUTE_S / _GATING_S)
Floats = NDArray[np.float64]


class LastMinute:
    """The gating blocks (400 ms, one each 100 ms) with sound of the last 60 s by the clock."""

    def __init__(self) -> None:
        self._times = np.empty(0)
        self._energies = np.empty(0)

    def add(self, times: Floats, energies: Floats, now: float) -> None:
        """Take in some more, and forget what is older than 60 s before `now`."""
        times, energies = np.concatenate([self._times, times]), np.concatenate([self._energies, energies])
        recent = np.abs(now - times) <= MINUTE_S
        self._times, self._energies = times[recent][-_MOST:], energies[recent][-_MOST:]

    @property
    def sound_s(self) -> float:
        """How much sound there was."""
        return len(self._energies) * _GATING_S

    @property
    def loudness_lufs(self) -> float | None:
        """The gated loudness, None where there was less than 3 s of sound."""
        return lufs.gated(self._energies) if self.sound_s >= _LEAST_S else None


class ClippedRuns:
    """The runs at full scale within 10 s of what was heard."""

    def __init__(self) -> None:
        self._heard_s = 0.0
        self._times = np.empty(0)
        self._counts = np.empty(0, np.int64)

    def step(self, clipped: NDArray[np.integer]) -> int:
        """Follow some more blocks; return the most runs within 10 s that end in them."""
        new = np.flatnonzero(clipped)
        times = np.concatenate([self._times, self._heard_s + new * BLOCK_S])
        counts = np.concatenate([self._counts, clipped[new].astype(np.int64)])
        self._heard_s += len(clipped) * BLOCK_S
        sums = np.concatenate([[0], np.cumsum(counts)])
        first_new = len(self._times)
        begins = np.searchsorted(times, times[first_new:] - CLIPPING_S, side="right")
        kept = times > self._heard_s - CLIPPING_S
        self._times, self._counts = times[kept], counts[kept]
        within = sums[first_new + 1 :] - sums[begins]
        return int(max(within.max(initial=0), self._counts.sum()))
