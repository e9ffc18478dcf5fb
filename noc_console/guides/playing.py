"""Plays scripted hops through the real run machine: answers when they are due, deeds as a person does them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from noc_console.guides.deeds import (
    Answered,
    AnyDeed,
    Approved,
    AskedApproval,
    Chose,
    Did,
    Filled,
    Marked,
    Signed,
    TimePassed,
    TookOffer,
    Value,
)
from noc_console.guides.doing import apply, start
from noc_console.guides.evidence import derived_names, needed
from noc_console.guides.guide import Guide
from noc_console.guides.questions import FROM_THE_RUN, OfDiagnostic
from noc_console.guides.run import Begin, Run
from noc_console.guides.solving import as_answers
from noc_console.guides.steps import (
    Action,
    AnyStep,
    Ask,
    Decide,
    Diagnose,
    Evidence,
    Form,
    FormField,
    Items,
    Link,
    Manual,
    Notify,
    SignOff,
    Verify,
    Wait,
)

# how the key of a hop begins that takes what a timer offers: the step's id follows
OFFER = "offer:"
_START = 1_000_000.0
_OPERATOR, _SECOND = "operator", "second person"


@dataclass(frozen=True, slots=True)
class Hop:
    """One step with the way taken out of it, and the values its condition wants."""

    step: str
    key: str
    values: Mapping[str, float | None]


def play(guide: Guide, hops: Sequence[Hop]) -> Run:
    """Return the run that these hops make; it stands wherever the machine went, which the caller checks."""
    player = _Player(guide, hops)
    for place, hop in enumerate(hops):
        player.hop(place, hop)
    return player.run


class _Player:
    """A run that is walked by a script, and its time."""

    def __init__(self, guide: Guide, hops: Sequence[Hop]) -> None:
        self.guide = guide
        self.hops = hops
        self.at = _START
        self.run, _ = start(guide, Begin(run_id=1, by=_OPERATOR, raised_at=_START), _START)
        self._pass(1.0)

    def hop(self, place: int, hop: Hop) -> None:
        """Do what a person, the agent and the time do at one step."""
        step = self.guide.step(hop.step)
        if hop.key.startswith(OFFER):
            self._offered(hop.key.removeprefix(OFFER))
            return
        match step:
            case Evidence() | Decide():
                self._answer(place, step)
            case Ask():
                self._do(Chose(step=step.id, way=hop.key, by=_OPERATOR))
            case Manual():
                typed = {name: self._next_value(place, name) for name in step.result if self._is_number(name)}
                self._do(Did(step=step.id, values=typed, by=_OPERATOR))
            case Diagnose():
                fields = {name: value for name, value in self._ahead(place).items() if self._is_of(name, step.run)}
                self._do(Answered(answers=as_answers(fields, self.at)))
                self._do(Did(step=step.id))
            case Action():
                self._act(step)
            case Notify() | Link():
                self._do(Did(step=step.id, by=_OPERATOR))
            case Wait() | Verify():
                self._wait(step, place, hop)
            case Form() | Items() | SignOff():
                self._write(step)

    def _answer(self, place: int, step: AnyStep) -> None:
        """Answer what the step still waits for, and say again what arithmetic was scripted to give."""
        if any(stay.is_open and stay.step == step.id for stay in self.run.stays):
            batch = self._batch(place)
            asked = {name for name in needed(self.guide, step) if name not in self.run.answers}
            scripted = {name for name in derived_names(self.guide) if batch[name] is not None or name in asked}
            told = (name for name in derived_names(self.guide) if name in self.run.answers)
            held = {name: self.run.answers[name].value for name in told}
            known = {name: value for name, value in held.items() if value is not None}
            values = {name: batch[name] for name in asked | scripted}
            self._do(Answered(answers=as_answers(values | known, self.at)))

    def _offered(self, to: str) -> None:
        self.at = max(self.at, _START + 60 * max(timer.after_min for timer in self.guide.timers if timer.step == to))
        self._do(TimePassed())
        self._do(TookOffer(step=to, by=_OPERATOR))

    def _wait(self, step: Wait | Verify, place: int, hop: Hop) -> None:
        fresh = self._batch(place)
        if isinstance(step, Wait):
            self._pass(step.minutes * 60)
            self._do(TimePassed())
        if self._is_fresh(step):
            self._do(Answered(answers=as_answers(fresh, self.at)))
        if isinstance(step, Verify) and hop.key != "next":
            self._pass(step.within_min * 60)
            self._do(TimePassed())

    def _write(self, step: Form | Items | SignOff) -> None:
        match step:
            case Form():
                self._do(Filled(step=step.id, by=_OPERATOR, values={f.name: _value(f) for f in step.fields}))
            case Items():
                for item in step.items:
                    self._do(Marked(item=item.id, state="done", by=_OPERATOR, reason="looked at"))
            case SignOff():
                for role in step.roles:
                    self._do(Signed(step=step.id, role=role, by=_OPERATOR))

    def _act(self, step: Action) -> None:
        if step.approval:
            self._do(AskedApproval(step=step.id, by=_OPERATOR, reason="scripted"))
            self._do(Approved(step=step.id, by=_SECOND))
        self._do(Did(step=step.id, by=_OPERATOR, reason="scripted"))

    def _do(self, deed: AnyDeed) -> None:
        self.run, _ = apply(self.guide, self.run, deed, self.at)
        self._pass(1.0)

    def _pass(self, seconds: float) -> None:
        self.at += seconds

    def _batch(self, first: int) -> dict[str, float | None]:
        """The agent's answers from a hop on, until fresh ones come; what no condition wants is unknown."""
        own = {name for name, asked in self.guide.questions.items() if not isinstance(asked, FROM_THE_RUN)}
        wanted = self._ahead(first)
        return {name: wanted.get(name) for name in sorted(own)}

    def _ahead(self, first: int) -> dict[str, float | None]:
        values: dict[str, float | None] = {}
        for place, hop in enumerate(self.hops[first:], first):
            if place > first and self._is_fresh(self.guide.step(hop.step)):
                break
            values = {**hop.values, **values}
        return values

    def _next_value(self, first: int, name: str) -> float | None:
        """The value that the first condition from here on wants of a typed name."""
        return next((hop.values[name] for hop in self.hops[first:] if name in hop.values), None)

    @staticmethod
    def _is_fresh(step: AnyStep) -> bool:
        return isinstance(step, Verify) or (isinstance(step, Wait) and step.then_check is not None)

    def _is_number(self, name: str) -> bool:
        return getattr(self.guide.questions[name], "type", "number") != "text"

    def _is_of(self, name: str, diagnostic: str) -> bool:
        question = self.guide.questions.get(name.partition(".")[0])
        return isinstance(question, OfDiagnostic) and question.diagnostic == diagnostic


def _value(field: FormField) -> Value:
    match field.kind:
        case "yes_no":
            return True
        case "number":
            return 1.0
        case "choice":
            return field.options[0]
    return "scripted"
