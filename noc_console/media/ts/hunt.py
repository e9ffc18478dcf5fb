"""Where a grid of packets begins in a run of bytes (TR 101 290, 1.1)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SYNC = 0x47
SIZES = (188, 192, 204)
# TR 101 290, 1.1: five right sync bytes in a row gain sync, two wrong ones in a row lose it
GAIN = 5
PATIENCE = 8  # packets for which the old grid is preferred to a new one
_STRIDE = 16384
REACH = (GAIN + PATIENCE) * SIZES[-1]  # bytes from a candidate on that must be there before it is judged


@dataclass(frozen=True, slots=True)
class Found:
    """A grid: where its first packet begins, and its packet size."""

    at: int
    size: int


def find(part: NDArray[np.uint8], begin: int, old_size: int, old_at: int, is_end: bool) -> Found | None:
    """Return the first grid from `begin` on, None where none can be told yet.

    `old_at` is a place on the grid that was lost, with packets of `old_size` bytes (0: none was): it is taken again
    where it is right within a few packets, because the sync bytes of its packets may only have been destroyed.
    """
    end = len(part) if is_end else len(part) - REACH
    best: Found | None = None
    right = np.zeros(0, bool)
    while best is None and begin < end:
        right = part[begin : begin + _STRIDE + REACH] == SYNC
        best = _first(right, min(_STRIDE, end - begin))
        begin += 0 if best else _STRIDE
    if best is None:
        return None
    if old_size:
        for at in range(best.at, best.at + PATIENCE * old_size + 1):
            if (begin + at - old_at) % old_size == 0 and _is_run(right, at, old_size):
                return Found(begin + at, old_size)
    return Found(begin + best.at, best.size)


def _first(right: NDArray[np.bool_], limit: int) -> Found | None:
    best: Found | None = None
    for size in SIZES:
        runs = _runs(right, size)[:limit]
        at = int(np.argmax(runs)) if len(runs) else 0
        if len(runs) and runs[at] and (best is None or at < best.at):
            best = Found(at, size)
    return best


def find_short(part: NDArray[np.uint8]) -> Found | None:
    """Return the grid of an input of less than five packets that begins with a packet and holds nothing else."""
    for size, at in ((188, 0), (192, 4), (192, 0), (204, 0)):
        signs = part[at::size]
        whole = (len(part) - at - SIZES[0]) // size + 1
        if 0 < whole < GAIN and bool((signs[:whole] == SYNC).all()):
            return Found(at, size)
    return None


def _runs(right: NDArray[np.bool_], size: int) -> NDArray[np.bool_]:
    count = len(right) - (GAIN - 1) * size
    if count <= 0:
        return right[:0]
    runs = right[:count].copy()
    for step in range(1, GAIN):
        runs &= right[step * size : step * size + count]
    return runs


def _is_run(right: NDArray[np.bool_], at: int, size: int) -> bool:
    signs = right[at : at + (GAIN - 1) * size + 1 : size]
    return len(signs) == GAIN and bool(signs.all())
