"""What is known of one input and one channel: newest metrics and findings by scope, how fresh they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from noc_console.minutes import Minutes
from noc_console.model import Channel, Finding, Input, MediaMode, Observation

STALE_AFTER_TARGETS = 3.0
STALE_AT_LEAST_S = 15.0
LOST_AFTER_S = 300.0


@dataclass(slots=True)
class Held:
    """One finding that is present, since when and over how many looks in a row."""

    finding: Finding
    scope: str
    since: float
    at: float
    cycles: int = 1


@dataclass(slots=True)
class InputState:
    """What is known of one input: newest metrics and findings by scope, its rungs, and its picture and sound."""

    entry: Input
    at: float = 0.0
    metrics: dict[str, dict[str, float]] = field(default_factory=dict)
    held: dict[str, dict[tuple[str, str], Held]] = field(default_factory=dict)
    rungs: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    looked: dict[str, float] = field(default_factory=dict)  # scope: when it was looked at last
    target_s: float = 0.0
    decoded: dict[str, Any] = field(default_factory=dict)
    formats: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def media(self) -> Mapping[str, Any]:
        """What is known of picture and sound; nothing where they are not measured any more."""
        return {} if self.entry.media is MediaMode.OFF else self.decoded

    def state(self, at: float) -> str:
        """Say how fresh the data is: loading, ok, stale or lost."""
        if not self.at:
            return "loading"
        age = at - self.at
        if age > LOST_AFTER_S:
            return "lost"
        limit = max(STALE_AT_LEAST_S, STALE_AFTER_TARGETS * (self.target_s or self.entry.poll_s))
        return "stale" if age > limit else "ok"


@dataclass(slots=True)
class ChannelState:
    """What is known of one channel."""

    channel: Channel
    rev: int
    inputs: dict[int, InputState]
    spark: Minutes = field(default_factory=Minutes)
    mos: Minutes = field(default_factory=lambda: Minutes(2))
    shown_states: tuple[str, ...] = ()


def take_findings(one: InputState, look: Observation) -> None:
    """Hold what a look found in place of what its scope had before; what stays keeps since when."""
    before = one.held.get(look.scope, {})
    if not before and not look.findings:
        return
    now: dict[tuple[str, str], Held] = {}
    for finding in look.findings:
        key = (finding.id, str(finding.where.get("uri", "")))
        known = before.get(key) or next((held for (name, _), held in before.items() if name == finding.id), None)
        since, cycles = (known.since, known.cycles + 1) if known else (look.at, 1)
        now[key] = Held(finding, look.scope, since, look.at, cycles)
    one.held[look.scope] = now
