"""Segments with the sizes and rates of real channels, made once and kept beside the lab's pictures."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

from noc_console.bench.media_pictures import Picture, land, seen
from noc_console.lab.options import LabOptions
from noc_console.lab.store import cache_folder

SAMPLE_RATE = 48_000
_AAC = 1024
# raised when the pictures or encoders change, so that old files are not used
_VERSION = 2
_STEEPNESS, _GRAIN = 1.5, 3.0


@dataclass(frozen=True, slots=True)
class Clip:
    """What is made: a picture in transport stream segments, with a stereo AAC sound of 128 kbit/s."""

    name: str
    codec: str
    width: int
    height: int
    rate: int
    bitrate_bps: int
    key_s: float
    segment_s: float
    segments: int

    @property
    def is_deep(self) -> bool:
        """Say whether its samples have 10 bits."""
        return self.codec == "libx265"


HD = Clip("1080p25 H.264", "libx264", 1920, 1080, 25, 8_000_000, 2.0, 6.0, 2)
UHD_1S = Clip("2160p50 HEVC", "libx265", 3840, 2160, 50, 20_000_000, 1.0, 2.0, 1)
UHD_2S = Clip("2160p50 HEVC", "libx265", 3840, 2160, 50, 20_000_000, 2.0, 4.0, 1)


def segments(clip: Clip) -> list[bytes]:
    """Return the segments of a clip, which go on from each other; they are made when they are asked for first."""
    folder = cache_folder(LabOptions())
    key = f"{clip.codec}-{clip.width}x{clip.height}-{clip.rate}-{clip.bitrate_bps}-{clip.key_s:g}-{clip.segment_s:g}"
    paths = [folder / f"bench-{_VERSION}-{key}-{number}of{clip.segments}.ts" for number in range(clip.segments)]
    if not all(path.is_file() for path in paths):
        folder.mkdir(parents=True, exist_ok=True)
        for path, data in zip(paths, _cut(_encoded(clip), clip), strict=True):
            with tempfile.NamedTemporaryFile(dir=folder, suffix=".part", delete=False) as file:
                file.write(data)
            Path(file.name).replace(path)
    return [path.read_bytes() for path in paths]


def music(seconds: float, seed: int = 1) -> np.typing.NDArray[np.float32]:
    """Return a stereo sound (2, n) with chords, beats and noise: nothing that a codec gets for nothing."""
    rng = np.random.default_rng(seed)
    at = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    chord = sum(np.sin(2 * np.pi * tone * at + rng.uniform(0, 6)) for tone in (196.0, 247.0, 294.0, 1180.0, 4700.0))
    beat = np.exp(-(at % 0.5) * 9)
    noise = rng.normal(size=(2, at.size))
    noise = np.cumsum(noise - np.roll(noise, 9, axis=1), axis=1) / 9 + noise * 0.3
    return np.asarray(0.04 * chord * beat + 0.05 * noise * (0.4 + beat), np.float32)


def adts(seconds: float) -> list[bytes]:
    """Return the AAC frames of such a sound, each behind its ADTS head."""
    target = io.BytesIO()
    with av.open(target, "w", format="adts") as file:
        stream = _sound(file)
        for frame in _sounds(seconds):
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return _frames(target.getvalue())


def _frames(data: bytes) -> list[bytes]:
    from noc_console.probes.decode.audio_frames import frames

    return [data[start:end] for start, end in frames("aac", data)]


def _encoded(clip: Clip) -> bytes:
    target = io.BytesIO()
    seconds = clip.segment_s * clip.segments
    with av.open(target, "w", format="mpegts") as file:
        video = _picture(file, clip)
        audio = _sound(file)
        sounds = _sounds(seconds)
        heard_s = 0.0
        for number, frame in enumerate(_pictures(clip, round(seconds * clip.rate))):
            file.mux(video.encode(frame))
            while heard_s < (number + 1) / clip.rate and (sound := next(sounds, None)) is not None:
                file.mux(audio.encode(sound))
                heard_s += sound.samples / SAMPLE_RATE
        file.mux(video.encode(None))
        file.mux(audio.encode(None))
    return target.getvalue()


def _picture(file: Any, clip: Clip) -> Any:
    stream = file.add_stream(clip.codec, rate=clip.rate)
    stream.width, stream.height = clip.width, clip.height
    stream.pix_fmt = "yuv420p10le" if clip.is_deep else "yuv420p"
    stream.bit_rate = clip.bitrate_bps
    gop, kilobits = round(clip.key_s * clip.rate), clip.bitrate_bps // 1000
    rate = f"vbv-maxrate={kilobits}:vbv-bufsize={kilobits}"
    if clip.is_deep:
        stream.options = {
            "preset": "ultrafast",
            "x265-params": f"keyint={gop}:min-keyint={gop}:scenecut=0:open-gop=0:repeat-headers=1"
            f":log-level=none:{rate}",
        }
    else:
        stream.options = {
            "preset": "veryfast",
            "x264-params": f"keyint={gop}:min-keyint={gop}:scenecut=0:open-gop=0:{rate}:nal-hrd=cbr",
        }
    return stream


def _sound(file: Any) -> Any:
    stream = file.add_stream("aac", rate=SAMPLE_RATE, layout="stereo")
    stream.bit_rate = 128_000
    return stream


def _pictures(clip: Clip, count: int) -> Iterator[Any]:
    """A landscape with the grain of a camera that is panned over: the grain is new in each picture, as in a real one.

    Without it all bits would go into the key pictures, which no real channel does.
    """
    height, width = clip.height, clip.width
    country = land(_STEEPNESS, 31, (height, width)).astype(np.float32)
    rng = np.random.default_rng(34)
    grain = rng.normal(size=(height + 64, width + 64)).astype(np.float32) * _GRAIN
    colours = [seen(land(1.4, seed, (height // 2, width // 2)), 0, 0) // 2 + 64 for seed in (32, 33)]
    for number in range(count):
        right, down = rng.integers(0, 64, 2)
        noise = grain[down : down + height, right : right + width]
        luma = seen(country, 3.3 * number, 0.6 * number) + noise
        yield _frame(np.clip(luma, 16, 235).astype(np.uint8), colours, number, clip)


def _frame(luma: Picture, colours: Sequence[Picture], number: int, clip: Clip) -> Any:
    height, width = luma.shape
    whole = np.concatenate([luma.ravel(), *(colour.ravel() for colour in colours)])
    frame = av.VideoFrame.from_ndarray(whole.reshape(height * 3 // 2, width), format="yuv420p")
    if clip.is_deep:
        frame = frame.reformat(format="yuv420p10le")
    frame.pts, frame.time_base = number, Fraction(1, clip.rate)
    return frame


def _sounds(seconds: float) -> Iterator[Any]:
    samples = music(seconds)
    for at in range(0, samples.shape[1] - _AAC + 1, _AAC):
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples[:, at : at + _AAC]), "fltp", "stereo")
        frame.sample_rate, frame.pts, frame.time_base = SAMPLE_RATE, at, Fraction(1, SAMPLE_RATE)
        yield frame


def _cut(data: bytes, clip: Clip) -> list[bytes]:
    """Return a stream as segments, each beginning with a key frame; time stamps go on."""
    targets = [io.BytesIO() for _ in range(clip.segments)]
    with av.open(io.BytesIO(data)) as source:
        streams: list[Any] = [source.streams.video[0], source.streams.audio[0]]
        outputs = [av.open(target, "w", format="mpegts", options={"mpegts_copyts": "1"}) for target in targets]
        kept = [[output.add_stream_from_template(stream) for stream in streams] for output in outputs]
        begin_s = float(streams[0].start_time * streams[0].time_base)
        for packet in source.demux(*streams):
            if packet.dts is None:
                continue
            at_s = float(packet.pts * packet.time_base) - begin_s
            number = min(max(int(at_s / clip.segment_s + 1e-6), 0), clip.segments - 1)
            packet.stream = kept[number][streams.index(packet.stream)]
            outputs[number].mux(packet)
        for output in outputs:
            output.close()
    return [target.getvalue() for target in targets]
