"""One curve's samples as the console holds them: fetched once for the window, then longer at its end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from noc_console.views.charts.reduce import (
    Columns,
    Floats,
    Line,
    Window,
    broken,
    line_of_columns,
    reduced,
    slid,
)

_FIRST_ROOM = 1024


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch without samples and why: `no data` (hatched) or `not recorded` (dotted base line)."""

    start: float
    end: float
    reason: str


class Trace:
    """A growing series of (time, least, mean, greatest), and its reduction to pixels as of the last frame."""

    def __init__(self, gap_s: float = 30.0) -> None:
        self.gap_s = gap_s
        self.gaps: tuple[Gap, ...] = ()
        self.is_loaded = False
        self._rows = np.empty((4, _FIRST_ROOM))
        self._count = 0
        self._columns: Columns | None = None
        self._step_s = 0.0
        self._has_spread = False

    def __len__(self) -> int:
        return self._count

    @property
    def at(self) -> Floats:
        """Times of the samples, Unix seconds, rising."""
        return self._rows[0, : self._count]

    @property
    def mean(self) -> Floats:
        """The samples' values, in the metric's SI unit."""
        return self._rows[2, : self._count]

    @property
    def joined_s(self) -> float:
        """Seconds two samples may be apart and still be joined: the gap, or 2.5 steps of what was fetched."""
        return max(self.gap_s, 2.5 * self._step_s)

    @property
    def last_at(self) -> float:
        """Time of the newest sample, 0 when there is none."""
        return float(self._rows[0, self._count - 1]) if self._count else 0.0

    @property
    def last(self) -> float:
        """The newest value, NaN when there is none."""
        return float(self._rows[2, self._count - 1]) if self._count else float("nan")

    def replace(self, points: Sequence[Sequence[float]], gaps: Sequence[Gap] = ()) -> None:
        """Hold these points `[at, min, mean, max, n]` instead of all before."""
        self._count = 0
        self._columns = None
        self.gaps = tuple(gaps)
        self.is_loaded = True
        self.extend(points)
        at, low, high = self.at, self._rows[1, : self._count], self._rows[3, : self._count]
        self._step_s = float(np.median(np.diff(at))) if len(at) > 1 else 0.0
        self._has_spread = bool((high > low).any())

    def extend(self, points: Sequence[Sequence[float]], gaps: Sequence[Gap] = ()) -> None:
        """Add the points that are newer than the newest held."""
        if gaps:
            self.gaps = _merged(self.gaps, gaps)
        if not len(points):
            return
        rows = np.asarray([point[:4] for point in points], dtype=np.float64).T
        rows = rows[:, rows[0] > self.last_at] if self._count else rows
        self._make_room(rows.shape[1])
        self._rows[:, self._count : self._count + rows.shape[1]] = rows
        self._count += rows.shape[1]

    def append(self, at: float, value: float) -> None:
        """Add one sample; one that is not newer than the newest is dropped."""
        if at <= self.last_at:
            return
        self._make_room(1)
        self._rows[:, self._count] = (at, value, value, value)
        self._count += 1

    def trim(self, before: float) -> None:
        """Forget what is older than a time, once that is half of what is held."""
        old = int(np.searchsorted(self.at, before))
        if old * 2 <= self._count or not old:
            return
        self._rows = self._rows[:, old : self._count].copy()
        self._count -= old
        self._columns = None
        self.gaps = tuple(gap for gap in self.gaps if gap.end > before)

    def between(self, start: float, end: float) -> Floats:
        """Return a copy of the samples of a stretch of time: 4 x n, times, least, mean, greatest."""
        first, last = np.searchsorted(self.at, (start, end))
        return self._rows[:, int(first) : int(last)].copy()

    def line(self, window: Window) -> Line:
        """Return the line of a window: the samples themselves, or least and greatest per pixel column."""
        at = self.at
        begin, end = np.searchsorted(at, (window.start, window.end))
        begin = max(int(begin) - 1, 0)
        if end - begin <= 2 * window.width:
            self._columns = None
            return self._as_they_are(begin, int(end))
        low, high = self._rows[1, :end], self._rows[3, :end]
        if self._columns is not None and self._columns.fits(window):
            self._columns = slid(self._columns, at[:end], low, high, window)
        else:
            self._columns = reduced(at[begin:end], low[begin:], high[begin:], window)
        return line_of_columns(self._columns, self.joined_s)

    def _as_they_are(self, begin: int, end: int) -> Line:
        at = self.at[begin:end]
        if not self._has_spread:
            return broken(at, self._rows[2, begin:end], self.joined_s)
        extremes = self._rows[1:4:2, begin:end]
        return broken(np.repeat(at, 2), extremes.T.reshape(-1), self.joined_s)

    def value_near(self, at: float) -> float:
        """Return the value at or before a time, NaN where there was none within a gap."""
        index = int(np.searchsorted(self.at, at, side="right")) - 1
        if index < 0 or at - float(self.at[index]) > self.joined_s:
            return float("nan")
        return float(self._rows[2, index])

    def _make_room(self, more: int) -> None:
        need = self._count + more
        if need <= self._rows.shape[1]:
            return
        larger = np.empty((4, max(need, 2 * self._rows.shape[1])))
        larger[:, : self._count] = self._rows[:, : self._count]
        self._rows = larger


def _merged(old: Sequence[Gap], new: Sequence[Gap]) -> tuple[Gap, ...]:
    by_start = {(gap.reason, round(gap.start)): gap for gap in (*old, *new)}
    return tuple(sorted(by_start.values(), key=lambda gap: gap.start))
