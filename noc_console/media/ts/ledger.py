"""The count of errors: exact by indicator and PID, with the first ones kept as they were found."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from noc_console.media.ts.outcome import PacketError

KEPT = 200  # of each indicator, over the whole stream
MOST = 64  # of all indicators, per batch
_PLACES = 20_000  # indicator and PID pairs of a window

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


class Ledger:
    """Takes errors one by one or many at once; nothing in it grows with the length of the stream."""

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}
        self.kept: dict[str, list[PacketError]] = {}
        self.window: dict[tuple[str, int], int] = {}
        self.examples: dict[tuple[str, int], PacketError] = {}
        self._batch: list[PacketError] = []
        self._batch_counts: dict[str, int] = {}

    def add(self, error: PacketError) -> None:
        """Take one error (or a run of them, by its weight)."""
        self._count(error.indicator, error.pid, error.weight)
        self._keep(error)

    def many(
        self, indicator: str, index: Ints, pid: Ints, at: Floats, told: Callable[[int], tuple[str, float]]
    ) -> None:
        """Take errors of one kind in the order of their packets; `told(row)` gives text and value of one."""
        if not len(index):
            return
        found = np.bincount(pid - pid.min())
        seen = np.flatnonzero(found)
        values, counts = seen + pid.min(), found[seen]
        for one, count in zip(values.tolist(), counts.tolist(), strict=True):
            self._count(indicator, one, count)
        room = max(KEPT - len(self.kept.get(indicator, ())), MOST - len(self._batch), 0)
        rows = np.arange(min(room, len(index)))
        fresh = [one for one in values.tolist() if (indicator, one) not in self.examples]
        if fresh and len(rows) < len(index):
            rows = np.array(sorted({*rows.tolist(), *(int(np.argmax(pid == one)) for one in fresh[:MOST])}))
        for row in rows.tolist():
            text, value = told(row)
            self._keep(PacketError(indicator, int(pid[row]), int(index[row]), float(at[row]), text, value))

    def take_batch(self) -> tuple[tuple[PacketError, ...], dict[str, int]]:
        """Return the errors and counts since the last call."""
        errors = tuple(sorted(self._batch, key=_order))
        counts, self._batch, self._batch_counts = self._batch_counts, [], {}
        return errors, counts

    def take_window(self) -> tuple[dict[tuple[str, int], int], dict[tuple[str, int], PacketError]]:
        """Return counts by indicator and PID since the last call, and one example of each."""
        window, examples = self.window, self.examples
        self.window, self.examples = {}, {}
        return window, examples

    def first_errors(self) -> tuple[PacketError, ...]:
        """Return the first errors of each indicator, in the order of their packets."""
        return tuple(sorted((error for some in self.kept.values() for error in some), key=_order))

    def _count(self, indicator: str, pid: int, count: int) -> None:
        self.counts[indicator] = self.counts.get(indicator, 0) + count
        self._batch_counts[indicator] = self._batch_counts.get(indicator, 0) + count
        place = (indicator, pid)
        if place in self.window or len(self.window) < _PLACES:
            self.window[place] = self.window.get(place, 0) + count

    def _keep(self, error: PacketError) -> None:
        kept = self.kept.setdefault(error.indicator, [])
        if len(kept) < KEPT:
            kept.append(error)
        if len(self._batch) < MOST:
            self._batch.append(error)
        place = (error.indicator, error.pid)
        if place not in self.examples and len(self.examples) < _PLACES:
            self.examples[place] = error


def _order(error: PacketError) -> tuple[int, str, int]:
    return error.packet_index, error.indicator, error.pid
