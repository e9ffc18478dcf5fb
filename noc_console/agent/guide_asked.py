"""One moment of asking: where, when, and what has been read for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from noc_console.agent.guide_place import AGENT, Place, sisters, usual_s
from noc_console.agent.guide_readings import Curve, Read, Usual
from noc_console.board import Board
from noc_console.model import Channel, Event, Input, Layer

_AGENT_METRICS = ("agent.", "clock.")


@dataclass(slots=True)
class Asked:
    """What the answers of one place are made from; the board's word on an input is taken once."""

    place: Place
    at: float
    board: Board
    channels: Mapping[int, Channel]
    reads: Mapping[Curve, Read] = field(default_factory=dict)
    events: Sequence[Event] = ()
    days: Mapping[str, Mapping[int, Usual]] = field(default_factory=dict)
    day_alarms: Sequence[Mapping[str, Any]] | None = None
    _sisters: dict[tuple[int, str], tuple[tuple[Channel, Input], ...]] = field(default_factory=dict)
    _shown: dict[int, Mapping[str, Any]] = field(default_factory=dict)

    def entry_at(self, layer: str = "", metric: str = "") -> tuple[Input | None, str]:
        """Return the input a question is about, or None and why there is none."""
        if metric.startswith(_AGENT_METRICS):
            return AGENT, ""
        number = Layer[layer.upper()] if layer else None
        entry = self.place.input_at(number)
        if entry is not None and (entry is not AGENT or number is None):
            return entry, ""
        return None, f"The channel is not measured at the {layer}." if layer else "There is no input to ask."

    def shown(self, entry: Input) -> Mapping[str, Any]:
        """Return what the board shows of an input, empty for one it does not know."""
        if entry.id not in self._shown:
            state = self.board.channel(entry.channel_id, self.at) if entry is not AGENT else None
            for one in (state or {}).get("inputs", ()):
                self._shown[one["id"]] = one
            self._shown.setdefault(entry.id, {})
        return self._shown[entry.id]

    def usual_s(self, entry: Input) -> float:
        """Return how often an input is measured at least, in seconds."""
        return usual_s(entry, self.board.target_s(entry.id))

    def sisters(self, entry: Input, same: str) -> tuple[tuple[Channel, Input], ...]:
        """Return the channels that share a place with an input; looked for once."""
        key = (entry.id, same)
        if key not in self._sisters:
            self._sisters[key] = sisters(self.place, entry, self.channels.values(), same)
        return self._sisters[key]
