"""Checklists: lines with figures, limits and the change since the last run; marks, signatures, handover notes."""

from __future__ import annotations

from dataclasses import dataclass, replace

from noc_console.guides.conditions import decide
from noc_console.guides.deeds import Marked, Signed, TickedOff
from noc_console.guides.guide import Guide
from noc_console.guides.refusal import NotNow, at_step, person, wanted_reason
from noc_console.guides.run import Mark, Run, Signature, seal
from noc_console.guides.steps import Item, Items, SignOff
from noc_console.guides.walking import Walk


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a checklist as it stands: `is_well` is None where there is no data or no limit."""

    section: str
    item: Item
    mark: Mark | None
    value: float | None
    change: float | None
    is_well: bool | None

    @property
    def is_open(self) -> bool:
        """True until somebody has marked it done or not applicable."""
        return self.mark is None or self.mark.state == "open"


def lines(guide: Guide, run: Run, *, exceptions_first: bool = False) -> tuple[Line, ...]:
    """Return every line, in the guide's order or with those outside their limit, then those without data, first."""
    found = [_line(step.id, item, run) for step in guide.steps if isinstance(step, Items) for item in step.items]
    return tuple(sorted(found, key=_urgency) if exceptions_first else found)


def figures(guide: Guide, run: Run) -> dict[str, float]:
    """Return the figures of a run by line, which the next run is compared with."""
    return {line.item.id: line.value for line in lines(guide, run) if line.value is not None}


def mark(walk: Walk, deed: Marked) -> None:
    """Mark a line; not applicable, or done outside its limit, wants a note."""
    person(deed)
    line = next((line for line in lines(walk.guide, walk.run) if line.item.id == deed.item), None)
    if line is None:
        raise NotNow("This checklist has no such line: reload it.")
    if deed.state == "not-applicable":
        wanted_reason(deed, "The line is not applicable")
    if deed.state == "done" and line.is_well is False:
        wanted_reason(deed, "The figure is outside its limit", "say what was done")
    made = Mark(state=deed.state, by=deed.by, at=walk.at, note=deed.reason, value=line.value)
    walk.change(marks={**walk.run.marks, deed.item: made})
    walk.tell("GuideMarked", item=deed.item, state=deed.state, by=deed.by, reason=deed.reason, value=line.value)


def sign(walk: Walk, deed: Signed) -> None:
    """Sign in a role; refused while a line is open. The last signature takes the way on."""
    person(deed)
    place, step = at_step(walk, deed.step)
    if not isinstance(step, SignOff) or deed.role not in step.roles:
        raise NotNow("This role does not sign here.")
    open_lines = [line.item.text.en for line in lines(walk.guide, walk.run) if line.is_open]
    if open_lines:
        more = f" and {len(open_lines) - 3} more" if len(open_lines) > 3 else ""
        raise NotNow(f"Lines are still open: {', '.join(open_lines[:3])}{more}.")
    if any(one.role == deed.role for one in walk.run.signatures):
        raise NotNow("This role has signed already.")
    walk.change(signatures=(*walk.run.signatures, Signature(role=deed.role, by=deed.by, at=walk.at)))
    walk.tell("GuideSigned", step=step.id, role=deed.role, by=deed.by, seal=seal(walk.run))
    if {one.role for one in walk.run.signatures} >= set(step.roles):
        walk.leave(place, walk.way(step, "next"), by=deed.by)


def tick_off(walk: Walk, deed: TickedOff) -> None:
    """Tick off a note of the last shift."""
    person(deed)
    notes = walk.run.inherited
    if not 0 <= deed.note < len(notes):
        raise NotNow("There is no such handover note.")
    if notes[deed.note].ticked_at is not None:
        raise NotNow(f"{notes[deed.note].ticked_by} has ticked this off already.")
    ticked = replace(notes[deed.note], ticked_by=deed.by, ticked_at=walk.at)
    walk.change(inherited=(*notes[: deed.note], ticked, *notes[deed.note + 1 :]))
    walk.tell("GuideTickedOff", note=deed.note, text=ticked.text, by=deed.by)


def _line(section: str, item: Item, run: Run) -> Line:
    answer = run.answers.get(item.figure)
    value = None if answer is None else answer.value
    before = run.previous.get(item.id)
    change = None if value is None or before is None else value - before
    is_well = None if item.limit is None else decide(item.limit, run.answers).holds
    return Line(section, item, run.marks.get(item.id), value, change, is_well)


def _urgency(line: Line) -> int:
    if line.is_well is False:
        return 0
    return 1 if line.is_well is None and (line.item.figure or line.item.limit is not None) else 2
