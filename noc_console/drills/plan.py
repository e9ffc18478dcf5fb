"""Draws drills from a seed: which fault on which channel, how strong, when; rounds that leave each other be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from noc_console.drills.truth import Truth, TruthTable

LATEST_ONSET_S = 6.0  # one measuring interval: any phase of it may be hit
Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Drill:
    """One fault as it will be made: on a channel of a form, `onset_s` after its round begins, so strong."""

    fault: str
    channel: str
    form: str
    onset_s: float
    params: Mapping[str, float] = field(default_factory=dict)
    rung: str = ""


Round = tuple[Drill, ...]


def rounds(
    table: TruthTable, kinds: Sequence[Json], channels: Sequence[Json], most: int, random: Random
) -> list[Round]:
    """Return every fault once, at most so many together; `kinds` and `channels` are as the lab tells them.

    Faults of one round disturb different evidence (their families differ) on different channels.
    """
    todo = list(kinds)
    random.shuffle(todo)
    # what is scarcest goes first, so that families end up spread over all rounds
    sizes = {
        one["fault"]: sum(table.faults[one["fault"]].family == _family(table, other) for other in kinds)
        for one in kinds
    }
    todo.sort(key=lambda one: -sizes[one["fault"]])
    bins: list[list[Json]] = [[] for _ in range(-(-len(todo) // most))]
    for kind in todo:
        fitting = [
            one for one in bins if len(one) < most and _family(table, kind) not in {_family(table, k) for k in one}
        ]
        if not fitting:
            bins.append([])
            fitting = [bins[-1]]
        min(fitting, key=len).append(kind)
    # what fits few channels is placed first, so that as few as can be are used twice
    used: list[str] = []
    made: dict[str, Drill] = {}
    for kind in sorted(todo, key=lambda one: sum(_fits(one, channel) for channel in channels)):
        beside = next(some for some in bins if kind in some)
        taken = {made[one["fault"]].channel for one in beside if one["fault"] in made}
        free = [one for one in channels if one["code"] not in taken]
        made[kind["fault"]] = placed(kind, table.faults[kind["fault"]], free, used, random)
    return [tuple(made[kind["fault"]] for kind in some) for some in bins if some]


def pairs(
    table: TruthTable, kinds: Sequence[Json], channels: Sequence[Json], count: int, random: Random
) -> list[Round]:
    """Return rounds of two faults at once, drawn from those an alarm is due for, on different channels."""
    due = [one for one in kinds if table.faults[one["fault"]].alarms]
    used: list[str] = []
    made = []
    for _ in range(count):
        first = random.choice(due)
        others = [one for one in due if _family(table, one) != _family(table, first)]
        both = (first, random.choice(others))
        pair: tuple[Drill, ...] = ()
        for kind in both:
            free = [one for one in channels if one["code"] not in [drill.channel for drill in pair]]
            pair = (*pair, placed(kind, table.faults[kind["fault"]], free, used, random))
        made.append(pair)
    return made


def _family(table: TruthTable, kind: Json) -> str:
    return table.faults[kind["fault"]].family


def placed(kind: Json, truth: Truth, channels: Sequence[Json], used: list[str], random: Random) -> Drill:
    """Return a fault on a channel that fits it and has rested, drawn strong and late; the channel is used then."""
    fitting = [one for one in channels if _fits(kind, one)]
    rested = [one for one in fitting if one["code"] not in used]
    # where all have been used lately, the one that has rested longest
    one = random.choice(rested) if rested else min(fitting, key=lambda one: _last(used, one["code"]))
    used.append(one["code"])
    rungs = [rung for rung in one.get("expected", {}).get("rungs", ()) if not rung.startswith("audio")]
    return Drill(
        truth.fault,
        one["code"],
        one["form"],
        round(random.uniform(0.0, LATEST_ONSET_S), 2),
        {name: _drawn(low, high, random) for name, (low, high) in truth.strength.items()},
        random.choice(rungs) if kind["needs_rung"] and rungs else "",
    )


def _last(used: Sequence[str], code: str) -> int:
    return max(place for place, one in enumerate(used) if one == code)


def _fits(kind: Json, channel: Json) -> bool:
    return not {channel["form"], *channel.get("forms", ())}.isdisjoint(kind["fits"])


def _drawn(low: float, high: float, random: Random) -> float:
    """Return a strength from a range; the setting from 1 to 2 is a choice of two."""
    return round(random.uniform(low, high), 3) if (low, high) != (1.0, 2.0) else float(random.choice((1, 2)))
