"""Encodes one look with PyAV: H.264 pictures of every rung and an AAC tone, as elementary streams of one loop."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import av
import numpy as np

from noc_console.lab.options import AAC_SAMPLES, FRAME_RATE, SAMPLE_RATE, SAMPLES, Grid, RungSpec
from noc_console.lab.picture import Plane, canvas, draw

TONE_HZ = 1000
TONE_LUFS = -23.0
AUDIO_BPS = 64_000
H264, HEVC, HDR10 = "h264", "hevc", "hdr10"
#: What the fastest pictures of H.265 need of the bits of H.264 to be as good.
HEVC_SHARE = 1.8
_HDR10 = (
    ":hdr10=1:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc:max-cll=1000,400"
    ":master-display=G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,1)"
)


@dataclass(frozen=True, slots=True)
class Stream:
    """One elementary stream: its frames in order, and the decoder's configuration.

    Video frames are Annex B access units with parameter sets and delimiters; audio frames are raw AAC.
    """

    frames: tuple[bytes, ...]
    config: bytes


@dataclass(frozen=True, slots=True)
class Look:
    """The media of one loop: a video stream per rung, in the ladder's order, and one audio stream.

    `codec` is `h264`, or `hdr10`: HEVC Main 10 in PQ with mastering display and content light.
    """

    name: str
    grid: Grid
    rungs: tuple[RungSpec, ...]
    videos: tuple[Stream, ...]
    audio: Stream
    codec: str = H264

    @property
    def is_hdr(self) -> bool:
        """Say whether its pictures are HDR."""
        return self.codec == HDR10


def encode_look(name: str, index: int, ladder: tuple[RungSpec, ...], grid: Grid, codec: str = H264) -> Look:
    """Encode look number `index`: closed GOPs at the same frames on every rung, no B-frames."""
    painted = canvas(name, index, (ladder[0].width, ladder[0].height), grid.loop)
    want = Wanted(ladder if codec == H264 else roomy(ladder), grid, codec)
    videos = encode_pictures(lambda number: draw(painted, number), range(grid.loop), want)
    return Look(name, grid, ladder, videos, encode_tone(grid.loop, (1.0, 1.0)), codec)


def roomy(ladder: Sequence[RungSpec]) -> tuple[RungSpec, ...]:
    """Return a ladder with the bits that H.265 needs here."""
    return tuple(replace(spec, bitrate_bps=int(spec.bitrate_bps * HEVC_SHARE)) for spec in ladder)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What pictures are encoded into.

    `codec` is one of those of a look, or `hevc`: HEVC Main 10 that says nothing of HDR. With a `quantiser` each
    picture is as good as the next one, so that nothing changes where nothing moves; without one the rungs' bitrates
    hold. Parameter sets of H.264 are the same either way.
    """

    ladder: Sequence[RungSpec]
    grid: Grid
    codec: str = H264
    quantiser: int = 0


def encode_pictures(paint: Callable[[int], Plane], numbers: Sequence[int], want: Wanted) -> tuple[Stream, ...]:
    """Encode the frames of these numbers, as `paint` gives them (yuv420p), on every rung: whole GOPs of a loop.

    The last GOP comes first and is dropped: what an encoder makes while it knows nothing of the pictures is poor.
    """
    ladder, lead = want.ladder, want.grid.gop
    coders = [_coder(spec, want) if want.codec == H264 else _hevc_coder(spec, want) for spec in ladder]
    frames: list[list[bytes]] = [[] for _ in ladder]
    for place, number in enumerate((*numbers[-lead:], *numbers)):
        picture = av.VideoFrame.from_ndarray(paint(number), format="yuv420p")
        for coder, spec, kept in zip(coders, ladder, frames, strict=True):
            scaled = picture.reformat(width=spec.width, height=spec.height, format=coder.pix_fmt)
            scaled.pts = place
            kept.extend(bytes(packet) for packet in coder.encode(scaled))
    for coder, kept in zip(coders, frames, strict=True):
        kept.extend(bytes(packet) for packet in coder.encode(None))
    return tuple(Stream(tuple(kept[lead:]), _parameter_sets(kept[lead], want.codec)) for kept in frames)


def nal_units(unit: bytes) -> Iterator[bytes]:
    """Yield the NAL units of an Annex B access unit, without their start codes."""
    start = unit.find(b"\x00\x00\x01")
    while start >= 0:
        following = unit.find(b"\x00\x00\x01", start + 3)
        yield (unit[start + 3 : following] if following >= 0 else unit[start + 3 :]).rstrip(b"\x00")
        start = following


def _coder(spec: RungSpec, want: Wanted) -> av.VideoCodecContext:
    coder = _opened("libx264", "yuv420p", spec, want)
    grid, kilobits = want.grid, spec.bitrate_bps // 1000
    rate = f"vbv-maxrate={kilobits}:vbv-bufsize={kilobits}"
    if want.quantiser:
        rate = f"qp={want.quantiser}:stitchable=1"
    coder.options = {
        "preset": "ultrafast",
        "x264-params": f"keyint={grid.gop}:min-keyint={grid.gop}:scenecut=0:bframes=0:aud=1:open-gop=0"
        f":{rate}:colorprim=bt709:transfer=bt709:colormatrix=bt709",
    }
    return coder


def _hevc_coder(spec: RungSpec, want: Wanted) -> av.VideoCodecContext:
    coder = _opened("libx265", "yuv420p10le", spec, want)
    grid, kilobits = want.grid, spec.bitrate_bps // 1000
    rate = f"qp={want.quantiser}" if want.quantiser else f"vbv-maxrate={kilobits}:vbv-bufsize={kilobits}"
    coder.options = {
        "preset": "ultrafast",
        "x265-params": f"keyint={grid.gop}:min-keyint={grid.gop}:scenecut=0:bframes=0:open-gop=0:repeat-headers=1"
        f":info=0:pools=none:frame-threads=1:log-level=none:{rate}{_HDR10 if want.codec == HDR10 else ''}",
    }
    return coder


def _opened(encoder: str, pixels: str, spec: RungSpec, want: Wanted) -> av.VideoCodecContext:
    coder = av.CodecContext.create(encoder, "w")
    if not isinstance(coder, av.VideoCodecContext):
        raise TypeError(f"{encoder} encodes no pictures")
    coder.width, coder.height, coder.pix_fmt = spec.width, spec.height, pixels
    coder.framerate, coder.time_base = Fraction(FRAME_RATE), Fraction(1, FRAME_RATE)
    coder.bit_rate = 0 if want.quantiser else spec.bitrate_bps
    coder.thread_count = 1
    return coder


def _parameter_sets(unit: bytes, codec: str) -> bytes:
    """Return the parameter sets of a key frame, in Annex B."""
    if codec == H264:
        kept = [nal for nal in nal_units(unit) if nal[0] & 31 in (7, 8)]
    else:
        kept = [nal for nal in nal_units(unit) if nal[0] >> 1 & 63 in (32, 33, 34)]
    return b"".join(b"\x00\x00\x00\x01" + nal for nal in kept)


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
