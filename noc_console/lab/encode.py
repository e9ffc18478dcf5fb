"""Encodes one look with PyAV: H.264 pictures of every rung and an AAC tone, as elementary streams of one loop."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import av
import numpy as np

from noc_console.lab.options import AAC_SAMPLES, FRAME_RATE, SAMPLE_RATE, SAMPLES, Grid, RungSpec
from noc_console.lab.picture import Plane, canvas, draw

TONE_HZ = 1000
TONE_LUFS = -23.0
AUDIO_BPS = 64_000


@dataclass(frozen=True, slots=True)
class Stream:
    """One elementary stream: its frames in order, and the decoder's configuration.

    Video frames are Annex B access units with parameter sets and delimiters; audio frames are raw AAC.
    """

    frames: tuple[bytes, ...]
    config: bytes


@dataclass(frozen=True, slots=True)
class Look:
    """The media of one loop: a video stream per rung, in the ladder's order, and one audio stream."""

    name: str
    grid: Grid
    rungs: tuple[RungSpec, ...]
    videos: tuple[Stream, ...]
    audio: Stream


def encode_look(name: str, index: int, ladder: tuple[RungSpec, ...], grid: Grid) -> Look:
    """Encode look number `index`: closed GOPs at the same frames on every rung, no B-frames."""
    painted = canvas(name, index, (ladder[0].width, ladder[0].height), grid.loop)
    videos = encode_pictures(lambda number: draw(painted, number), range(grid.loop), ladder, grid)
    return Look(name, grid, ladder, videos, encode_tone(grid.loop, (1.0, 1.0)))


def encode_pictures(
    paint: Callable[[int], Plane], numbers: Iterable[int], ladder: Sequence[RungSpec], grid: Grid, quantiser: int = 0
) -> tuple[Stream, ...]:
    """Encode the frames of these numbers, as `paint` gives them (yuv420p), on every rung.

    With a `quantiser` each picture is as good as the next one, so that nothing changes where nothing moves; without
    one the rungs' bitrates hold. Parameter sets are the same either way.
    """
    coders = [_coder(spec, grid, quantiser) for spec in ladder]
    frames: list[list[bytes]] = [[] for _ in ladder]
    for place, number in enumerate(numbers):
        picture = av.VideoFrame.from_ndarray(paint(number), format="yuv420p")
        for coder, spec, kept in zip(coders, ladder, frames, strict=True):
            scaled = picture.reformat(width=spec.width, height=spec.height)
            scaled.pts = place
            kept.extend(bytes(packet) for packet in coder.encode(scaled))
    for coder, kept in zip(coders, frames, strict=True):
        kept.extend(bytes(packet) for packet in coder.encode(None))
    return tuple(Stream(tuple(kept), _parameter_sets(kept[0])) for kept in frames)


def nal_units(unit: bytes) -> Iterator[bytes]:
    """Yield the NAL units of an Annex B access unit, without their start codes."""
    start = unit.find(b"\x00\x00\x01")
    while start >= 0:
        following = unit.find(b"\x00\x00\x01", start + 3)
        yield (unit[start + 3 : following] if following >= 0 else unit[start + 3 :]).rstrip(b"\x00")
        start = following


def _coder(spec: RungSpec, grid: Grid, quantiser: int) -> av.VideoCodecContext:
    coder = av.CodecContext.create("libx264", "w")
    coder.width, coder.height, coder.pix_fmt = spec.width, spec.height, "yuv420p"
    coder.framerate, coder.time_base = Fraction(FRAME_RATE), Fraction(1, FRAME_RATE)
    coder.bit_rate = 0 if quantiser else spec.bitrate_bps
    coder.thread_count = 1
    kilobits = spec.bitrate_bps // 1000
    rate = f"qp={quantiser}:stitchable=1" if quantiser else f"vbv-maxrate={kilobits}:vbv-bufsize={kilobits}"
    coder.options = {
        "preset": "ultrafast",
        "x264-params": f"keyint={grid.gop}:min-keyint={grid.gop}:scenecut=0:bframes=0:aud=1:open-gop=0"
        f":{rate}:colorprim=bt709:transfer=bt709:colormatrix=bt709",
    }
    return coder


def _parameter_sets(unit: bytes) -> bytes:
    """Return SPS and PPS of a key frame, in Annex B."""
    return b"".join(b"\x00\x00\x00\x01" + nal for nal in nal_units(unit) if nal[0] & 31 in (7, 8))


def encode_tone(loop: int, gains: tuple[float, float], bitrate_bps: int = AUDIO_BPS) -> Stream:
    """Encode the tone, left and right multiplied by their gains, as a loop without a seam.

    It is encoded twice, and the second turn is kept, whose first frame continues its last one.

    ITU-R BS.1770: 997 Hz at 0 dBFS in one channel reads -3.01 LKFS, so in both channels the level is the loudness.
    """
    coder = av.CodecContext.create("aac", "w")
    coder.sample_rate, coder.layout, coder.format = SAMPLE_RATE, "stereo", "fltp"
    coder.bit_rate, coder.time_base = bitrate_bps, Fraction(1, SAMPLE_RATE)
    turn = loop * SAMPLES // AAC_SAMPLES
    amplitude = 10 ** (TONE_LUFS / 20)
    coded: list[bytes] = []
    for number in range(2 * turn + 1):
        at = np.arange(number * AAC_SAMPLES, (number + 1) * AAC_SAMPLES) % (loop * SAMPLES)
        wave = amplitude * np.sin(2 * np.pi * TONE_HZ * at / SAMPLE_RATE)
        both = np.stack([wave * gain for gain in gains]).astype(np.float32)
        frame = av.AudioFrame.from_ndarray(both, format="fltp", layout="stereo")
        frame.sample_rate, frame.pts = SAMPLE_RATE, number * AAC_SAMPLES
        coded.extend(bytes(packet) for packet in coder.encode(frame))
    coded.extend(bytes(packet) for packet in coder.encode(None))
    return Stream(tuple(coded[turn : 2 * turn]), bytes(coder.extradata))
