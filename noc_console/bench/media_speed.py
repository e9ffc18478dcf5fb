"""What measuring pictures and sound takes, as CPU time of one thread, beside FFmpeg's filters on the same bytes."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import av

from noc_console.bench import Row, media_peers
from noc_console.bench.media_material import HD, SAMPLE_RATE, UHD_1S, UHD_2S, Clip, adts, segments
from noc_console.probes.decode.decoder import Decoder
from noc_console.probes.decode.job import FULL, KEYFRAMES, Job
from noc_console.probes.decode.sound_lane import SoundLane
from noc_console.probes.decode.units import Lane, Track, Unit

_CHANNELS = 6
_SEGMENT_S = 6
_AAC_S = 1024 / SAMPLE_RATE
_LOUDNESS, _SOUNDS, _KEYS, _KEYS_RATIO, _UHD, _FULL = 1.2, 200, 40, 1.5, 20, 1.0
#: FFmpeg's edge filter for blur takes most of its time; without it the comparison is a harder one.
_WITHOUT_BLUR = tuple(name for name in media_peers.PICTURE_FILTERS if name != "blurdetect")


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU seconds of one thread for a number of seconds of media."""

    cpu_s: float
    media_s: float

    @property
    def channels(self) -> float:
        """Return how many channels one core does."""
        return self.media_s / self.cpu_s


def loudness_rows(seconds: float = 60.0, rounds: int = 5) -> list[Row]:
    """Measure decoding and metering of stereo AAC beside FFmpeg's meter, both without taking a container apart."""
    av.logging.set_level(av.logging.PANIC)
    frames = adts(seconds)
    ours, peer = in_turns(rounds, lambda: listen(frames), lambda: media_peers.hear(frames))
    bare = in_turns(rounds, lambda: media_peers.hear(frames, ()))[0]
    length_s, how = len(frames) * _AAC_S, f"{seconds:.0f} s of AAC 128 kbit/s; CPU time, best of {rounds} in turns"
    ratio, channels = ours / peer, length_s / ours
    told = (
        f"{ratio:.2f} x ({_ms(ours, length_s)}, ffmpeg {_ms(peer, length_s)}, of it decoding {_ms(bare, length_s)})"
    )
    return [
        Row("loudness with true peak beside ebur128 (peak=true)", "<= 1.2 x", told, ratio <= _LOUDNESS, how),
        Row("the same, channels per core", f">= {_SOUNDS}", f"{channels:.0f}", channels >= _SOUNDS, how),
    ]


def key_rows(clip: Clip = HD, rounds: int = 5) -> list[Row]:
    """Measure key pictures with the sound of the channel, and the picture alone beside FFmpeg's key frames."""
    bodies = segments(clip)
    whole, alone = in_turns(rounds, *(_channels(clip, bodies, KEYFRAMES, pids) for pids in ((), (_video_pid(),))))
    cost = Cost(whole, _length_s(clip, bodies) * _CHANNELS)
    how = f"{_of(clip, bodies)}; CPU time of taking apart, decoding, measuring, small picture; best of {rounds}"
    told = f"{cost.channels:.1f} (picture {alone / whole:.0%} of it)"
    row = Row(f"key frames and sound, {clip.name}, channels per core", f">= {_KEYS}", told, None, how)
    rows = [_judged(row, cost.channels >= _KEYS)]
    return [*rows, *_beside(clip, bodies, KEYFRAMES, alone / _CHANNELS, rounds)]


def uhd_rows(clips: Sequence[Clip] = (UHD_1S, UHD_2S), rounds: int = 5) -> list[Row]:
    """Measure key pictures of 2160 lines, with the sound of the channel."""
    rows = []
    for clip in clips:
        bodies = segments(clip)
        whole, alone = in_turns(rounds, *(_channels(clip, bodies, KEYFRAMES, pids) for pids in ((), (_video_pid(),))))
        cost = Cost(whole, _length_s(clip, bodies) * _CHANNELS)
        keys = round(_length_s(clip, bodies) / clip.key_s) * _CHANNELS
        told = f"{cost.channels:.1f} (a key picture {alone / keys * 1e3:.1f} ms)"
        what = f"key frames each {clip.key_s:g} s and sound, {clip.name}, channels per core"
        how = f"{_of(clip, bodies)}; best of {rounds}"
        rows.append(Row(what, f">= {_UHD}", told, cost.channels >= _UHD, how))
    return rows


