"""Where built-in diagnostics plug in: a name, a function, its result as answers a guide can decide by."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from noc_console.agent.guide_place import Place
from noc_console.agent.refusals import Unavailable
from noc_console.guides.answers import Answer
from noc_console.guides.known import DIAGNOSTICS
from noc_console.model import Input

LONGEST_S = 1500.0  # loudness over 20 min is the longest there is
AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class Examination:
    """What a diagnostic is asked: where, at which input, by whom, in which walk (0: in none).

    `wish` holds what was said beside it, as the name of a log file.
    """

    name: str
    place: Place
    entry: Input | None
    by: str = ""
    run_id: int = 0
    wish: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Examined:
    """What a diagnostic found: `fields` as the vocabulary names them, `text` for people, `rows` for a table.

    `captures` are hashes of what it kept as evidence.
    """

    fields: Mapping[str, float | None]
    text: str = ""
    rows: Sequence[Mapping[str, Any]] = ()
    captures: Sequence[str] = ()


Diagnostic = Callable[[Examination], Awaitable[Examined]]


@dataclass(slots=True)
class Diagnostics:
    """The registry: each diagnostic is ours, bounded in time, and run at most so many at once."""

    known: dict[str, Diagnostic] = field(default_factory=dict)
    free: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    def register(self, name: str, run: Diagnostic) -> None:
        """Make a diagnostic available by a name of the vocabulary."""
        if name not in DIAGNOSTICS:
            raise ValueError(f"{name} is no diagnostic of the vocabulary")
        self.known[name] = run

    async def run(self, examination: Examination) -> Examined:
        """Return what a diagnostic found; `Unavailable` in one sentence where it is not there or took too long."""
        found = self.known.get(examination.name)
        if found is None:
            raise Unavailable(f"The diagnostic {examination.name} is not available on this agent.")
        try:
            async with self.free, asyncio.timeout(LONGEST_S):
                return await found(examination)
        except TimeoutError:
            raise Unavailable(
                f"The diagnostic {examination.name} did not end within {LONGEST_S / 60:.0f} min."
            ) from None


def answers_of(name: str, question: str, found: Examined, at: float) -> dict[str, Answer]:
    """Return the fields of a result as answers `question.field`; a field it did not give is unknown."""
    units = DIAGNOSTICS.get(name, {})
    return {
        f"{question}.{field_name}": _answer(found.fields.get(field_name), unit, name, at)
        for field_name, unit in units.items()
    }


def _answer(value: float | None, unit: str, name: str, at: float) -> Answer:
    why = "" if value is not None else f"{name} could not tell."
    return Answer(value, why, int(value is not None), at, at, unit, provenance=name)
