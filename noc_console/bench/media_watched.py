"""Decodes what a feed brings and shows it to the watches, as the agent does: events and findings come out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from noc_console.media.loudness.watch import SoundWatch
from noc_console.media.picture.watch import Known, PictureWatch
from noc_console.media.stretch import PictureStretch, SoundStretch, Stretch
from noc_console.model import Event, Finding
from noc_console.probes.decode.decoder import Decoder
from noc_console.probes.decode.job import Job


@dataclass(frozen=True, slots=True)
class Told:
    """Something a watch told: an event with its begin by the stream's clock, in seconds, and its length."""

    kind: str
    start_s: float
    length_s: float


@dataclass(frozen=True, slots=True)
class Found:
    """A finding, and when the stretch that brought it ends by the stream's clock, in seconds."""

    id: str
    at_s: float
    text: str


@dataclass(slots=True)
class Watched:
    """What was told of one feed, and how much of it was watched."""

    told: list[Told] = field(default_factory=list)
    found: list[Found] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    pictures_s: float = 0.0
    sounds_s: float = 0.0
    stretches: int = 0


@dataclass(slots=True)
class _Ear:
    """A watch of sound, and how far the stream's clock is before the world's in each stretch, by its begin."""

    watch: SoundWatch = field(default_factory=SoundWatch)
    offsets: list[tuple[float, float]] = field(default_factory=list)

    def stream_s(self, at: float) -> float:
        """Return a Unix time by the stream's clock."""
        return at + next((offset for begin, offset in reversed(self.offsets) if begin <= at + 1e-6), 0.0)


def watched(jobs: Iterable[Job], *, is_ts: bool = False) -> Watched:
    """Decode jobs in their order and return what the watches told of them."""
    return heeded(decoded(jobs), is_ts=is_ts)


def decoded(jobs: Iterable[Job]) -> Iterator[Stretch]:
    """Yield what one decoder measures of jobs."""
    decoder = Decoder()
    for job in jobs:
        yield decoder.decode(job)


def heeded(stretches: Iterable[Stretch], *, is_ts: bool = False) -> Watched:
    """Return what watches tell of stretches."""
    seen = Watched()
    pictures: dict[str, PictureWatch] = {}
    sounds: dict[str, _Ear] = {}
    for stretch in stretches:
        seen.stretches += 1
        seen.faults += stretch.faults
        begin_s = _begin_s(stretch)
        for rung, picture in stretch.pictures.items():
            _look(pictures.setdefault(rung, PictureWatch()), picture, stretch.at, Known(is_ts=is_ts), seen)
        for rung, sound in stretch.sounds.items():
            _listen(sounds.setdefault(rung, _Ear()), sound, stretch.at + sound.start_s - begin_s, seen)
    return seen


def _begin_s(stretch: Stretch) -> float:
    starts = [one.start_s for one in stretch.pictures.values()] + [one.start_s for one in stretch.sounds.values()]
    return min(starts, default=0.0)


def _look(watch: PictureWatch, stretch: PictureStretch, at: float, known: Known, into: Watched) -> None:
    found = watch.step(stretch, at, known)
    into.pictures_s += stretch.end_s - stretch.start_s
    into.told += [_told(event, float(event.data["start_s"])) for event in found.events if "start_s" in event.data]
    into.found += _found(found.findings, stretch.end_s)


def _listen(ear: _Ear, stretch: SoundStretch, at: float, into: Watched) -> None:
    found = ear.watch.step(stretch, at)
    ear.offsets.append((at, stretch.start_s - at))
    into.sounds_s += stretch.end_s - stretch.start_s
    into.told += [_told(event, ear.stream_s(float(event.data["start"]))) for event in found.events]
    into.found += _found(found.findings, stretch.end_s)


def _told(event: Event, start_s: float) -> Told:
    return Told(event.kind, start_s, float(event.data["length_s"]))


def _found(findings: Iterable[Finding], at_s: float) -> list[Found]:
    return [Found(one.id, at_s, one.text) for one in findings]
