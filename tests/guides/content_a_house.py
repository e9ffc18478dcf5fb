"""Walks a shipped guide to its end with scripted evidence, as an operator who tries nothing and guesses nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from noc_console.guides.deeds import (
    Answered,
    AnyDeed,
    Approved,
    AskedApproval,
    Chose,
    Did,
    Filled,
    Skipped,
    TimePassed,
    Value,
)
from noc_console.guides.doing import apply, start
from noc_console.guides.evidence import own_questions
from noc_console.guides.guide import Guide
from noc_console.guides.reading import read_guide
from noc_console.guides.run import Begin, Run
from noc_console.guides.solving import as_answers
from noc_console.guides.steps import Action, Ask, Diagnose, Form, FormField, Lanes, Manual, Verify, Wait
from noc_console.guides.verdict import verdict
from noc_console.resources import playbooks

BEGAN = 1_000_000.0
MOST_DEEDS = 80
Evidence = Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class Ended:
    """A walk as far as it came, and what it says."""

    run: Run

    @property
    def primary(self) -> str:
        """The cause it names, empty while undetermined."""
        return next((cause.name for cause in verdict(self.run).primary), "")

    @property
    def confidence(self) -> float:
        """How sure it is of that, 0 to 1."""
        return verdict(self.run).confidence

    @property
    def secondary(self) -> set[str]:
        """Other causes it names."""
        return {cause.name for cause in verdict(self.run).secondary}

    @property
    def ruled_out(self) -> set[str]:
        """The causes it rules out."""
        return {cause.name for cause in verdict(self.run).ruled_out}

    @property
    def ways(self) -> list[str]:
        """What was walked, as `step.way`."""
        return [f"{stay.step}.{stay.way}" for stay in self.run.trail]


@cache
def shipped(guide_id: str) -> Guide:
    """Return a guide of the shipped folder."""
    name = f"{guide_id.lower()}.yaml"
    guide = read_guide(name, (playbooks() / name).read_text(encoding="utf-8")).guide
    assert guide is not None
    return guide


def walked(guide_id: str, evidence: Evidence, said: Mapping[str, int] | None = None, after: Evidence = {}) -> Ended:  # noqa: B006 - only read
    """Walk a guide to its end, or until it goes round in circles.

    `evidence` answers questions by name, the operator's and diagnostics' too; what is not in it is unknown. `said`
    is the option chosen at a question, which is skipped otherwise; `after` is what verifications find.
    """
    guide = shipped(guide_id)
    return Ended(_Attendant(guide, evidence, said or {}, after).walk())


class _Attendant:
    """The operator, the agent and the time at one walk."""

    def __init__(self, guide: Guide, evidence: Evidence, said: Mapping[str, int], after: Evidence) -> None:
        self.guide, self.evidence, self.said, self.after = guide, evidence, said, after
        unknown = set(evidence) - {*guide.questions, *(name for name in evidence if "." in name)}
        assert not unknown, f"{guide.id} does not ask {unknown}"
        self.at = BEGAN
        begin = Begin(run_id=1, by="operator", raised_at=BEGAN, answers=as_answers(self._own(evidence), BEGAN))
        self.run, _ = start(guide, begin, BEGAN)

    def walk(self) -> Run:
        for _ in range(MOST_DEEDS):
            if self.run.ended_at is not None:
                return self.run
            for deed in self._next():
                self._do(deed)
        return self.run  # an operator who tries the same again and again

    def _own(self, evidence: Evidence) -> dict[str, float | None]:
        """What the agent answers: every question of its own, and arithmetic where the script gives it."""
        given = {name: value for name, value in evidence.items() if "." not in name}
        typed = {name for name, asked in self.guide.questions.items() if asked.kind in ("ask", "diagnostic")}
        own = dict.fromkeys(own_questions(self.guide)) | given
        return {name: value for name, value in own.items() if name not in typed}

    def _next(self) -> Iterator[AnyDeed]:
        stays = [one for one in self.run.open_stays if not isinstance(self.guide.step(one.step), Lanes)]
        step = self.guide.step(stays[0].step)
        match step:
            case Ask():
                option = self.said.get(step.id)
                yield (
                    Skipped(step=step.id, by="operator")
                    if option is None
                    else Chose(step=step.id, way=f"options.{option}", by="operator")
                )
            case Manual():
                typed = {name: self.evidence[name] for name in step.result if name in self.evidence}
                yield Did(step=step.id, values=typed, by="operator")
            case Diagnose():
                names = [name for name, asked in self.guide.questions.items() if asked.kind == "diagnostic"]
                found = {name: value for name, value in self.evidence.items() if name.partition(".")[0] in names}
                yield Answered(answers=as_answers(found, self.at))
                yield Did(step=step.id, by="operator")
            case Action():
                yield AskedApproval(step=step.id, by="operator", reason="scripted")
                yield Approved(step=step.id, by="second person")
                yield Did(step=step.id, by="operator", reason="scripted")
            case Verify() | Wait():
                self.at += 60 * (step.within_min if isinstance(step, Verify) else step.minutes)
                yield Answered(answers=as_answers(self._own(self.after), self.at))
                yield TimePassed()
            case Form():
                yield Filled(step=step.id, by="operator", values={one.name: _written(one) for one in step.fields})
            case _:
                yield Did(step=step.id, by="operator")

    def _do(self, deed: AnyDeed) -> None:
        self.at += 1
        self.run, _ = apply(self.guide, self.run, deed, self.at)


def _written(field: FormField) -> Value:
    match field.kind:
        case "yes_no":
            return True
        case "number":
            return 1.0
        case "choice":
            return field.options[0]
    return "scripted"
