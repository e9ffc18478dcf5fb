"""The report of an incident as a page: what happened when, evidence with hashes, cause, actions, review (spec 10)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from noc_console.incidents.chart import HEIGHT, WIDTH, Curve, svg
from noc_console.incidents.figures import ZONE_WORDS, clock, lasted, moment
from noc_console.incidents.incident import CAUSES
from noc_console.incidents.page import Page, Picture, Section, Table
from noc_console.incidents.timeline import Line

Json = Mapping[str, Any]
STATES = {"open": "Open", "mitigated": "Mitigated", "review_due": "Closed, review due", "closed": "Closed, reviewed"}
_MOST_EVIDENCE = 300


@dataclass(frozen=True, slots=True)
class Material:
    """What a report is made of: the incident as shown, its alarms, lines, evidence rows, curves, and its making."""

    incident: Json
    alarms: Sequence[Json]
    lines: Sequence[Line]
    evidence: Sequence[Json]
    curves: Sequence[Curve]
    pictures: Sequence[Picture]
    made_at: float
    generator: str
    journal: str
    head: str


def report(material: Material) -> Page:
    """Return the page."""
    told = material.incident
    return Page(
        f"Incident {told['id']}: {told['title']}",
        f"{STATES[told['state']]}, {told['severity']}. Times in {ZONE_WORDS}.",
        _facts(told),
        (
            _impact(told),
            _alarms(material.alarms),
            _charts(told, material.curves),
            _timeline(material.lines),
            _cause(told),
            _actions(told),
            _notes(told, material.pictures),
            _evidence(material.evidence),
            _review(told),
        ),
        _foot(material),
    )


def _facts(told: Json) -> tuple[tuple[str, str], ...]:
    times = told["times"]
    return (
        ("Commander", told["commander"] or "nobody"),
        ("Start", moment(times["start"])),
        ("Detected", moment(times["detected"])),
        ("Acknowledged", _with_after(times["acknowledged"], times["start"])),
        ("Mitigated", _with_after(times["mitigated"], times["start"])),
        ("End", _with_after(times["ended"], times["start"])),
        ("Cause", CAUSES.get(told["cause"], "not said")),
        ("Ticket", told["ticket"] or "none"),
    )


def _with_after(at: float | None, start: float | None) -> str:
    if at is None or start is None:
        return moment(at)
    return f"{moment(at)} (after {lasted(at - start)})"


def _impact(told: Json) -> Section:
    impact = told["impact"]
    minutes = impact["minutes"]
    rows = (
        ("Channels", ", ".join(impact["channels"]) or "none"),
        ("Highest tier", "–" if impact["tier"] is None else str(impact["tier"])),
        (
            "Minutes",
            "–" if minutes is None else f"{minutes:.1f}" + (" (from the alarms)" if impact["is_counted"] else ""),
        ),
        ("Viewers", impact["viewers"] or "not said"),
    )
    return Section("Customer impact", table=Table(("", ""), rows))


def _alarms(alarms: Sequence[Json]) -> Section:
    rows = tuple(
        (
            str(one["alarm_id"]),
            str(one["channel_code"]),
            str(one["alarm_type"]),
            str(one["severity"]),
            moment(one["raised_at"]),
            moment(one.get("cleared_at") or one.get("resolved_at")),
            str(one["message"]),
        )
        for one in alarms
    )
    head = ("No.", "Channel", "Type", "Severity", "Raised", "Gone", "Text")
    return Section("Alarms", table=Table(head, rows), empty="No alarm is grouped here.")


def _charts(told: Json, curves: Sequence[Curve]) -> Section:
    pictures = tuple(
        Picture(f"incident-{told['id']}-chart-{number}.svg", curve.title, svg(curve), WIDTH, HEIGHT)
        for number, curve in enumerate(curves, 1)
    )
    return Section("Measured", pictures=pictures, empty="Nothing was measured of these alarms.")


def _timeline(lines: Sequence[Line]) -> Section:
    rows = tuple((clock(one.at), one.actor or "–", one.text) for one in lines)
    days = f"From {moment(lines[0].at)} to {moment(lines[-1].at)}." if lines else ""
    table = Table(("Time", "Who", "What"), rows)
    return Section("Timeline", (days,) if days else (), table, empty="The journal has nothing of it.")


def _cause(told: Json) -> Section:
    name = CAUSES.get(told["cause"], "")
    words = tuple(one for one in (name and f"{name}.", told["cause_text"]) if one)
    return Section("Cause", words, empty="The cause has not been said yet.")


def _actions(told: Json) -> Section:
    rows = tuple((one["text"], one["owner"] or "nobody", moment(one["due_at"]), _done(one)) for one in told["tasks"])
    return Section("Actions", table=Table(("Task", "Owner", "Due", "Done"), rows), empty="Nothing is promised.")


def _done(task: Json) -> str:
    if task["done_at"] is not None:
        return f"{moment(task['done_at'])} by {task['done_by'] or 'somebody'}"
    return "overdue" if task["overdue"] else "open"


def _notes(told: Json, pictures: Sequence[Picture]) -> Section:
    rows = tuple(
        (moment(one["at"]), one["by"], one["text"] + (f" [picture {one['capture'][:12]}]" if one["capture"] else ""))
        for one in told["notes"]
    )
    table = Table(("Time", "Who", "Note"), rows)
    return Section("Notes", table=table, pictures=tuple(pictures), empty="No notes.")


def _evidence(rows: Sequence[Json]) -> Section:
    told = tuple(
        (moment(one["at"]), str(one["media_type"]), f"{one['size_bytes']:,}".replace(",", " "), one["hash"])
        for one in rows[:_MOST_EVIDENCE]
    )
    more = (f"{len(rows)} pieces, the first {_MOST_EVIDENCE} are listed.",) if len(rows) > _MOST_EVIDENCE else ()
    table = Table(("Kept", "Kind", "Bytes", "SHA-256"), told)
    return Section("Evidence", more, table, empty="No evidence was kept.")


def _review(told: Json) -> Section:
    review = told["review"]
    names = (("What happened", "happened"), ("Why", "why"), ("Fix", "fix"), ("Prevention", "prevention"))
    rows = tuple((title, review[key]) for title, key in names if review[key])
    if review["held_at"] is not None:
        words = f"Held {moment(review['held_at'])} by {review['held_by']}."
    elif review["due_at"] is not None:
        words = f"Due {moment(review['due_at'])}" + (": overdue." if told["review_overdue"] else ".")
    else:
        words = "It is due 24 h after the incident is closed."
    return Section("Review", (words,), Table(("", ""), rows) if rows else None)


def _foot(material: Material) -> tuple[str, ...]:
    lines = material.lines
    span = f"{moment(lines[0].at)} to {moment(lines[-1].at)}" if lines else "no events"
    return (
        f"Made by {material.generator}, {moment(material.made_at)} {ZONE_WORDS}.",
        f"Query: incident {material.incident['id']} of journal {material.journal}, {span}.",
        f"Events' hash (SHA-256 chain of {len(lines)} events): {material.head}",
    )
