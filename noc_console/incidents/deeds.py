"""What may be done to an incident: each deed returns the incident after it, or refuses in one sentence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Any

from noc_console.errors import KnownError
from noc_console.incidents.incident import (
    CAUSES,
    MOST_ALARMS,
    MOST_NOTES,
    MOST_TASKS,
    REVIEW_AFTER_S,
    Impact,
    Incident,
    Note,
    Review,
    State,
    Task,
    Times,
)
from noc_console.model import Severity

_PLAIN = ("title", "commander", "cause_text", "ticket")
REVIEW_TASK = "Hold the review: what happened, why, fix, prevention"


class Refused(KnownError):
    """The deed does not fit the incident as it stands."""


def changed(incident: Incident, said: Mapping[str, Any]) -> Incident:
    """Return the incident with what is said; what is not named keeps its value."""
    now = replace(incident, **{name: said[name] for name in _PLAIN if name in said})
    if not now.title.strip():
        raise Refused("An incident needs a title.")
    if "severity" in said:
        now = replace(now, severity=Severity(said["severity"]))
    if said.get("cause", "") not in ("", *CAUSES):
        raise Refused(f"The cause is one of: {', '.join(CAUSES)}.")
    if "cause" in said:
        now = replace(now, cause=said["cause"])
    if "impact" in said:
        now = replace(now, impact=_impact(now.impact, said["impact"]))
    if "times" in said:
        now = replace(now, times=_in_order(replace(now.times, **said["times"])))
    return now


def _in_order(times: Times) -> Times:
    known = [("start", times.start), ("mitigation", times.mitigated), ("end", times.ended)]
    told = [(name, at) for name, at in known if at is not None]
    for (name, at), (after, later) in pairwise(told):
        if later < at:
            raise Refused(f"The {after} cannot be before the {name}.")
    return times


def grouped(incident: Incident, alarms: Iterable[Mapping[str, Any]]) -> Incident:
    """Return the incident with exactly these alarm objects under it."""
    every = sorted(alarms, key=lambda alarm: (alarm["raised_at"], alarm["alarm_id"]))
    if len(every) > MOST_ALARMS:
        raise Refused(f"An incident holds at most {MOST_ALARMS} alarms.")
    channels = dict.fromkeys(int(alarm["channel_id"]) for alarm in every if alarm["channel_id"])
    ids = tuple(int(alarm["alarm_id"]) for alarm in every)
    return replace(incident, alarms=ids, channels=tuple(channels))


def noted(incident: Incident, note: Note) -> Incident:
    """Return the incident with a note at its end."""
    if not (note.text.strip() or note.capture):
        raise Refused("A note needs some words or a picture.")
    if len(incident.notes) >= MOST_NOTES:
        raise Refused(f"An incident holds at most {MOST_NOTES} notes.")
    return replace(incident, notes=(*incident.notes, note))


def promised(incident: Incident, task: Task) -> Incident:
    """Return the incident with one more task; its number is the next one."""
    if not task.text.strip():
        raise Refused("A task needs some words: what is to be done?")
    if len(incident.tasks) >= MOST_TASKS:
        raise Refused(f"An incident holds at most {MOST_TASKS} tasks.")
    number = max((one.id for one in incident.tasks), default=0) + 1
    return replace(incident, tasks=(*incident.tasks, replace(task, id=number)))


def task_changed(incident: Incident, task: Task) -> Incident:
    """Return the incident with a task as it is now."""
    if not task.text.strip():
        raise Refused("A task needs some words: what is to be done?")
    tasks = tuple(task if one.id == task.id else one for one in incident.tasks)
    return replace(incident, tasks=tasks)


def mitigated(incident: Incident, at: float) -> Incident:
    """Return the incident with viewers well again, the fault perhaps still there."""
    if incident.state is not State.OPEN:
        raise Refused("Only an open incident can become mitigated.")
    return replace(incident, state=State.MITIGATED, mitigated_at=at)


def closed(incident: Incident, by: str, at: float) -> Incident:
    """Return the incident as over: its review is due in 24 h, and that is a task of the commander."""
    if incident.state not in (State.OPEN, State.MITIGATED):
        raise Refused("The incident is closed already.")
    if not incident.cause:
        raise Refused(f"Say the cause before closing: one of {', '.join(CAUSES)}.")
    due = at + REVIEW_AFTER_S
    after = replace(incident, state=State.REVIEW_DUE, closed_at=at)
    after = replace(after, review=replace(after.review, due_at=due))
    review = Task(0, REVIEW_TASK, incident.commander or by, due, at, by, is_review=True)
    return replace(after, tasks=(*after.tasks, replace(review, id=max((t.id for t in after.tasks), default=0) + 1)))


def reopened(incident: Incident) -> Incident:
    """Return the incident as open again; a review not held is asked for again when it closes."""
    if incident.state not in (State.REVIEW_DUE, State.CLOSED):
        raise Refused("The incident is open.")
    tasks = tuple(one for one in incident.tasks if not one.is_review or one.done_at is not None)
    review = replace(incident.review, due_at=None, held_at=None, held_by="")
    return replace(incident, state=State.OPEN, closed_at=None, mitigated_at=None, tasks=tasks, review=review)


def reviewed(incident: Incident, review: Review) -> Incident:
    """Return the incident with its review held, which closes it for good; all four questions want an answer."""
    if incident.state is not State.REVIEW_DUE:
        raise Refused("A review is held after the incident was closed, once.")
    missing = [name for name in ("happened", "why", "fix", "prevention") if not getattr(review, name).strip()]
    if missing:
        raise Refused(f"The review still wants: {', '.join(missing)}.")
    tasks = tuple(
        replace(one, done_at=review.held_at, done_by=review.held_by) if one.is_review and one.done_at is None else one
        for one in incident.tasks
    )
    kept = replace(review, due_at=incident.review.due_at)
    return replace(incident, state=State.CLOSED, review=kept, tasks=tasks)


def _impact(before: Impact, said: Mapping[str, Any]) -> Impact:
    channels = tuple(said["channels"]) if "channels" in said else before.channels
    return Impact(channels, said.get("viewers", before.viewers), said.get("minutes", before.minutes))
