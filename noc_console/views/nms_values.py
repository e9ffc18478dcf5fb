"""Lines of the NMS log as rows and facts, and their raw content as text: plain values, no Qt."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from noc_console.views.drawer_sheet import Entry, Fact, Head, Plain
from noc_console.views.figures import clock, day_and_clock
from noc_console.views.records import Cell, Column, Mark, Record, Tone

Json = Mapping[str, Any]
_DAY_S = 86_400.0
_MOST_RAW = 60_000
COLUMNS = (
    Column("Time", 140),
    Column("Way", 80),
    Column("Peer", 200),
    Column("Kind", 130),
    Column("What it said", 0),
    Column("Outcome", 420),
)
_ILL = ("failed", "refused", "error")
_DOUBT = ("uncertain", "held", "dropped")


def record(line: Json, now: float) -> Record:
    """Return a line as a row."""
    is_in = line["direction"] == "in"
    outcome = str(line["outcome"])
    return Record(
        str(line["seq"]),
        (
            Cell(_when(float(line["at"]), now)),
            Cell("in" if is_in else "out", Tone.SECONDARY, Mark.IN if is_in else Mark.OUT),
            Cell(str(line["peer"]) or "n/a", Tone.TEXT if line["peer"] else Tone.TERTIARY, is_mono=is_in),
            Cell(str(line["means"]), Tone.SECONDARY),
            Cell(str(line["summary"])),
            _outcome(outcome),
        ),
    )


def entries(line: Json, now: float) -> list[Entry]:
    """Return a line's facts; what was said in notices and the varbinds of traps where they are known."""
    way = "came in" if line["direction"] == "in" else "went out"
    facts: list[Entry] = [
        Fact("Way", way),
        Fact("Peer", str(line["peer"]) or "n/a"),
        Fact("Event", str(line["kind"])),
        Fact("Said", str(line["summary"]) or "nothing"),
        Fact("Outcome", str(line["outcome"]) or "n/a"),
        Fact("Line", str(line["seq"])),
    ]
    raw = line.get("raw")
    if raw is None:
        return [*facts, Head("Raw content"), Plain("Loading")]
    if raw.get("rule") or raw.get("alarm_type"):
        facts += [Fact("Rule", str(raw.get("rule") or "none")), Fact("Alarm", str(raw.get("alarm_type") or "none"))]
    return facts


def raw_text(line: Json) -> str:
    """Return a line's raw content: first what a trap or alert carried, then everything as JSON."""
    raw = line.get("raw")
    if raw is None:
        return ""
    fields = raw.get("fields") or {}
    head = "\n".join(f"{key} = {value}" for key, value in fields.items())
    rest = {key: value for key, value in raw.items() if key != "fields"}
    text = json.dumps(rest, indent=2, ensure_ascii=False, default=str)
    return "\n\n".join(part for part in (head, text) if part)[:_MOST_RAW]


def _outcome(text: str) -> Cell:
    word = text.partition(":")[0].strip().casefold()
    if word in _ILL or text.casefold().startswith(_ILL):
        return Cell(text, Tone.ILL, Mark.CROSS)
    if word in _DOUBT:
        return Cell(text, Tone.DOUBT, Mark.CLOCK if word == "held" else Mark.QUESTION)
    return Cell(text or "n/a", Tone.SECONDARY, Mark.TICK if word == "sent" else Mark.DOT)


def _when(at: float, now: float) -> str:
    return clock(at) if abs(now - at) < _DAY_S else day_and_clock(at)
