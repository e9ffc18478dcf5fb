"""A small JPEG of a decoded picture: scaled, high dynamic range brought down to what a screen shows."""

from __future__ import annotations

from collections import OrderedDict
from fractions import Fraction
from typing import Any

import av
import numpy as np
from av.video.frame import PictureType
from numpy.typing import NDArray

from noc_console.media.es.format import HLG, PQ
from noc_console.media.stretch import Thumbnail

WIDTH, HEIGHT = 256, 144
_QUALITY = 6
_MOST_ENCODERS = 16
_WIDEST = 4.0
# SMPTE ST 2084, 4.1
_M1, _M2 = 2610 / 16384, 2523 / 32
_C1, _C2, _C3 = 3424 / 4096, 2413 / 128, 2392 / 128
_PAPER_NITS = 203.0  # ITU-R BT.2408: white of graphics


class Thumbnails:
    """Encodes thumbnails; the encoders of the sizes used last are kept."""

    def __init__(self) -> None:
        self._encoders: OrderedDict[tuple[int, int], Any] = OrderedDict()
        self._count = 0

    def of(self, frame: Any, at_s: float, aspect: Fraction | None, transfer: int) -> Thumbnail | None:
        """Return the thumbnail of a frame; `aspect` is that of its pixels, `transfer` the code point of its light.

        None where the picture cannot be scaled: broken streams have such.
        """
        width, height = size(frame.width, frame.height, aspect)
        try:
            small = frame.reformat(
                width=width,
                height=height,
                format="yuvj420p",
                interpolation="AREA",
                dst_color_range="JPEG",
                threads=1,
            )
            if transfer in (PQ, HLG):
                _tone(small, transfer)
            self._count += 1  # an encoder takes no time stamp twice
            small.pts, small.time_base, small.pict_type = self._count, Fraction(1, 25), PictureType.NONE
            jpeg = self._jpeg(small, width, height)
        except (av.FFmpegError, ValueError):
            return None
        return Thumbnail(at_s, width, height, jpeg) if jpeg else None

    def _jpeg(self, frame: Any, width: int, height: int) -> bytes:
        encoder = self._encoders.get((width, height))
        if encoder is None:
            encoder = self._encoders[width, height] = _encoder(width, height)
            if len(self._encoders) > _MOST_ENCODERS:
                self._encoders.popitem(last=False)
        self._encoders.move_to_end((width, height))
        return b"".join(bytes(packet) for packet in encoder.encode(frame))


def size(width: int, height: int, aspect: Fraction | None) -> tuple[int, int]:
    """Return even width and height within the bounds, as wide for its height as it is shown."""
    shape = width * float(aspect or 1) / max(1, height)
    shape = min(max(shape, 1 / _WIDEST), _WIDEST)
    wide = min(WIDTH, HEIGHT * shape)
    return max(2, round(wide / 2) * 2), max(2, round(wide / shape / 2) * 2)


def _encoder(width: int, height: int) -> Any:
    encoder: Any = av.CodecContext.create("mjpeg", "w")
    encoder.width, encoder.height, encoder.pix_fmt = width, height, "yuvj420p"
    encoder.time_base = Fraction(1, 25)
    encoder.thread_count = 1
    encoder.options = {"flags": "+qscale", "global_quality": str(_QUALITY * 118)}
    encoder.qmin = encoder.qmax = _QUALITY
    return encoder


def _tone(frame: Any, transfer: int) -> None:
    """Replace luma by that of a screen, and give colours the strength that flat HDR signals lack."""
    table = _PQ_TABLE if transfer == PQ else _HLG_TABLE
    for number, plane in enumerate(frame.planes):
        values = np.frombuffer(plane, np.uint8)
        shown = table[values] if number == 0 else _COLOUR_TABLE[values]
        plane.update(shown.tobytes())


def _screen(light: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Return code values of a screen for light relative to paper white, highlights rolled off."""
    rolled = light * (1 + light / 25) / (1 + light)
    bright = np.clip(rolled / 0.52, 0, None)
    return np.asarray(np.clip(np.power(bright, 1 / 2.2), 0, 1) * 255, np.uint8)


def _pq_light() -> NDArray[np.float64]:
    power = np.power(np.arange(256) / 255, 1 / _M2)
    nits = 10_000 * np.power(np.maximum(power - _C1, 0) / (_C2 - _C3 * power), 1 / _M1)
    light: NDArray[np.float64] = nits / _PAPER_NITS
    return light


def _hlg_light() -> NDArray[np.float64]:
    """ITU-R BT.2100, table 5: inverse OETF, with the system gamma of a display of 1000 cd/m2; paper white is 75 %."""
    code = np.arange(256) / 255
    scene = np.where(code <= 0.5, code**2 / 3, (np.exp((code - 0.55991073) / 0.17883277) + 0.28466892) / 12)
    light: NDArray[np.float64] = 1000 * np.power(scene, 1.2) / _PAPER_NITS
    return light


_PQ_TABLE, _HLG_TABLE = _screen(_pq_light()), _screen(_hlg_light())
_COLOUR_TABLE = np.asarray(np.clip(128 + (np.arange(256) - 128) * 1.5, 0, 255), np.uint8)
