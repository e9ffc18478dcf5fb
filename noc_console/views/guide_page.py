"""A walk through a guide on paper: its verdict, steps, lines, form, notes and signatures, as a page and as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any

from noc_console.incidents.page import Page, Section, Table
from noc_console.views.figures import age, clock, day_and_clock
from noc_console.views.guide_path import MAIN, cause, nodes
from noc_console.views.guide_words import said
from noc_console.views.shift_values import Row, lines_of

Json = Mapping[str, Any]
_LINE_HEAD = ("Part", "Line", "Figure", "Limit", "Change", "State", "By", "Note")
_STEP_HEAD = ("Step", "Question", "Answer", "Evidence", "By")


def page_of_walk(guide: Json, run: Json, made_at: float) -> Page:
    """Return everything of a walk for the printer."""
    return Page(
        f"{said(run['title'])}" + (f", {run['channel']}" if run["channel"] else ""),
        f"Run {run['run_id']} of {run['guide']}, version {run['version']}",
        tuple(_facts(run)),
        tuple(one for one in _sections(guide, run) if not one.is_empty or one.empty),
        (f"Made {day_and_clock(made_at)} ICT from the record of run {run['run_id']}.", *_sealed(run)),
    )


def csv_of_walk(guide: Json, run: Json) -> str:
    """Return a checklist's lines as CSV, or the steps of another guide."""
    rows = lines_of(guide, run)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    if rows:
        writer.writerow(("run", "guide", "started", *(name.lower() for name in _LINE_HEAD)))
        writer.writerows((run["run_id"], run["guide"], _at(run["started_at"]), *_safe(_line(row))) for row in rows)
    else:
        writer.writerow(("run", "guide", "started", *(name.lower() for name in _STEP_HEAD)))
        steps = _steps(guide, run)
        writer.writerows((run["run_id"], run["guide"], _at(run["started_at"]), *_safe(step)) for step in steps)
    return out.getvalue()


def _facts(run: Json) -> Iterable[tuple[str, str]]:
    yield "Started", f"{day_and_clock(run['started_at'])} ICT by {run['started_by'] or 'the agent'}"
    if run["ended_at"] is not None:
        yield "Ended", f"{day_and_clock(run['ended_at'])} ICT, after {age(run['ended_at'] - run['started_at'])}"
    else:
        yield "Ended", "not yet"
    yield "People", ", ".join(run["people"])
    found = run["verdict_so_far"]
    if run["kind"] != "checklist":
        causes = ", ".join(cause(one["name"]) for one in found["primary"]) or "not determined"
        yield "Cause", f"{causes}, confidence {found['confidence'] * 100:.0f} %"


def _sections(guide: Json, run: Json) -> Iterable[Section]:
    rows = [_line(row) for row in lines_of(guide, run)]
    if rows:
        yield Section("Lines", table=Table(_LINE_HEAD, tuple(rows)))
    else:
        yield Section("Steps", table=Table(_STEP_HEAD, tuple(_steps(guide, run))))
    form = tuple(
        (name.replace("_", " "), str(value)) for name, value in run["run"]["form"].items() if value is not None
    )
    yield Section("Form", table=Table(("", ""), form))
    notes = tuple((clock(one["at"]), one["by"], one["text"]) for one in run["run"]["notes"])
    yield Section("Notes", table=Table(("Time", "By", "Note"), notes))
    handed = tuple(_handed(one) for one in (*run["run"]["inherited"], *run["run"]["notes"]) if one["hands_over"])
    yield Section("Handover", table=Table(("By", "Note", "Ticked off"), handed))
    signed = tuple((one["role"], one["by"], day_and_clock(one["at"])) for one in run["run"]["signatures"])
    yield Section("Signatures", table=Table(("Role", "Name", "Time"), signed), empty="Nobody has signed.")


def _steps(guide: Json, run: Json) -> list[tuple[str, ...]]:
    lanes = dict.fromkeys([MAIN, *(stay["lane"] for stay in run["run"]["stays"])])
    walked = {node.place: node for lane in lanes for node in nodes(guide, run, lane, coming=0)}
    ordered = [walked[place] for place in sorted(walked)]
    return [
        (str(number), node.title, node.chip or "open", "; ".join(node.lines), node.note)
        for number, node in enumerate(ordered, 1)
    ]


def _line(row: Row) -> tuple[str, ...]:
    return (row.part, row.text, row.figure, row.limit, row.change, row.state, row.by, row.note)


def _handed(note: Json) -> tuple[str, str, str]:
    ticked = f"{note['ticked_by']}, {clock(note['ticked_at'])}" if note["ticked_at"] is not None else "not yet"
    return note["by"], note["text"], ticked


def _sealed(run: Json) -> tuple[str, ...]:
    return (f"Sealed: SHA-256 {run['seal']}",) if run.get("seal") else ()


def _at(at: float) -> str:
    return day_and_clock(at)


def _safe(cells: Iterable[str]) -> list[str]:
    """A cell that begins like a formula is text in every spreadsheet."""
    return [f"'{cell}" if cell[:1] in ("=", "+", "@", "\t", "-") else cell for cell in cells]
