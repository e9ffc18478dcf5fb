"""What a team's hands were worth in a drill: from the journal's events and the truth to a score sheet."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from noc_console.model import Event

#: Points of one fault, 100 in all; a time is worth all of them up to the first second named, nothing from the second.
ACKNOWLEDGED = (20.0, 60.0, 300.0)
GUIDE_OPENED = (20.0, 120.0, 600.0)
DIAGNOSED = 50.0
WRITTEN_DOWN = 10.0
FALSE_STEP = 10.0
KINDS = frozenset(
    (
        *("AlarmRaised", "AlarmAcknowledged", "AlarmResolved"),
        *("GuideStarted", "GuideAnswered", "GuideNotified", "GuideEscalated", "GuideFilled", "GuideEnded"),
    )
)
_CAUSES = frozenset(
    (
        "source",
        "encoder",
        "headend-network",
        "packager",
        "origin",
        "cdn",
        "isp",
        "network",
        "probe",
        "player",
        "pipeline",
    )
)
_CALLS = ("GuideNotified", "GuideEscalated")


@dataclass(frozen=True, slots=True)
class Planted:
    """A fault as it was made: when it truly began and ended, and the causes that are right."""

    fault: str
    title: str
    channel: str
    begins_at: float
    ends_at: float
    causes: tuple[str, ...]
    alarms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FaultScore:
    """How one fault was dealt with; times in seconds, None for what was not done; `points` of 100."""

    fault: str
    title: str
    channel: str
    causes: tuple[str, ...]
    alarm_type: str = ""
    detected_s: float | None = None
    acknowledged_s: float | None = None
    guide_s: float | None = None
    guide: str = ""
    diagnosis: str = ""
    is_right: bool = False
    is_written_down: bool = False
    points: float = 0.0


@dataclass(frozen=True, slots=True)
class FalseStep:
    """Something that should not have been done, in one sentence."""

    at: float
    by: str
    text: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """The score sheet of a drill: its faults, what was done wrong, and the points of 100."""

    faults: tuple[FaultScore, ...]
    false_steps: tuple[FalseStep, ...]
    points: float
    people: tuple[str, ...]


def sheet(planted: Sequence[Planted], events: Sequence[Event], actions: Mapping[str, frozenset[str]]) -> Sheet:
    """Return the score sheet; `actions` names the steps of each guide that change something.

    Points are the mean over the faults, less 10 for each false step, never below 0; without a fault, from 100.
    """
    codes = _codes(events)
    faults = tuple(_fault(one, events, codes) for one in planted)
    steps = tuple(_false_steps(planted, events, codes, actions))
    mean = sum(one.points for one in faults) / len(faults) if faults else 100.0
    people = dict.fromkeys(by for event in events if (by := _by(event)) not in ("", "system", "agent"))
    return Sheet(faults, steps, round(max(0.0, mean - FALSE_STEP * len(steps)), 1), tuple(people))


# -- one fault


def _fault(one: Planted, events: Sequence[Event], codes: Mapping[int, frozenset[str]]) -> FaultScore:
    own = [event for event in events if one.channel in _of(event, codes) and event.at >= one.begins_at]
    raised = next((event for event in own if event.kind == "AlarmRaised"), None)
    answered = next((event for event in own if event.kind == "AlarmAcknowledged"), None)
    opened = next((event for event in own if event.kind == "GuideStarted" and _by(event)), None)
    said, is_written = _diagnosis(own)
    since = raised.at if raised else one.begins_at
    acknowledged_s = answered.at - since if answered else None
    guide_s = opened.at - since if opened else None
    is_right = said in one.causes
    points = _timed(acknowledged_s, ACKNOWLEDGED) + _timed(guide_s, GUIDE_OPENED)
    points += DIAGNOSED * is_right + WRITTEN_DOWN * is_written
    return FaultScore(
        one.fault,
        one.title,
        one.channel,
        one.causes,
        str(raised.data["alarm"]["alarm_type"]) if raised else "",
        raised.at - one.begins_at if raised else None,
        acknowledged_s,
        guide_s,
        str(opened.data["run"]["guide"]) if opened and "run" in opened.data else "",
        said,
        is_right,
        is_written,
        round(points, 1),
    )


def _timed(took_s: float | None, worth: tuple[float, float, float]) -> float:
    points, full_s, nothing_s = worth
    if took_s is None or took_s >= nothing_s:
        return 0.0
    return points * min(1.0, (nothing_s - max(took_s, 0.0)) / (nothing_s - full_s))


def _diagnosis(own: Iterable[Event]) -> tuple[str, bool]:
    """Return the cause that was named last, in the form before by a walk's verdict, and whether a form was filled."""
    by_walk, by_form, is_written = "", "", False
    for event in own:
        if event.kind == "GuideFilled":
            is_written = True
            by_form = _cause_in(str((event.data.get("values") or {}).get("root_cause") or "")) or by_form
        if event.kind.startswith("Guide"):
            by_walk = next(iter((event.data.get("run") or {}).get("verdict") or ()), by_walk)
    return by_form or by_walk, is_written


