"""What decoders measured becomes what is known of a channel: a watch for every picture and sound, in the core."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Protocol

import numpy as np

from noc_console.agent.clock import Clock
from noc_console.agent.flow import Flow
from noc_console.agent.media_formats import Formats
from noc_console.agent.media_pairs import Pairs
from noc_console.agent.media_schedule import Waiting
from noc_console.agent.media_thumbs import Thumbnails
from noc_console.agent.recorder import Recorder
from noc_console.media import av_sync
from noc_console.media.es.format import Audio, Video
from noc_console.media.loudness.verdicts import SoundLimits
from noc_console.media.loudness.watch import SoundWatch
from noc_console.media.picture.seen import BLACK_S, FREEZE_S
from noc_console.media.picture.watch import Known, PictureWatch
from noc_console.media.stretch import PictureStretch, SoundStretch, Stretch
from noc_console.model import Channel, Event, Input, Kind, Observation

_MOST_WATCHES = 32
_MOST_FAULTS = 3
_EARLIEST_S, _LATEST_S = 120.0, 5.0
_STOPPED_DURATIONS = 4.0
_STOPPED_AT_LEAST_S = 30.0
_TOLD_MISSED_S = 5.0
_OFFSET, _SILENCE = "media.av_offset_s", "audio.silence_s"
_METERS = {
    "momentary": "audio.momentary_lufs",
    "short_term": "audio.short_term_lufs",
    "loudness": "audio.loudness_lufs",
    "true_peak": "audio.true_peak_dbtp",
}


class Pauses(Protocol):
    """Who knows which inputs are left alone, and which are decoded in full for a while."""

    def left_alone_until(self, input_id: int) -> float:
        """Return until when nothing of an input is decoded, 0 when it is."""

    def is_promoted(self, input_id: int) -> bool:
        """Say whether all frames of an input are decoded for a while only."""


@dataclass(slots=True)
class Watched:
    """What is remembered of one input: a watch for every rung, and what the board shows of it."""

    entry: Input
    channel: Channel
    limits: SoundLimits
    pictures: dict[str, PictureWatch] = field(default_factory=dict)
    sounds: dict[str, SoundWatch] = field(default_factory=dict)
    told_at: dict[str, float] = field(default_factory=dict)
    missed: dict[str, int] = field(default_factory=dict)
    why: str = ""
    pairs: Pairs = field(default_factory=Pairs)
    picture: str = ""
    picture_at: float = 0.0
    newest_hash: int | None = None
    duration_s: float = 0.0

    def is_full(self) -> bool:
        """Say whether there are as many watches as one input may have."""
        return len(self.pictures) + len(self.sounds) >= _MOST_WATCHES


@dataclass(slots=True)
class MediaDesk:
    """Takes what was measured: observations go the way of all others, pictures and levels go to the board."""

    clock: Clock
    flow: Flow
    recorder: Recorder
    happened: Callable[[Event], None]
    limits_of: Callable[[str], SoundLimits] = lambda _: SoundLimits()
    thumbnails: Thumbnails = field(default_factory=Thumbnails)
    formats: Formats = field(init=False)
    _inputs: dict[int, Watched] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Let formats be judged by what the board knows of manifests."""
        self.formats = Formats(self.flow.board, self._tell_of)

    def assign(self, channels: Mapping[int, Channel], inputs: Iterable[Input]) -> None:
        """Take which inputs are measured; what is remembered of those that are gone, or moved, is dropped."""
        before, self._inputs = self._inputs, {}
        for one in inputs:
            known = before.get(one.id)
            channel = channels[one.channel_id]
            limits = self.limits_of(channel.template)
            if known is None or (known.entry.url, known.entry.kind) != (one.url, one.kind):
                known = Watched(one, channel, limits)
                self.formats.forget(one.id)
            if limits != known.limits:
                known.sounds.clear()  # what has been judged by other limits begins anew
            known.entry, known.channel, known.limits = one, channel, limits
            self._inputs[one.id] = known
        self.thumbnails.keep_only(channels)
        self.formats.keep_only(self._inputs)

    # -- what was measured

    def take(self, waiting: Waiting, stretch: Stretch, waited_s: float) -> bool:
        """Take a stretch; return whether key frames alone look ill, so that all should be decoded for a while."""
        one = self._inputs.get(waiting.stretch.input_id)
        if one is None:
            return False
        at = self._looked_at(waiting, stretch)
        one.duration_s, one.why = waiting.stretch.duration_s, ""
        self.flow.board.set_media(one.entry.id, {"faults": list(stretch.faults[:_MOST_FAULTS])})
        looks = [self._cost(one, waiting, stretch, waited_s, at)]
        wants_all_frames = False
        for rung, picture in stretch.pictures.items():
            look, wants = self._picture(one, rung, picture, stretch, at)
            looks += look
            wants_all_frames = wants_all_frames or wants
        for rung, sound in stretch.sounds.items():
            looks += self._sound(one, rung, sound, stretch, at)
        looks += self._together(one, stretch, looks, at)
        looks += self.formats.take(one.entry, one.channel, stretch, at, label_of, looks)
        self._thumbnail(one, stretch)
        self._keep(looks)
        return wants_all_frames

    def missed(self, waiting: Waiting, why: str) -> None:
        """Count what was not decoded; the next look at the rung tells it, or `beat` does."""
        one = self._inputs.get(waiting.stretch.input_id)
        if one is not None:
            one.missed[waiting.stretch.rung] = one.missed.get(waiting.stretch.rung, 0) + 1
            one.why = why

    def hash_of(self, channel_id: int) -> str | None:
        """Return the hash of the picture a channel shows now, None where there is none."""
        shown = self.thumbnails.newest(channel_id)
        one = self._inputs.get(shown.input_id) if shown else None
        return None if one is None or one.newest_hash is None else f"{one.newest_hash:016x}"

    def beat(self, at: float, line: Pauses | None) -> None:
        """Tell what was not decoded, and which pictures have stopped coming; once in five seconds or so."""
        for one in self._inputs.values():
            for rung in [rung for rung, count in one.missed.items() if count]:
                if at - one.told_at.get(rung, 0.0) >= _TOLD_MISSED_S:
                    one.told_at[rung] = at
                    metrics = {"media.skipped": float(one.missed.pop(rung))}
                    self._keep([Observation(one.entry.id, _scope("media", rung), at, metrics)])
            limit = max(_STOPPED_AT_LEAST_S, _STOPPED_DURATIONS * one.duration_s)
            if one.picture not in ("", "stopped") and at - one.picture_at > limit:
                self._show_picture(one, "stopped")
            is_paused = line is not None and bool(line.left_alone_until(one.entry.id))
            is_promoted = line is not None and line.is_promoted(one.entry.id)
            facts = {"why": "paused" if is_paused else one.why, "is_promoted": is_promoted}
            self.flow.board.set_media(one.entry.id, facts)

    # -- within

    def _looked_at(self, waiting: Waiting, stretch: Stretch) -> float:
        """Return when the end of a stretch is presented, where its clock can be believed, else when it came."""
        came_at, end = waiting.stretch.came_at, stretch.at + waiting.stretch.duration_s
        return end if came_at - _EARLIEST_S <= end <= came_at + _LATEST_S else came_at

    def _cost(self, one: Watched, waiting: Waiting, stretch: Stretch, waited_s: float, at: float) -> Observation:
        rung = waiting.stretch.rung
        broken = sum(part.broken_frames for part in _parts(stretch))
        metrics = {
            "media.decode_s": stretch.decode_s,
            "media.waited_s": waited_s,
            "media.skipped": float(one.missed.pop(rung, 0)),
            "media.broken_frames": float(broken),
        }
        one.told_at[rung] = at
        return Observation(one.entry.id, _scope("media", rung), at, metrics)

    def _picture(
        self, one: Watched, rung: str, picture: PictureStretch, stretch: Stretch, at: float
    ) -> tuple[list[Observation], bool]:
        watch = one.pictures.get(rung)
        if watch is None:
            if one.is_full():
                return [], False
            watch = one.pictures[rung] = PictureWatch()
        expected = one.entry.expected
        slates = {name: int(digits, 16) for name, digits in expected.slates.items()}
        known = Known(is_still=expected.is_still, slates=slates, is_ts=one.entry.kind is Kind.TS)
        seen = watch.step(picture, stretch.at, known)
        one.picture_at = self.clock.now()
        if len(picture.frames):
            one.newest_hash = int(picture.frames["hash"][-1])
        self._show_picture(one, _state_of(seen.metrics))
        self._tell(one, rung, seen.events)
        self.flow.board.set_format(one.entry.id, label_of(rung), "video", video_form(picture.format))
        return [Observation(one.entry.id, _scope("picture", rung), at, seen.metrics, seen.findings)], (
            seen.wants_all_frames
        )

    def _sound(self, one: Watched, rung: str, sound: SoundStretch, stretch: Stretch, at: float) -> list[Observation]:
        watch = one.sounds.get(rung)
        if watch is None:
            if one.is_full():
                return []
            watch = one.sounds[rung] = SoundWatch(one.limits)
        heard = watch.step(sound, stretch.at + sound.start_s - _start_of(stretch))
        self._tell(one, rung, heard.events)
        self.flow.board.set_format(one.entry.id, label_of(rung), "audio", audio_form(sound.format))
        if next(iter(one.sounds)) == rung:
            levels = {name: heard.metrics.get(metric) for name, metric in _METERS.items()}
            shown = {name: None if level is None else round(level, 1) for name, level in levels.items()}
            self.flow.board.set_media(one.entry.id, {"meters": {**shown, "rung": label_of(rung), "at": at}})
        return [Observation(one.entry.id, _scope("sound", rung), at, heard.metrics, heard.findings)]

    def _together(self, one: Watched, stretch: Stretch, looks: list[Observation], at: float) -> list[Observation]:
        """Hold picture and sound beside each other: how far they lie apart, and whether neither is there."""
        offsets: dict[str, float] = {}
        for picture in list(stretch.pictures.values())[:1]:
            offsets |= one.pairs.take_picture(picture)
        for rung, sound in stretch.sounds.items():
            offsets |= one.pairs.take_sound(rung, sound)
        found = [
            Observation(one.entry.id, _scope("sync", rung), at, {_OFFSET: offset_s}, av_sync.findings(offset_s))
            for rung, offset_s in offsets.items()
        ]
        silences = {look.rung: look.metrics[_SILENCE] for look in looks if _SILENCE in look.metrics}
        picture_metrics = next((look.metrics for look in looks if look.scope.startswith("picture")), None)
        feed = one.pairs.feed(at, picture_metrics, silences)
        return found if feed is None else [*found, Observation(one.entry.id, "feed", at, {}, feed)]

    def _thumbnail(self, one: Watched, stretch: Stretch) -> None:
        for rung, found in stretch.thumbnails.items():
            picture = stretch.pictures.get(rung)
            offset_s = found.at_s - picture.start_s if picture else 0.0
            shown = self.thumbnails.take(
                one.channel.id, one.entry.id, int(one.entry.layer), stretch.at + offset_s, found
            )
            if shown is not None:
                facts = {"at": shown.at, "seq": shown.seq}
                self.flow.board.set_media(one.entry.id, {"thumbnail": facts})
            return

    def _show_picture(self, one: Watched, state: str) -> None:
        one.picture = state
        self.flow.board.set_media(one.entry.id, {"picture": state})

    def _tell(self, one: Watched, rung: str, events: Iterable[Event]) -> None:
        for event in events:
            self._tell_of(one.entry, label_of(rung), event)

    def _tell_of(self, entry: Input, rung: str, event: Event) -> None:
        self.happened(replace(event, input_id=entry.id, data={**event.data, "rung": rung}))

    def _keep(self, looks: list[Observation]) -> None:
        """Hand looks on: their samples to the history, they themselves to the rules."""
        series, times, values = [], [], []
        for look in looks:
            for metric, value in look.metrics.items():
                if math.isfinite(value):
                    series.append(self.recorder.history.series_id(look.input_id, look.rung, metric))
                    times.append(look.at)
                    values.append(value)
        self.recorder.add(np.array(series, np.uint32), np.array(times), np.array(values, np.float32))
        self.flow.take(looks)


