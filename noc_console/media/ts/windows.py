"""Packets by PID in windows of a second: bitrates of now and of five minutes, absences, PIDs nobody refers to."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from noc_console.media.ts.packets import NULL_PID, PACKET, PIDS

BITS = 8 * PACKET
LONG_S = 300.0

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Window:
    """Packets of each PID that was met, between two times in seconds."""

    begin: float
    end: float
    pids: Ints
    counts: Ints

    @property
    def length_s(self) -> float:
        """How long it is."""
        return self.end - self.begin

    @property
    def packets(self) -> int:
        """How many packets there were."""
        return int(self.counts.sum())

    def null_share(self) -> float:
        """Return the share of null packets, 0 where there were none at all."""
        null = self.counts[self.pids == NULL_PID]
        return float(null.sum() / max(self.packets, 1))

    def rates(self) -> dict[int, float]:
        """Return bit/s by PID."""
        each = self.counts * BITS / self.length_s if self.length_s > 0 else self.counts * 0.0
        return dict(zip(self.pids.tolist(), each.tolist(), strict=True))


class Windows:
    """Counts packets by PID and closes a window when told; keeps five minutes of sums."""

    def __init__(self) -> None:
        self._fresh = np.zeros(PIDS, np.int32)
        self._total = np.zeros(PIDS, np.int64)
        self.first_at: dict[int, float] = {}
        self.last_at: dict[int, float] = {}
        self.longest_gap: dict[int, float] = {}
        self._last_seen: list[int] = []
        self._sums: deque[tuple[float, dict[int, int]]] = deque()
        self._begin: float | None = None
        self.began_at = float("nan")

    def add(self, pids: NDArray[np.uint16]) -> None:
        """Take the PIDs of some packets."""
        if len(pids):
            self._fresh += np.bincount(pids, minlength=PIDS).astype(np.int32)

    def begin(self, at: float) -> None:
        """The first window begins."""
        if self._begin is None:
            self._begin = self.began_at = at

    def close(self, at: float) -> Window:
        """Return the packets since the last call."""
        begin = self._begin if self._begin is not None else at
        seen = np.flatnonzero(self._fresh > 0)
        counts = self._fresh[seen].astype(np.int64)
        self._total[seen] += counts
        self._fresh[seen] = 0
        self._begin = at
        self._note(seen, begin, at)
        return Window(begin, at, seen, counts)

    def remember(self, at: float) -> None:
        """Keep the sums of now for the average of five minutes (every few seconds is enough)."""
        pids = np.flatnonzero(self._total != 0)
        self._sums.append((at, dict(zip(pids.tolist(), self._total[pids].tolist(), strict=True))))
        while len(self._sums) > 2 and at - self._sums[1][0] >= LONG_S:
            self._sums.popleft()

    def long_rates(self, now: Mapping[int, int], at: float) -> dict[int, float]:
        """Return bit/s by PID over the last five minutes, or since the beginning; `now` are the totals of now."""
        if not self._sums or not at > self._sums[0][0]:
            return {}
        begin, before = self._sums[0]
        return {pid: (count - before.get(pid, 0)) * BITS / (at - begin) for pid, count in now.items()}

    def totals(self) -> dict[int, int]:
        """Return the packets by PID since the beginning, the open window included."""
        both = self._total + self._fresh
        pids = np.flatnonzero(both)
        return dict(zip(pids.tolist(), both[pids].tolist(), strict=True))

    def _note(self, seen: Ints, begin: float, at: float) -> None:
        pids = seen.tolist()
        if self._last_seen != pids:
            self._meet(pids, begin)
        self.last_at.update(dict.fromkeys(pids, at))

    def _meet(self, pids: list[int], begin: float) -> None:
        """Other PIDs than in the window before: some are new, some come back after a gap."""
        self._last_seen = pids
        for pid in pids:
            last = self.last_at.get(pid)
            if last is None:
                self.first_at[pid] = begin
            elif begin > last:
                self.longest_gap[pid] = max(self.longest_gap.get(pid, 0.0), begin - last)
