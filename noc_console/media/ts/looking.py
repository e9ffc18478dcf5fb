"""Which packets are shown to the reader of elementary streams: few, but enough to tell formats and changes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from noc_console.media.es.looker import ALL, Looker
from noc_console.media.ts.packets import BAD_SYNC, ERROR, KEY, PAYLOAD, SCRAMBLED
from noc_console.media.ts.scan import Scanned, payload_of

EAGER_S = 10  # seconds in which a stream whose format is unknown is looked at all the time
TURN_S = 30  # afterwards each stream has one second of these
_STRIDE = 512
_HIDDEN = SCRAMBLED | ERROR | BAD_SYNC

Ints = NDArray[np.int64]


class Looking:
    """Shows PES heads and what follows them, PID by PID, in the order of their packets."""

    def __init__(self, looker: Looker) -> None:
        self._looker = looker
        self._keyed: set[int] = set()
        self._second = 0
        self._eager_until = EAGER_S
        self._due: list[int] = []

    def next_second(self) -> None:
        """Another second begins; call it after the reader has asked anew."""
        self._second += 1
        self._plan()

    def tables_changed(self) -> None:
        """There may be other streams now."""
        self._eager_until = self._second + EAGER_S
        self._plan()

    def _plan(self) -> None:
        asked = np.flatnonzero(self._looker.wanted != 0).tolist()
        is_eager = self._second <= self._eager_until
        known, turn = self._looker.formats, self._second % TURN_S
        self._due = [pid for pid in asked if pid % TURN_S == turn or (is_eager and pid not in known)]

    def show(self, scanned: Scanned, begin: int, end: int) -> None:
        """Show the packets [begin, end) of the PIDs whose turn it is."""
        if not self._due:
            return
        low, high = np.searchsorted(scanned.units, (begin, end))
        units = scanned.units[low:high]
        if not len(units) and not any(self._looker.wanted[pid] == ALL for pid in self._due):
            return
        pids = scanned.pid[units - scanned.first]
        self._due = [pid for pid in self._due if self._show(pid, scanned, units[pids == pid], begin, end)]

    def _show(self, pid: int, scanned: Scanned, units: Ints, begin: int, end: int) -> bool:
        """Show one PID's packets; say whether it is still asked for."""
        wanted, at = self._looker.wanted, begin
        units = self._worth(pid, scanned, units)
        while wanted[pid]:
            if wanted[pid] == ALL:
                at = self._follow(pid, scanned, at, end)
                if at >= end:
                    return True
                continue
            row = int(np.searchsorted(units, at))
            if row == len(units):
                return True
            at = int(units[row])
            self._looker.look(pid, payload_of(scanned.block[at - scanned.first].tobytes()), True)
            at += 1
        return False

    def _worth(self, pid: int, scanned: Scanned, units: Ints) -> Ints:
        """Of a stream that marks its random access points, once its format is known, only those are looked at."""
        if not len(units):
            return units
        keys = scanned.flags[units - scanned.first] & KEY != 0
        if pid not in self._keyed:
            if not keys.any():
                return units
            self._keyed.add(pid)
            keys[: int(np.argmax(keys))] = True
        return units[keys] if pid in self._looker.formats else units

    def _follow(self, pid: int, scanned: Scanned, at: int, end: int) -> int:
        """Show what follows a PES head until no more is asked for; return where to go on."""
        first = scanned.first
        while at < end:
            stop = min(at + _STRIDE, end)
            pids, flags = scanned.pid[at - first : stop - first], scanned.flags[at - first : stop - first]
            for row in np.flatnonzero((pids == pid) & (flags & (_HIDDEN | PAYLOAD) == PAYLOAD)).tolist():
                starts = bool(flags[row] & 2)
                self._looker.look(pid, payload_of(scanned.block[at + row - first].tobytes()), starts)
                if self._looker.wanted[pid] != ALL:
                    return at + row + 1
            at = stop
        return end
