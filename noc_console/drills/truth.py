"""What each fault of the lab truly is: the causes that are right, the alarms that are due, what a person can see."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from noc_console.errors import KnownError
from noc_console.resources import resource

FILE = "drills/truth.toml"
_ALWAYS = "always"


@dataclass(frozen=True, slots=True)
class Truth:
    """One kind of fault; `family` names the evidence it disturbs, `strength` the range of each of its settings."""

    fault: str
    family: str
    causes: tuple[str, ...]
    alarms: tuple[str, ...]
    sees: frozenset[str] = frozenset()
    strength: Mapping[str, tuple[float, float]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TruthTable:
    """All faults by name, the answers of a truthful trainee by question, and the holds that drills shorten."""

    faults: Mapping[str, Truth]
    answers: Mapping[str, Sequence[tuple[str, int]]]
    holds: Mapping[str, Mapping[str, float]]

    def answer(self, guide: str, step: str, sees: frozenset[str], options: int) -> int | None:
        """Return which option of a question is true for who sees so much, None where that cannot be told."""
        pairs = self.answers.get(f"{guide}.{step}") or self.answers.get(f"*.{step}") or ()
        for fact, place in pairs:
            if fact == _ALWAYS or fact in sees:
                found = place if place >= 0 else options + place
                return found if 0 <= found < options else None
        return None


def read_truth(text: str) -> TruthTable:
    """Return the table of a TOML text. Raises KnownError, in words for its author."""
    try:
        told = tomllib.loads(text)
        faults = {name: _truth(name, row) for name, row in told.get("fault", {}).items()}
        answers = {
            str(name): tuple((str(fact), int(place)) for fact, place in pairs)
            for name, pairs in told.get("answers", {}).items()
        }
        holds = {str(rule): {str(k): float(v) for k, v in row.items()} for rule, row in told.get("holds", {}).items()}
    except (tomllib.TOMLDecodeError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise KnownError(f"The table of true causes cannot be read: {error}.") from None
    return TruthTable(faults, answers, holds)


def shipped_truth() -> TruthTable:
    """Return the table that ships with the program."""
    return read_truth(resource(FILE).read_text("utf-8"))


def _truth(name: str, row: Mapping[str, Any]) -> Truth:
    return Truth(
        name,
        str(row["family"]),
        tuple(row["causes"]),
        tuple(row["alarms"]),
        frozenset(row.get("sees", ())),
        {str(key): (float(low), float(high)) for key, (low, high) in row.get("strength", {}).items()},
    )
