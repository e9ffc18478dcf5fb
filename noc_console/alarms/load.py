"""Alarm load beside the figures of ISA-18.2 / EEMUA 191: how much one operator is told, what stands or chatters."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from noc_console.alarms.alarm import Alarm
from noc_console.model import Severity

TEN_MIN_S, HOUR_S, DAY_S = 600.0, 3600.0, 86_400.0
#: Target and limit of each figure (standards 1.1), per operator.
LIMITS: Mapping[str, tuple[float, float]] = {
    "per_10_min": (1.0, 2.0),
    "per_hour": (6.0, 12.0),
    "per_day": (150.0, 300.0),
    "flood_ratio": (0.0, 0.01),
    "chattering": (0.0, 0.0),
    "standing": (0.0, 5.0),
    "top_10_ratio": (0.05, 0.05),
}
FLOOD = 10  # more than so many in ten minutes are a flood
MIX: Mapping[str, float] = {"low": 0.80, "medium": 0.15, "high": 0.05}
_CLASS = {Severity.CRITICAL: "high", Severity.MAJOR: "medium"}
_MOST_KEPT = 200_000


@dataclass(frozen=True, slots=True)
class Told:
    """One annunciation: an alarm an operator was shown, neither hidden nor folded nor a test."""

    at: float
    alarm_id: int
    severity: Severity
    source: str  # channel and type: what is counted for the worst sources


@dataclass(frozen=True, slots=True)
class Flood:
    """A stretch with more than ten alarms in ten minutes, until it was below; `end` is None while it lasts."""

    start: float
    end: float | None
    alarms: int


@dataclass(slots=True)
class Log:
    """The annunciations of the last day or more, in the order of time."""

    told: list[Told] = field(default_factory=list)

    def hear(self, alarm: Alarm, at: float) -> None:
        """Take an alarm that was raised, when it was for an operator's eyes."""
        if is_annunciated(alarm):
            self.told.append(Told(at, alarm.id, alarm.severity, f"{alarm.channel_code} {alarm.alarm_type}".strip()))

    def take_back(self, alarm_id: int) -> None:
        """Forget an alarm that was counted as maintenance afterwards."""
        self.told = [one for one in self.told if one.alarm_id != alarm_id]

    def forget(self, before: float) -> None:
        """Drop what is older, and bound what is left."""
        keep = bisect_right(self.told, before, key=_at)
        del self.told[: max(keep, len(self.told) - _MOST_KEPT)]


def is_annunciated(alarm: Alarm) -> bool:
    """Say whether an operator is shown an alarm as something to answer."""
    return not (alarm.is_test or alarm.hidden_by or alarm.reclassified_as is not None)


def figures(told: Sequence[Told], standing: Sequence[Alarm], at: float, operators: int = 1) -> dict[str, Any]:
    """Return the load of one operator over the last ten minutes, hour and day, with the limits beside it."""
    day = told[bisect_right(told, at - DAY_S, key=_at) : bisect_right(told, at, key=_at)]
    share = max(operators, 1)
    open_ = [alarm for alarm in standing if is_annunciated(alarm)]
    found = floods([one.at for one in day], at, share)
    flooded = sum((flood.end or at) - flood.start for flood in found)
    sources = Counter(one.source for one in day)
    running = found[-1] if found and found[-1].end is None else None
    values: dict[str, Any] = {
        "per_10_min": _since(day, at - TEN_MIN_S) / share,
        "per_hour": _since(day, at - HOUR_S) / share,
        "per_day": len(day) / share,
        "flood_ratio": round(flooded / DAY_S, 4),
        "chattering": sum(alarm.is_flapping for alarm in open_),
        "standing": sum(at - alarm.raised_at > DAY_S for alarm in open_),
        "top_10_ratio": round(sum(n for _, n in sources.most_common(10)) / len(day), 3) if day else 0.0,
    }
    return {
        "at": at,
        "operators": share,
        **values,
        "is_flood": running is not None,
        "flood_since": running.start if running else None,
        "floods": [{"start": one.start, "end": one.end, "alarms": one.alarms} for one in found],
        "stale": [alarm.id for alarm in open_ if at - alarm.raised_at > DAY_S][:1000],
        "flapping": [alarm.id for alarm in open_ if alarm.is_flapping][:1000],
        "hidden_by_cause": sum(alarm.parent_id is not None for alarm in standing),
        "mix": _mix(day),
        "top": [{"source": name, "alarms": n} for name, n in _ranked(sources)],
        "limits": {name: {"target": target, "limit": limit} for name, (target, limit) in LIMITS.items()}
        | {"flood": {"target": 0, "limit": FLOOD}, "mix": dict(MIX)},
        "judged": {name: _judged(values[name], *LIMITS[name]) for name in LIMITS},
    }


def floods(times: Sequence[float], until: float, operators: int = 1) -> list[Flood]:
    """Return the floods in a time: each begins with the alarm too many and ends when ten minutes bring below ten."""
    found: list[Flood] = []
    start: float | None = None
    first = low = 0
    limit = FLOOD * max(operators, 1)
    for number, at in enumerate((*times, until)):
        while low < number and at - times[low] >= TEN_MIN_S:
            low += 1
            if start is not None and number - low < limit:
                found.append(Flood(start, times[low - 1] + TEN_MIN_S, number - first))
                start = None
        if start is None and number < len(times) and number - low + 1 > limit:
            start, first = at, low
    if start is not None:
        found.append(Flood(start, None, len(times) - first))
    return found


def _since(told: Sequence[Told], start: float) -> int:
    return len(told) - bisect_right(told, start, key=_at)


def _mix(day: Sequence[Told]) -> dict[str, Any]:
    by_severity = Counter(str(one.severity) for one in day)
    classes = Counter(_CLASS.get(one.severity, "low") for one in day)
    return {
        "severities": dict(by_severity),
        **{name: round(classes[name] / len(day), 3) if day else 0.0 for name in MIX},
    }


def _ranked(sources: Counter[str]) -> list[tuple[str, int]]:
    return sorted(sources.items(), key=lambda one: (-one[1], one[0]))[:10]


def _judged(value: float, target: float, limit: float) -> str:
    if value <= target:
        return "good"
    return "bearable" if value <= limit else "over"


def _at(one: Told) -> float:
    return one.at
