"""Says in one plain sentence what is wrong with the shape of a value: missing, unknown key, wrong type."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from noc_console.guides.mistakes import Mistake, meant, quoted
from noc_console.guides.shape import CONDITION, Text
from noc_console.guides.yaml_tree import Node

_TYPES = {
    "string_type": "a text: put it in quotes",
    "float_type": "a number",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "bool_type": "true or false",
    "tuple_type": "a list: write it as [a, b] or with one dash a line",
    "dict_type": "a mapping of names to values",
    "dataclass_type": "a mapping of keys to values",
}
_BOUNDS = {
    "greater_than": "more than {gt:g}",
    "greater_than_equal": "{ge:g} or more",
    "less_than_equal": "{le:g} or less",
    "less_than": "less than {lt:g}",
    "string_too_short": "not empty",
    "string_too_long": "at most {max_length} characters long",
    "too_long": "a list of at most {max_length}",
    "too_short": "a list of at least {min_length}",
    "literal_error": "one of {expected}",
}
_PATTERNS = {
    "^[a-z0-9]": "lower-case words joined by -, such as ask-blocky",
    "^[a-z][a-z0-9_]": "lower-case words joined by _, such as mos_24h",
    "^[A-Z]": "capitals joined by -, such as PB-VIDEO-MOS-LOW",
    "^([01]": 'a time such as "08:00", in quotes',
}
_WHY_NEEDED = {
    "no_data": "say where to go when a value is missing",
    "otherwise": "say where to go when no condition holds",
    "version": "write `version: 1` and raise it with every change",
    "next": "name the step that follows, or `end`",
    "branches": "list at least one way with `when` and `next`",
    "fields": "list the fields to fill in",
}


def shape_mistakes(file: str, node: Node, errors: Iterable[Mapping[str, Any]], keys: Iterable[str]) -> list[Mistake]:
    """Return one mistake for each error of shape found below a node; conditions are told apart, more precisely."""
    listed = list(errors)
    places = [tuple(error["loc"]) for error in listed]
    return [
        _mistake(file, node, error, keys)
        for error, place in zip(listed, places, strict=True)
        if not _is_condition(error) and not (error["type"] == "too_short" and _has_below(place, places))
    ]


def _is_condition(error: Mapping[str, Any]) -> bool:
    return error["type"] == "value_error" and CONDITION in error["msg"]


def _has_below(place: Sequence[Any], places: Iterable[Sequence[Any]]) -> bool:
    return any(len(other) > len(place) and tuple(other[: len(place)]) == tuple(place) for other in places)


def _mistake(file: str, node: Node, error: Mapping[str, Any], keys: Iterable[str]) -> Mistake:
    path = tuple(part for part in error["loc"] if part != "[key]")
    last = path[-1] if path else ""
    named = f" of {_name(node)}" if _name(node) else ""
    if error["type"] == "missing":
        place = node.below(path[:-1])
        return Mistake(file, place.line, place.column, f"{_key(last)}{named} is missing: {_needed(str(last))}.")
    place = node.below(path)
    if error["type"] == "unexpected_keyword_argument":
        text = f"{_key(last)}{named} is not known here: take it away or correct it.{meant(str(last), keys)}"
        return Mistake(file, place.line, place.column, text)
    wanted = _wanted(error)
    value = "" if isinstance(place.value, Mapping | tuple) else f", not {quoted(place.value)}"
    return Mistake(file, place.line, place.column, f"{_key(last)}{named} must be {wanted}{value}.")


def _wanted(error: Mapping[str, Any]) -> str:
    kind, context = error["type"], error.get("ctx", {})
    if kind == "dataclass_type" and context.get("class_name") == Text.__name__:
        return "a text, or {en: …, vi: …}"
    if kind in _TYPES:
        return _TYPES[kind]
    if kind in _BOUNDS:
        return _BOUNDS[kind].format(**context)
    if kind == "string_pattern_mismatch":
        fitting = [said for start, said in _PATTERNS.items() if context["pattern"].startswith(start)]
        return fitting[-1] if fitting else f"like {context['pattern']}"
    return f"otherwise ({error['msg']})"


def _needed(key: str) -> str:
    return _WHY_NEEDED.get(key, f"add `{key}: …`")


def _key(last: object) -> str:
    return f"{last + 1}. value" if isinstance(last, int) else quoted(last)


def _name(node: Node) -> str:
    own = node.child("id") or node.child("guide")
    return quoted(own.value) if own is not None and isinstance(own.value, str) else ""
