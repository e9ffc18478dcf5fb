"""Rows of the lists of guides: what is in force, walks through them, mistakes by file and line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from noc_console.model import Severity
from noc_console.views.figures import age, day_and_clock
from noc_console.views.guide_path import cause
from noc_console.views.guide_words import said
from noc_console.views.records import Cell, Column, Mark, Record, Tone

Json = Mapping[str, Any]
GUIDE_COLUMNS = (
    Column("Kind", 100),
    Column("Guide"),
    Column("Alarms", 280),
    Column("Version", 76, is_right=True),
    Column("Usual time", 96, is_right=True, is_wide_only=True),
    Column("Reviewed", 190, is_wide_only=True),
)
WALK_COLUMNS = (
    Column("Started", 130),
    Column("Guide"),
    Column("Channel", 190),
    Column("State", 150),
    Column("Cause", 190),
    Column("People", 170, is_wide_only=True),
    Column("Took", 90, is_right=True, is_wide_only=True),
)
MISTAKE_COLUMNS = (Column("File", 280), Column("Line", 90, is_right=True), Column("Mistake"))


def guide_record(one: Json) -> Record:
    """Return a guide as a row."""
    reviewed = one["reviewed"]
    is_old = reviewed is not None and reviewed["version"] != one["version"]
    words = "never" if reviewed is None else f"v{reviewed['version']} by {reviewed['by']}"
    return Record(
        str(one["guide"]),
        (
            Cell(str(one["kind"]), Tone.SECONDARY),
            Cell(said(one["title"]) + (" (site)" if one["is_site"] else "")),
            Cell(", ".join(one["alarms"]) or "\u2014", Tone.SECONDARY, is_mono=bool(one["alarms"])),
            Cell(str(one["version"]), Tone.SECONDARY),
            Cell(f"{one['minutes']:g} min" if one["minutes"] else "\u2014", Tone.SECONDARY),
            Cell(words, Tone.DOUBT if is_old else Tone.SECONDARY, Mark.QUESTION if is_old else Mark.NONE),
        ),
        said(one["summary"]),
    )


def walk_record(one: Json, now: float) -> Record:
    """Return a walk as a row."""
    is_over = one["ended_at"] is not None
    given_up = one["ending"] == "closed"
    state = Cell("open", Tone.TEXT, Mark.DOT, is_strong=True)
    if is_over:
        state = (
            Cell("ended early", Tone.SECONDARY, Mark.CROSS)
            if given_up
            else Cell("finished", Tone.SECONDARY, Mark.TICK)
        )
    causes = ", ".join(cause(name) for name in one["verdict"])
    words = f"{causes}, {one['confidence'] * 100:.0f} %" if causes else "\u2014"
    severity = Severity(one["severity"]) if one["severity"] and not is_over else None
    return Record(
        str(one["run_id"]),
        (
            Cell(day_and_clock(one["started_at"])[:-3], Tone.SECONDARY),
            Cell(said(one["title"]), Tone.SECONDARY if is_over else Tone.TEXT, severity=severity),
            Cell(str(one["channel"] or "\u2014"), Tone.SECONDARY, is_mono=bool(one["channel"])),
            state,
            Cell(words, Tone.SECONDARY),
            Cell(", ".join(one["people"]), Tone.SECONDARY),
            Cell(age((one["ended_at"] or now) - one["started_at"]), Tone.SECONDARY),
        ),
    )


def mistake_record(number: int, one: Json) -> Record:
    """Return a mistake as a row: file, line, one sentence."""
    line = f"{one['line']}:{one['column']}" if one.get("column") else str(one["line"])
    file = Cell(str(one["file"]), Tone.ILL, Mark.WARNING, is_mono=True)
    return Record(str(number), (file, Cell(line), Cell(str(one["text"]))), str(one["text"]))
