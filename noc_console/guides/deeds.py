"""Deeds: what a person, the agent or the time does to a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from noc_console.guides.answers import Answer

Value = str | float | bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """What every deed carries: who did it, empty for the agent itself; and why, in the person's words."""

    by: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered(Deed):
    """Answers came: from the agent, or a diagnostic's fields as `name.field`."""

    kind: Literal["answered"] = "answered"
    answers: Mapping[str, Answer]


@dataclass(frozen=True, slots=True, kw_only=True)
class TimePassed(Deed):
    """It is later now: timers, waits and verifications look at their time."""

    kind: Literal["time-passed"] = "time-passed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chose(Deed):
    """An answer to a question, or a way chosen by hand at a decision that stands open: `options.0`, `otherwise`."""

    kind: Literal["chose"] = "chose"
    step: str
    way: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Did(Deed):
    """A step is done: manual, notify, action, diagnostic, link; `values` are results of `ask` questions by name."""

    kind: Literal["did"] = "did"
    step: str
    result: str = ""
    values: Mapping[str, float | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreed(Deed):
    """A verdict already made is taken another way, with a reason; what came after it in its lane is walked anew."""

    kind: Literal["disagreed"] = "disagreed"
    step: str
    way: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WentBack(Deed):
    """One step back in a lane; nothing is lost, the steps are marked as gone back over."""

    kind: Literal["went-back"] = "went-back"
    lane: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped(Deed):
    """A step is left out; it is named in the report."""

    kind: Literal["skipped"] = "skipped"
    step: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted(Deed):
    """A note, or a picture by its hash, at a step or the run; `hands_over` is for the next shift to tick off."""

    kind: Literal["noted"] = "noted"
    text: str = ""
    step: str = ""
    picture: str = ""
    hands_over: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TickedOff(Deed):
    """A note of the last shift was read and dealt with."""

    kind: Literal["ticked-off"] = "ticked-off"
    note: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedApproval(Deed):
    """An action waits for the word of a second person."""

    kind: Literal["asked-approval"] = "asked-approval"
    step: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Approved(Deed):
    """A second person says yes, or no (`is_given` false) with a reason."""

    kind: Literal["approved"] = "approved"
    step: str
    is_given: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class TookOffer(Deed):
    """The operator goes to a step that a timer offered."""

    kind: Literal["took-offer"] = "took-offer"
    step: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalated(Deed):
    """The operator calls further roles before a timer does."""

    kind: Literal["escalated"] = "escalated"
    to: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled(Deed):
    """The form is filled in."""

    kind: Literal["filled"] = "filled"
    step: str
    values: Mapping[str, Value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked(Deed):
    """A line of the checklist is done, not applicable, or open again."""

    kind: Literal["marked"] = "marked"
    item: str
    state: Literal["open", "done", "not-applicable"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed(Deed):
    """A person signs in a role."""

    kind: Literal["signed"] = "signed"
    step: str
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed(Deed):
    """The run is ended before its form, with a reason."""

    kind: Literal["closed"] = "closed"


AnyDeed = (
    Answered
    | TimePassed
    | Chose
    | Did
    | Disagreed
    | WentBack
    | Skipped
    | Noted
    | TickedOff
    | AskedApproval
    | Approved
    | TookOffer
    | Escalated
    | Filled
    | Marked
    | Signed
    | Closed
)
