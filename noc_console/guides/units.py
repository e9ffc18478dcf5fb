"""The unit a question's value has, by the catalogue and by arithmetic."""

from __future__ import annotations

from collections.abc import Mapping

from noc_console.guides.known import Vocabulary
from noc_console.guides.yaml_tree import Node

NUMBER = "1"
_SLOPE = "slope"
_COUNT = "count"


def unit_of(name: str, questions: Mapping[str, Node], words: Vocabulary, depth: int = 0) -> str | None:
    """Return the unit of a question's value, `1` for a bare number; None where it cannot be known."""
    base, _, field = name.partition(".")
    question = questions.get(base)
    if question is None or not isinstance(question.value, Mapping) or depth > 8:
        return None
    match _word(question, "kind") or "metric":
        case "metric" | "baseline":
            return _of_metric(question, words)
        case "age":
            return "s"
        case "difference":
            return unit_of(_word(question, "of"), questions, words, depth + 1)
        case "ratio":
            return _of_ratio(question, questions, words, depth)
        case "diagnostic":
            return words.diagnostics.get(_word(question, "diagnostic"), {}).get(field)
        case "fact":
            return words.facts.get(_word(question, "fact"))
        case "ask":
            return _word(question, "unit") or None
        case _:
            return NUMBER


def has_no_value(question: Node) -> bool:
    """True for what the operator writes in words."""
    return _word(question, "kind") == "ask" and _word(question, "type") == "text"


def _of_metric(question: Node, words: Vocabulary) -> str | None:
    unit = words.metrics.get(_word(question, "metric"))
    statistic = _word(question, "statistic")
    if unit is None or statistic == _COUNT:
        return unit and NUMBER
    # a slope is the unit per second: of a bare number 1/s
    return f"{unit}/s" if statistic == _SLOPE else unit


def _of_ratio(question: Node, questions: Mapping[str, Node], words: Vocabulary, depth: int) -> str | None:
    above = unit_of(_word(question, "of"), questions, words, depth + 1)
    below = unit_of(_word(question, "to"), questions, words, depth + 1)
    if above is None or below is None:
        return None
    return NUMBER if above == below else f"{above}/{below}"


def _word(question: Node, key: str) -> str:
    node = question.child(key)
    return node.value if node is not None and isinstance(node.value, str) else ""
