"""The formats of every input's picture and sound, held against the channel's record, its manifest and its layers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from noc_console.board import Board
from noc_console.media.formats.lost import AtLayer
from noc_console.media.formats.tellings import of_manifest
from noc_console.media.formats.watch import FormatWatch, Judged, Record
from noc_console.media.stretch import Stretch
from noc_console.model import Channel, Event, Input, Kind, Observation

_CURRENT_S = 120.0
_PRESENT = "hdr.is_present"
_MANIFESTS = {Kind.HLS: "playlist", Kind.DASH: "MPD", Kind.TS: "PMT"}
_HDR_TEMPLATE = "_HDR"


@dataclass(frozen=True, slots=True)
class There:
    """Whether an input had HDR when it was looked at last."""

    at: float
    where: AtLayer


@dataclass(slots=True)
class Formats:
    """A watch for every rung of every input, and what is there at which layer of a channel."""

    board: Board
    tell: Callable[[Input, str, Event], None]
    _watches: dict[int, dict[str, FormatWatch]] = field(default_factory=dict)
    _there: dict[int, dict[int, There]] = field(default_factory=dict)  # channel, input

    def keep_only(self, inputs: Mapping[int, Input]) -> None:
        """Forget the inputs that are gone."""
        self._watches = {key: watches for key, watches in self._watches.items() if key in inputs}
        for channel_id, known in list(self._there.items()):
            self._there[channel_id] = {key: one for key, one in known.items() if key in inputs}
            if not self._there[channel_id]:
                del self._there[channel_id]

    def take(
        self, entry: Input, channel: Channel, stretch: Stretch, at: float, name_of: Callable[[str], str]
    ) -> list[Observation]:
        """Take a stretch that was measured; return a look at each rung of it."""
        looks = []
        ladder = self.board.ladder(entry.id)
        container: Mapping[str, Any] = stretch.facts.get("container", {})
        for name, picture in stretch.pictures.items():
            rung = name_of(name)
            watch = self._watches.setdefault(entry.id, {}).setdefault(rung, FormatWatch())
            record = _record(entry, channel, rung, ladder)
            judged = watch.see(
                picture.format, at, record, container.get(name), ladder.get(rung), self._elsewhere(entry, at)
            )
            self._note(entry, judged, at)
            for event in judged.events:
                self.tell(entry, rung, event)
            looks.append(
                Observation(entry.id, f"format/{rung}" if rung else "format", at, judged.metrics, judged.findings)
            )
        return looks

    def _note(self, entry: Input, judged: Judged, at: float) -> None:
        if _PRESENT in judged.metrics:
            known = self._there.setdefault(entry.channel_id, {})
            known[entry.id] = There(at, AtLayer(entry.layer, bool(judged.metrics[_PRESENT])))

    def _elsewhere(self, entry: Input, at: float) -> list[AtLayer]:
        known = self._there.get(entry.channel_id, {})
        return [one.where for key, one in known.items() if key != entry.id and abs(at - one.at) < _CURRENT_S]


def _record(entry: Input, channel: Channel, rung: str, ladder: Mapping[str, Mapping[str, Any]]) -> Record:
    manifest = _MANIFESTS[entry.kind]
    record = Record(entry.layer, is_declared_hdr(entry, channel), entry.expected.hdr, manifest)
    others = [one for name, one in ladder.items() if name != rung]
    own = of_manifest(ladder.get(rung, {}))
    # a ladder with both: its SDR rungs are not to be HDR
    if own.hdr in ("", "SDR") and any(of_manifest(one).is_hdr for one in others):
        return replace(record, is_hdr=False)
    return record


def is_declared_hdr(entry: Input, channel: Channel) -> bool:
    """Say whether an input is declared HDR: by its record, the channel's badge or its template."""
    return entry.expected.is_hdr or "HDR" in channel.badges or _HDR_TEMPLATE in channel.template
