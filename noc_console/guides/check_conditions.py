"""Checks conditions where they stand: their form, the questions they name, and that units are compared with units."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from noc_console.guides.conditions import OPERATORS
from noc_console.guides.known import Vocabulary
from noc_console.guides.mistakes import Mistake, meant, quoted
from noc_console.guides.shape import MOST_NESTED
from noc_console.guides.units import has_no_value, unit_of
from noc_console.guides.yaml_tree import Node

CONDITION_KEYS = ("when", "then_check", "limit", "warn_when")
_FORM = "a condition is [name, operator, number or name], or all, any, not, known"


def conditions_below(node: Node) -> Iterator[Node]:
    """Yield every condition of a file, in order."""
    if isinstance(node.value, Mapping):
        for key, child in node.value.items():
            if key in CONDITION_KEYS:
                yield child
            else:
                yield from conditions_below(child)
    elif isinstance(node.value, tuple):
        for child in node.value:
            yield from conditions_below(child)


def condition_mistakes(file: str, tree: Node, words: Vocabulary) -> list[Mistake]:
    """Return every mistake in every condition of a file."""
    asked = tree.child("questions")
    questions = asked.value if asked is not None and isinstance(asked.value, Mapping) else {}
    checker = _Checker(file, questions, words)
    steps = tree.child("steps")
    return [] if steps is None else [one for node in conditions_below(steps) for one in checker.condition(node, 0)]


class _Checker:
    """Knows the file's questions and the vocabulary; yields mistakes."""

    def __init__(self, file: str, questions: Mapping[str, Node], words: Vocabulary) -> None:
        self.file = file
        self.questions = questions
        self.words = words

    def condition(self, node: Node, depth: int) -> Iterator[Mistake]:
        if depth > MOST_NESTED:
            yield self._at(node, f"This condition is nested more than {MOST_NESTED} deep: use further steps.")
        elif isinstance(node.value, tuple):
            yield from self._term(node, node.value)
        elif isinstance(node.value, Mapping) and len(node.value) == 1:
            [(key, inner)] = node.value.items()
            yield from self._joined(node, key, inner, depth)
        else:
            yield self._at(node, f"This is not a condition: {_FORM}.")

    def _joined(self, node: Node, key: str, inner: Node, depth: int) -> Iterator[Mistake]:
        if key == "known":
            yield from self._name(inner)
        elif key == "not":
            yield from self.condition(inner, depth + 1)
        elif key not in ("all", "any"):
            yield self._at(node, f"{quoted(key)} joins no conditions: use all, any, not or known.")
        elif not isinstance(inner.value, tuple) or not inner.value:
            yield self._at(inner, f"{quoted(key)} wants a list of conditions, one or more.")
        else:
            for part in inner.value:
                yield from self.condition(part, depth + 1)

    def _term(self, node: Node, parts: tuple[Node, ...]) -> Iterator[Mistake]:
        if len(parts) not in (3, 4):
            yield self._at(node, f"This comparison has {len(parts)} parts: {_FORM}.")
            return
        name, operator, operand = parts[:3]
        yield from self._name(name)
        if operator.value not in OPERATORS:
            yield self._at(
                operator, f"{quoted(operator.value)} compares nothing: use {' '.join(OPERATORS)} (in quotes)."
            )
        unit = self._unit(name)
        if isinstance(operand.value, str):
            yield from self._name(operand)
            yield from self._same(operand, unit, self._unit(operand), "compared with")
        elif isinstance(operand.value, bool) or not isinstance(operand.value, int | float):
            yield self._at(
                operand, f"{quoted(name.value)} is compared with {quoted(operand.value)}: a number or a name."
            )
        if len(parts) == 4:
            yield from self._same(parts[3], unit, str(parts[3].value), "compared in")

    def _name(self, node: Node) -> Iterator[Mistake]:
        if not isinstance(node.value, str):
            yield self._at(node, f"{quoted(node.value)} is no question: a comparison begins with a question's name.")
            return
        base, _, field = node.value.partition(".")
        question = self.questions.get(base)
        if question is None:
            yield self._at(
                node,
                f"The question {quoted(base)} is not asked: add it below questions.{meant(base, self.questions)}",
            )
            return
        kind = question.child("kind")
        if kind is not None and kind.value == "diagnostic":
            yield from self._field(node, question, field)
        elif field:
            yield self._at(node, f"The question {quoted(base)} has no fields: only a diagnostic's result has them.")
        if has_no_value(question):
            yield self._at(node, f"The question {quoted(base)} is a text: it cannot be compared.")

    def _field(self, node: Node, question: Node, field: str) -> Iterator[Mistake]:
        named = question.child("diagnostic")
        fields = self.words.diagnostics.get(str(named.value)) if named is not None else None
        if fields is None or field in fields:
            return
        told = f"has no field {quoted(field)}" if field else "needs a field"
        example = f"{str(node.value).partition('.')[0]}.{next(iter(fields))}"
        named_so = quoted(named.value if named is not None else "")
        told += f": write {example}, or another of {', '.join(fields)}"
        yield self._at(node, f"The diagnostic {named_so} {told}.")

    def _unit(self, node: Node) -> str | None:
        return unit_of(str(node.value), self.questions, self.words)

    def _same(self, node: Node, unit: str | None, other: str | None, how: str) -> Iterator[Mistake]:
        if unit is not None and other is not None and unit != other:
            yield self._at(
                node, f"A value in {quoted(unit)} is {how} {quoted(other)}: use the unit of the catalogue."
            )

    def _at(self, node: Node, text: str) -> Mistake:
        return Mistake(self.file, node.line, node.column, text)
