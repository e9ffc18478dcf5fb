"""The nouns every room shares: severities, layers, channels, inputs, findings, observations, events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Any


class Severity(StrEnum):
    """Perceived severity of ITU-T X.733; the value is the spelling on the wire, `rank` is the order."""

    CLEARED = "cleared"
    INDETERMINATE = "indeterminate"
    WARNING = "warning"
    MINOR = "minor"
    MAJOR = "major"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """Order of urgency, 0 (cleared) to 5 (critical); never sort by the text."""
        return _RANKS[self]

    @property
    def snmp(self) -> int:
        """Number on the wire of SNMP (RFC 3877, ItuPerceivedSeverity), which is not an order."""
        return _SNMP[self]

    @property
    def letter(self) -> str:
        """The letter drawn in the state's shape, so that colour is never the only sign."""
        return _LETTERS[self]


_RANKS = {severity: rank for rank, severity in enumerate(Severity)}
_SNMP = dict(zip(Severity, (1, 2, 6, 5, 4, 3), strict=True))
_LETTERS = dict(zip(Severity, ("", "?", "w", "m", "M", "C"), strict=True))


class Layer(IntEnum):
    """Where in the delivery chain an input is measured."""

    CONTRIBUTION = 0
    HEADEND = 1
    PACKAGER = 2
    ORIGIN = 3
    EDGE = 4
    CLIENT = 5


class Kind(StrEnum):
    """What an input speaks; the registry of probes has one entry for each."""

    HLS = "hls"
    DASH = "dash"
    TS = "ts"


class Level(StrEnum):
    """How much of an input is fetched: playlists and first bytes, one rung in rotation, or everything."""

    LIGHT = "light"
    SAMPLE = "sample"
    FULL = "full"


class MediaMode(StrEnum):
    """How much of an input's picture is decoded: none and no sound either, key frames, or every frame.

    Sound is measured in both of the others.
    """

    OFF = "off"
    KEYFRAMES = "keyframes"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with a stream, by its id in the catalogue.

    `text` is one plain sentence with the measured value and the limit. `where` names the place: `uri`, `line`
    (1-based), `rung`, `sequence`, `clause` when it differs from the catalogue's. `severity` is set only where
    it differs from the catalogue's.
    """

    id: str
    text: str
    where: Mapping[str, str | int | float] = field(default_factory=dict)
    count: int = 1
    severity: Severity | None = None


@dataclass(frozen=True, slots=True)
class Access:
    """How a server is reached: extra headers, query token, trust, and the address it is pinned to.

    Headers and token are secrets of the host of the input's own URL; `hosts` names further ones that get them, as
    `cdn.example.net` or `*.example.net`. The pin is for the input's own host only.
    """

    headers: Mapping[str, str] = field(default_factory=dict)
    query: str = ""
    ca_file: str = ""
    pin: str = ""
    hosts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Expected:
    """What a channel should look like, learned when it is added; empty means: nothing is known, do not judge.

    `is_still`: the picture stands still by nature (a webcam, a radio's plate), so that it is no freeze. `video_codec`
    is `h264`, `hevc`, `mpeg2video`, ...; size and frame rate (Hz) are those of the best rung. `slates` are pictures
    shown instead of a programme: the perceptual hash (16 hexadecimal digits) by name. `hdr` is HLG, PQ, HDR10, HDR10+
    or Dolby Vision, `video_profile` as the stream tells it (`Main 10`); `audio_channels` counts the LFE too.
    """

    segment_s: float = 6.0
    rungs: tuple[str, ...] = ()
    audio_languages: tuple[str, ...] = ()
    subtitle_languages: tuple[str, ...] = ()
    is_hdr: bool = False
    is_still: bool = False
    has_atmos: bool = False
    video_codec: str = ""
    width: int = 0
    height: int = 0
    frame_rate: float = 0.0
    slates: Mapping[str, str] = field(default_factory=dict)
    hdr: str = ""
    video_profile: str = ""
    audio_codec: str = ""
    audio_channels: int = 0
    has_captions: bool = False


@dataclass(frozen=True, slots=True)
class Input:
    """One channel at one layer: what a worker is told to measure; `tier` is its channel's, told when assigned.

    `media_rung` is the rung whose picture is decoded, empty for the best one.
    """

    id: int
    channel_id: int
    layer: Layer
    kind: Kind
    url: str
    level: Level = Level.FULL
    poll_s: float = 0.0
    access: Access = field(default_factory=Access)
    expected: Expected = field(default_factory=Expected)
    tier: int = 2
    media: MediaMode = MediaMode.KEYFRAMES
    media_rung: str = ""


@dataclass(frozen=True, slots=True)
class Channel:
    """A programme as the operator knows it, with the inputs that carry it."""

    id: int
    code: str
    name: str
    tier: int = 2
    channel_class: str = "HD"
    template: str = "TPL_ABR_OTT"
    is_enabled: bool = True
    is_alarmed: bool = True
    is_demo: bool = False
    labels: tuple[str, ...] = ()
    badges: tuple[str, ...] = ()
    inputs: tuple[Input, ...] = ()


@dataclass(frozen=True, slots=True)
class Observation:
    """What one look at one part of an input gave.

    `scope` names what was looked at: `master`, `mpd`, `playlist/RUNG`, `segment/RUNG`, `set` (all rungs held
    beside each other). The findings replace those of the scope's previous observation: a finding is present until
    a later look at the same scope does not repeat it. `at` is Unix time in seconds, UTC. Metric keys are those of
    the metric catalogue.
    """

    input_id: int
    scope: str
    at: float
    metrics: Mapping[str, float] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()

    @property
    def rung(self) -> str:
        """The rung the scope belongs to, empty where it concerns the whole input."""
        return self.scope.partition("/")[2]


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, named in the past tense, kept for ever in the journal.

    `kind` is CamelCase (`AlarmRaised`); `data` is plain JSON. `seq` is 0 until the journal has given it one.
    """

    kind: str
    at: float
    channel_id: int = 0
    input_id: int = 0
    data: Mapping[str, Any] = field(default_factory=dict)
    seq: int = 0
