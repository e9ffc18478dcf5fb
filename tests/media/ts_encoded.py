"""Short transport streams, encoded and multiplexed by FFmpeg in memory."""

from __future__ import annotations

import io
from collections.abc import Mapping
from fractions import Fraction

import av
import numpy as np

PACKET = 188


def picture_stream(
    codec: str,
    size: tuple[int, int],
    rate: Fraction,
    options: Mapping[str, str],
    pixels: str = "yuv420p",
    frames: int = 3,
) -> bytes:
    """Return some frames of noise as a transport stream with one video PID (0x0100)."""
    out = io.BytesIO()
    with av.open(out, "w", format="mpegts") as container:
        stream = container.add_stream(codec, rate=rate, options=dict(options))
        stream.width, stream.height, stream.pix_fmt = *size, pixels
        noise = np.random.default_rng(1)
        for at in range(frames):
            grey = noise.integers(0, 255, (size[1], size[0], 3), np.uint8)
            frame = av.VideoFrame.from_ndarray(grey, format="rgb24").reformat(format=pixels)
            frame.pts = at
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return out.getvalue()


def sound_stream(codec: str, rate: int, layout: str, bitrate: int, options: Mapping[str, str] | None = None) -> bytes:
    """Return a second of noise as a transport stream with one audio PID (0x0100)."""
    out = io.BytesIO()
    with av.open(out, "w", format="mpegts", options=dict(options or {})) as container:
        stream = container.add_stream(codec, rate=rate)
        stream.layout, stream.bit_rate = layout, bitrate
        channels = len(stream.layout.channels)
        noise = np.random.default_rng(1).integers(-9000, 9000, (1, rate * channels), np.int16)
        frame = av.AudioFrame.from_ndarray(noise, format="s16", layout=layout)
        frame.sample_rate = rate
        resampler = av.AudioResampler(format=stream.codec_context.format, layout=layout, rate=rate)
        fifo = av.AudioFifo()
        for one in resampler.resample(frame):
            fifo.write(one)
        while (part := fifo.read(stream.codec_context.frame_size or 1152)) is not None:
            container.mux(stream.encode(part))
        container.mux(stream.encode(None))
    return out.getvalue()
