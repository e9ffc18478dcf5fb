"""Which alarms are listed and in which order: chips, search text and rank, as plain functions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from noc_console.model import Layer, Severity

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Chip:
    """One filter: its key, what it is called and how many open alarms it lets through."""

    key: str
    title: str
    count: int


@dataclass(frozen=True, slots=True)
class Query:
    """What the operator has chosen: chips that must all hold, words that must all occur."""

    chips: frozenset[str] = frozenset()
    text: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    """How the list is sorted: by rank (column 0), or by another column, up or down."""

    column: int = 0
    is_descending: bool = False

    def clicked(self, column: int) -> Order:
        """Return the order after a click on a head: the same again turns it, a third time goes back to rank."""
        if column != self.column:
            return Order(column)
        return Order() if self.is_descending or not column else Order(column, True)


def in_order(alarms: Sequence[Json], order: Order, now: float) -> list[Json]:
    """Return alarms already sorted by rank in another order; equals stay ranked."""
    key = _KEYS[order.column]
    if not key:
        return list(alarms)
    if key == "duration":
        return sorted(alarms, key=lambda one: now - float(one["raised_at"]), reverse=order.is_descending)
    return sorted(alarms, key=lambda one: one[key] or "", reverse=order.is_descending)


def rank(alarm: Json, tier: int) -> tuple[int, bool, int, float]:
    """Return the order of urgency: severity, unacknowledged first, tier, then the newer first."""
    return (-_RANKS[alarm["severity"]], bool(alarm["acknowledged"]), tier, -float(alarm["raised_at"]))


def chips(alarms: Sequence[Json], operator: str, tiers: Mapping[int, int]) -> list[Chip]:
    """Return the chips worth offering; layers only where there are alarms."""
    counts: Counter[str] = Counter()
    for alarm in alarms:
        counts.update(_chips_of(alarm, operator, tiers))
    layers = [f"layer{layer.value}" for layer in Layer if counts[f"layer{layer.value}"]]
    rare = [key for key in _RARE if counts[key]]
    keys = ["open", "mine", "unacknowledged", "critical", "major", "tier1", *layers, *rare]
    return [Chip(key, _TITLES.get(key) or f"Layer L{key[-1]}", counts[key]) for key in keys]


def _chips_of(alarm: Json, operator: str, tiers: Mapping[int, int]) -> list[str]:
    """Return the chips an alarm counts to."""
    keys = ["open", alarm["severity"], *(key for key in _RARE if passes(alarm, key, operator, tiers))]
    if not alarm["acknowledged"]:
        keys.append("unacknowledged")
    if operator and alarm["owner"] == operator:
        keys.append("mine")
    if alarm["channel_id"]:
        keys.append(f"layer{alarm['layer']}")
    if tiers.get(alarm["channel_id"]) == 1:
        keys.append("tier1")
    return keys


def listed(alarms: Iterable[Json], query: Query, operator: str, tiers: Mapping[int, int]) -> list[Json]:
    """Return the alarms a query lets through, most urgent first."""
    words = query.text.lower().split()
    found = [
        alarm
        for alarm in alarms
        if all(passes(alarm, key, operator, tiers) for key in query.chips) and _has(alarm, words)
    ]
    if "suppressed" not in query.chips:
        found = [alarm for alarm in found if not is_put_away(alarm)]
    return nested(sorted(found, key=lambda alarm: rank(alarm, tiers.get(alarm["channel_id"], 3))))


def is_put_away(alarm: Json) -> bool:
    """Say whether maintenance or a suppression hides an alarm: such are counted, not listed."""
    return bool(alarm.get("out_of_service") or alarm.get("suppressed_by"))


def nested(alarms: Sequence[Json]) -> list[Json]:
    """Return ranked alarms with those folded under a cause right after it, and shelved ones last."""
    there = {alarm["id"] for alarm in alarms}
    folded: dict[int, list[Json]] = {}
    for alarm in alarms:
        if alarm.get("parent_id") in there:
            folded.setdefault(alarm["parent_id"], []).append(alarm)
    tops = [alarm for alarm in alarms if alarm.get("parent_id") not in there]
    ordered = sorted(tops, key=lambda alarm: bool(alarm.get("shelved")))
    return [row for top in ordered for row in (top, *folded.get(top["id"], ()))]


def passes(alarm: Json, key: str, operator: str, tiers: Mapping[int, int]) -> bool:
    """Tell whether a chip lets an alarm through."""
    if key.startswith("layer"):
        return bool(alarm["channel_id"]) and bool(alarm["layer"] == int(key[5:]))
    match key:
        case "mine":
            return bool(operator) and alarm["owner"] == operator
        case "unacknowledged":
            return not alarm["acknowledged"]
        case "critical" | "major":
            return bool(alarm["severity"] == key)
        case "tier1":
            return tiers.get(alarm["channel_id"]) == 1
        case "expired":
            return bool(alarm.get("acknowledgement_expired_at")) and not alarm["acknowledged"]
        case "shelved":
            return bool(alarm.get("shelved"))
        case "suppressed":
            return is_put_away(alarm)
    return True


def _has(alarm: Json, words: Sequence[str]) -> bool:
    if not words:
        return True
    text = f"{alarm['message']} {alarm['channel_code']} {alarm['type']} {alarm['owner']} l{alarm['layer']}".lower()
    return all(word in text for word in words)


_RARE = ("expired", "shelved", "suppressed")
_RANKS = {severity.value: severity.rank for severity in Severity}
_TITLES = {
    "open": "Open",
    "mine": "Mine",
    "unacknowledged": "Unacknowledged",
    "critical": "Critical",
    "major": "Major",
    "tier1": "Tier 1",
    "expired": "Answer again",
    "shelved": "Shelved",
    "suppressed": "Suppressed",
}
_KEYS = ("", "raised_at", "duration", "channel_code", "layer", "type", "message", "owner", "occurrences")
