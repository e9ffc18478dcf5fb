"""How far the time stamps of sound and picture are ahead of their programme's clock when they arrive."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from noc_console.media.ts.pcr import Steps
from noc_console.media.ts.pid_rows import PidRows
from noc_console.media.ts.pts import STAMP_HZ, Stamps
from noc_console.media.ts.pts import steps as stamp_steps

_SHIFT = 48

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


class ProgrammeClocks(PidRows):
    """The last PCR of each PID."""

    def __init__(self) -> None:
        super().__init__()
        self.value = self.column(np.int64, -1)
        self.at = self.column(np.float64, np.nan)

    def leads(self, stamps: Stamps, clock: Ints, steps: Steps | None) -> Floats:
        """Return DTS minus clock in seconds at each stamp, NaN where its clock is not known.

        `clock` are the PIDs that carry the clocks (-1: none), `steps` the PCRs of the same stretch of packets.
        """
        value, at = self._before(clock)
        if steps is not None:
            pcrs = steps.pcrs
            keys = (pcrs.pid << _SHIFT) | pcrs.index
            rows = np.searchsorted(keys, (clock << _SHIFT) | stamps.index, "right") - 1
            is_here = (rows >= 0) & (pcrs.pid[rows] == clock)
            value, at = np.where(is_here, pcrs.value[rows], value), np.where(is_here, pcrs.at[rows], at)
        now = value // 300 + np.where(value >= 0, (stamps.at - at) * STAMP_HZ, 0.0)
        is_known = (value >= 0) & np.isfinite(now)
        whole = np.where(is_known, now, 0.0).astype(np.int64)
        return np.where(is_known, stamp_steps(stamps.dts - whole) / STAMP_HZ, np.nan)

    def last(self, pid: int, edge: int, steps: Steps | None) -> tuple[int, float] | None:
        """Return value and time of a PID's last PCR before packet `edge`."""
        if steps is not None:
            pcrs = steps.pcrs
            rows = np.flatnonzero((pcrs.pid == pid) & (pcrs.index < edge))
            if len(rows):
                return int(pcrs.value[rows[-1]]), float(pcrs.at[rows[-1]])
        row = self.row(pid)
        return (int(self.value.rows[row]), float(self.at.rows[row])) if row >= 0 else None

    def _before(self, clock: Ints) -> tuple[Ints, Floats]:
        rows = self._row[clock].astype(np.int64)
        is_known = (rows >= 0) & (clock >= 0)
        return np.where(is_known, self.value.rows[rows], -1), np.where(is_known, self.at.rows[rows], np.nan)

    def move(self, steps: Steps) -> None:
        """Take PCRs."""
        pcrs = steps.pcrs
        ends = np.concatenate((steps.starts[1:], [len(pcrs)])) - 1
        rows = self.rows_of(pcrs.pid[ends])
        self.value.rows[rows], self.at.rows[rows] = pcrs.value[ends], pcrs.at[ends]
