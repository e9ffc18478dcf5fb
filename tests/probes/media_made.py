"""Makes small clips with a picture that moves or stands and a tone, in any container; nothing of it is kept."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise

import av
import numpy as np
from av.video.frame import PictureType
from numpy.typing import NDArray

RATE = 48_000
Luma = NDArray[np.uint8]
Draw = Callable[[float, int, int], Luma]
Sing = Callable[[NDArray[np.float64]], NDArray[np.float64]]


def moving(at_s: float, width: int, height: int) -> Luma:
    """Waves that go sideways under a grain that stands, so that no two frames are alike."""
    across, down = np.arange(width)[None, :], np.arange(height)[:, None]
    waves = np.sin(across * 0.13 + at_s * 7) + np.sin(down * 0.11 + across * 0.03 - at_s * 5)
    grain = np.random.default_rng(1).normal(0, 2, (height, width))
    return np.clip(125 + 40 * waves + grain, 16, 235).astype(np.uint8)


def tone(times: NDArray[np.float64]) -> NDArray[np.float64]:
    """A sine of 1 kHz at -20 dBFS peak."""
    return 0.1 * np.sin(2 * np.pi * 1000 * times)


@dataclass(frozen=True, slots=True)
class Clip:
    """What to make; an empty codec leaves that stream out. `options` are the muxer's."""

    seconds: float = 4.0
    container: str = "mpegts"
    video: str = "libx264"
    audio: str = "aac"
    width: int = 256
    height: int = 144
    fps: int = 25
    gop: int = 25
    pixels: str = "yuv420p"
    layout: str = "stereo"
    draw: Draw = moving
    sing: Sing = tone
    video_options: dict[str, str] = field(default_factory=lambda: {"preset": "ultrafast", "bf": "0"})
    options: dict[str, str] = field(default_factory=dict)


def made(clip: Clip) -> bytes:
    """Return the bytes of a clip."""
    file = io.BytesIO()
    with av.open(file, "w", format=clip.container, options=clip.options) as output:
        video = _video(output, clip) if clip.video else None
        audio = output.add_stream(clip.audio, rate=RATE, layout=clip.layout) if clip.audio else None
        heard = 0
        for number in range(round(clip.seconds * clip.fps)):
            if video is not None:
                output.mux(video.encode(_frame(clip, number)))
            while audio is not None and heard < (number + 1) / clip.fps * RATE:
                output.mux(audio.encode(_sound(clip, audio, heard)))
                heard += 1024
        for stream in (video, audio):
            if stream is not None:
                output.mux(stream.encode(None))
    return file.getvalue()


def cut(data: bytes, pieces: int) -> list[bytes]:
    """Cut a transport stream into pieces of whole packets."""
    packets = len(data) // 188
    edges = [round(packets * piece / pieces) * 188 for piece in range(pieces + 1)]
    return [data[a:b] for a, b in pairwise(edges)]


def _video(output, clip):
    stream = output.add_stream(clip.video, rate=clip.fps, options=clip.video_options)
    stream.width, stream.height, stream.pix_fmt, stream.gop_size = clip.width, clip.height, clip.pixels, clip.gop
    return stream


def _frame(clip: Clip, number: int) -> av.VideoFrame:
    luma = clip.draw(number / clip.fps, clip.width, clip.height)
    grey = np.full((clip.height // 2, clip.width), 128, np.uint8)
    frame = av.VideoFrame.from_ndarray(np.concatenate([luma, grey]), format="yuv420p")
    frame = frame if clip.pixels == "yuv420p" else frame.reformat(format=clip.pixels)
    frame.pts, frame.time_base, frame.pict_type = number, Fraction(1, clip.fps), PictureType.NONE
    return frame


def _sound(clip: Clip, stream, heard: int) -> av.AudioFrame:
    times = (np.arange(1024) + heard) / RATE
    channels = av.AudioLayout(clip.layout).nb_channels
    samples = np.broadcast_to(clip.sing(times), (channels, 1024)).astype(np.float32)
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples), format="fltp", layout=clip.layout)
    frame.sample_rate, frame.pts, frame.time_base = RATE, heard, Fraction(1, RATE)
    if stream.codec_context.format.name == "fltp":
        return frame
    resampler = av.AudioResampler(format=stream.codec_context.format.name, layout=clip.layout, rate=RATE)
    return resampler.resample(frame)[0]


def replaced_unit(data: bytes, at: int, unit: bytes) -> bytes:
    """Write over the bytes at a place, as many as there are."""
    return data[:at] + unit + data[at + len(unit) :]