def full_rows(clip: Clip = HD, rounds: int = 2) -> list[Row]:
    """Measure all pictures beside FFmpeg with the same filters."""
    bodies = segments(clip)[:1]
    (alone,) = in_turns(rounds, _channels(clip, bodies, FULL, (_video_pid(),), 1))
    return _beside(clip, bodies, FULL, alone, rounds)


def _beside(clip: Clip, bodies: Sequence[bytes], mode: str, ours: float, rounds: int) -> list[Row]:
    """Return rows of our picture part beside FFmpeg's; `ours` is the CPU time for these bodies."""
    is_keys = mode == KEYFRAMES
    limit, name = (_KEYS_RATIO, "key frames") if is_keys else (_FULL, "all frames")
    rows = []
    for filters, note in ((media_peers.PICTURE_FILTERS, ""), (_WITHOUT_BLUR, ", without blurdetect")):
        (peer,) = in_turns(rounds, lambda chosen=filters: _looked(bodies, chosen, is_keys))  # type: ignore[misc]
        ratio = peer / ours
        told = f"{ratio:.2f} x ({_ms(ours, _length_s(clip, bodies))}, ffmpeg {_ms(peer, _length_s(clip, bodies))})"
        goal = "" if note else f">= {limit:g} x"
        row = Row(f"{name} beside FFmpeg's filters{note}", goal, told, None, ", ".join(filters))
        rows.append(row if note else _judged(row, ratio >= limit))
    (bare,) = in_turns(rounds, lambda: _looked(bodies, (), is_keys))
    told = f"{bare / ours:.2f} x (ffmpeg {_ms(bare, _length_s(clip, bodies))})"
    return [*rows, Row(f"{name} beside FFmpeg's decoding alone", "", told, None, "no filter at all")]


def _looked(bodies: Sequence[bytes], filters: Sequence[str], is_keys: bool) -> None:
    for body in bodies:
        media_peers.look(body, filters, is_keys=is_keys)


def listen(frames: Sequence[bytes]) -> int:
    """Decode and meter AAC frames in stretches of six seconds; return how many blocks came out."""
    ear = SoundLane(Track(1, "audio", "mp4a.40.2", "sound", "aac"))
    units = [Unit(data, len(data), number * _AAC_S) for number, data in enumerate(frames)]
    step, count = round(_SEGMENT_S / _AAC_S), 0
    for at in range(0, len(units), step):
        sound, _ = ear.measure(Lane(ear.track, units[at : at + step]))
        count += 0 if sound is None else len(sound.blocks)
    return count


def in_turns(rounds: int, *works: Callable[[], object]) -> list[float]:
    """Return the least CPU time of each work, done in turns; the first turn is not counted."""
    taken: list[list[float]] = [[] for _ in works]
    for turn in range(rounds + 1):
        for times, work in zip(taken, works, strict=True):
            gc.collect()
            begin = time.process_time()
            work()
            if turn:
                times.append(time.process_time() - begin)
    return [min(times) for times in taken]


def _channels(
    clip: Clip, bodies: Sequence[bytes], mode: str, pids: tuple[int, ...], channels: int = _CHANNELS
) -> Callable[[], object]:
    """Return the work of decoding the segments of some channels in turn, by the decoder of a worker."""
    decoder = Decoder()

    def work() -> None:
        for number, body in enumerate(bodies):
            for channel in range(channels):
                job = Job(channel, clip.name, mode, body=body, sequence=number, wants_thumbnail=True, pids=pids)
                found = decoder.decode(job)
                assert found.pictures and not found.faults, found.faults

    return work


def _video_pid() -> int:
    return 0x100  # of the library's muxer


def _length_s(clip: Clip, bodies: Sequence[bytes]) -> float:
    return clip.segment_s * len(bodies)


def _of(clip: Clip, bodies: Sequence[bytes]) -> str:
    rate = sum(map(len, bodies)) * 8 / _length_s(clip, bodies) / 1e6
    found = Decoder().decode(Job(1, clip.name, body=bodies[0])).pictures[clip.name]
    key_kb = found.key_bits / 8000 / max(len(found.frames), 1)
    return (
        f"{rate:.1f} Mbit/s with sound, a key picture each {clip.key_s:g} s of {key_kb:.0f} KB, {_CHANNELS} channels"
    )


def _judged(row: Row, is_met: bool) -> Row:
    return Row(row.what, row.goal, row.measured, is_met, row.how)


def _ms(cpu_s: float, media_s: float) -> str:
    return f"{cpu_s / media_s * 1e3:.2f} ms/s"
