"""All of a file's or a channel's picture and sound in one result: figures of the whole, and what is wrong with it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from noc_console.media.es.format import Audio
from noc_console.media.loudness.summary import summarise
from noc_console.media.loudness.watch import SoundWatch
from noc_console.media.picture import PictureWatch, Seen, Span
from noc_console.media.stretch import PictureStretch, SoundStretch, Stretch
from noc_console.model import Finding
from noc_console.probes import media_findings, media_form
from noc_console.probes.inspected import Inspected

MOST_SOUND_S = 6 * 3600.0
MOST_PICTURES = 2_000_000
_MOST_FAULTS = 32


@dataclass(slots=True)
class Sound:
    """One stream of sound so far."""

    format: Audio
    layout: tuple[str, ...]
    watch: SoundWatch = field(default_factory=SoundWatch)
    blocks: list[NDArray[np.void]] = field(default_factory=list)
    bits: int = 0
    broken: int = 0
    heard_s: float = 0.0
    findings: dict[str, Finding] = field(default_factory=dict)


@dataclass(slots=True)
class Picture:
    """One stream of pictures so far; `open` are the spans that still lasted at the end of the newest stretch."""

    newest: PictureStretch
    watch: PictureWatch = field(default_factory=PictureWatch)
    frames: list[NDArray[np.void]] = field(default_factory=list)
    spans: dict[str, list[Span]] = field(default_factory=lambda: {"freeze": [], "black": [], "bars": []})
    open: dict[str, list[Span]] = field(default_factory=dict)
    bits: int = 0
    key_bits: int = 0
    broken: int = 0
    seen_s: float = 0.0
    findings: dict[str, Finding] = field(default_factory=dict)


class Measured:
    """Takes stretches in order and tells the whole; times are counted from the first time stamp of the first one."""

    def __init__(self) -> None:
        self.start_s = math.nan
        self.sounds: dict[str, Sound] = {}
        self.pictures: dict[str, Picture] = {}
        self.languages: dict[str, str] = {}
        self.container: dict[str, dict[str, Any]] = {}
        self.decode_s = 0.0
        self._faults: dict[str, None] = {}

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all could be decoded."""
        return not self.sounds and not self.pictures

    @property
    def faults(self) -> tuple[str, ...]:
        """Sentences about what could not be decoded, each once."""
        return tuple(self._faults)

    def add(self, stretch: Stretch) -> None:
        """Take the next stretch."""
        self.decode_s += stretch.decode_s
        starts = [one.start_s for one in stretch.pictures.values()]
        starts += [one.start_s for one in stretch.sounds.values()]
        if math.isnan(self.start_s) and starts:
            self.start_s = min(starts)
        self.container.update(stretch.facts.get("container", {}))
        self.languages.update(stretch.facts.get("languages", {}))
        for fault in stretch.faults:
            if len(self._faults) < _MOST_FAULTS:
                self._faults[fault] = None
        for rung, sound in stretch.sounds.items():
            self._hear(rung, sound)
        for rung, picture in stretch.pictures.items():
            self._see(rung, picture)

    def result(self, is_ts: bool) -> Inspected:
        """Return figures, streams, spans and findings of all that came."""
        streams = media_form.Streams(
            self.start_s if math.isfinite(self.start_s) else 0.0, self.languages, self.container
        )
        audio = [streams.audio(rung, sound, _summary(sound)) for rung, sound in self.sounds.items()]
        video = [streams.video(rung, picture, _whole(picture)) for rung, picture in self.pictures.items()]
        details: dict[str, Any] = {
            "audio": [one.form for one in audio],
            "video": [one.form for one in video],
            "freezes": [span for one in video for span in one.spans["freeze"]],
            "blacks": [span for one in video for span in one.spans["black"]],
            "silences": [span for one in audio for span in one.spans["silence"]],
            "media_faults": list(self.faults),
            "decode_s": round(self.decode_s, 3),
        }
        metrics: Mapping[str, float] = {**(audio[0].metrics if audio else {}), **(video[0].metrics if video else {})}
        findings = media_findings.judge(self.sounds, self.pictures, audio, video, is_ts)
        return Inspected(findings, metrics, details)

    def _hear(self, rung: str, stretch: SoundStretch) -> None:
        one = self.sounds.get(rung)
        if one is None:
            one = self.sounds[rung] = Sound(stretch.format, stretch.layout)
        one.format, one.layout = stretch.format, stretch.layout or one.layout
        one.bits += stretch.bits
        one.broken += stretch.broken_frames
        if one.heard_s >= MOST_SOUND_S:
            self._faults[f"Only the first {MOST_SOUND_S / 3600:.0f} hours of sound were measured."] = None
            return
        one.heard_s += len(stretch.blocks) * 0.01
        one.blocks.append(stretch.blocks)
        for finding in one.watch.step(stretch, stretch.start_s).findings:
            one.findings[finding.id] = finding

    def _see(self, rung: str, stretch: PictureStretch) -> None:
        one = self.pictures.get(rung)
        if one is None:
            one = self.pictures[rung] = Picture(stretch)
        one.newest = stretch
        one.bits += stretch.bits
        one.key_bits += stretch.key_bits
        one.broken += stretch.broken_frames
        one.seen_s += max(0.0, stretch.end_s - stretch.start_s)
        if sum(map(len, one.frames)) < MOST_PICTURES:
            one.frames.append(stretch.frames)
        seen = one.watch.step(stretch, stretch.start_s)
        _spans(one, seen)
        for finding in seen.findings:
            one.findings[finding.id] = finding


def _spans(one: Picture, seen: Seen) -> None:
    for name, spans in (("freeze", seen.freezes), ("black", seen.blacks), ("bars", seen.bars)):
        one.spans[name] += [span for span in spans if span.is_over]
        one.open[name] = [span for span in spans if not span.is_over]


def _summary(sound: Sound) -> Any:
    return summarise(np.concatenate(sound.blocks), sound.layout)


def _whole(picture: Picture) -> PictureStretch:
    """Return all stretches of a picture as one, as far as figures of the whole need it."""
    return replace(
        picture.newest,
        start_s=0.0,
        end_s=picture.seen_s,
        frames=np.concatenate(picture.frames),
        bits=picture.bits,
        key_bits=picture.key_bits,
        broken_frames=picture.broken,
    )
