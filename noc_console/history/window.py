"""The open window: samples not yet sealed, in memory, six bytes each, found by series."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice

import numpy as np
import numpy.typing as npt

from noc_console.history.ticks import Samples, in_order

SLAB_MS = 60_000
_FRESH = 60
WHOLE_HOURS = 26


@dataclass(frozen=True, slots=True)
class Slab:
    """At most one minute of samples, sorted by series and time; `ms` counts from `base_ms`."""

    base_ms: int
    series: npt.NDArray[np.uint32]
    ms: npt.NDArray[np.uint16]
    values: npt.NDArray[np.float32]

    def between(self, first: int, last: int) -> Samples:
        """Return the samples of the series first..last."""
        low, high = self.series.searchsorted(np.array([first, last + 1], np.uint32)).tolist()
        return Samples(
            self.series[low:high], self.ms[low:high].astype(np.int64) + self.base_ms, self.values[low:high]
        )


@dataclass(frozen=True, slots=True)
class OpenWindow:
    """One unsealed window as it stands; `fresh` are the newest ticks, not yet folded into slabs."""

    start: int
    slabs: tuple[Slab, ...] = ()
    fresh: tuple[Samples, ...] = ()

    def between(self, first: int, last: int, start: float = float("-inf"), end: float = float("inf")) -> Samples:
        """Return the samples of the series first..last, sorted by series and time.

        Minutes that lie wholly outside [start, end) (Unix seconds) are passed over; others are told whole.
        """
        low_ms, high_ms = start * 1000 - SLAB_MS, end * 1000
        parts = [slab.between(first, last) for slab in self.slabs if low_ms < slab.base_ms < high_ms]
        ends = np.array([first, last + 1], np.uint32)
        for samples in self.fresh:
            low, high = samples.series.searchsorted(ends).tolist()
            if low < high:
                parts.append(Samples(samples.series[low:high], samples.ms[low:high], samples.values[low:high]))
        return joined(parts)

    def last_series(self) -> int:
        """Return the highest series id in the window, -1 when it is empty."""
        found = [part.series for part in self.slabs] + [part.series for part in self.fresh]
        ends = [int(series[-1]) for series in found if len(series)]
        return max(ends, default=-1)


@dataclass(frozen=True, slots=True)
class HourTotals:
    """Count, sum and extremes of every series in one hour, one array entry per series id."""

    n: npt.NDArray[np.int64]
    total: npt.NDArray[np.float64]
    low: npt.NDArray[np.float32]
    high: npt.NDArray[np.float32]


@dataclass(slots=True)
class OpenWindows:
    """All unsealed windows; only the writer thread changes it, readers take the mappings as they are.

    `whole_hours` are the totals of the newest sealed hours: rankings of a day need no row then.
    """

    span_s: int
    windows: Mapping[int, OpenWindow] = field(default_factory=dict)
    hours: Mapping[int, HourTotals] = field(default_factory=dict)
    whole_hours: Mapping[int, HourTotals] = field(default_factory=dict)

    def add(self, samples: Samples) -> None:
        """Put samples in the windows their times belong to."""
        self._place(samples)
        self._count(samples)

    def restore(self, ticks: Iterable[Samples]) -> None:
        """Put in what the journal still holds, many ticks at a time."""
        rows = iter(ticks)
        while some := tuple(islice(rows, _FRESH)):
            every = joined(some)
            changed = dict(self.windows)
            for start, part in _split(every, self.span_s):
                window = changed.get(start, OpenWindow(start))
                changed[start] = OpenWindow(start, (*window.slabs, *_slabs(part)), window.fresh)
            self.windows = changed
            self._count(every)

    def take(self, starts: Iterable[int], again: Iterable[int] = ()) -> None:
        """Forget windows that are sealed; the totals of hours sealed for the first time are kept for a day."""
        gone = set(starts)
        self.whole_hours = self._whole(self._hours_of(again), self._hours_of(gone))
        self.windows = {start: window for start, window in self.windows.items() if start not in gone}
        kept = {hour for start in self.windows for hour in range(start, start + self.span_s, 3600)}
        kept |= {start // 3600 * 3600 for start in self.windows}
        self.hours = {hour: totals for hour, totals in self.hours.items() if hour in kept}

    def _hours_of(self, starts: Iterable[int]) -> set[int]:
        return {hour for start in starts for hour in range(start, start + self.span_s, 3600)}

    def _whole(self, changed: set[int], ended: set[int]) -> dict[int, HourTotals]:
        # There must be no hour in the store alone that is newer than the oldest one here.
        newest = max(self.whole_hours, default=-1)
        late = changed | {hour for hour in ended if hour <= newest}
        kept = {h: totals for h, totals in self.whole_hours.items() if h > max(late, default=-1)}
        kept |= {h: self.hours[h] for h in ended - late if h in self.hours}
        return {hour: kept[hour] for hour in sorted(kept)[-WHOLE_HOURS:]}

    def _place(self, samples: Samples) -> None:
        changed = dict(self.windows)
        for start, part in _split(samples, self.span_s):
            changed[start] = _with(changed.get(start, OpenWindow(start)), part)
        self.windows = changed

    def _count(self, samples: Samples) -> None:
        changed = dict(self.hours)
        for hour, part in _split(samples, 3600):
            changed[hour] = _counted(changed.get(hour), part.series, part.values)
        self.hours = changed


def joined(parts: Iterable[Samples]) -> Samples:
    """Return samples of several places as one, sorted; of two at one millisecond only the last stays."""
    found = [part for part in parts if len(part)]
    if not found:
        return Samples(np.zeros(0, np.uint32), np.zeros(0, np.int64), np.zeros(0, np.float32))
    series = np.concatenate([part.series for part in found])
    ms = np.concatenate([part.ms for part in found])
    every = in_order(Samples(series, ms, np.concatenate([part.values for part in found])))
    last = np.ones(len(every), np.bool_)
    last[:-1] = (np.diff(every.series) != 0) | (np.diff(every.ms) != 0)
    return every if last.all() else Samples(every.series[last], every.ms[last], every.values[last])


def _split(samples: Samples, span_s: int) -> Iterator[tuple[int, Samples]]:
    """Yield (start, samples) for each stretch of `span_s` the samples fall in."""
    if len(samples) == 0:
        return
    span_ms = span_s * 1000
    first, last = int(samples.ms.min()) // span_ms, int(samples.ms.max()) // span_ms
    if first == last:
        yield first * span_s, samples
        return
    stretches = samples.ms // span_ms
    for stretch in np.unique(stretches).tolist():
        at = stretches == stretch
        yield stretch * span_s, Samples(samples.series[at], samples.ms[at], samples.values[at])


def _with(window: OpenWindow, samples: Samples) -> OpenWindow:
    fresh = (*window.fresh, samples)
    if len(fresh) < _FRESH:
        return OpenWindow(window.start, window.slabs, fresh)
    return OpenWindow(window.start, (*window.slabs, *_slabs(joined(fresh))), ())


def _slabs(samples: Samples) -> list[Slab]:
    made = []
    for start, part in _split(samples, SLAB_MS // 1000):
        base = start * 1000
        made.append(Slab(base, part.series, (part.ms - base).astype(np.uint16), part.values))
    return made


def _counted(
    before: HourTotals | None, series: npt.NDArray[np.uint32], values: npt.NDArray[np.float32]
) -> HourTotals:
    size = int(series[-1]) + 1
    after = _wide_enough(before, size)
    first = np.flatnonzero(np.diff(series, prepend=series[0] + np.uint32(1)))
    ids = series[first]
    after.n[ids] += np.diff(first, append=len(series))
    after.total[ids] += np.add.reduceat(values, first, dtype=np.float64)
    after.low[ids] = np.minimum(after.low[ids], np.minimum.reduceat(values, first))
    after.high[ids] = np.maximum(after.high[ids], np.maximum.reduceat(values, first))
    return after


def _wide_enough(before: HourTotals | None, size: int) -> HourTotals:
    if before is not None and len(before.n) >= size:
        return before
    room = size + 1024
    wide = HourTotals(
        np.zeros(room, np.int64),
        np.zeros(room, np.float64),
        np.full(room, np.inf, np.float32),
        np.full(room, -np.inf, np.float32),
    )
    if before is not None:
        for new, old in (
            (wide.n, before.n),
            (wide.total, before.total),
            (wide.low, before.low),
            (wide.high, before.high),
        ):
            new[: len(old)] = old
    return wide
