"""A run: one walk through a guide as a value that goes to JSON and back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter, ValidationError

from noc_console.errors import KnownError
from noc_console.guides.answers import Answer
from noc_console.guides.conditions import Decided
from noc_console.guides.deeds import AnyDeed, Value
from noc_console.guides.shape import NO_TEXT, Text

MAIN = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """One finding about the cause: what was taken, its weight, and what lowered it."""

    step: str
    says: Text = NO_TEXT
    because: Text = NO_TEXT
    blames: tuple[str, ...] = ()
    secondary: tuple[str, ...] = ()
    rules_out: tuple[str, ...] = ()
    weight: float = 0.6
    is_against_data: bool = False
    has_few_samples: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """One visit of a step. `way` is the key of the way out, `suggested` the one the data speak for.

    `is_held` steps wait for the operator although they could walk by themselves (after going back); `is_undone` ones
    were gone back over. `by` is empty where the step walked by itself.
    """

    step: str
    lane: str = MAIN
    entered_at: float
    left_at: float | None = None
    by: str = ""
    way: str = ""
    says: Text = NO_TEXT
    result: str = ""
    reason: str = ""
    suggested: str = ""
    approved_by: str = ""
    is_skipped: bool = False
    is_held: bool = False
    is_undone: bool = False
    has_no_data: bool = False
    terms: tuple[Decided, ...] = ()
    signs: tuple[Sign, ...] = ()

    @property
    def is_open(self) -> bool:
        """True while this is where a lane stands."""
        return self.left_at is None and not self.is_undone


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """Who asked for a second person's word, and who gave it."""

    asked_by: str
    asked_at: float
    reason: str = ""
    given_by: str = ""
    given_at: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A note or picture; those that hand over carry who ticked them off."""

    text: str
    at: float
    by: str
    step: str = ""
    picture: str = ""
    hands_over: bool = False
    ticked_by: str = ""
    ticked_at: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """The state of a checklist's line, with the figure it had then."""

    state: Literal["open", "done", "not-applicable"]
    by: str
    at: float
    note: str = ""
    value: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """A name in a role."""

    role: str
    by: str
    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Logged:
    """A person's deed as it came, and why it was refused where it was."""

    deed: Annotated[AnyDeed, Field(discriminator="kind")]
    at: float
    refused: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """All that is known of one walk; `raised_at` is the alarm's time, from which timers count."""

    id: int
    guide: str
    version: int
    kind: str
    started_at: float
    raised_at: float | None = None
    started_by: str = ""
    channel_id: int = 0
    input_id: int = 0
    alarm_id: int = 0
    alarm_type: str = ""
    parent: int = 0
    at: float = 0.0
    stays: tuple[Stay, ...] = ()
    answers: Mapping[str, Answer] = field(default_factory=dict)
    approvals: Mapping[str, Approval] = field(default_factory=dict)
    fired: tuple[int, ...] = ()
    offered: tuple[str, ...] = ()
    form: Mapping[str, Value] = field(default_factory=dict)
    marks: Mapping[str, Mark] = field(default_factory=dict)
    previous: Mapping[str, float] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()
    inherited: tuple[Note, ...] = ()
    signatures: tuple[Signature, ...] = ()
    log: tuple[Logged, ...] = ()
    responded_at: float | None = None
    ended_at: float | None = None
    ending: str = ""

    @property
    def open_stays(self) -> tuple[Stay, ...]:
        """Where every lane stands now."""
        return tuple(stay for stay in self.stays if stay.is_open)

    @property
    def trail(self) -> tuple[Stay, ...]:
        """The path that is lit: every stay that was not gone back over, in order."""
        return tuple(stay for stay in self.stays if not stay.is_undone)

    @property
    def summary(self) -> dict[str, Any]:
        """What lists of runs show, and every event of a run carries as `run`."""
        return {
            "run_id": self.id,
            "guide": self.guide,
            "version": self.version,
            "kind": self.kind,
            "alarm_id": self.alarm_id,
            "alarm_type": self.alarm_type,
            "channel_id": self.channel_id,
            "started_at": self.started_at,
            "ended_at": self.ended_at,
            "ending": self.ending,
            "steps": [stay.step for stay in self.open_stays],
        }

    @property
    def since(self) -> float:
        """The moment timers count from."""
        return self.started_at if self.raised_at is None else self.raised_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Begin:
    """What a run begins with; `parent` is the run a link came from, whose channel, alarm and answers it keeps."""

    run_id: int
    by: str = ""
    raised_at: float | None = None
    channel_id: int = 0
    input_id: int = 0
    alarm_id: int = 0
    alarm_type: str = ""
    parent: int = 0
    answers: Mapping[str, Answer] = field(default_factory=dict)
    previous: Mapping[str, float] = field(default_factory=dict)
    inherited: tuple[Note, ...] = ()


def run_to_json(run: Run) -> dict[str, Any]:
    """Return a run as plain JSON values."""
    made: dict[str, Any] = _adapter(Run).dump_python(run, mode="json")
    return made


def run_from_json(made: Mapping[str, Any]) -> Run:
    """Return the run that was written as JSON; KnownError where it is none."""
    try:
        run: Run = _adapter(Run).validate_json(json.dumps(made))
    except (ValidationError, ValueError, TypeError):
        raise KnownError(
            "A run of a guide in the history cannot be read: it was written by another version."
        ) from None
    return run


def deed_to_json(deed: AnyDeed) -> dict[str, Any]:
    """Return a deed as plain JSON values."""
    made: dict[str, Any] = _deeds().dump_python(deed, mode="json")
    return made


def deed_from_json(made: Mapping[str, Any]) -> AnyDeed:
    """Return the deed in JSON that an operator's screen sent; KnownError says what is wrong with it."""
    try:
        deed: AnyDeed = _deeds().validate_json(json.dumps(made))
    except ValidationError as refused:
        first = refused.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise KnownError(f"This cannot be done to a run: {place or 'the deed'}: {first['msg']}.") from None
    return deed


def begin_to_json(begin: Begin) -> dict[str, Any]:
    """Return what a run begins with as plain JSON values."""
    made: dict[str, Any] = _adapter(Begin).dump_python(begin, mode="json")
    return made


def begin_from_json(made: Mapping[str, Any]) -> Begin:
    """Return what `begin_to_json` wrote."""
    begin: Begin = _adapter(Begin).validate_json(json.dumps(made))
    return begin


def seal(run: Run) -> str:
    """Return the SHA-256 of a run's JSON, which a signed checklist shows and anybody can compute again."""
    text = json.dumps(run_to_json(run), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


@cache
def _adapter(shape: Any) -> TypeAdapter[Any]:
    return TypeAdapter(shape)


@cache
def _deeds() -> TypeAdapter[Any]:
    return TypeAdapter(Annotated[AnyDeed, Field(discriminator="kind")])
