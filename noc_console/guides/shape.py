"""The shapes guide files are made of: texts in two languages, one or many words, conditions as nested lists."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final
from typing import Any as Anything

from pydantic import BeforeValidator, ConfigDict, Field, StringConstraints, WithJsonSchema

from noc_console.guides.conditions import OPERATORS, All, Any, Condition, Known, Not, Term

STRICT: Final = ConfigDict(extra="forbid", strict=True)
# how deep conditions nest: what a person can still read
MOST_NESTED = 6
CONDITION: Final = "Condition"


@dataclass(frozen=True, slots=True)
class Text:
    """A text for operators; `vi` is empty where only English was written."""

    en: str
    vi: str = ""

    __pydantic_config__ = STRICT

    def said(self, language: str) -> str:
        """Return the text in a language (`en`, `vi`), English where it was not translated."""
        return self.vi if language == "vi" and self.vi else self.en

    def __str__(self) -> str:
        return self.en


NO_TEXT: Final = Text("")


def _text(value: Anything) -> Anything:
    if isinstance(value, str):
        return Text(value)
    if isinstance(value, dict) and "en" in value and value.keys() <= {"en", "vi"}:
        texts = [value["en"], value.get("vi", "")]
        return Text(*texts) if all(isinstance(text, str) for text in texts) else value
    return value


def _many(value: Anything) -> Anything:
    if isinstance(value, list):
        return tuple(value)
    return (value,) if isinstance(value, str) else value


def _condition(value: Anything) -> Condition:
    found = condition_from(value)
    if found is None:
        raise ValueError(CONDITION)
    return found


def condition_from(value: Anything, depth: int = 0) -> Condition | None:
    """Return a condition from nested lists and mappings, None where it is none (`conditions_checked` says why)."""
    if isinstance(value, Term | Known | All | Any | Not):
        return value
    if depth > MOST_NESTED:
        return None
    if isinstance(value, tuple | list):
        return _term(tuple(value))
    if not isinstance(value, dict) or len(value) != 1:
        return None
    [(key, inner)] = value.items()
    if key == "known":
        return Known(inner) if isinstance(inner, str) else None
    if key == "not":
        part = condition_from(inner, depth + 1)
        return None if part is None else Not(part)
    if key not in ("all", "any") or not isinstance(inner, tuple | list) or not inner:
        return None
    parts = [condition_from(part, depth + 1) for part in inner]
    whole = tuple(part for part in parts if part is not None)
    if len(whole) < len(parts):
        return None
    return All(whole) if key == "all" else Any(whole)


def _term(value: tuple[Anything, ...]) -> Term | None:
    if len(value) not in (3, 4) or not isinstance(value[0], str) or value[1] not in OPERATORS:
        return None
    if isinstance(value[2], bool) or not isinstance(value[2], int | float | str):
        return None
    operand = value[2] if isinstance(value[2], str) else float(value[2])
    unit = value[3] if len(value) == 4 else ""
    return Term(value[0], value[1], operand, unit) if isinstance(unit, str) else None


_WORDS = {
    "oneOf": [
        {"type": "string"},
        {
            "type": "object",
            "properties": {"en": {"type": "string"}, "vi": {"type": "string"}},
            "required": ["en"],
            "additionalProperties": False,
        },
    ]
}
_LIST_OF_WORDS = {"oneOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
Words = Annotated[Text, BeforeValidator(_text), WithJsonSchema(_WORDS)]
Many = Annotated[tuple[str, ...], BeforeValidator(_many), WithJsonSchema(_LIST_OF_WORDS)]
When = Annotated[Condition, BeforeValidator(_condition), WithJsonSchema({"title": CONDITION})]
Share = Annotated[float, Field(gt=0, le=1)]
Minutes = Annotated[float, Field(gt=0, le=7 * 24 * 60)]
Seconds = Annotated[float, Field(gt=0, le=31 * 86400)]
Word = Annotated[str, StringConstraints(min_length=1, max_length=80)]
StepId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
