"""What an incident's alarms say without anybody typing: the five moments, tier, minutes, and what is overdue."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from noc_console.incidents.incident import Incident, State, Times
from noc_console.incidents.wire import to_json
from noc_console.model import Channel

Json = Mapping[str, Any]
AROUND_S = 1800.0


def moments(incident: Incident, alarms: Sequence[Json]) -> Times:
    """Return the five moments: what was said by hand first, then what the alarms tell."""
    told, said = _from_alarms(incident, alarms), incident.times
    names = ("start", "detected", "acknowledged", "mitigated", "ended")
    return Times(**{name: _first(getattr(said, name), getattr(told, name)) for name in names})


def _from_alarms(incident: Incident, alarms: Sequence[Json]) -> Times:
    raised = min((float(one["raised_at"]) for one in alarms), default=incident.opened_at)
    held = [float(one["acknowledged_at"]) for one in alarms if one.get("acknowledged_at")]
    gone = [one.get("cleared_at") or one.get("resolved_at") for one in alarms]
    last = max((float(at) for at in gone if at), default=None)
    is_gone = bool(alarms) and all(gone)
    ended = last if is_gone else incident.closed_at
    # nobody is served worse after the end than at it, though the word is often written down later
    said = [at for at in (incident.mitigated_at, ended) if at is not None]
    mitigated = min(said, default=None)
    return Times(raised, raised, min(held, default=None), mitigated, ended)


def span(incident: Incident, alarms: Sequence[Json], now: float) -> tuple[float, float]:
    """Return what an evidence capsule cuts: 30 min before the start to 30 min after the end, not beyond now."""
    times = moments(incident, alarms)
    start = _first(times.start, incident.opened_at) or incident.opened_at
    end = max(at for at in (times.ended, incident.closed_at, start) if at is not None)
    is_over = incident.state in (State.REVIEW_DUE, State.CLOSED)
    return start - AROUND_S, min(now, end + AROUND_S) if is_over else now


def shown(incident: Incident, alarms: Sequence[Json], channels: Iterable[Channel], now: float) -> dict[str, Any]:
    """Return the incident as the API shows it: what was said, and beside it what follows from the alarms."""
    times = moments(incident, alarms)
    known = [one for one in channels if one.id in incident.channels]
    codes = dict.fromkeys([*(one.code for one in known), *incident.impact.channels])
    minutes = incident.impact.minutes
    if minutes is None and times.start is not None:
        minutes = round(max(0.0, (_first(times.ended, times.mitigated, now) or now) - times.start) / 60, 1)
    told = to_json(incident)
    return told | {
        "times": asdict(times),
        "said_times": told["times"],
        "impact": {
            "channels": list(codes),
            "tier": min((one.tier for one in known), default=None),
            "viewers": incident.impact.viewers,
            "minutes": minutes,
            "is_counted": incident.impact.minutes is None,
        },
        "tasks": [task | {"overdue": _is_late(task, now)} for task in told["tasks"]],
        "overdue": sum(_is_late(task, now) for task in told["tasks"]),
        "review_overdue": incident.state is State.REVIEW_DUE and now > (incident.review.due_at or now),
        "open_alarms": sum(not one["resolved"] for one in alarms),
    }


def _is_late(task: Json, now: float) -> bool:
    return task["done_at"] is None and task["due_at"] is not None and now > float(task["due_at"])


def _first(*values: float | None) -> float | None:
    return next((one for one in values if one is not None), None)
