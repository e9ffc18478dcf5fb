"""Which questions a run waits for, how old their answers may be, and the arithmetic over answers."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace

from noc_console.guides.answers import Answer
from noc_console.guides.conditions import names_in
from noc_console.guides.guide import Guide
from noc_console.guides.questions import (
    DERIVED,
    FROM_THE_RUN,
    AnyQuestion,
    OfBaseline,
    OfDifference,
    OfFact,
    OfInput,
    OfRatio,
)
from noc_console.guides.run import Run, Stay
from noc_console.guides.steps import AnyStep, Ask, Decide, Items, Verify, Wait

MOST_POINTS = 240
_TIMELESS = (OfFact, OfInput, OfBaseline, *FROM_THE_RUN)


def own_questions(guide: Guide) -> dict[str, AnyQuestion]:
    """Return the questions the agent answers by itself, without those that are arithmetic."""
    return {
        name: asked for name, asked in guide.questions.items() if not isinstance(asked, (*FROM_THE_RUN, *DERIVED))
    }


def derived_names(guide: Guide) -> tuple[str, ...]:
    """Return the questions that are arithmetic over others."""
    return tuple(name for name, asked in guide.questions.items() if isinstance(asked, DERIVED))


def needed(guide: Guide, step: AnyStep) -> tuple[str, ...]:
    """Return the agent's questions that a step decides by or shows, arithmetic taken apart."""
    names = [name.partition(".")[0] for name in (*_compared(step), *step.show)]
    return tuple(name for name in bases(guide, names) if not isinstance(guide.questions.get(name), FROM_THE_RUN))


def is_answered(guide: Guide, run: Run, step: AnyStep) -> bool:
    """True when every question the step needs of the agent has an answer, known or unknown."""
    return all(name in run.answers for name in needed(guide, step))


def is_fresh(guide: Guide, run: Run, names: Iterable[str], since: float) -> bool:
    """True when each answer's window ended after `since`; what does not age is always fresh."""
    own = bases(guide, [name.partition(".")[0] for name in names])
    aging = [name for name in own if not isinstance(guide.questions.get(name), _TIMELESS)]
    return all(name in run.answers and run.answers[name].end > since for name in aging)


def wanted(guide: Guide, run: Run) -> dict[str, float]:
    """Return the agent's questions this run waits for now, each with the time its window must end after."""
    found: dict[str, float] = {}
    for stay in () if run.ended_at is not None else run.open_stays:
        since = fresh_since(guide, stay)
        for name in needed(guide, guide.step(stay.step)):
            if since is not None and not isinstance(guide.questions[name], _TIMELESS):
                found[name] = max(found.get(name, 0.0), since)
            elif name not in run.answers:
                found.setdefault(name, 0.0)
    return found


def fresh_since(guide: Guide, stay: Stay) -> float | None:
    """Return the time answers must be newer than at this stay, None where those at hand will do."""
    step = guide.step(stay.step)
    if isinstance(step, Verify):
        return stay.entered_at
    if isinstance(step, Wait) and step.then_check is not None:
        return stay.entered_at + step.minutes * 60
    return None


def taken(guide: Guide, run: Run, answers: Mapping[str, Answer]) -> Run:
    """Return the run with these answers, and with what arithmetic makes of them; unknown names are left out."""
    known = {name: _sound(answer) for name, answer in answers.items() if name.partition(".")[0] in guide.questions}
    held = {**run.answers, **known}
    for name, question in guide.questions.items():
        if isinstance(question, DERIVED) and name not in known:
            _derive(guide, name, question, held, 0)
    return replace(run, answers=held)


def derived(question: OfDifference | OfRatio, answers: Mapping[str, Answer]) -> Answer:
    """Return a difference or a ratio of two answers; unknown where either is, or the divisor is 0."""
    other = question.minus if isinstance(question, OfDifference) else question.to
    first, second = answers.get(question.of), answers.get(other)
    if first is None or first.value is None or second is None or second.value is None:
        lost = question.of if first is None or first.value is None else other
        return Answer(None, f"{lost} is unknown.")
    if isinstance(question, OfRatio) and second.value == 0:
        return Answer(None, f"{other} is 0.")
    value = first.value - second.value if isinstance(question, OfDifference) else first.value / second.value
    if isinstance(question, OfDifference) and question.absolute:
        value = abs(value)
    unit = first.unit if isinstance(question, OfDifference) else ("1" if first.unit == second.unit else "")
    ends = min(first.end, second.end), min(first.samples, second.samples)
    return _sound(Answer(value, samples=ends[1], start=min(first.start, second.start), end=ends[0], unit=unit))


def bases(guide: Guide, names: Iterable[str]) -> list[str]:
    """Return the questions these names rest on: arithmetic is replaced by what it is over."""
    found: dict[str, None] = {}
    todo, seen = list(names), set[str]()
    while todo:
        name = todo.pop(0)
        if name in seen:
            continue
        seen.add(name)
        match guide.questions.get(name):
            case OfDifference(of=of, minus=other) | OfRatio(of=of, to=other):
                todo += [of, other]
            case None:
                pass
            case _:
                found[name] = None
    return list(found)


def _derive(guide: Guide, name: str, question: AnyQuestion, held: dict[str, Answer], depth: int) -> None:
    if not isinstance(question, OfDifference | OfRatio) or depth > 8:
        return
    other = question.minus if isinstance(question, OfDifference) else question.to
    for part in (question.of, other):
        if part in guide.questions and part != name:
            _derive(guide, part, guide.questions[part], held, depth + 1)
    if question.of in held or other in held:
        held[name] = derived(question, held)


def _compared(step: AnyStep) -> tuple[str, ...]:
    match step:
        case Decide():
            return tuple(name for branch in step.branches for name in names_in(branch.when))
        case Ask():
            return tuple(name for option in step.options for name in names_in(option.when))
        case Wait():
            return names_in(step.then_check)
        case Verify():
            return names_in(step.when)
        case Items():
            figures = tuple(item.figure for item in step.items if item.figure)
            return figures + tuple(name for item in step.items for name in names_in(item.limit))
        case _:
            return ()


def _sound(answer: Answer) -> Answer:
    """What is no number is unknown; a series is kept short."""
    if answer.value is not None and not math.isfinite(answer.value):
        answer = replace(answer, value=None, why=answer.why or "The value is not a number.")
    if len(answer.series) > MOST_POINTS:
        answer = replace(answer, series=answer.series[-MOST_POINTS:])
    return answer
