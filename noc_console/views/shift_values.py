"""What the shift screens show, as values: turns that are due, lines with figure, limit and change, signatures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from noc_console.views.figures import age, clock, day_and_clock
from noc_console.views.guide_path import step_of, title_of
from noc_console.views.guide_step_values import leaves
from noc_console.views.guide_words import label, said, written
from noc_console.views.records import Cell, Column, Mark, Record, Tone

Json = Mapping[str, Any]
TURN_COLUMNS = (
    Column("Due", 150),
    Column("Checklist"),
    Column("State", 190),
    Column("Role", 150, is_wide_only=True),
    Column("Minutes", 80, is_right=True, is_wide_only=True),
)
RUN_COLUMNS = (
    Column("Started", 150),
    Column("Checklist"),
    Column("State", 190),
    Column("People", 220),
    Column("Took", 90, is_right=True, is_wide_only=True),
)
LINE_COLUMNS = (
    Column("State", 116),
    Column("Part", 150, is_wide_only=True),
    Column("Line"),
    Column("Figure", 110, is_right=True),
    Column("Limit", 110, is_right=True),
    Column("Change", 90, is_right=True),
    Column("By, note", 220, is_wide_only=True),
)
_STATES = {
    "coming": Cell("coming", Tone.TERTIARY, Mark.RING),
    "due": Cell("due now", Tone.DOUBT, Mark.CLOCK, is_strong=True),
    "running": Cell("running", Tone.TEXT, Mark.DOT),
    "done": Cell("done", Tone.SECONDARY, Mark.TICK),
    "overdue": Cell("overdue", Tone.ILL, Mark.WARNING),
}
_MARKS = {"done": "done", "not-applicable": "not applicable", "open": "open"}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a checklist in words; `is_well` is None where there is no limit or no data."""

    item: str
    part: str
    text: str
    figure: str
    limit: str
    change: str
    state: str
    by: str
    note: str
    is_well: bool | None
    is_open: bool
    if_not: str
    guide: str
    is_asked: bool


def lines_of(guide: Json, run: Json, *, in_order: bool = False) -> list[Row]:
    """Return the lines, those outside their limit first, or as the guide has them."""
    rows = [_row(guide, line) for line in run["lines"]]
    if not in_order:
        return rows
    order = [item["id"] for step in guide["steps"] for item in step.get("items") or ()]
    return sorted(rows, key=lambda row: order.index(row.item) if row.item in order else len(order))


def line_record(row: Row) -> Record:
    """Return a line as a row: its state is a word and a shape, what is outside its limit is loud."""
    is_ill = row.is_well is False
    figure = Cell(row.figure or "\u2014", Tone.ILL if is_ill else Tone.TEXT if row.figure else Tone.TERTIARY)
    if row.is_asked and row.figure == "no data":
        figure = Cell("no data", Tone.DOUBT)
    quiet = Tone.TEXT if row.is_open else Tone.SECONDARY
    return Record(
        row.item,
        (
            _state(row),
            Cell(row.part, Tone.SECONDARY),
            Cell(row.text, quiet, is_strong=is_ill and row.is_open),
            figure,
            Cell(row.limit, Tone.SECONDARY),
            Cell(row.change, Tone.SECONDARY),
            Cell(", ".join(part for part in (row.by, row.note) if part), Tone.SECONDARY),
        ),
        f"{row.text}\n{row.if_not}" if row.if_not else row.text,
    )


def turn_record(turn: Json, guides: Mapping[str, Json], now: float) -> Record:
    """Return a turn as a row."""
    state = _STATES.get(turn["state"], Cell(turn["state"]))
    late = f", {age(now - turn['due_at'])} ago" if turn["state"] in ("due", "overdue") else ""
    ahead = f", in {age(turn['due_at'] - now)}" if turn["state"] == "coming" else ""
    cell = Cell(f"{state.text}{late}{ahead}", state.tone, state.mark, is_strong=state.is_strong)
    minutes = guides.get(turn["guide"], {}).get("minutes")
    return Record(
        turn_key(turn),
        (
            Cell(f"{day_and_clock(turn['due_at'])[:-3]}"),
            Cell(said(turn["title"]), is_strong=turn["state"] in ("due", "overdue")),
            cell,
            Cell(turn["role"], Tone.SECONDARY),
            Cell(f"{minutes:g}" if minutes else "", Tone.SECONDARY),
        ),
    )


def run_record(run: Json, now: float) -> Record:
    """Return a walk through a checklist as a row."""
    is_over = run["ended_at"] is not None
    given_up = run["ending"] == "closed"
    words, mark = (
        ("running", Mark.DOT) if not is_over else ("given up", Mark.CROSS) if given_up else ("signed", Mark.TICK)
    )
    tone = Tone.TEXT if not is_over else Tone.SECONDARY
    return Record(
        f"run/{run['run_id']}",
        (
            Cell(day_and_clock(run["started_at"])[:-3], tone),
            Cell(said(run["title"]), tone),
            Cell(words, tone, mark),
            Cell(", ".join(run["people"]), Tone.SECONDARY),
            Cell(age((run["ended_at"] or now) - run["started_at"]), Tone.SECONDARY),
        ),
    )


