"""What the rules remember: watches, tallies, bursts; can be written down and taken up again after a restart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from noc_console.alarms.evidence import Evidence
from noc_console.alarms.flapping import Burst
from noc_console.alarms.ruleset import Plan
from noc_console.alarms.watch import NORMAL, Phase, Tally, Watch
from noc_console.model import Severity

Key = tuple[int, str, str]  # input, rule, scope
Place = tuple[int, str]  # input, scope
Spot = tuple[int, str]  # input, alarm type
Drop = tuple[tuple[float, float], ...]


class Memory:
    """The memory of all rules; a rule that is well and was never ill remembers nothing."""

    def __init__(self) -> None:
        self.watches: dict[Place, dict[str, Watch]] = {}
        self.tallies: dict[Key, Tally] = {}
        self.drops: dict[Key, Drop] = {}
        self.facts: dict[Key, Evidence] = {}
        self.active: dict[Spot, dict[Key, None]] = {}
        self.bursts: dict[Spot, Burst] = {}
        self.seen: dict[int, dict[Plan, float]] = {}
        self.called_false: set[Spot] = set()  # quiet until the condition has cleared

    def known(self, key: Key) -> Watch:
        """Return the watch of a rule on a scope."""
        watches = self.watches.get((key[0], key[2]))
        return NORMAL if watches is None else watches.get(key[1], NORMAL)

    def remember(self, key: Key, watch: Watch) -> None:
        """Keep a watch; a normal one is kept by keeping nothing."""
        place = (key[0], key[2])
        watches = self.watches.get(place)
        if watch is not NORMAL:
            if watches is None:
                watches = self.watches[place] = {}
            watches[key[1]] = watch
        elif watches is not None:
            watches.pop(key[1], None)
            if not watches:
                del self.watches[place]

    def forget(self, key: Key) -> None:
        """Forget everything of one rule on one scope."""
        self.remember(key, NORMAL)
        self.tallies.pop(key, None)
        self.drops.pop(key, None)
        self.facts.pop(key, None)

    def members(self, spot: Spot) -> tuple[Key, ...]:
        """Return what holds up the alarm of a condition, in a fixed order."""
        return tuple(sorted(self.active.get(spot, ())))

    def each(self) -> Iterator[tuple[Key, Watch]]:
        """Yield every watch that is not normal."""
        for (input_id, scope), watches in self.watches.items():
            for rule, watch in watches.items():
                yield (input_id, rule, scope), watch

    def newest(self, input_id: int) -> float:
        """Return when an input last gave values, 0 when never."""
        return max(self.seen.get(input_id, {}).values(), default=0.0)

    # -- over a restart

    def written(self, *, is_whole: bool = True) -> dict[str, Any]:
        """Return what is worth keeping as JSON; a whole memory goes on exactly where it stopped.

        Else the windows in which nothing was bad are left out: they are many, and soon full again.
        """
        return {
            "watches": [
                [*key, one.phase.value, one.held_s, one.at, one.good, [list(value) for value in one.recent]]
                for key, one in self.each()
            ],
            "tallies": [
                [*key, [list(one) for one in tally.slices]] for key, tally in self.tallies.items() if tally.every
            ],
            "drops": [[*key, [list(one) for one in drop]] for key, drop in self.drops.items()],
            "facts": [[*key, *_fact(one)] for key, one in self.facts.items() if self.known(key) is not NORMAL],
            "bursts": [
                [*spot, list(one.activations), one.changed_at, one.is_flapping] for spot, one in self.bursts.items()
            ],
            "active": [[*spot, *key[1:]] for spot, keys in self.active.items() for key in keys],
            "called_false": [list(spot) for spot in sorted(self.called_false)],
        }

    def _tallies(self, is_whole: bool) -> list[tuple[Key, Tally]]:
        return [(key, tally) for key, tally in self.tallies.items() if is_whole or tally.bad]

    def take(self, row: Mapping[str, Any]) -> None:
        """Take up what `written` gave."""
        for input_id, rule, scope, phase, held_s, at, good, recent in row.get("watches", ()):
            watch = Watch(Phase(phase), held_s, at, good, tuple(tuple(value) for value in recent))
            self.remember((input_id, rule, scope), watch)
        for input_id, rule, scope, slices in row.get("tallies", ()):
            self.tallies[input_id, rule, scope] = Tally(slices)
        for input_id, rule, scope, drop in row.get("drops", ()):
            self.drops[input_id, rule, scope] = tuple((at, value) for at, value in drop)
        for input_id, rule, scope, text, severity, *rest in row.get("facts", ()):
            self.facts[input_id, rule, scope] = Evidence(text, Severity(severity) if severity else None, *rest)
        for input_id, alarm_type, activations, changed_at, is_flapping in row.get("bursts", ()):
            self.bursts[input_id, alarm_type] = Burst(tuple(activations), changed_at, is_flapping)
        for input_id, alarm_type, rule, scope in row.get("active", ()):
            self.active.setdefault((input_id, alarm_type), {})[input_id, rule, scope] = None
        self.called_false |= {(input_id, alarm_type) for input_id, alarm_type in row.get("called_false", ())}


def _fact(one: Evidence) -> tuple[Any, ...]:
    return one.text, str(one.severity or ""), one.value, one.limit, one.unit, one.finding
