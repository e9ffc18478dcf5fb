"""Answers: the value of a named question with its samples, its window and where it came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Answer:
    """What a question gave. `value` is None where it is unknown, and `why` then says so in one sentence.

    `samples` counts what went into the value, `start` and `end` are its window (Unix seconds), `unit` is the
    catalogue's. `series` is a small chart of (time, value), `layers` the same figure at each layer by its name,
    `provenance` one line: which agent, which rung, which input.
    """

    value: float | None
    why: str = ""
    samples: int = 0
    start: float = 0.0
    end: float = 0.0
    unit: str = ""
    series: tuple[tuple[float, float], ...] = ()
    provenance: str = ""
    layers: Mapping[str, float | None] = field(default_factory=dict)
