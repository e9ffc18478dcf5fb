"""Incidents as rows and drawer entries: plain values made of the agent's answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from noc_console.incidents.incident import CAUSES
from noc_console.model import Severity
from noc_console.views.drawer_sheet import Entry, Fact, Head, Item, Plain, Said
from noc_console.views.figures import age, clock, day_and_clock, size
from noc_console.views.records import Cell, Column, Mark, Record, Tone

Json = Mapping[str, Any]
_DAY_S = 86_400.0
STATES = {"open": "open", "mitigated": "mitigated", "review_due": "review due", "closed": "closed"}
INCIDENT_COLUMNS = (
    Column("No.", 92),
    Column("Opened", 96),
    Column("Duration", 96, is_right=True),
    Column("Incident"),
    Column("State", 176),
    Column("Commander", 120),
    Column("Channels", 84, is_right=True),
    Column("Open alarms", 100, is_right=True, is_wide_only=True),
    Column("Tasks", 96, is_right=True, is_wide_only=True),
)
LINE_COLUMNS = (Column("Time", 88), Column("Who", 120), Column("What"))
TASK_COLUMNS = (Column("Task"), Column("Owner", 104), Column("Due", 116, is_right=True))
ALARM_COLUMNS = (Column("Alarm", 176), Column("Channel", 148), Column("Raised", 76), Column("Text"))
_GROUP_MARKS = {
    "alarm": Mark.WARNING,
    "operator": Mark.DOT,
    "notice": Mark.OUT,
    "guide": Mark.QUESTION,
    "incident": Mark.DOT,
    "evidence": Mark.RING,
    "maintenance": Mark.SPANNER,
    "recording": Mark.CROSS,
    "change": Mark.DASH,
    "lab": Mark.DASH,
}


def state_cell(one: Json) -> Cell:
    """Return how an incident stands; late reviews and tasks are what is wrong."""
    if one["review_overdue"]:
        return Cell("review overdue", Tone.ILL, Mark.CLOCK)
    late = f", {one['overdue']} overdue" if one["overdue"] else ""
    words = STATES[one["state"]] + late
    match one["state"]:
        case "open":
            return Cell(words, Tone.ILL if late else Tone.TEXT, Mark.WARNING)
        case "mitigated":
            return Cell(words, Tone.ILL if late else Tone.TEXT, Mark.RING)
        case "review_due":
            return Cell(words, Tone.DOUBT if not late else Tone.ILL, Mark.CLOCK)
    return Cell(words, Tone.ILL if late else Tone.TERTIARY, Mark.CLOCK if late else Mark.TICK)


def incident_record(one: Json, now: float) -> Record:
    """Return an incident as a row of the list."""
    over = one["state"] == "closed"
    tone = Tone.TERTIARY if over else Tone.TEXT
    done = sum(task["done_at"] is not None for task in one["tasks"])
    severity = None if over else Severity(one["severity"])
    alarms = one["open_alarms"]
    return Record(
        str(one["id"]),
        (
            Cell(str(one["id"]), tone, Mark.TICK if over else Mark.NONE, severity=severity, is_strong=not over),
            Cell(when(one["opened_at"], now), tone),
            Cell(age(lasted(one, now)), tone),
            Cell(one["title"], tone, is_strong=not over),
            state_cell(one),
            Cell(one["commander"] or "—", tone if one["commander"] else Tone.TERTIARY),
            Cell(str(len(one["impact"]["channels"])), tone),
            Cell(f"{alarms} of {len(one['alarms'])}", tone if alarms else Tone.TERTIARY),
            Cell(f"{done} of {len(one['tasks'])}" if one["tasks"] else "—", tone if one["tasks"] else Tone.TERTIARY),
        ),
    )


def lasted(one: Json, now: float) -> float:
    """Return how long viewers had of it, in seconds."""
    times = one["times"]
    end = times["ended"] or times["mitigated"] or now
    return float(max(0.0, end - (times["start"] or one["opened_at"])))


def when(at: float | None, now: float) -> str:
    """Return the time of day, with the day where it is another."""
    if at is None:
        return "—"
    return clock(at) if abs(now - at) < _DAY_S else day_and_clock(at)


def line_record(line: Json, now: float) -> Record:
    """Return a line of the timeline as a row."""
    is_alarm = line["group"] == "alarm"
    severity = Severity(line["severity"]) if is_alarm and line["severity"] else None
    mark = Mark.TICK if is_alarm and severity is None else _GROUP_MARKS.get(line["group"], Mark.DASH)
    is_ours = line["group"] in ("incident", "operator", "guide")
    what = Cell(
        line["text"],
        Tone.TEXT if is_ours or is_alarm else Tone.SECONDARY,
        mark,
        severity=severity if severity is not Severity.CLEARED else None,
    )
    return Record(
        str(line["seq"]),
        (Cell(when(line["at"], now)), Cell(line["actor"] or "—", Tone.SECONDARY), what),
        line["text"],
    )


def task_record(task: Json, now: float) -> Record:
    """Return a task as a row."""
    if task["done_at"] is not None:
        due = Cell(f"done {when(task['done_at'], now)}", Tone.TERTIARY)
        return Record(str(task["id"]), (Cell(task["text"], Tone.TERTIARY, Mark.TICK), _owner(task), due))
    left = None if task["due_at"] is None else task["due_at"] - now
    words = "no deadline" if left is None else f"{age(-left)} late" if left < 0 else f"in {age(left)}"
    tone = Tone.ILL if task["overdue"] else Tone.SECONDARY
    late = (Tone.ILL, Mark.CLOCK) if task["overdue"] else (Tone.TEXT, Mark.RING)
    return Record(str(task["id"]), (Cell(task["text"], *late), _owner(task), Cell(words, tone)))


def _owner(task: Json) -> Cell:
    return Cell(task["owner"] or "—", Tone.SECONDARY if task["owner"] else Tone.TERTIARY)


def alarm_record(alarm: Json, now: float) -> Record:
    """Return an alarm of the incident as a row."""
    is_over = bool(alarm["resolved"])
    tone = Tone.TERTIARY if is_over else Tone.TEXT
    return Record(
        str(alarm["alarm_id"]),
        (
            Cell(
                alarm["alarm_type"],
                tone,
                Mark.TICK if is_over else Mark.NONE,
                is_mono=True,
                severity=None if is_over else Severity(alarm["severity"]),
            ),
            Cell(alarm["channel_code"] or "Agent", tone, is_mono=True),
            Cell(when(alarm["raised_at"], now), tone),
            Cell(alarm["message"], tone),
        ),
    )


def entries(one: Json, now: float) -> list[Entry]:
    """Return the facts of an incident for a drawer."""
    return [*_times(one, now), *_impact(one), *_cause(one), *_review(one, now), *_notes(one, now), *_evidence(one)]


def _times(one: Json, now: float) -> list[Entry]:
    times = one["times"]
    names = ("start", "detected", "acknowledged", "mitigated", "ended")
    labels = ("Start", "Detected", "Acknowledged", "Mitigated", "End")
    found: list[Entry] = []
    for name, label in zip(names, labels, strict=True):
        after = (
            f"  after {age(times[name] - times['start'])}"
            if times[name] and name not in ("start", "detected")
            else ""
        )
        found.append(Fact(label, f"{when(times[name], now)}{after}"))
    return [Head("Times", "set by hand" if any(one["said_times"].values()) else "from the alarms"), *found]


def _impact(one: Json) -> list[Entry]:
    impact = one["impact"]
    codes = ", ".join(impact["channels"][:4]) + (
        f" and {len(impact['channels']) - 4} more" if len(impact["channels"]) > 4 else ""
    )
    minutes = (
        "—" if impact["minutes"] is None else f"{impact['minutes']:g}" + (", counted" if impact["is_counted"] else "")
    )
    return [
        Head("Customer impact", f"tier {impact['tier']}" if impact["tier"] is not None else ""),
        Fact("Channels", codes or "none"),
        Fact("Minutes", minutes),
        Fact("Viewers", impact["viewers"] or "V says what they had of it"),
    ]


def _cause(one: Json) -> list[Entry]:
    said = CAUSES.get(one["cause"], "not said yet")
    more = [Plain(one["cause_text"])] if one["cause_text"] else []
    return [Head("Cause", f"ticket {one['ticket']}" if one["ticket"] else ""), Fact("Class", said), *more]


def _review(one: Json, now: float) -> list[Entry]:
    review = one["review"]
    if review["held_at"] is not None:
        words = (("Happened", "happened"), ("Why", "why"), ("Fix", "fix"), ("Prevention", "prevention"))
        return [
            Head("Review", f"{review['held_by']}, {when(review['held_at'], now)}"),
            *(Fact(label, review[key]) for label, key in words),
        ]
    if review["due_at"] is None:
        return [Head("Review"), Plain("Due 24 h after the incident is closed.")]
    left = review["due_at"] - now
    if left < 0:
        return [Head("Review"), Item(Severity.MAJOR, "Overdue", f"since {age(-left)}")]
    return [Head("Review"), Fact("Due", f"in {age(left)}")]


def _notes(one: Json, now: float) -> list[Entry]:
    notes = one["notes"]
    said: list[Entry] = [
        Said(when(note["at"], now), f"{note['by']}: {note['text']}" + (" (picture)" if note["capture"] else ""))
        for note in reversed(notes[-12:])
    ]
    return [Head("Notes", str(len(notes))), *(said or [Plain("No notes yet.")])]


def _evidence(one: Json) -> list[Entry]:
    if "evidence" not in one:
        return []
    pieces: Sequence[Json] = one["evidence"]
    held = [piece for piece in pieces if piece["kept"]]
    total = sum(piece["size_bytes"] for piece in held)
    words = f"{len(held)} pieces, {size(total)}" if held else "None was kept."
    gone = f" {len(pieces) - len(held)} have aged out." if len(held) < len(pieces) else ""
    return [Head("Evidence"), Plain(f"{words}{gone}")]
