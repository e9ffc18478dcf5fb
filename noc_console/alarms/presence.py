"""Which findings are present, and since when: begins and ends are told, so that rules can be replayed later."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from noc_console.model import Event, Observation

BEGAN, ENDED = "FindingBegan", "FindingEnded"
MOST_WAITING = 5000
Item = tuple[str, str, float]  # scope, finding, time


@dataclass(slots=True)
class Presence:
    """Takes every look; gives one event per input and kind, however many findings came or went since the last."""

    dropped: int = 0
    _held: dict[tuple[int, str], frozenset[str]] = field(default_factory=dict)
    _began: dict[int, list[Item]] = field(default_factory=dict)
    _ended: dict[int, list[Item]] = field(default_factory=dict)
    _waiting: int = 0

    def observe(self, look: Observation) -> None:
        """Take one look: its findings replace those of the same scope before it."""
        key = (look.input_id, look.scope)
        before = self._held.get(key)
        if not look.findings and not before:
            return
        now = frozenset(finding.id for finding in look.findings)
        if now == before:
            return
        old = before or frozenset()
        self._note(self._began, look, sorted(now - old))
        self._note(self._ended, look, sorted(old - now))
        if now:
            self._held[key] = now
        else:
            del self._held[key]

    def told(self, channel_of: dict[int, int]) -> list[Event]:
        """Return the events of what came and went since the last call."""
        events = [*_events(BEGAN, self._began, channel_of), *_events(ENDED, self._ended, channel_of)]
        self._began, self._ended, self._waiting = {}, {}, 0
        return events

    def keep_only(self, inputs: Iterable[int]) -> None:
        """Forget inputs that are not measured any more."""
        known = set(inputs)
        self._held = {key: found for key, found in self._held.items() if key[0] in known}

    def _note(self, store: dict[int, list[Item]], look: Observation, found: list[str]) -> None:
        for finding in found:
            if self._waiting >= MOST_WAITING:
                self.dropped += 1
                continue
            self._waiting += 1
            store.setdefault(look.input_id, []).append((look.scope, finding, look.at))


def _events(kind: str, items: dict[int, list[Item]], channel_of: dict[int, int]) -> list[Event]:
    events = []
    for input_id, some in items.items():
        newest = max(item[2] for item in some)
        events.append(
            Event(kind, newest, channel_of.get(input_id, 0), input_id, {"items": [list(one) for one in some]})
        )
    return events
