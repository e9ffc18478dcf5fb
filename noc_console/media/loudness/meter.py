"""Measures sound as it comes, in blocks of 10 ms: loudness energy, true peak, levels, correlation, clipping."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from noc_console.media import stretch
from noc_console.media.loudness import channels
from noc_console.media.loudness.clipping import Clipping
from noc_console.media.loudness.true_peak import TruePeak
from noc_console.media.loudness.weighting import BLOCK, KWeighting

SAMPLE_RATE = 48_000
#: Samples whose time is further than this from where they should follow begin anew: something is missing.
JUMP_S = 0.025
#: Mean square below which a channel is silent: -60 dBFS RMS.
SILENT = 1e-6
MOST_CHANNELS = 64
_LOUDEST = 64.0
_AT_ONCE = 100 * BLOCK  # what the cache of a processor holds


class Meter:
    """The meter of one stream of sound; `layout` names its channels as FFmpeg does (`FL`, `FR`, `FC`, `LFE`, ...).

    It takes 48 kHz (others are resampled before) and raises ValueError for anything else. A few samples stay inside
    until their block is complete.
    """

    def __init__(self, sample_rate: int, layout: tuple[str, ...]) -> None:
        if sample_rate != SAMPLE_RATE:
            raise ValueError(f"The meter takes 48000 samples a second, not {sample_rate}.")
        if not 1 <= len(layout) <= MOST_CHANNELS:
            raise ValueError(f"The meter takes 1 to {MOST_CHANNELS} channels, not {len(layout)}.")
        self.layout = layout
        self._weights = np.array(channels.weights(layout))
        self._pair = channels.pair(layout)
        self._filters = KWeighting(len(layout)), TruePeak(len(layout)), Clipping(len(layout))
        self._rest = np.empty((len(layout), 0), np.float32)
        self._next_s = float("nan")

    def feed(self, samples: NDArray[np.floating], at_s: float) -> NDArray[np.void]:
        """Return the blocks (type `stretch.BLOCK`) that samples (channels, n) complete; `at_s` is the first's time.

        How the samples are cut makes no difference to the blocks, long cuts cost less. Samples that are no number
        count as 0; a time that is none (NaN) means: they follow. After a jump of the time by more than 25 ms the
        meter begins anew. Raises ValueError where the number of channels is not the layout's.
        """
        if samples.ndim != 2 or len(samples) != len(self.layout):
            raise ValueError(f"The meter is for {len(self.layout)} channels, not {samples.shape}.")
        if not math.isfinite(at_s):
            at_s = self._next_s if math.isfinite(self._next_s) else 0.0
        if abs(at_s - self._next_s) > JUMP_S:
            self._begin_anew()
        self._next_s = at_s + samples.shape[1] / SAMPLE_RATE
        start_s = at_s - self._rest.shape[1] / SAMPLE_RATE
        joined = np.concatenate([self._rest, _sound(samples)], axis=1)
        whole = joined.shape[1] // BLOCK * BLOCK
        self._rest = joined[:, whole:].copy()
        blocks = np.zeros(whole // BLOCK, stretch.BLOCK)
        for begin in range(0, whole, _AT_ONCE):
            end = min(begin + _AT_ONCE, whole)
            self._measure(joined[:, begin:end], blocks[begin // BLOCK : end // BLOCK])
        blocks["at_s"] = start_s + np.arange(len(blocks)) * stretch.BLOCK_S
        return blocks

    def _measure(self, samples: NDArray[np.float32], into: NDArray[np.void]) -> None:
        weighting, true_peak, clipping = self._filters
        exact = samples.astype(np.float64)
        into["energy"] = self._weights @ weighting.energies(exact)
        peaks = true_peak.peaks(np.ascontiguousarray(samples)).max(axis=0)
        into["true_peak"] = peaks
        into["clipped"] = np.minimum(clipping.runs(samples, float(peaks.max())), 65_535)
        cut = exact.reshape(len(exact), -1, BLOCK)
        levels = np.einsum("cbn,cbn->cb", cut, cut) / BLOCK
        told = min(len(levels), stretch.MOST_CHANNELS)
        into["level"][:, :told] = levels[:told].T
        into["correlation"] = self._correlation(cut, levels)

    def _correlation(self, cut: NDArray[np.float64], levels: NDArray[np.float64]) -> NDArray[np.float64]:
        if self._pair is None:
            return np.full(levels.shape[1], np.nan)
        left, right = self._pair
        both = np.minimum(levels[left], levels[right]) >= SILENT
        product = np.einsum("bn,bn->b", cut[left], cut[right]) / BLOCK
        power = np.sqrt(levels[left] * levels[right])
        measured: NDArray[np.float64] = np.divide(product, power, out=np.full(len(both), np.nan), where=both)
        return measured

    def _begin_anew(self) -> None:
        self._rest = self._rest[:, :0]
        for each in self._filters:
            each.reset()


def _sound(samples: NDArray[np.floating]) -> NDArray[np.float32]:
    """Return the samples with what no sound can be taken out: not a number is 0, no more than +36 dBFS."""
    # a float32 that overflows is what an infinite one is
    with np.errstate(over="ignore", invalid="ignore"):
        single = np.asarray(samples, np.float32)
    if not single.size or (single.min() >= -_LOUDEST and single.max() <= _LOUDEST):
        return single
    return np.clip(np.nan_to_num(single, nan=0.0), -_LOUDEST, _LOUDEST)
