"""PIDs that do not occur though the tables refer to them, and those that no table knows (TR 101 290, 1.6, 3.4)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from noc_console.media.ts.ledger import Ledger
from noc_console.media.ts.outcome import PacketError
from noc_console.media.ts.profile import Profile
from noc_console.media.ts.psi import Psi
from noc_console.media.ts.windows import Windows

_VANISHED_S = 2.0

Ints = NDArray[np.int64]


class Presence:
    """Which PIDs are missing or strange now."""

    def __init__(self, profile: Profile, ledger: Ledger, psi: Psi, windows: Windows) -> None:
        self._profile = profile
        self._ledger = ledger
        self._psi = psi
        self._windows = windows
        self._tree_of: object = None
        self._expected: list[int] = []
        self._awaited: dict[int, float] = {}
        self._absent: dict[int, PacketError] = {}
        self._strange: dict[int, PacketError] = {}
        self._told: set[int] = set()

    def lasting(self) -> Iterator[PacketError]:
        """Yield what is missing or strange still."""
        yield from self._absent.values()
        yield from self._strange.values()

    def judge(self, seen: Ints, at: float, edge: int) -> None:
        """Judge at the end of a second in which the PIDs `seen` occurred; `edge` is the first packet after it."""
        self._judge_absence(at, edge)
        self._judge_strangers(seen, at, edge)

    def _judge_absence(self, at: float, edge: int) -> None:
        """TR 101 290, 1.6: a PID that is referred to does not occur."""
        tree, seen = self._psi.tree, self._windows.last_at
        if self._tree_of is not tree.pmt_pids:
            self._tree_of, self._expected = tree.pmt_pids, np.flatnonzero(tree.expected).tolist()
            self._absent = {pid: error for pid, error in self._absent.items() if tree.expected[pid]}
        for pid in self._expected:
            last = seen.get(pid)
            gone = at - (last if last is not None else self._awaited.setdefault(pid, at))
            if gone < self._profile.pid_timeout_s:
                self._absent.pop(pid, None)
            elif pid not in self._absent:
                self._tell_absent(pid, at, gone, edge)

    def finish(self, kinds: NDArray[np.uint8], at: float, edge: int) -> None:
        """A stored stream has ended: sound and picture that stopped well before it are missing too."""
        for pid in np.flatnonzero(kinds).tolist():
            gone = at - self._windows.last_at.get(pid, at)
            if pid not in self._absent and gone >= max(_VANISHED_S, 2 * self._windows.longest_gap.get(pid, 0.0)):
                self._tell_absent(pid, at, gone, edge)

    def _tell_absent(self, pid: int, at: float, gone: float, edge: int) -> None:
        text = f"PID 0x{pid:04x} is in the PMT and has not occurred for {gone:.1f} s."
        error = self._absent[pid] = PacketError("1.6", pid, edge, at, text, gone)
        self._ledger.add(error)

    def _judge_strangers(self, seen: Ints, at: float, edge: int) -> None:
        """TR 101 290, 3.4: a PID that no PSI refers to within half a second; without a PAT nothing is known."""
        if not self._psi.tree.pat:
            return
        strangers = seen[self._psi.tree.referenced[seen] == 0].tolist()
        if self._strange:
            self._strange = {pid: self._strange[pid] for pid in strangers if pid in self._strange}
        for pid in strangers:
            since = at - self._windows.first_at[pid]
            if since > self._profile.unreferenced_s and pid not in self._told:
                self._told.add(pid)
                text = f"PID 0x{pid:04x} has been there for {since:.1f} s and no PSI refers to it."
                error = self._strange[pid] = PacketError("3.4", pid, edge, at, text, since)
                self._ledger.add(error)
