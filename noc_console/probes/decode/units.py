"""What a demultiplexer gives and a decoder takes: tracks, and their access units with time stamps in seconds."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

#: Names of FFmpeg's decoders by the codec families of `media`.
DECODERS = {
    "avc1": "h264",
    "hvc1": "hevc",
    "mp2v": "mpeg2video",
    "mp1v": "mpeg1video",
    "mp4v": "mpeg4",
    "av01": "av1",
    "vp09": "vp9",
    "mp4a.40.2": "aac",
    "mp4a.40.2-latm": "aac_latm",
    "mp4a.40.34": "mp2",
    "ac-3": "ac3",
    "ec-3": "eac3",
    "dts": "dca",
    "opus": "opus",
    "fLaC": "flac",
}


@dataclass(frozen=True, slots=True)
class Track:
    """One elementary stream: `id` is the PID or track id, `name` the rung that it has where it is not the first.

    `codec` is the family as `media` names it (`avc1`, `mp4a.40.2`), `decoder` FFmpeg's name, empty where it cannot be
    decoded. `extradata` is what the container tells the decoder; `scheme` says how it is encrypted, empty: not.
    `context` is the library's own decoder, where the library took the file apart: it also cuts what players cut.
    `container` are facts that the container tells of the stream. `is_prefixed` says that lengths stand before the NAL
    units, as in MP4, and no start codes.
    """

    id: int
    kind: str
    codec: str
    name: str
    decoder: str = ""
    extradata: bytes = b""
    sample_rate: int = 0
    channels: int = 0
    language: str = ""
    scheme: str = ""
    context: Any = field(default=None, compare=False)
    container: Mapping[str, Any] = field(default_factory=dict, compare=False)
    is_prefixed: bool = False


@dataclass(frozen=True, slots=True)
class Unit:
    """One access unit; `data` is empty where the mode has no use for it, and `size` is how long it is all the same.

    Times are seconds, nan where the stream has none. `is_damaged` says that bytes of it were lost on the way.
    `packet` is the library's own, where the library took the file apart.
    """

    data: bytes
    size: int
    pts_s: float = math.nan
    is_key: bool = False
    duration_s: float = 0.0
    is_damaged: bool = False
    packet: Any = None


@dataclass(slots=True)
class Lane:
    """The units of one track in a stretch, in order of decoding."""

    track: Track
    units: list[Unit] = field(default_factory=list)


@dataclass(slots=True)
class Demuxed:
    """One stretch taken apart; `faults` are sentences for the operator."""

    lanes: list[Lane] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


class Undecodable(Exception):
    """The bytes cannot be taken apart; the text is a sentence for the operator."""


class ForTheLibrary(Undecodable):
    """The bytes are sound, but of a kind that only the library takes apart."""
