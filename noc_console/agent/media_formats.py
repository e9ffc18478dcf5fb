"""The formats of every input's picture and sound, held against the channel's record, its manifest and its layers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from noc_console.board import Board
from noc_console.media.formats.lost import AtLayer
from noc_console.media.formats.of_input import InputFormats, Look
from noc_console.media.formats.verdict import Verdict
from noc_console.media.formats.watch import PRESENT, Record
from noc_console.media.stretch import Stretch
from noc_console.model import Channel, Event, Input, Kind, Observation

_CURRENT_S = 120.0
_MANIFESTS = {Kind.HLS: "playlist", Kind.DASH: "MPD", Kind.TS: "PMT"}
_HDR_TEMPLATE = "_HDR"


@dataclass(frozen=True, slots=True)
class There:
    """Whether an input had HDR when it was looked at last."""

    at: float
    where: AtLayer


@dataclass(slots=True)
class Formats:
    """What is remembered of the formats of every input, and what is there at which layer of a channel."""

    board: Board
    tell: Callable[[Input, str, Event], None]
    _inputs: dict[int, InputFormats] = field(default_factory=dict)
    _there: dict[int, dict[int, There]] = field(default_factory=dict)  # channel, input

    def keep_only(self, inputs: Iterable[int]) -> None:
        """Forget the inputs that are gone."""
        wanted = set(inputs)
        self._inputs = {key: one for key, one in self._inputs.items() if key in wanted}
        kept = {
            channel: {key: one for key, one in known.items() if key in wanted}
            for channel, known in self._there.items()
        }
        self._there = {channel: known for channel, known in kept.items() if known}

    def forget(self, input_id: int) -> None:
        """Forget an input that became another stream."""
        self._inputs.pop(input_id, None)

    def take(
        self,
        entry: Input,
        channel: Channel,
        stretch: Stretch,
        at: float,
        label_of: Callable[[str], str],
        looks: Iterable[Observation] = (),
    ) -> list[Observation]:
        """Take a stretch that was measured, with the looks at it; return a look at the format of each rung of it."""
        manifest = _MANIFESTS[entry.kind]
        is_best = not entry.media_rung
        record = Record(entry.layer, entry.expected, is_declared_hdr(entry, channel), is_best, manifest)
        measures = _measures(looks)
        ladder = self.board.ladder(entry.id)
        known = self._inputs.setdefault(entry.id, InputFormats())
        found = []
        for look in known.step(stretch, at, record, ladder, label_of, self._elsewhere(entry, at), measures):
            self._note(entry, look, at)
            for event in look.events:
                self.tell(entry, look.rung, event)
            scope = f"format/{look.rung}" if look.rung else "format"
            found.append(Observation(entry.id, scope, at, look.metrics, look.findings))
        return found

    def _note(self, entry: Input, look: Look, at: float) -> None:
        if PRESENT in look.metrics and look.verdict is not None:
            self.board.set_format(entry.id, look.rung, "range", told_of(look.verdict))
            there = There(at, AtLayer(entry.layer, bool(look.metrics[PRESENT])))
            self._there.setdefault(entry.channel_id, {})[entry.id] = there

    def _elsewhere(self, entry: Input, at: float) -> list[AtLayer]:
        known = self._there.get(entry.channel_id, {})
        return [one.where for key, one in known.items() if key != entry.id and abs(at - one.at) < _CURRENT_S]


def is_declared_hdr(entry: Input, channel: Channel) -> bool:
    """Say whether an input is declared HDR: by its record, the channel's badge or its template."""
    return entry.expected.is_hdr or "HDR" in channel.badges or _HDR_TEMPLATE in channel.template


def told_of(verdict: Verdict) -> dict[str, Any]:
    """Return a verdict as the board and an inspection tell it."""
    told = {name: getattr(verdict, name).text for name in ("stream", "container", "manifest")}
    return {"hdr": verdict.hdr, "dolby_vision": verdict.dolby_vision, "told": told}


def _measures(looks: Iterable[Observation]) -> dict[str, dict[str, float]]:
    by_rung: dict[str, dict[str, float]] = {}
    for look in looks:
        if look.scope.startswith(("picture/", "sound/")):
            by_rung.setdefault(look.rung, {}).update(look.metrics)
    return by_rung
