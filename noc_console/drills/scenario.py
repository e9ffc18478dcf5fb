"""Scenarios an instructor may start: named lists of faults; channels, onsets, strengths are drawn each time."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from noc_console.drills.plan import Drill, placed
from noc_console.drills.truth import TruthTable
from noc_console.errors import KnownError
from noc_console.resources import resource

FILE = "drills/scenarios.toml"
_MOST_MINUTES = 240.0
_MOST_FAULTS = 20
Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Part:
    """One fault of a scenario: when it begins at the earliest and the latest, how long it lasts (0: to the end)."""

    fault: str
    from_s: tuple[float, float]
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Scenario:
    """What an instructor chooses from a list."""

    name: str
    title: str
    topic: str
    text: str
    minutes: float
    parts: tuple[Part, ...]


def read_scenarios(text: str, table: TruthTable) -> dict[str, Scenario]:
    """Return the scenarios of a TOML text by name. Raises KnownError, in words for its author."""
    try:
        rows = tomllib.loads(text).get("scenario", ())
        found = {one.name: one for one in map(_scenario, rows)}
    except (tomllib.TOMLDecodeError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise KnownError(f"The drills cannot be read: {error}.") from None
    for one in found.values():
        if not 0 < one.minutes <= _MOST_MINUTES or len(one.parts) > _MOST_FAULTS:
            raise KnownError(
                f"The drill {one.name!r} lasts up to {_MOST_MINUTES:g} min, with at most {_MOST_FAULTS} faults."
            )
        strange = [part.fault for part in one.parts if part.fault not in table.faults]
        if strange:
            raise KnownError(f"The drill {one.name!r} names {strange[0]!r}, and the lab knows no such fault.")
    return found


def shipped_scenarios(table: TruthTable) -> dict[str, Scenario]:
    """Return the scenarios that ship with the program."""
    return read_scenarios(resource(FILE).read_text("utf-8"), table)


def drawn(scenario: Scenario, table: TruthTable, lab: Json, random: Random) -> list[tuple[Drill, float]]:
    """Return each fault of a scenario on a channel of its own, with its length in seconds.

    `lab` is what `GET /lab` tells. Raises KnownError where the lab has no channel for a fault.
    """
    kinds = {str(one["fault"]): one for one in lab["faults"]}
    used: list[str] = []
    made = []
    for part in scenario.parts:
        free = [one for one in lab["channels"] if one["code"] not in used]
        kind = kinds.get(part.fault)
        if kind is None or not any(_fits(kind, one) for one in free):
            raise KnownError(f"This lab has no channel left for {part.fault!r}: start it with more channels.")
        drill = placed(kind, table.faults[part.fault], free, used, random)
        onset_s = round(random.uniform(*part.from_s), 1)
        made.append((replace(drill, onset_s=onset_s), part.seconds or scenario.minutes * 60 - onset_s))
    return made


def _fits(kind: Json, channel: Json) -> bool:
    return bool({channel["form"], *channel.get("forms", ())} & set(kind["fits"]))


def _scenario(row: Json) -> Scenario:
    return Scenario(
        str(row["name"]),
        str(row["title"]),
        str(row["topic"]),
        str(row.get("text", "")),
        float(row["minutes"]),
        _parts(row["faults"]),
    )


def _parts(rows: Sequence[Json]) -> tuple[Part, ...]:
    found = []
    for row in rows:
        low, high = (float(value) for value in row["from_s"])
        if not 0 <= low <= high:
            raise ValueError("from_s holds the earliest and the latest second")
        found.append(Part(str(row["fault"]), (low, high), float(row.get("seconds", 0.0))))
    return tuple(found)
