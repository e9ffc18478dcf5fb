"""Encodes a film at many qualities, decodes it, and says by SSIM (full reference) how much of it was kept."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from noc_console.media.es.format import Video
from noc_console.media.es.hevc_slice import key_quantiser
from noc_console.media.picture import FrameMeter
from noc_console.media.picture.quantiser import quantiser
from noc_console.media.stretch import FRAME, PictureStretch

Picture = NDArray[np.uint8]
RATE = 25
# SSIM, Wang et al. 2004: constants for 8 bit, here with a window of 8 by 8 every 4 pixels
_C1, _C2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
_WINDOW, _HOP = 8, 4


@dataclass(frozen=True, slots=True)
class Rung:
    """One encode: library's encoder, share of the width, options, bits per second (0: by the options)."""

    codec: str
    scale: float
    options: tuple[tuple[str, str], ...]
    bitrate_bps: int = 0


@dataclass(frozen=True, slots=True)
class Encode:
    """What one encode gave: the measures, and how like the original it is (mean SSIM of the luma, at full size)."""

    rung: Rung
    stretch: PictureStretch
    ssim: float


def ladder(is_short: bool = False) -> tuple[Rung, ...]:
    """Return the rungs: three codecs, quantisers and bitrates from very good to starved, and smaller sizes."""
    fast = ("preset", "veryfast")
    x265 = ("x265-params", "log-level=none")
    rungs = [
        Rung("libx264", 1.0, (fast, ("crf", str(crf)))) for crf in ((20, 32, 44) if is_short else range(16, 52, 5))
    ]
    rungs += [Rung("mpeg2video", 1.0, _fixed(q), 10**6) for q in ((4, 20) if is_short else (2, 4, 8, 14, 22, 31))]
    rungs += [Rung("libx264", scale, (fast, ("crf", "26"))) for scale in ((0.5,) if is_short else (0.75, 0.5, 0.375))]
    if is_short:
        return tuple(rungs)
    rungs += [Rung("libx265", 1.0, (("preset", "ultrafast"), ("crf", str(crf)), x265)) for crf in (20, 28, 36, 44)]
    rungs += [Rung("libx264", 1.0, (fast,), bitrate) for bitrate in (1_500_000, 400_000, 120_000)]
    rungs += [Rung("libx264", 0.5, (fast, ("crf", "38")))]
    return tuple(rungs)


def encoded(originals: Sequence[Picture], rungs: Sequence[Rung]) -> Iterator[Encode]:
    """Yield each rung of a film with its measures; every second frame is compared with the original."""
    for rung in rungs:
        stretch, pictures = _measured(_coded(originals, rung), rung)
        height, width = originals[0].shape
        kept = [
            ssim(original, _scaled(picture, width, height))
            for original, picture in list(zip(originals, pictures, strict=False))[::2]
        ]
        yield Encode(rung, stretch, float(np.mean(kept)))


def ssim(one: Picture, other: Picture) -> float:
    """Return the mean structural similarity of two pictures of the same size, 1 where they are the same."""
    a, b = one.astype(np.float64), other.astype(np.float64)
    mean_a, mean_b = _windowed(a), _windowed(b)
    own_a, own_b = _windowed(a * a) - mean_a**2, _windowed(b * b) - mean_b**2
    shared = _windowed(a * b) - mean_a * mean_b
    light = (2 * mean_a * mean_b + _C1) / (mean_a**2 + mean_b**2 + _C1)
    return float(np.mean(light * (2 * shared + _C2) / (own_a + own_b + _C2)))


def _windowed(values: NDArray[np.float64]) -> NDArray[np.float64]:
    total = np.pad(values.cumsum(axis=0).cumsum(axis=1), ((1, 0), (1, 0)))
    bottom, right = total[_WINDOW::_HOP], np.s_[_WINDOW::_HOP]
    top = total[:-_WINDOW:_HOP]
    whole = bottom[:, right] - top[:, right] - bottom[:, :-_WINDOW:_HOP] + top[:, :-_WINDOW:_HOP]
    return np.asarray(whole / _WINDOW**2)


def _fixed(scale: int) -> tuple[tuple[str, str], ...]:
    return (("qmin", str(scale)), ("qmax", str(scale)), ("flags", "+qscale"))


def _coded(originals: Sequence[Picture], rung: Rung) -> bytes:
    target = io.BytesIO()
    height, width = originals[0].shape
    with av.open(target, "w", format="mpegts") as file:
        stream: Any = file.add_stream(rung.codec, rate=RATE)
        stream.width, stream.height = (round(side * rung.scale / 8) * 8 for side in (width, height))
        stream.pix_fmt, stream.gop_size = "yuv420p", len(originals)
        stream.codec_context.thread_count = 1
        if rung.bitrate_bps:
            stream.bit_rate = rung.bitrate_bps
        stream.options = dict(rung.options)
        for number, picture in enumerate(originals):
            frame = _frame(picture).reformat(width=stream.width, height=stream.height, interpolation="BICUBIC")
            frame.pts, frame.time_base = number, Fraction(1, RATE)
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return target.getvalue()


def _measured(data: bytes, rung: Rung) -> tuple[PictureStretch, list[Picture]]:
    rows: list[np.void] = []
    pictures: list[Picture] = []
    bits = key_bits = 0
    meter, of_key = FrameMeter(), math.nan
    with av.open(io.BytesIO(data)) as file:
        stream = file.streams.video[0]
        stream.codec_context.options = {"export_side_data": "venc_params"}
        stream.codec_context.thread_count = 1
        for packet in file.demux(stream):
            bits += packet.size * 8
            if packet.is_keyframe and stream.codec_context.name == "hevc":
                of_key = key_quantiser(bytes(packet)[:8192])
            key_bits += packet.size * 8 * packet.is_keyframe
            for frame in packet.decode():
                plane: Any = frame.planes[0]
                whole = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)[: frame.height, : frame.width]
                is_key = bool(frame.key_frame)
                coarse = of_key if stream.codec_context.name == "hevc" and is_key else quantiser(frame)
                rows.append(meter.measure(whole, len(rows) / RATE, is_key, coarse))
                pictures.append(whole.copy())
        codec = stream.codec_context.name
    height, width = pictures[0].shape
    form = Video(codec, "", "", width, height, float(RATE))
    seconds = len(rows) / RATE
    frames = np.array(rows, FRAME)
    return PictureStretch(form, "full", 0.0, seconds, frames, bits, seconds, key_bits=key_bits), pictures


def _frame(picture: Picture) -> Any:
    height, width = picture.shape
    whole = np.full((height * 3 // 2, width), 128, np.uint8)
    whole[:height] = picture
    return av.VideoFrame.from_ndarray(whole, format="yuv420p")


def _scaled(picture: Picture, width: int, height: int) -> Picture:
    if picture.shape == (height, width):
        return picture
    whole = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="gray")
    return np.asarray(whole.reformat(width=width, height=height, interpolation="BICUBIC").to_ndarray())
