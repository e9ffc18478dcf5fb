"""What changed lately: events of the journal about a channel, its host's agent, or everything."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from noc_console.agent.guide_answer import Told
from noc_console.agent.guide_asked import Asked
from noc_console.agent.recorder import Recorder
from noc_console.guides.answers import Answer
from noc_console.guides.questions import OfEvents
from noc_console.model import Event

FRESH_S = 1.0
MOST_READ = 500
_MOST_ROWS = 12
_MOST_KNOWN = 200
# a guide says ConfigChanged and means everything a person may have changed
_FAMILIES: Mapping[str, tuple[str, ...]] = {
    "ConfigChanged": (
        "ChannelAdded",
        "ChannelChanged",
        "ChannelEnabled",
        "ChannelDisabled",
        "RuleChanged",
        "RuleChangeRemoved",
        "TemplateAdded",
        "TemplateChanged",
        "TemplateRemoved",
        "MaintenancePlanned",
        "MaintenanceEnded",
    ),
}


@dataclass(slots=True)
class Changes:
    """Reads the newest events of some kinds; what was read a moment ago is not read again."""

    recorder: Recorder
    _known: dict[frozenset[str], tuple[float, tuple[Event, ...]]] = field(default_factory=dict)

    async def read(self, kinds: frozenset[str], at: float) -> tuple[Event, ...]:
        """Return the newest events of some kinds, newest first, at most 500."""
        known = self._known.get(kinds)
        if known is not None and 0 <= at - known[0] < FRESH_S:
            return known[1]
        found = await self.recorder.ask(self.recorder.history.newest_events(0, kinds, MOST_READ))
        self._known[kinds] = (at, found)
        while len(self._known) > _MOST_KNOWN:
            del self._known[next(iter(self._known))]
        return found


def kinds_of(question: OfEvents) -> frozenset[str]:
    """Return the kinds of events a question means."""
    return frozenset(kind for name in question.events for kind in _FAMILIES.get(name, (name,)))


def told_of(question: OfEvents, asked: Asked) -> Told:
    """Return how many such events befell the channel (or everything) in the window; 0 is an answer here."""
    kinds, start = kinds_of(question), asked.at - question.window_s
    found = [one for one in _about(asked.events, asked.place.channel_id) if one.kind in kinds and one.at >= start]
    rows = [{"at": one.at, "kind": one.kind, "text": _said(one)} for one in found[:_MOST_ROWS]]
    answer = Answer(float(len(found)), "", len(found), start, asked.at, "1", provenance="journal")
    return Told(answer, question.kind, text=", ".join(sorted({one.kind for one in found})), rows=rows)


def _about(events: Iterable[Event], channel_id: int) -> Iterable[Event]:
    """Yield the events of a channel, and those of no channel at all; without a channel all of them."""
    return (one for one in events if not channel_id or one.channel_id in (0, channel_id))


def _said(event: Event) -> str:
    by = str(event.data.get("by") or "")
    return (str(event.data.get("text") or "") or (f"by {by}" if by else ""))[:300]
