"""What a guide's questions are answered from: curves of the history, read many at once and remembered for moments."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from noc_console.agent.recorder import Recorder
from noc_console.board import SMALLEST_IS_WORST
from noc_console.guides.questions import Statistic
from noc_console.history import SeriesQuery, TopRow

LOOKBACK_S = 300.0  # at least so much is read, so that the usual pace of a series is known
FRESH_S = 2.5  # so long a curve is good for others that ask for the same one: a flood asks for its sisters' often
MOST_POINTS = 300
DAY_POINTS = 96
DAY_S, HOUR_S = 86_400.0, 3600.0
MOST_SHOWN = 60
_AT_ONCE = 64  # curves of one turn in a reader's thread
_MOST_HELD = 200_000  # points, some 40 MB
_MOST_DAYS = 128
_LONG_S = 3 * 3600.0
_GRACE_S = 3.0  # a tick, a batch, and the way through the pipe
Point = tuple[float, float, float, float, int]  # at, min, mean, max, n


@dataclass(frozen=True, slots=True)
class Curve:
    """One metric of one input over a span that ends now (`age_s` 0) or so long ago; `rung` "*" folds all rungs."""

    input_id: int
    metric: str
    span_s: float = LOOKBACK_S
    rung: str = "*"
    end: float = 0.0


@dataclass(frozen=True, slots=True)
class Read:
    """What the history gave for a curve: its points, the time it was read at, and what was made of it already."""

    at: float
    points: tuple[Point, ...] = ()
    made: dict[tuple[object, ...], Any] = field(default_factory=dict, compare=False)

    @property
    def last_at(self) -> float | None:
        """When the newest sample was taken, None without any."""
        return self.points[-1][0] if self.points else None

    def since(self, start: float) -> tuple[Point, ...]:
        """Return the points not older than a time."""
        return tuple(point for point in self.points if point[0] >= start)

    def period_s(self, least_s: float) -> float:
        """Return the usual time between two samples: what was seen, but not under `least_s`."""
        if ("period",) not in self.made:
            gaps = sorted(after[0] - before[0] for before, after in pairwise(self.points))
            self.made[("period",)] = gaps[len(gaps) // 2] if gaps else 0.0
        return max(least_s, float(self.made[("period",)]))


@dataclass(frozen=True, slots=True)
class Usual:
    """What was usual for one metric of an input over the whole hours of a day: over all rungs."""

    mean: float
    low: float
    high: float
    samples: int


@dataclass(slots=True)
class Readings:
    """Reads curves and days of the history; what was read a moment ago is not read again."""

    recorder: Recorder
    _known: dict[Curve, Read] = field(default_factory=dict)
    _days: dict[tuple[str, int], Mapping[int, Usual]] = field(default_factory=dict)
    _held: int = 0

    async def read(self, curves: Iterable[Curve], at: float) -> Mapping[Curve, Read]:
        """Return what is known of each curve at a time; `Unavailable` when the store cannot answer."""
        wanted = dict.fromkeys(curves)
        found = {one: self._known[one] for one in wanted if self._is_fresh(one, at)}
        missing = [one for one in wanted if one not in found]
        for begin in range(0, len(missing), _AT_ONCE):
            found |= await self._read(missing[begin : begin + _AT_ONCE], at)
        return found

    async def day(self, metric: str, end: float) -> Mapping[int, Usual]:
        """Return what was usual for each input in the 24 h before a time, by whole hours; all in one reading."""
        key = (metric, int(end // HOUR_S))
        if key not in self._days:
            last = key[1] * HOUR_S
            rows = await self.recorder.ask(self.recorder.history.hours(metric, last - DAY_S, last))
            by_input: dict[int, list[TopRow]] = {}
            for row in rows:
                by_input.setdefault(row.input, []).append(row)
            self._days[key] = {number: _usual(some) for number, some in by_input.items()}
            while len(self._days) > _MOST_DAYS:
                del self._days[next(iter(self._days))]
        return self._days[key]

    def _is_fresh(self, curve: Curve, at: float) -> bool:
        known = self._known.get(curve)
        return known is not None and (bool(curve.end) or 0 <= at - known.at < FRESH_S)

    async def _read(self, curves: Sequence[Curve], at: float) -> Mapping[Curve, Read]:
        queries = [_query(one, at) for one in curves]
        answers = await self.recorder.ask(self.recorder.history.several(queries))
        found = {curve: Read(at, answer.points) for curve, answer in zip(curves, answers, strict=True)}
        for curve, read in found.items():
            self._forget(curve)
            self._known[curve] = read  # newest last
            self._held += len(read.points) + 1
        while self._held > _MOST_HELD:
            self._forget(next(iter(self._known)))
        return found

    def _forget(self, curve: Curve) -> None:
        known = self._known.pop(curve, None)
        self._held -= len(known.points) + 1 if known else 0


def _usual(rows: Sequence[TopRow]) -> Usual:
    count = sum(row.n for row in rows)
    mean = sum(row.mean * row.n for row in rows) / count
    return Usual(mean, min(row.min for row in rows), max(row.max for row in rows), count)


def _query(curve: Curve, at: float) -> SeriesQuery:
    end = curve.end or at + 0.001
    points = DAY_POINTS if curve.span_s > _LONG_S else MOST_POINTS
    return SeriesQuery(curve.input_id, curve.metric, end - curve.span_s, end, curve.rung, points)


def stale_after_s(period_s: float) -> float:
    """Return how old the newest sample may be: two periods, and what the way to the history takes."""
    return 2 * period_s + _GRACE_S


def statistic_of(name: Statistic, points: Sequence[Point], metric: str, period_s: float) -> float | None:
    """Return a statistic of some points, None where there are too few.

    `last` is the worst of the newest round: rungs are measured one after the other. `increase` is last minus first;
    of what is counted per look the `sum` says how much it was. `slope` is per second, of a line through the points.
    """
    count = sum(point[4] for point in points)
    if not count:
        return None
    match name:
        case "last":
            return _last(points, metric, period_s)
        case "mean":
            return sum(point[2] * point[4] for point in points) / count
        case "min":
            return min(point[1] for point in points)
        case "max":
            return max(point[3] for point in points)
        case "spread":
            return max(point[3] for point in points) - min(point[1] for point in points)
        case "sum":
            return sum(point[2] * point[4] for point in points)
        case "increase":
            return points[-1][2] - points[0][2]
        case "count":
            return float(count)
        case "slope":
            return _slope(points)
        case "p05" | "p50" | "p95":
            return _quantile(points, int(name[1:]) / 100)


def _last(points: Sequence[Point], metric: str, period_s: float) -> float:
    newest = [point for point in points if point[0] > points[-1][0] - period_s] or [points[-1]]
    if metric in SMALLEST_IS_WORST:
        return min(point[1] for point in newest)
    return max(point[3] for point in newest)


def _slope(points: Sequence[Point]) -> float | None:
    middle = sum(point[0] for point in points) / len(points)
    below = sum((point[0] - middle) ** 2 for point in points)
    return sum((point[0] - middle) * point[2] for point in points) / below if below else None


def _quantile(points: Sequence[Point], share: float) -> float:
    ordered = sorted((point[2], point[4]) for point in points)
    wanted, seen = share * sum(n for _, n in ordered), 0
    for value, n in ordered:
        seen += n
        if seen >= wanted:
            return value
    return ordered[-1][0]


def shown(points: Sequence[Point], most: int = MOST_SHOWN) -> tuple[tuple[float, float], ...]:
    """Return at most so many points (at, mean) for a small chart."""
    step = math.ceil(len(points) / most) if points else 1
    rows = []
    for begin in range(0, len(points), step):
        some = points[begin : begin + step]
        count = sum(point[4] for point in some) or 1
        mean = sum(point[2] * point[4] for point in some) / count
        rows.append((round(some[-1][0], 3), float(f"{mean:.6g}")))
    return tuple(rows)