def list_record(guide: Json) -> Record:
    """Return a checklist that has no times as a row: it is begun when it is needed."""
    return Record(
        f"guide/{guide['guide']}",
        (
            Cell("when needed", Tone.TERTIARY),
            Cell(said(guide["title"])),
            Cell("not begun", Tone.TERTIARY, Mark.RING),
            Cell("", Tone.SECONDARY),
            Cell(f"{guide['minutes']:g}" if guide["minutes"] else "", Tone.SECONDARY),
        ),
    )


def turn_key(turn: Json) -> str:
    """Return the key of a turn's row."""
    return f"turn/{turn['guide']}/{int(turn['due_at'])}"


def today(turns: Sequence[Json], now: float) -> list[Json]:
    """Return the turns that matter now: overdue, due and running first, then what comes, then what was done."""
    rank = {"overdue": 0, "due": 1, "running": 2, "coming": 3, "done": 4}
    near = [turn for turn in turns if abs(turn["due_at"] - now) <= 16 * 3600 or turn["state"] == "running"]
    return sorted(near, key=lambda turn: (rank.get(turn["state"], 5), turn["due_at"]))


def parts(guide: Json, run: Json) -> list[tuple[str, str, str, bool]]:
    """Return every part of a checklist: title, how many lines are settled, minutes, whether something is ill."""
    found = []
    for step in guide["steps"]:
        if step["kind"] != "items":
            continue
        lines = [line for line in run["lines"] if line["section"] == step["id"]]
        settled = sum(not _is_open(line) for line in lines)
        ill = sum(line["is_well"] is False for line in lines)
        minutes = f"{step['minutes']:g} min" if step["minutes"] else ""
        note = ", ".join(part for part in (minutes, f"{ill} outside" if ill else "") if part)
        found.append((title_of(guide, step["id"]), f"{settled} of {len(lines)}", note, bool(ill)))
    return found


def sign_roles(guide: Json, run: Json) -> tuple[str, list[str], list[Json]]:
    """Return the step that is signed, the roles that have not signed, and the signatures."""
    step = next((one for one in guide["steps"] if one["kind"] == "sign-off"), None)
    signed = list(run["run"]["signatures"])
    if step is None:
        return "", [], signed
    return step["id"], [role for role in step["roles"] if role not in {one["role"] for one in signed}], signed


def open_lines(run: Json) -> int:
    """Return how many lines are open."""
    return sum(_is_open(line) for line in run["lines"])


def _is_open(line: Json) -> bool:
    return line["mark"] is None or line["mark"]["state"] == "open"


def _state(row: Row) -> Cell:
    if not row.is_open:
        mark = Mark.TICK if row.state == "done" else Mark.DASH
        return Cell(row.state if row.state == "done" else "n.a.", Tone.SECONDARY, mark)
    if row.is_well is False:
        return Cell("open", Tone.ILL, Mark.WARNING)
    if row.is_asked and row.is_well is None:
        return Cell("open", Tone.DOUBT, Mark.QUESTION)
    return Cell("open", Tone.TEXT, Mark.RING)


def _row(guide: Json, line: Json) -> Row:
    item = item_of(guide, line["item"])
    questions, mark = guide["questions"], line["mark"]
    figure = line["figure"]
    value = "" if not figure else "no data"
    if figure and line["value"] is not None:
        value = written(figure, float(line["value"]), questions)
    return Row(
        line["item"],
        title_of(guide, line["section"]),
        said(line["text"]),
        value,
        limit_words(guide, item),
        _change(figure, line["change"], questions),
        _MARKS[mark["state"]] if mark else "open",
        f"{mark['by']} {clock(mark['at'])[:5]}" if mark and mark["state"] != "open" else "",
        mark["note"] if mark else "",
        line["is_well"],
        _is_open(line),
        said(line["if_not"]),
        line["guide"],
        bool(figure),
    )


def item_of(guide: Json, item: str) -> Json:
    """Return an item of a guide by its id; empty where there is none."""
    found = (one for step in guide["steps"] for one in step.get("items") or () if one["id"] == item)
    return next(found, {})


def limit_words(guide: Json, item: Json) -> str:
    """Return what a line's figure must be, as `< 70 %`; other questions are named."""
    questions, told = guide["questions"], []
    for leaf in leaves(item.get("limit")):
        operand = leaf["operand"]
        words = written(leaf["name"], float(operand), questions) if isinstance(operand, int | float) else str(operand)
        sign = {"==": "=", "<=": "\u2264", ">=": "\u2265", "!=": "\u2260"}.get(leaf["operator"], leaf["operator"])
        name = "" if leaf["name"] == item.get("figure") else f"{label(leaf['name'], questions)} "
        told.append(f"{name}{sign} {words}")
    return ", ".join(told)


def _change(figure: str, change: float | None, questions: Json) -> str:
    if change is None or not figure:
        return ""
    if change == 0:
        return "as before"
    words = written(figure, abs(change), questions)
    return f"{'+' if change > 0 else chr(0x2212)}{words}"


def people_of(guide: Json, run: Json) -> Iterable[tuple[str, str]]:
    """Return every role that signs with the name that stands there, or that nobody has."""
    step = step_of(guide, sign_roles(guide, run)[0])
    names = {one["role"]: f"{one['by']}, {day_and_clock(one['at'])[:-3]}" for one in run["run"]["signatures"]}
    for role in step.get("roles") or ():
        yield role, names.get(role, "not signed")
