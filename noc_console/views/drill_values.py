"""Drills as rows: scenarios, the faults of one with their scores, false steps, and drills that were held."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from noc_console.views.figures import age, clock, day_and_clock
from noc_console.views.records import Cell, Column, Mark, Record, Tone

Json = Mapping[str, Any]
SCENARIO_COLUMNS = (
    Column("Drill", 220),
    Column("Topic"),
    Column("Faults", 64, is_right=True),
    Column("Minutes", 72, is_right=True),
)
FAULT_COLUMNS = (
    Column("Fault"),
    Column("Channel", 148),
    Column("Alarm", 92, is_right=True),
    Column("Answered", 84, is_right=True),
    Column("Guide", 84, is_right=True),
    Column("Diagnosis", 180),
    Column("Points", 64, is_right=True),
)
STEP_COLUMNS = (Column("Time", 84), Column("Who", 120), Column("What should not have been done"))
HELD_COLUMNS = (
    Column("Date", 116),
    Column("Drill"),
    Column("Team", 120),
    Column("Trainer", 120),
    Column("Hours", 64, is_right=True),
    Column("Points", 92, is_right=True),
)
_NONE = Cell("—", Tone.TERTIARY)


def scenario_record(one: Json) -> Record:
    """Return a scenario as a row."""
    cells = (
        Cell(one["title"], is_strong=True),
        Cell(one["topic"], Tone.SECONDARY),
        Cell(str(len(one["faults"]))),
        Cell(f"{one['minutes']:g}"),
    )
    return Record(one["name"], cells, one["text"])


def fault_records(drill: Json, now: float) -> list[Record]:
    """Return the faults of a drill with their scores, those still to come after them."""
    scored = drill["sheet"]["faults"]
    rows = [_scored(one) for one in scored]
    begun = {(one["fault"], one["channel"]) for one in scored}
    coming = [one for one in drill["plan"] if (one["fault"], one["channel"]) not in begun]
    if drill["state"] == "running":
        rows += [_planned(one, drill["started_at"] + one["onset_s"] - now) for one in coming]
    return rows


def step_records(drill: Json) -> list[Record]:
    """Return what should not have been done."""
    return [
        Record(str(number), (Cell(clock(one["at"])), Cell(one["by"]), Cell(one["text"], Tone.ILL, Mark.CROSS)))
        for number, one in enumerate(drill["sheet"]["false_steps"])
    ]


def held_record(one: Json) -> Record:
    """Return a drill that was held as a row."""
    is_whole = one["state"] == "ended"
    hours = (one.get("ended_at", one["started_at"]) - one["started_at"]) / 3600
    points = (
        Cell(f"{one['sheet']['points']:g} of 100", is_strong=True) if is_whole else Cell("broken off", Tone.TERTIARY)
    )
    cells = (
        Cell(day_and_clock(one["started_at"])),
        Cell(str(one.get("title") or "Drill"), is_strong=is_whole),
        Cell(one["team"] or "—", Tone.TEXT if one["team"] else Tone.TERTIARY),
        Cell(one["trainer"]),
        Cell(f"{hours:.1f}"),
        points,
    )
    return Record(str(one["drill_id"]), cells)


def headline(running: Json | None, now: float) -> str:
    """Return one line on the drill that runs: everybody may read it."""
    if running is None:
        return "No drill is running"
    team = f" for {running['team']}" if running["team"] else ""
    left = age(max(0.0, running["ends_at"] - now))
    return f"DRILL running{team}, led by {running['trainer']}, {left} left"


def is_open(drill: Json | None) -> bool:
    """Say whether this console may see what happens in a drill."""
    return drill is not None and "sheet" in drill


def _scored(one: Json) -> Record:
    cells = (
        Cell(one["title"], is_strong=True),
        Cell(one["channel"], is_mono=True),
        _after(one["detected_s"]),
        _after(one["acknowledged_s"]),
        _after(one["guide_s"]),
        _diagnosis(one),
        Cell(f"{one['points']:g}", is_strong=True),
    )
    return Record(f"{one['fault']}@{one['channel']}", cells, f"Right: {' or '.join(one['causes'])}")


def _planned(one: Json, left_s: float) -> Record:
    words = f"in {age(left_s)}" if left_s > 0 else "beginning"
    cells = (
        Cell(one["fault"], Tone.SECONDARY),
        Cell(one["channel"], Tone.SECONDARY, is_mono=True),
        Cell(words, Tone.TERTIARY),
    )
    return Record(f"{one['fault']}@{one['channel']}", (*cells, _NONE, _NONE, _NONE, _NONE))


def _after(took_s: float | None) -> Cell:
    return _NONE if took_s is None else Cell(f"{took_s:.0f} s")


def _diagnosis(one: Json) -> Cell:
    if not one["diagnosis"]:
        return _NONE
    return Cell(one["diagnosis"], *((Tone.TEXT, Mark.TICK) if one["is_right"] else (Tone.ILL, Mark.CROSS)))


def rows_of(found: Sequence[Json]) -> list[Record]:
    """Return the drills that were held, newest first."""
    return [held_record(one) for one in found]
