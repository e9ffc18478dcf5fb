"""Which time stamps may be held against each other: a flagged discontinuity begins a new epoch (13818-1, 2.4.3.5)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from noc_console.media.ts.packets import PIDS

Ints = NDArray[np.int64]
_SHIFT = 48


class Epochs:
    """Counts the discontinuity_indicators of each PID."""

    def __init__(self) -> None:
        self._counts: NDArray[np.int32] | None = None

    def of(self, index: Ints, pid: Ints, clock: Ints, jumps: Ints, jump_pids: Ints) -> Ints:
        """Return a number for each row that grows with each flag of its own PID or of its clock's PID.

        `jumps` are the packets with a flag since the last call; they are counted from then on.
        """
        if not len(jumps) and self._counts is None:
            return np.zeros(len(index), np.int64)
        epoch = self._of_one(index, pid, jumps, jump_pids)
        other = clock != pid
        if other.any():
            epoch = epoch + np.where(other, self._of_one(index, clock, jumps, jump_pids), 0)
        if len(jumps):
            if self._counts is None:
                self._counts = np.zeros(PIDS, np.int32)
            np.add.at(self._counts, jump_pids, 1)
        return epoch

    def _of_one(self, index: Ints, pid: Ints, jumps: Ints, jump_pids: Ints) -> Ints:
        before = self._counts[pid].astype(np.int64) if self._counts is not None else np.zeros(len(pid), np.int64)
        if not len(jumps):
            return before
        keys = np.sort((jump_pids << _SHIFT) | jumps)
        upto = np.searchsorted(keys, (pid << _SHIFT) | index, "right")
        return before + upto - np.searchsorted(keys, pid << _SHIFT, "left")