def label_of(rung: str) -> str:
    """Return a stream's rung as everything else names it: a PID without the word before it, as in `pid/0x0100`."""
    return rung.rpartition("/")[2]


def video_form(found: Video) -> dict[str, Any]:
    """Return a picture's format as the board tells it."""
    names = ("codec", "profile", "level", "width", "height", "frame_rate", "is_interlaced", "bit_depth", "hdr")
    told = {name: getattr(found, name) for name in names}
    return {**told, "text": found.text, "colour": asdict(found.colour)}


def audio_form(found: Audio) -> dict[str, Any]:
    """Return a sound's format as the board tells it."""
    names = ("codec", "profile", "sample_rate", "channels", "has_lfe", "is_atmos", "text")
    return {name: getattr(found, name) for name in names}


def _scope(kind: str, rung: str) -> str:
    return f"{kind}/{label_of(rung)}" if rung else kind


def _parts(stretch: Stretch) -> list[PictureStretch | SoundStretch]:
    return [*stretch.pictures.values(), *stretch.sounds.values()]


def _start_of(stretch: Stretch) -> float:
    """Return the stream's time of the moment that `at` of a stretch is about: where its first part begins."""
    return min(part.start_s for part in _parts(stretch))


def _state_of(metrics: Mapping[str, float]) -> str:
    if metrics.get("video.black_s", 0.0) > BLACK_S:
        return "black"
    return "frozen" if metrics.get("video.freeze_s", 0.0) > FREEZE_S else "moving"
