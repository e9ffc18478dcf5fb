"""Left against right: one of them missing while the other has sound, and opposite phase."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from noc_console.media.loudness.meter import SILENT
from noc_console.media.stretch import BLOCK_S

Blocks = NDArray[np.void]
_PHASE_BLOCKS = 300
OPPOSITE = -0.7


class MissingLeg:
    """For how long one channel was silent while the other had sound; a pause of both neither counts nor ends it."""

    def __init__(self) -> None:
        self.missing_s = 0.0

    def step(self, own: NDArray[np.bool_], other: NDArray[np.bool_]) -> None:
        """Follow some more blocks: whether the channel itself, and the other, had sound."""
        sounds = np.flatnonzero(own)
        if len(sounds):
            self.missing_s = 0.0
            other = other[sounds[-1] + 1 :]
        self.missing_s += np.count_nonzero(other) * BLOCK_S


class Phase:
    """For how long left and right were in opposite phase, by pieces of 3 s; silence neither counts nor ends it."""

    def __init__(self) -> None:
        self.opposite_s = 0.0

    def step(self, blocks: Blocks, pair: tuple[int, int]) -> None:
        """Follow some more blocks."""
        for begin in range(0, len(blocks), _PHASE_BLOCKS):
            piece = blocks[begin : begin + _PHASE_BLOCKS]
            measured = correlation(piece, pair)
            if measured is None:
                continue
            known = np.count_nonzero(np.isfinite(piece["correlation"]))
            self.opposite_s = self.opposite_s + known * BLOCK_S if measured < OPPOSITE else 0.0


def correlation(blocks: Blocks, pair: tuple[int, int]) -> float | None:
    """Return the correlation of left and right over all blocks in which both have sound, None where there is none."""
    both = blocks[np.isfinite(blocks["correlation"])]
    if not len(both):
        return None
    left, right = (both["level"][:, channel].astype(np.float64) for channel in pair)
    power = left.sum() * right.sum()
    return float((both["correlation"] * np.sqrt(left * right)).sum() / np.sqrt(power)) if power > 0 else None


def has_sound(blocks: Blocks, channel: int) -> NDArray[np.bool_]:
    """Return for each block whether a channel is at -60 dBFS RMS or above."""
    return np.asarray(blocks["level"][:, channel] >= SILENT)
