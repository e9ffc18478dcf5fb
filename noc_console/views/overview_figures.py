"""The overview's figures out of the board: percentiles per minute over all channels, shares, counts by tier."""

from __future__ import annotations

import math
import warnings
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from noc_console.model import Severity
from noc_console.views.state import BoardMirror, Json
from noc_console.views.wall_rows import SPARK, worst_metric

Curve = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Delivery:
    """Segment download / duration over all channels, per minute of the last hour; NaN where nothing was measured."""

    p5: Curve
    p50: Curve
    p95: Curve
    on_time: Curve
    """Share of the channels whose segments came faster than they play."""
    channels: int


def delivery(mirror: BoardMirror) -> Delivery:
    """Return the percentiles of the sparklines of all enabled channels."""
    rows = [_padded(one.get("spark", ())) for one in mirror.channels.values() if one["enabled"]]
    table = np.array(rows, np.float64) if rows else np.full((1, SPARK), np.nan)
    known = np.isfinite(table)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a minute in which nobody measured is NaN, as it should be
        p5, p50, p95 = np.nanpercentile(table, (5, 50, 95), axis=0)
        on_time = np.where(known.any(axis=0), (known & (table <= 1.0)).sum(axis=0) / known.sum(axis=0), np.nan)
    return Delivery(p5, p50, p95, on_time, int(known.any(axis=1).sum()))


def ages(mirror: BoardMirror) -> Curve:
    """Return the playlist age (target durations) of every channel that has a live one."""
    values = [
        worst_metric(one, "playlist.age_ratio")
        for one in mirror.channels.values()
        if mirror.channel_state(one) == "ok"
    ]
    return np.array([value for value in values if not math.isnan(value)], np.float64)


def failing(mirror: BoardMirror) -> tuple[int, int]:
    """Return how many rungs failed at their last request, and how many there are."""
    bad = total = 0
    for one in mirror.channels.values():
        for source in one["inputs"] if mirror.channel_state(one) == "ok" else ():
            for rung in source["rungs"]:
                total += 1
                metrics = rung["metrics"]
                bad += bool(metrics.get("http.is_error") or metrics.get("segment.is_missing"))
    return bad, total


@dataclass(frozen=True, slots=True)
class Share:
    """One tier or class: how many channels in which state; disabled ones are not counted."""

    name: str
    counts: tuple[tuple[Severity, int], ...]

    @property
    def total(self) -> int:
        """All channels of it."""
        return sum(count for _, count in self.counts)


def by_tier(mirror: BoardMirror) -> list[Share]:
    """Return the channels by tier and worst alarm."""
    return _shares(mirror, lambda one: f"Tier {one['tier']}")


def by_class(mirror: BoardMirror) -> list[Share]:
    """Return the channels by class and worst alarm."""
    return _shares(mirror, lambda one: str(one["class"]))


def slowest(mirror: BoardMirror, count: int) -> list[Json]:
    """Return the channels whose playlists are oldest, in target durations."""
    known = [
        one
        for one in mirror.channels.values()
        if mirror.channel_state(one) == "ok" and not math.isnan(worst_metric(one, "playlist.age_ratio"))
    ]
    return sorted(known, key=lambda one: (-worst_metric(one, "playlist.age_ratio"), one["code"]))[:count]


def open_counts(alarms: Iterable[Json], severity: Severity, now: float, minutes: int) -> tuple[float, ...]:
    """Return how many alarms of a severity were open at each of the last minutes, oldest first."""
    counts = np.zeros(minutes)
    times = now - 60.0 * np.arange(minutes - 1, -1, -1)
    for alarm in alarms:
        if alarm["severity"] == severity.value:
            end = alarm["cleared_at"] if alarm["cleared_at"] is not None else math.inf
            counts += (times >= alarm["raised_at"]) & (times < end)
    return tuple(counts.tolist())


def _shares(mirror: BoardMirror, name_of: object) -> list[Share]:
    counts: Counter[tuple[str, Severity]] = Counter()
    for one in mirror.channels.values():
        state = mirror.channel_state(one)
        if state == "disabled" or not callable(name_of):
            continue
        severity = Severity(one["severity"])
        if severity is Severity.CLEARED and state in ("stale", "lost"):
            severity = Severity.INDETERMINATE
        counts[name_of(one), severity] += 1
    names = sorted({name for name, _ in counts})
    return [
        Share(name, tuple((severity, counts[name, severity]) for severity in reversed(Severity))) for name in names
    ]


def _padded(spark: Iterable[float | None]) -> list[float]:
    values = [math.nan if value is None else float(value) for value in spark][-SPARK:]
    return [math.nan] * (SPARK - len(values)) + values
