"""Steps: what a guide is made of, one frozen value for each kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal, get_args

from pydantic import Field, WithJsonSchema

from noc_console.guides.shape import NO_TEXT, STRICT, Many, Minutes, Name, Share, StepId, When, Word, Words

END = "end"
JOIN = "join"
CAUSES = (
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
    "expected",
)
_CAUSE = {"enum": list(CAUSES)}
Causes = Annotated[Many, WithJsonSchema({"oneOf": [_CAUSE, {"type": "array", "items": _CAUSE}]})]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One way out of a step: what it says, where it goes, and which causes it blames or rules out.

    `confidence` is the weight of this one sign, 0 to 1; README of the playbooks tells the arithmetic.
    """

    says: Words = NO_TEXT
    because: Words = NO_TEXT
    blames: Causes = ()
    secondary: Causes = ()
    rules_out: Causes = ()
    confidence: Share = 0.6
    next: Word

    __pydantic_config__ = STRICT

    @property
    def tells(self) -> bool:
        """True where taking this way is a finding about the cause."""
        return bool(self.blames or self.secondary or self.rules_out)


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch(Outcome):
    """A way that is taken when its condition is true."""

    when: When


@dataclass(frozen=True, slots=True, kw_only=True)
class Option(Outcome):
    """An answer the operator may give; `when` tells which answer the data suggest."""

    says: Words
    when: When | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What every step carries: its id, its text, why it is asked, and the evidence shown beside it."""

    id: StepId
    text: Words = NO_TEXT
    why: Words = NO_TEXT
    show: Many = ()
    chart: str = ""

    __pydantic_config__ = STRICT


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence(Step):
    """Shows questions that the agent has answered; walked by itself."""

    kind: Literal["evidence"] = "evidence"
    next: Word


@dataclass(frozen=True, slots=True, kw_only=True)
class Decide(Step):
    """The first branch that is true is taken; none true and one unknown leads to `no_data`."""

    kind: Literal["decide"] = "decide"
    branches: Annotated[tuple[Branch, ...], Field(min_length=1)]
    otherwise: Outcome
    no_data: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Conclude(Step):
    """Says what this place of the tree means: a sub-result; walked by itself."""

    kind: Literal["conclude"] = "conclude"
    because: Words = NO_TEXT
    blames: Causes = ()
    secondary: Causes = ()
    rules_out: Causes = ()
    confidence: Share = 0.6
    next: Word


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask(Step):
    """Asks the operator; skipping it takes the last option's way without its findings."""

    kind: Literal["question"] = "question"
    options: Annotated[tuple[Option, ...], Field(min_length=2, max_length=9)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Manual(Step):
    """Something the operator looks at, with a command to copy; `result` names the `ask` question it fills."""

    kind: Literal["manual"] = "manual"
    command: str = ""
    effect: Annotated[Words, Field(alias="is")] = NO_TEXT
    on: str = ""
    result: Many = ()
    next: Word


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnose(Step):
    """Runs a built-in diagnostic; `automatic` runs it without being asked."""

    kind: Literal["diagnostic"] = "diagnostic"
    run: Word
    layer: Literal["", "contribution", "headend", "packager", "origin", "edge", "client"] = ""
    automatic: bool = False
    next: Word


@dataclass(frozen=True, slots=True, kw_only=True)
class Notify(Step):
    """Tells roles of the contact book, after the operator's word."""

    kind: Literal["notify"] = "notify"
    to: Annotated[Many, Field(min_length=1)]
    message: Words = NO_TEXT
    next: Word


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait(Step):
    """Waits, then checks with fresh answers, when it has something to check."""

    kind: Literal["wait"] = "wait"
    minutes: Minutes
    then_check: When | None = None
    next: Word
    otherwise: Outcome | None = None
    no_data: Outcome | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """One of several ways walked at the same time, by its first step; it ends at `next: join`."""

    name: Words
    first: StepId

    __pydantic_config__ = STRICT


@dataclass(frozen=True, slots=True, kw_only=True)
class Lanes(Step):
    """Several teams work at the same time; `next` comes when every lane has joined."""

    kind: Literal["lanes"] = "lanes"
    lanes: Annotated[tuple[Lane, ...], Field(min_length=2, max_length=6)]
    next: Word


@dataclass(frozen=True, slots=True, kw_only=True)
class Action(Step):
    """A change to a system, with a reason; `approval` names the role whose word a second person gives first."""

    kind: Literal["action"] = "action"
    role: str = ""
    risk: Words = NO_TEXT
    approval: str = ""
    command: str = ""
    on: str = ""
    next: Word


@dataclass(frozen=True, slots=True, kw_only=True)
class Verify(Step):
    """Waits until a condition holds by fresh answers, for `within_min` at the most."""

    kind: Literal["verify"] = "verify"
    when: When
    within_min: Minutes = 10
    next: Word
    otherwise: Outcome
    no_data: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Link(Step):
    """Opens another guide with the same channel, alarm and evidence; without `next` this guide ends there."""

    kind: Literal["link"] = "link"
    guide: Word
    next: Word = END


@dataclass(frozen=True, slots=True, kw_only=True)
class FormField:
    """One field of a form; `fill` names the question or the fact of the run that is written in beforehand."""

    name: Name
    label: Words = NO_TEXT
    kind: Literal["text", "choice", "yes_no", "number", "time", "date"] = "text"
    options: Many = ()
    required: bool = False
    fill: str = ""
    unit: str = ""
    warn_when: When | None = None
    warning: Words = NO_TEXT

    __pydantic_config__ = STRICT


@dataclass(frozen=True, slots=True, kw_only=True)
class Form(Step):
    """The resolution: what was wrong, what was done, whether it is well again."""

    kind: Literal["form"] = "form"
    fields: Annotated[tuple[FormField, ...], Field(min_length=1, max_length=40)]
    review_within_h: Annotated[float, Field(ge=0, le=24 * 31)] = 0
    next: Word = END


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One line of a checklist; `figure` is filled in by the agent and is well when `limit` holds."""

    id: StepId
    text: Words
    figure: str = ""
    limit: When | None = None
    if_not: Words = NO_TEXT
    guide: str = ""

    __pydantic_config__ = STRICT


@dataclass(frozen=True, slots=True, kw_only=True)
class Items(Step):
    """A section of a checklist with the minutes it should take."""

    kind: Literal["items"] = "items"
    minutes: Annotated[float, Field(ge=0, le=7 * 24 * 60)] = 0
    items: Annotated[tuple[Item, ...], Field(min_length=1, max_length=80)]
    next: Word


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOff(Step):
    """Names under the checklist, one for each role; refused while an item is open."""

    kind: Literal["sign-off"] = "sign-off"
    roles: Annotated[Many, Field(min_length=1, max_length=12)]
    next: Word = END


AnyStep = (
    Evidence
    | Decide
    | Conclude
    | Ask
    | Manual
    | Diagnose
    | Notify
    | Wait
    | Lanes
    | Action
    | Verify
    | Link
    | Form
    | Items
    | SignOff
)
STEP_KINDS: Mapping[str, type[AnyStep]] = {
    kind.__dataclass_fields__["kind"].default: kind for kind in get_args(AnyStep)
}


def outcomes(step: AnyStep) -> tuple[tuple[str, Outcome], ...]:
    """Return every way out of a step with its key: `branches.0`, `otherwise`, `no_data`, `options.1`, `next`."""
    found: list[tuple[str, Outcome]] = []
    for key, ways in (("branches", getattr(step, "branches", ())), ("options", getattr(step, "options", ()))):
        found += [(f"{key}.{place}", way) for place, way in enumerate(ways)]
    following = getattr(step, "next", "")
    if isinstance(step, Conclude):
        found.append(("next", _of_conclusion(step)))
    elif following:
        found.append(("next", Outcome(next=following)))
    for key in ("otherwise", "no_data"):
        way = getattr(step, key, None)
        if way is not None:
            found.append((key, way))
    return tuple(found)


def _of_conclusion(step: Conclude) -> Outcome:
    return Outcome(
        because=step.because,
        blames=step.blames,
        secondary=step.secondary,
        rules_out=step.rules_out,
        confidence=step.confidence,
        next=step.next,
    )