def _cause_in(text: str) -> str:
    return next((word for word in re.findall(r"[a-z-]+", text.lower()) if word in _CAUSES), "")


# -- false steps


def _false_steps(
    planted: Sequence[Planted],
    events: Iterable[Event],
    codes: Mapping[int, frozenset[str]],
    actions: Mapping[str, frozenset[str]],
) -> Iterable[FalseStep]:
    for event in events:
        by = _by(event)
        if by in ("", "system", "agent"):
            continue
        ill = [one for one in planted if one.channel in _of(event, codes) and event.at >= one.begins_at]
        text = _wrong(event, ill, actions)
        if text:
            yield FalseStep(event.at, by, text)


def _wrong(event: Event, ill: Sequence[Planted], actions: Mapping[str, frozenset[str]]) -> str:
    alarm = event.data.get("alarm") or {}
    where = str(alarm.get("channel_code") or (event.data.get("run") or {}).get("channel") or "a channel")
    if event.kind == "AlarmAcknowledged" and not ill:
        return f"Acknowledged an alarm on {where}, which has no fault."
    if event.kind == "AlarmResolved" and alarm.get("condition") in ("raised", "clearing"):
        return f"Resolved {alarm.get('alarm_type')} on {where} while it was still raised."
    is_call = event.kind in _CALLS
    run = event.data.get("run") or {}
    is_action = event.kind == "GuideAnswered" and event.data.get("step") in actions.get(str(run.get("guide")), ())
    if not is_call and not is_action:
        return ""
    what = f"Called {', '.join(event.data.get('to') or ())}" if is_call else f"Did {event.data.get('step')!r}"
    if not ill:
        return f"{what} for {where}, which has no fault."
    said = next(iter(run.get("verdict") or ()), "")
    if is_action and said and not any(said in one.causes for one in ill):
        return f"{what} on {where} for a fault of the {said}, which it is not."
    return ""


# -- whose event


def _codes(events: Iterable[Event]) -> dict[int, frozenset[str]]:
    """Return the channels of each alarm; of one that holds others, theirs."""
    own: dict[int, str] = {}
    held: dict[int, set[int]] = {}
    for event in events:
        alarm = event.data.get("alarm") or {}
        if "alarm_id" in alarm:
            own[int(alarm["alarm_id"])] = str(alarm.get("channel_code") or "")
            held.setdefault(int(alarm["alarm_id"]), set()).update(int(one) for one in alarm.get("children") or ())
    return {
        number: frozenset(code for code in (own[number], *(own.get(one, "") for one in held[number])) if code)
        for number in own
    }


def _of(event: Event, codes: Mapping[int, frozenset[str]]) -> frozenset[str]:
    run: Mapping[str, Any] = event.data.get("run") or {}
    number = (event.data.get("alarm") or {}).get("alarm_id") or event.data.get("alarm_id") or run.get("alarm_id") or 0
    return codes.get(int(number), frozenset((str(run["channel"]),) if run.get("channel") else ()))


def _by(event: Event) -> str:
    alarm = event.data.get("alarm") or {}
    names = {"AlarmAcknowledged": "acknowledged_by", "AlarmResolved": "resolved_by"}
    if event.kind in names:
        return str(alarm.get(names[event.kind]) or "")
    return str(
        event.data.get("by")
        or (event.data.get("run") or {}).get("started_by" if event.kind == "GuideStarted" else "", "")
        or ""
    )
