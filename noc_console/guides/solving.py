"""Finds values of questions that make conditions true, false or unknown: scripted evidence for every branch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice, pairwise, product

from noc_console.guides.answers import Answer
from noc_console.guides.conditions import All, Any, Condition, Known, Leaf, Not, decide, leaves, names_in
from noc_console.guides.guide import Guide
from noc_console.guides.questions import AnyQuestion, OfOperator
from noc_console.guides.steps import AnyStep, Decide, Verify, Wait

Values = Mapping[str, float | None]
# for each way out of a step, so many different pieces of evidence are tried
MOST_SOLUTIONS = 12
_MOST_TRIED = 600


class Solver:
    """Knows every number a guide compares with, and so which values of a question can make a difference."""

    def __init__(self, guide: Guide) -> None:
        self._candidates = _candidates(guide)
        self._found: dict[
            tuple[str, str, frozenset[tuple[str, float | None]]], tuple[dict[str, float | None], ...]
        ] = {}

    def solutions(self, step: Decide | Verify | Wait, key: str, held: Values) -> Iterator[dict[str, float | None]]:
        """Yield values for the names a step asks that are not held yet, by which it takes the way `key`."""
        asked = {name for condition in conditions_of(step) for name in names_in(condition)}
        own = {name: value for name, value in held.items() if name in asked}
        question = (step.id, key, frozenset(own.items()))
        if question not in self._found:
            found = (values for values in self._attempts(step, key, own) if taken(step, values) == key)
            self._found[question] = tuple(islice(_each_once(found), MOST_SOLUTIONS))
        return (dict(held) | values for values in self._found[question])

    def _attempts(self, step: Decide | Verify | Wait, key: str, held: Values) -> Iterator[dict[str, float | None]]:
        conditions = conditions_of(step)
        names = [name for condition in conditions for name in names_in(condition)]
        for start in islice(self._starts(conditions, key, dict(held)), _MOST_TRIED):
            free = [name for name in dict.fromkeys(names) if name not in start]
            yield start | dict.fromkeys(free)
            for value in (0, -1):
                yield start | {name: self._of(name)[value] for name in free}
        choices = [[held[name]] if name in held else [None, *self._of(name)] for name in dict.fromkeys(names)]
        for values in islice(product(*choices), _MOST_TRIED):
            yield dict(held) | dict(zip(dict.fromkeys(names), values, strict=True))

    def _starts(
        self, conditions: tuple[Condition, ...], key: str, held: dict[str, float | None]
    ) -> Iterator[dict[str, float | None]]:
        if key.startswith("branches."):
            yield from self._satisfy(conditions[int(key.partition(".")[2])], True, held)
        elif key == "next":
            yield from self._satisfy(conditions[0], True, held)
        elif key == "no_data":
            for condition in conditions:
                yield from self._satisfy(condition, None, held)
        else:
            yield from self._all_of(conditions, False, held)

    def _all_of(
        self, conditions: tuple[Condition, ...], want: bool | None, held: dict[str, float | None]
    ) -> Iterator[dict[str, float | None]]:
        if not conditions:
            yield held
            return
        for values in self._satisfy(conditions[0], want, held):
            yield from self._all_of(conditions[1:], want, values)

    def _satisfy(
        self, condition: Condition, want: bool | None, held: dict[str, float | None]
    ) -> Iterator[dict[str, float | None]]:
        match condition:
            case Not(part):
                yield from self._satisfy(part, None if want is None else not want, held)
            case All(parts) if want is True:
                yield from self._all_of(parts, True, held)
            case Any(parts) if want is False:
                yield from self._all_of(parts, False, held)
            case All(parts) | Any(parts):
                for part in parts:
                    yield from self._satisfy(part, want, held)
            case _:
                yield from self._leaf(condition, want, held)

    def _leaf(
        self, leaf: Leaf, want: bool | None, held: dict[str, float | None]
    ) -> Iterator[dict[str, float | None]]:
        free = [name for name in dict.fromkeys(leaf.names) if name not in held]
        for values in product(*([*self._of(name), None] for name in free)):
            tried = held | dict(zip(free, values, strict=True))
            if decide(leaf, as_answers(tried)).holds is want:
                yield tried

    def _of(self, name: str) -> tuple[float, ...]:
        return self._candidates.get(name, (0.0, 1.0))


def conditions_of(step: AnyStep) -> tuple[Condition, ...]:
    """Return the conditions by which a step takes its way."""
    match step:
        case Decide():
            return tuple(branch.when for branch in step.branches)
        case Verify():
            return (step.when,)
        case Wait() if step.then_check is not None:
            return (step.then_check,)
        case _:
            return ()


def taken(step: AnyStep, values: Values) -> str:
    """Return the key of the way a step takes by these values."""
    answers = as_answers(values)
    results = [decide(condition, answers).holds for condition in conditions_of(step)]
    if True in results:
        return f"branches.{results.index(True)}" if isinstance(step, Decide) else "next"
    return "no_data" if None in results else "otherwise"


def as_answers(values: Values, end: float = 0.0) -> dict[str, Answer]:
    """Return values as answers of 30 samples each."""
    return {
        name: Answer(value, "" if value is not None else "Scripted as unknown.", 30, end - 300, end)
        for name, value in values.items()
    }


def _candidates(guide: Guide) -> dict[str, tuple[float, ...]]:
    """For each name the numbers it is compared with, those between, and one beyond each end."""
    numbers: dict[str, set[float]] = {}
    for step in guide.steps:
        for condition in conditions_of(step):
            for leaf in leaves(condition):
                for name in leaf.names:
                    own = numbers.setdefault(name, set())
                    if not isinstance(leaf, Known) and not isinstance(leaf.operand, str):
                        own.add(leaf.operand)
    return {name: _around(sorted(own), guide.questions.get(name)) for name, own in numbers.items()}


def _around(numbers: list[float], question: AnyQuestion | None) -> tuple[float, ...]:
    if not numbers:
        return (0.0, 1.0)
    far = [numbers[0] - max(1.0, abs(numbers[0])), numbers[-1] + max(1.0, abs(numbers[-1]))]
    between = [(low + high) / 2 for low, high in pairwise(numbers)]
    if isinstance(question, OfOperator):
        # what an operator may type ends at the question's own limits
        low, high = question.minimum, question.maximum
        far = [far[0] if low is None else max(low, far[0]), far[1] if high is None else min(high, far[1])]
    return tuple(sorted({*numbers, *between, *far}))


def _each_once(found: Iterator[dict[str, float | None]]) -> Iterator[dict[str, float | None]]:
    seen: set[frozenset[tuple[str, float | None]]] = set()
    for values in found:
        if (key := frozenset(values.items())) not in seen:
            seen.add(key)
            yield values
