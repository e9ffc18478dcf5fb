"""Conditions as data, decided by Kleene's three-valued logic: true, false, or unknown (None)."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from noc_console.guides.answers import Answer

OPERATORS: Mapping[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}


@dataclass(frozen=True, slots=True)
class Term:
    """One comparison: a question's name, an operator, and a number or another question's name."""

    name: str
    operator: str
    operand: float | str
    unit: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """The questions this comparison asks."""
        return (self.name, self.operand) if isinstance(self.operand, str) else (self.name,)

    def __str__(self) -> str:
        operand = self.operand if isinstance(self.operand, str) else f"{self.operand:g}"
        return f"{self.name} {self.operator} {operand}"


@dataclass(frozen=True, slots=True)
class Known:
    """True where the question has a value; never unknown itself."""

    name: str

    @property
    def names(self) -> tuple[str, ...]:
        """The question this asks about."""
        return (self.name,)

    def __str__(self) -> str:
        return f"{self.name} is known"


@dataclass(frozen=True, slots=True)
class All:
    """True when every part is; false as soon as one is."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Any:
    """True as soon as one part is; false when every part is."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The other way round; what is unknown stays so."""

    part: Condition


Leaf = Term | Known
Condition = Term | Known | All | Any | Not


@dataclass(frozen=True, slots=True)
class Decided:
    """What became of one comparison: its words, the values it met, and whether it held (None: unknown)."""

    text: str
    name: str
    value: float | None
    operand: float | None
    holds: bool | None


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether a condition holds (None: unknown) and the comparisons that made it so."""

    holds: bool | None
    terms: tuple[Decided, ...]


def decide(condition: Condition, answers: Mapping[str, Answer]) -> Decision:
    """Return whether the condition holds by these answers; a missing or empty answer is unknown, never 0."""
    match condition:
        case Term() | Known():
            decided = _leaf(condition, answers)
            return Decision(decided.holds, (decided,))
        case Not(part):
            inner = decide(part, answers)
            return Decision(None if inner.holds is None else not inner.holds, inner.terms)
        case All(parts):
            return _fold([decide(part, answers) for part in parts], settles=False)
        case Any(parts):
            return _fold([decide(part, answers) for part in parts], settles=True)


def leaves(condition: Condition) -> Iterator[Leaf]:
    """Yield every comparison of a condition."""
    match condition:
        case Term() | Known():
            yield condition
        case Not(part):
            yield from leaves(part)
        case All(parts) | Any(parts):
            for part in parts:
                yield from leaves(part)


def names_in(condition: Condition | None) -> tuple[str, ...]:
    """Return the questions a condition asks, each once, in order."""
    if condition is None:
        return ()
    return tuple(dict.fromkeys(name for leaf in leaves(condition) for name in leaf.names))


def _leaf(leaf: Leaf, answers: Mapping[str, Answer]) -> Decided:
    value = _value(leaf.name, answers)
    if isinstance(leaf, Known):
        return Decided(str(leaf), leaf.name, value, None, value is not None)
    operand = _value(leaf.operand, answers) if isinstance(leaf.operand, str) else leaf.operand
    holds = None if value is None or operand is None else OPERATORS[leaf.operator](value, operand)
    return Decided(str(leaf), leaf.name, value, operand, holds)


def _value(name: str, answers: Mapping[str, Answer]) -> float | None:
    answer = answers.get(name)
    return None if answer is None else answer.value


def _fold(parts: list[Decision], *, settles: bool) -> Decision:
    """Join parts: one that equals `settles` settles it, else one unknown leaves it unknown (Kleene, 1952)."""
    settling = [part for part in parts if part.holds is settles]
    if settling:
        return Decision(settles, tuple(term for part in settling for term in part.terms))
    unknown = [part for part in parts if part.holds is None]
    telling = unknown or parts
    return Decision(None if unknown else not settles, tuple(term for part in telling for term in part.terms))
