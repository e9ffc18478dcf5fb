"""State by PID in columns that have a row for each PID that was met: a stream has dozens of them, not 8192."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from noc_console.media.ts.packets import PIDS

_FIRST = 32


class Column:
    """One value per PID met; `rows` is replaced when it grows."""

    def __init__(self, kind: type, empty: float) -> None:
        self.rows: NDArray[Any] = np.full(_FIRST, empty, kind)
        self._empty = empty

    def grow(self, size: int) -> None:
        """Make room for more PIDs."""
        rows = np.full(size, self._empty, self.rows.dtype)
        rows[: len(self.rows)] = self.rows
        self.rows = rows


class PidRows:
    """Columns that share their rows; `pids` are the PIDs met, in the order of their rows."""

    def __init__(self) -> None:
        self.pids: list[int] = []
        self._row = np.full(PIDS, -1, np.int16)
        self._columns: list[Column] = []

    def column(self, kind: type, empty: float) -> Column:
        """Add a column whose new rows hold `empty`."""
        self._columns.append(Column(kind, empty))
        return self._columns[-1]

    def rows_of(self, pids: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the rows of some PIDs, each named once; a PID met for the first time gets one."""
        rows = self._row[pids]
        if (rows < 0).any():
            self._meet(pids[rows < 0].tolist())
            rows = self._row[pids]
        return rows.astype(np.int64)

    def row(self, pid: int) -> int:
        """Return the row of a PID, -1 where it was never met."""
        return int(self._row[pid])

    def _meet(self, fresh: list[int]) -> None:
        for pid in fresh:
            self._row[pid] = len(self.pids)
            self.pids.append(pid)
        size = len(self._columns[0].rows)
        if len(self.pids) > size:
            while size < len(self.pids):
                size *= 2
            for column in self._columns:
                column.grow(size)
