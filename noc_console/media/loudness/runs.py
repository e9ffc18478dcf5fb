"""Parts blocks of sound at gaps and jumps of their time, so that nothing is measured across what was not heard."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from noc_console.media.loudness.meter import JUMP_S
from noc_console.media.stretch import BLOCK_S

Blocks = NDArray[np.void]


def follows(before_s: float, at_s: float) -> bool:
    """Return whether a block at one time comes right after that at another; a NaN follows nothing."""
    return abs(at_s - before_s - BLOCK_S) <= JUMP_S


def runs(blocks: Blocks) -> Iterator[Blocks]:
    """Give the runs of blocks that follow each other; blocks whose time is no number are left out."""
    sound = blocks[np.isfinite(blocks["at_s"])]
    if not len(sound):
        return
    breaks = np.flatnonzero(np.abs(np.diff(sound["at_s"]) - BLOCK_S) > JUMP_S) + 1
    yield from np.split(sound, breaks)
