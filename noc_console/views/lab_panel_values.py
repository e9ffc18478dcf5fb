"""What the lab serves and can break, as plain values: which faults fit a channel, what runs for how long yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Running:
    """A fault under way; `ends_at` is Unix time, 0 where it runs until it is ended."""

    id: str
    channel: str
    title: str
    rung: str
    ends_at: float

    def left_s(self, now: float) -> float:
        """Return how long it will last yet, seconds."""
        return max(self.ends_at - now, 0.0)


def fitting(faults: Sequence[Json], channel: Json) -> list[Json]:
    """Return the faults that can be made on a channel, by title."""
    forms = set(channel.get("forms") or [channel.get("form") or channel.get("kind")])
    return sorted((fault for fault in faults if forms & set(fault["fits"])), key=lambda fault: str(fault["title"]))


def running(state: Json) -> list[Running]:
    """Return the faults under way, the one that ends first on top."""
    titles = {fault["fault"]: str(fault["title"]) for fault in state["faults"]}
    found = [
        Running(
            str(one["id"]),
            str(one["channel"]),
            titles.get(one["fault"], str(one["fault"])),
            str(one.get("rung") or ""),
            float(one.get("ends_at") or 0.0),
        )
        for one in state["running"]
    ]
    return sorted(found, key=lambda one: one.ends_at or float("inf"))


def rung_names(channel: Json) -> list[str]:
    """Return the rungs a fault can be limited to, as the lab calls them."""
    return [str(name) for name in channel.get("rung_names") or channel.get("expected", {}).get("rungs", ())]


def due(fault: Json, channel: Json) -> str:
    """Return what a monitor should say about a fault on a channel."""
    expected = fault.get("expects", {})
    is_known = isinstance(expected, Mapping)
    ids = expected.get(str(channel.get("kind"))) or expected.get("ts") or () if is_known else ()
    said = f"alarm {fault['alarm']}" if fault.get("alarm") else "no alarm is due"
    return f"{said}; finding {', '.join(ids)}" if ids else said
