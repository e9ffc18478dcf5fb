"""Encodes a look ill: its pictures frozen, black, bars or starved, its sound at another level or turned round."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from types import MappingProxyType

import numpy as np

from noc_console.lab.encode import HEVC, Look, Stream, Wanted, encode_pictures, encode_tone, roomy
from noc_console.lab.media_faults import PICTURE
from noc_console.lab.options import RungSpec
from noc_console.lab.picture import Canvas, Plane, canvas, draw

# ITU-R BT.471, 100/0/75/0 bars in BT.709, as (Y, Cb, Cr) of 8 bits: white, then 75 % yellow to blue, and black
_BARS = (
    (235, 128, 128), (168, 44, 136), (145, 147, 44), (133, 63, 52),
    (63, 193, 204), (51, 109, 212), (28, 212, 120), (16, 128, 128),
)  # fmt: skip
# as good as fits the room of the healthy pictures, whose slots in a transport stream they take
_STILL_QUANTISERS = (24, 27, 30, 33, 36, 40, 45)
_SOUND_BPS = 48_000
_LESS = (1.0, 0.85, 0.7, 0.55, 0.4)
_LEAST_BPS, _ONE_PACKET = 2000, 150
_BLACK, _RANGE, _GREY = 16, 219, 128


@dataclass(frozen=True, slots=True)
class Ill:
    """What the media of a look suffer from: a kind of fault with its knobs, in the order of their names."""

    kind: str
    params: tuple[tuple[str, float], ...] = ()

    @classmethod
    def of(cls, kind: str, params: Mapping[str, float]) -> Ill:
        """Return the ill of a kind with these knobs."""
        return cls(kind, tuple(sorted(params.items())))

    def param(self, name: str) -> float:
        """Return a knob."""
        return dict(self.params)[name]


def ailing(look: Look, index: int, ill: Ill, ills: str) -> tuple[Stream, ...]:
    """Return a look's pictures, one stream a rung, or its sound, as they are under an ill."""
    return _pictures(look, index, ill) if ills == PICTURE else (_sound(look, ill),)


def _sound(look: Look, ill: Ill) -> Stream:
    return encode_tone(look.grid.loop, _GAINS[ill.kind](ill), _SOUND_BPS)


def _pictures(look: Look, index: int, ill: Ill) -> tuple[Stream, ...]:
    ladder, grid = look.rungs, look.grid
    size = ladder[0].width, ladder[0].height
    want = Wanted(ladder, grid, look.codec)
    if ill.kind in _MOVING:
        return _MOVING[ill.kind](look, canvas(look.name, index, size, grid.loop), want, ill)
    still = _STILLS[ill.kind](look, index, ill)
    # the largest rung is the one that transport streams carry
    room = min(len(frame) for frame in look.videos[0].frames[:: grid.gop])
    for quantiser in _STILL_QUANTISERS:
        streams = encode_pictures(lambda number: still, range(grid.gop), replace(want, quantiser=quantiser))
        if len(streams[0].frames[0]) <= room:
            break
    # a still picture is the same in every GOP
    return tuple(replace(stream, frames=stream.frames * grid.gops) for stream in streams)


def _starved(look: Look, painted: Canvas, want: Wanted, ill: Ill) -> tuple[Stream, ...]:
    """Return pictures encoded with a share of the bitrate, or less, so that each fits the room of the healthy one."""
    for less in _LESS:
        poor = replace(want, ladder=[_poorer(one, ill.param("share") * less) for one in want.ladder])
        (first,) = encode_pictures(
            partial(draw, painted), range(want.grid.loop), replace(poor, ladder=poor.ladder[:1])
        )
        if look.is_hdr or _fits(first, look.videos[0]):
            break
    return (
        first,
        *encode_pictures(partial(draw, painted), range(want.grid.loop), replace(poor, ladder=poor.ladder[1:])),
    )


def _poorer(spec: RungSpec, share: float) -> RungSpec:
    return replace(spec, bitrate_bps=max(int(spec.bitrate_bps * share), _LEAST_BPS))


def _fits(ill: Stream, healthy: Stream) -> bool:
    pairs = zip(ill.frames, healthy.frames, strict=True)
    return all(len(one) <= max(len(other), _ONE_PACKET) for one, other in pairs)


def _without_hdr(look: Look, painted: Canvas, want: Wanted, ill: Ill) -> tuple[Stream, ...]:
    return encode_pictures(
        partial(draw, painted), range(want.grid.loop), replace(want, codec=HEVC, ladder=roomy(want.ladder))
    )


def _frozen(look: Look, index: int, ill: Ill) -> Plane:
    size = look.rungs[0].width, look.rungs[0].height
    # no key picture of the loop: whoever sees only those takes it for none of them
    return draw(canvas(look.name, index, size, look.grid.loop), look.grid.gop // 2)


def _black(look: Look, index: int, ill: Ill) -> Plane:
    width, height = look.rungs[0].width, look.rungs[0].height
    picture = np.full((height * 3 // 2, width), _GREY, np.uint8)
    picture[:height] = _BLACK + round(ill.param("luma") * _RANGE)
    return picture


def _bars(look: Look, index: int, ill: Ill) -> Plane:
    width, height = look.rungs[0].width, look.rungs[0].height
    luma, u, v = np.array(_BARS, np.uint8).T
    half = np.arange(width // 2) * len(_BARS) // (width // 2)
    picture = np.empty((height * 3 // 2, width), np.uint8)
    picture[:height] = luma[np.arange(width) * len(_BARS) // width]
    chroma = np.stack([np.tile(plane[half], (height // 2, 1)) for plane in (u, v)])
    picture[height:] = chroma.reshape(-1, width)
    return picture


def _level(ill: Ill) -> tuple[float, float]:
    gain = float(10 ** (ill.param("lu") / 20))
    return gain, gain


def _one_channel(ill: Ill) -> tuple[float, float]:
    return (0.0, 1.0) if ill.param("channel") == 1 else (1.0, 0.0)


_MOVING: Mapping[str, Callable[[Look, Canvas, Wanted, Ill], tuple[Stream, ...]]] = MappingProxyType(
    {"blockiness": _starved, "hdr-dropped": _without_hdr}
)
_STILLS: Mapping[str, Callable[[Look, int, Ill], Plane]] = MappingProxyType(
    {"freeze": _frozen, "black": _black, "colour-bars": _bars}
)
_GAINS: Mapping[str, Callable[[Ill], tuple[float, float]]] = MappingProxyType(
    {
        "silence": lambda ill: (0.0, 0.0),
        "loud": _level,
        "quiet": _level,
        "channel-mute": _one_channel,
        "phase-inverted": lambda ill: (1.0, -1.0),
    }
)
