"""Tells whether the picture moves: against the frame before, and against the picture that is held so far."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from noc_console.media.picture.luma import BLOCK_PIXELS, Sums

#: A block whose mean differs by more, of white, has changed: the encoder's noise on a still picture stays below.
VISIBLE = 6 / 219
#: The same once a key frame has come: an encoder that codes the same picture anew makes it a little different.
VISIBLE_ANEW = 12 / 219


@dataclass(frozen=True, slots=True)
class Change:
    """How a frame differs from the one before (shares of white, of the picture); whether it is another picture."""

    difference: float = float("nan")
    moved_ratio: float = float("nan")
    step: float = float("nan")
    has_moved: bool = True


class Motion:
    """Remembers the frame before and the picture held: the last one that was visibly another.

    Against the frame before, slow motion is smaller than noise; against the picture held it adds up. The largest
    change of any block counts, for a clock or a mouth is a small part of the picture. Means of blocks are compared,
    not pixels: what the encoder changes on a picture that stands is mostly its detail.
    """

    def __init__(self) -> None:
        self._before: Sums | None = None
        self._held: Sums | None = None
        self._has_key = False

    def see(self, sums: Sums, is_key: bool, span: int) -> Change:
        """Return how a frame differs; `sums` of its blocks, `span` 8-bit codes from black to white."""
        before, held = self._before, self._held
        self._before = sums
        if before is None or held is None or before.shape != sums.shape:
            self._held, self._has_key = sums, False
            return Change()
        self._has_key |= is_key
        unit = BLOCK_PIXELS * span
        steps = np.abs(sums - before)
        limit = VISIBLE_ANEW if self._has_key else VISIBLE
        has_moved = bool(_largest(np.abs(sums - held)) > limit * unit)
        if has_moved:
            self._held, self._has_key = sums, False
        moved = np.count_nonzero(steps > VISIBLE * unit) / max(steps.size, 1)
        return Change(float(steps.mean()) / unit if steps.size else 0.0, moved, _largest(steps) / unit, has_moved)


def _largest(steps: Sums) -> int:
    return int(steps.max()) if steps.size else 0
