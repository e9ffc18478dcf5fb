"""What the agent tells of a question: the answer that decides, and beside it what people want to see; as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from noc_console.guides.answers import Answer


@dataclass(frozen=True, slots=True)
class Told:
    """An answer with its surroundings.

    `baseline` is the same metric in the 24 h before the alarm (`mean`, `min`, `max`, `samples`), `rows` are the
    sisters, events or findings behind the value, `text` one line for people.
    """

    answer: Answer
    kind: str = ""
    metric: str = ""
    statistic: str = ""
    input_id: int = 0
    layer: int | None = None
    text: str = ""
    baseline: Mapping[str, float] = field(default_factory=dict)
    rows: Sequence[Mapping[str, Any]] = ()


def unknown(why: str, kind: str = "", **more: Any) -> Told:
    """Return an answer that says why there is none."""
    return Told(Answer(None, why), kind, **more)


def to_json(told: Told) -> dict[str, Any]:
    """Return an answer as plain JSON in one object; what is empty is left out, value, samples and why never are."""
    flat = {name: getattr(told, name) for name in _OWN} | {name: getattr(told.answer, name) for name in _CORE}
    return {name: value for name, value in flat.items() if name in _ALWAYS or value not in (None, "", (), [], {})}


def from_json(row: Mapping[str, Any]) -> Told:
    """Return the answer that `to_json` wrote."""
    return Told(answer_of(row), **{key: value for key, value in row.items() if key in _OWN})


def answer_of(row: Mapping[str, Any]) -> Answer:
    """Return the deciding part of an answer in JSON."""
    known = {key: value for key, value in row.items() if key in _CORE}
    known["series"] = tuple((float(at), float(value)) for at, value in row.get("series") or ())
    return Answer(**known)


_ALWAYS = frozenset(("value", "samples", "why", "kind"))
_CORE = {one.name for one in fields(Answer)}
_OWN = {one.name for one in fields(Told)} - {"answer"}
