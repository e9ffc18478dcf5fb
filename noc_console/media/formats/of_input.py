"""The formats of all pictures and sounds of one input: one look at each rung with every stretch that comes of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from noc_console.media.es.format import Audio
from noc_console.media.formats.constant import Constants
from noc_console.media.formats.lost import AtLayer
from noc_console.media.formats.record import Heard, of_sounds
from noc_console.media.formats.tellings import of_manifest
from noc_console.media.formats.verdict import Verdict
from noc_console.media.formats.watch import Judged, PictureFormat, Record
from noc_console.media.stretch import Stretch
from noc_console.model import Event, Finding

#: How long an input is listened to before its sounds are held against the record: they may come one by one.
_LISTENED_S = 30.0
_CURRENT_S = 60.0
_MOST_RUNGS = 32
Ladder = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Look:
    """What one stretch gave for one rung; `verdict` where a picture was in it."""

    rung: str
    metrics: Mapping[str, float]
    findings: tuple[Finding, ...]
    events: tuple[Event, ...] = ()
    verdict: Verdict | None = None


@dataclass(slots=True)
class _Rung:
    """What is remembered of a rung: its newest picture and its measures; picture and sound may come apart."""

    picture: PictureFormat = field(default_factory=PictureFormat)
    judged: Judged | None = None
    constants: Constants = field(default_factory=Constants)


@dataclass(slots=True)
class InputFormats:
    """The memory of one input's formats between its stretches."""

    _rungs: dict[str, _Rung] = field(default_factory=dict)
    _sounds: dict[str, tuple[float, Heard]] = field(default_factory=dict)
    _listening_since: float = 0.0

    def step(
        self,
        stretch: Stretch,
        at: float,
        record: Record,
        ladder: Ladder,
        label_of: Callable[[str], str],
        elsewhere: Iterable[AtLayer] = (),
        measures: Mapping[str, Mapping[str, float]] | None = None,
    ) -> list[Look]:
        """Take a stretch; `ladder` is what the manifest tells of each rung, `measures` what was measured of them."""
        container: Mapping[str, Any] = stretch.facts.get("container", {})
        for heard, sound in stretch.sounds.items():
            self._hear(label_of(heard), sound.format, container.get(heard, {}), ladder, at)
        wrong = self._wrong_sounds(at, record)
        looks = []
        for rung in dict.fromkeys(map(label_of, (*stretch.pictures, *stretch.sounds))):
            if rung not in self._rungs and len(self._rungs) >= _MOST_RUNGS:
                continue
            one = self._rungs.setdefault(rung, _Rung())
            name = next((name for name in stretch.pictures if label_of(name) == rung), None)
            events: tuple[Event, ...] = ()
            if name is not None:
                own = _of_rung(record, rung, ladder)
                told = ladder.get(rung), elsewhere
                one.judged = one.picture.step(stretch.pictures[name], at, own, container.get(name), *told)
                events = one.judged.events
            found = (*(one.judged.findings if one.judged else ()), *wrong.get(rung, ()))
            found += one.constants.step((measures or {}).get(rung, {}), at) if not record.expected.is_still else ()
            metrics = one.judged.metrics if one.judged and name is not None else {}
            looks.append(Look(rung, metrics, found, events, one.judged.verdict if one.judged and name else None))
        return looks

    def _hear(self, rung: str, audio: Audio, container: Mapping[str, Any], ladder: Ladder, at: float) -> None:
        if rung not in self._sounds and len(self._sounds) >= _MOST_RUNGS:
            return
        if not self._sounds:
            self._listening_since = at
        is_told = bool(ladder.get(rung, {}).get("is_atmos"))
        self._sounds[rung] = (at, Heard(audio, audio.is_atmos or bool(container.get("atmos")), is_told))

    def _wrong_sounds(self, at: float, record: Record) -> dict[str, list[Finding]]:
        self._sounds = {rung: told for rung, told in self._sounds.items() if at - told[0] < _CURRENT_S}
        sounds = {rung: heard for rung, (_, heard) in self._sounds.items()}
        if at - self._listening_since < _LISTENED_S:
            return {}
        return of_sounds(sounds, record.expected)


def _of_rung(record: Record, rung: str, ladder: Ladder) -> Record:
    """Return the record as it is for one rung: a ladder with both has SDR rungs that are not to be HDR."""
    others = [of_manifest(told) for name, told in ladder.items() if name != rung]
    if not of_manifest(ladder.get(rung, {})).is_hdr and any(told.is_hdr for told in others):
        return replace(record, is_hdr=False)
    return record
