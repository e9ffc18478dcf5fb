"""What a decoder remembers of one rung of one input between stretches, and how it measures the next one."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from noc_console.media.stretch import PictureStretch, SoundStretch, Stretch, Thumbnail
from noc_console.probes.decode.codecs import Shared
from noc_console.probes.decode.job import AUDIO, Job
from noc_console.probes.decode.mp4_demux import Mp4Demuxer
from noc_console.probes.decode.picture_lane import PictureLane, Seen
from noc_console.probes.decode.sound_lane import SoundLane
from noc_console.probes.decode.thumbnail import Thumbnails
from noc_console.probes.decode.timeline import Timeline
from noc_console.probes.decode.ts_demux import TsDemuxer
from noc_console.probes.decode.units import Demuxed, Lane, Track, Undecodable

_MOST_FAULTS = 16


@dataclass(frozen=True, slots=True)
class Kit:
    """What all sessions of a process share."""

    thumbnails: Thumbnails = field(default_factory=Thumbnails)
    shared: Shared = field(default_factory=Shared)


@dataclass(slots=True)
class _Found:
    """What a stretch has given so far."""

    pictures: dict[str, PictureStretch] = field(default_factory=dict)
    sounds: dict[str, SoundStretch] = field(default_factory=dict)
    thumbnails: dict[str, Thumbnail] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


class Session:
    """Demultiplexers, decoders and meters of one rung; `measure` is called with one stretch after the other."""

    def __init__(self, timeline: Timeline, kit: Kit, job: Job) -> None:
        self.ts = TsDemuxer(timeline, job.program, job.pids)
        self.mp4 = Mp4Demuxer()
        self.timeline = timeline
        self.sequence = -1
        self._choice = job.program, job.pids
        self._kit = kit
        self._pictures: dict[Track, PictureLane] = {}
        self._sounds: dict[Track, SoundLane] = {}

    def suits(self, job: Job) -> bool:
        """Say whether a job wants the same service as the ones before."""
        return self._choice == (job.program, job.pids)

    def forget(self) -> None:
        """Begin cold: what comes next does not follow."""
        self.ts.forget()
        self._sounds.clear()
        for lane in self._pictures.values():
            lane.forget()

    def measure(self, job: Job, demuxed: Demuxed, is_end: bool, is_over: Callable[[], bool]) -> Stretch:
        """Decode and measure a stretch that was taken apart; what cannot be decoded becomes a sentence."""
        began = time.thread_time()
        found = _Found(faults=list(demuxed.faults))
        names = _names(job.rung, [lane.track for lane in demuxed.lanes])
        # sound first: it is cheap, and must not suffer when pictures use up the time
        for lane in sorted(demuxed.lanes, key=lambda one: one.track.kind != "audio"):
            try:
                self._lane(job, lane, names[lane.track], found, is_end, is_over)
            except Undecodable as error:
                found.faults.append(str(error))
        current = {lane.track for lane in demuxed.lanes}
        self._pictures = {track: lane for track, lane in self._pictures.items() if track in current}
        self._sounds = {track: lane for track, lane in self._sounds.items() if track in current}
        return Stretch(
            job.input_id,
            job.at,
            found.pictures,
            found.sounds,
            found.thumbnails,
            tuple(dict.fromkeys(found.faults))[:_MOST_FAULTS],
            time.thread_time() - began,
            found.facts,
        )

    def _lane(
        self, job: Job, lane: Lane, name: str, found: _Found, is_end: bool, is_over: Callable[[], bool]
    ) -> None:
        track = lane.track
        if track.kind == "audio":
            ear = self._sounds.get(track)
            if ear is None:
                ear = self._sounds[track] = SoundLane(track)
            sound, faults = ear.measure(lane, is_end)
            found.faults += faults
            if sound is not None:
                found.sounds[name] = sound
        elif job.mode != AUDIO:
            eye = self._pictures.get(track)
            if eye is None:
                eye = self._pictures[track] = PictureLane(track, self._kit.shared)
            self._show(job, name, eye.measure(lane, job.mode, is_end, is_over), found)
        if track.container:
            found.facts.setdefault("container", {})[name] = dict(track.container)
        if track.language not in ("", "und"):
            found.facts.setdefault("languages", {})[name] = track.language

    def _show(self, job: Job, name: str, seen: Seen, found: _Found) -> None:
        found.faults += seen.faults
        if seen.stretch is None:
            return
        found.pictures[name] = seen.stretch
        if job.wants_thumbnail and seen.newest is not None:
            transfer = seen.stretch.format.colour.transfer
            if seen.stretch.format.hdr == "HLG":
                transfer = 18
            one = self._kit.thumbnails.of(seen.newest, seen.newest_s, seen.aspect, transfer)
            if one is not None:
                found.thumbnails[name] = one


def _names(rung: str, tracks: list[Track]) -> Mapping[Track, str]:
    """Return the rung of each track: the stretch's own for the first picture and the first sound."""
    names: dict[Track, str] = {}
    seen: set[str] = set()
    for track in tracks:
        names[track] = track.name if not rung or track.kind in seen else rung
        seen.add(track.kind)
    return names
