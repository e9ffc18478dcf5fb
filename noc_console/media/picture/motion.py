"""Tells whether the picture moves: against the frame before, and against the picture that is held so far."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from noc_console.media.picture.luma import BLOCK_PIXELS, Sums

#: A large block (16 pixels wide) whose mean differs by more, of white, has moved. Of a picture that is coded anew the
#: blocks keep their mean.
MOVED = 5 / 219
#: So has a small block (4 pixels wide) that differs by much, and by many times what is usual in the picture: a mouth,
#: a clock. Noise of coding is everywhere.
MUCH, TIMES = 12 / 219, 20
#: A small block whose mean differs by more counts as changed.
VISIBLE = 6 / 219
#: The noise below which nothing is known of its size.
_FAINT = 0.1 / 219
_POOLED = 4


@dataclass(frozen=True, slots=True)
class Change:
    """How a frame differs from the one before (shares of white, of the picture); whether it is another picture."""

    difference: float = float("nan")
    moved_ratio: float = float("nan")
    step: float = float("nan")
    has_moved: bool = True


class Motion:
    """Remembers the frame before and the picture held: the last one that was visibly another.

    Against the frame before, slow motion is smaller than noise; against the picture held it adds up.
    """

    def __init__(self) -> None:
        self._before: tuple[Sums, Sums] | None = None
        self._held: tuple[Sums, Sums] | None = None

    def see(self, sums: Sums, span: int) -> Change:
        """Return how a frame differs; `sums` of its small blocks, `span` 8-bit codes from black to white."""
        now = (sums, _pooled(sums))
        before, held = self._before, self._held
        self._before = now
        if before is None or held is None or before[0].shape != sums.shape:
            self._held = now
            return Change()
        unit = BLOCK_PIXELS * span
        steps = np.abs(sums - before[0])
        has_moved = _has_moved(np.abs(sums - held[0]), np.abs(now[1] - held[1]), unit)
        if has_moved:
            self._held = now
        moved = np.count_nonzero(steps > VISIBLE * unit) / max(steps.size, 1)
        step = _largest(np.abs(now[1] - before[1])) / (unit * _POOLED**2)
        return Change(float(steps.mean()) / unit if steps.size else 0.0, moved, step, has_moved)


def _has_moved(small: Sums, large: Sums, unit: int) -> bool:
    if _largest(large) > MOVED * unit * _POOLED**2:
        return True
    most = _largest(small)
    if most < MUCH * unit:
        return False
    usual = float(np.sqrt(np.mean(np.square(small, dtype=np.float32))))
    return most > TIMES * (usual + _FAINT * unit)


def _pooled(sums: Sums) -> Sums:
    """Return the sums of four by four blocks: at most 16 blocks of 8 pixels, which 16 bits hold."""
    height, width = sums.shape[0] // _POOLED * _POOLED, sums.shape[1] // _POOLED * _POOLED
    high = _sum_of([sums[row:height:_POOLED, :width] for row in range(_POOLED)])
    return _sum_of([high[:, column::_POOLED] for column in range(_POOLED)])


def _sum_of(parts: list[Sums]) -> Sums:
    total: Sums = (parts[0] + parts[1]) + (parts[2] + parts[3])
    return total


def _largest(steps: Sums) -> int:
    return int(steps.max()) if steps.size else 0
