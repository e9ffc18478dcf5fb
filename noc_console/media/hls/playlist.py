"""What an HLS playlist says, as values with line numbers; names follow RFC 8216 and 8216bis."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import urljoin

from noc_console.errors import KnownError
from noc_console.model import Finding


class BadPlaylist(KnownError):
    """A body that is no playlist: the finding it stands for, and the line (1-based, 0 for the whole body)."""

    def __init__(self, finding_id: str, text: str, line: int = 0) -> None:
        super().__init__(text)
        self.finding_id = finding_id
        self.line = line

    def finding(self, uri: str = "") -> Finding:
        """Return what the operator sees."""
        where: dict[str, str | int | float] = {"uri": uri} if uri else {}
        if self.line:
            where["line"] = self.line
        return Finding(self.finding_id, str(self), where)


@dataclass(frozen=True, slots=True)
class Key:
    """EXT-X-KEY or EXT-X-SESSION-KEY (RFC 8216 4.3.2.4); `uri` is as written."""

    line: int
    method: str
    uri: str = ""
    iv: str = ""
    keyformat: str = "identity"
    keyformat_versions: str = ""

    @property
    def system(self) -> str:
        """The DRM system's name, or the KEYFORMAT where it is unknown."""
        return KEY_SYSTEMS.get(self.keyformat.lower(), self.keyformat)

    def same_as(self, other: Key) -> bool:
        """Say whether both mean the same key, wherever they stand."""
        return (self.method, self.uri, self.iv, self.keyformat) == (
            other.method,
            other.uri,
            other.iv,
            other.keyformat,
        )


KEY_SYSTEMS: Mapping[str, str] = {
    "identity": "identity",
    "com.apple.streamingkeydelivery": "FairPlay",
    "urn:uuid:edef8ba9-79d6-4ace-a3c8-27dcd51d21ed": "Widevine",
    "com.widevine": "Widevine",
    "urn:uuid:9a04f079-9840-4286-ab92-e65be0885f95": "PlayReady",
    "com.microsoft.playready": "PlayReady",
    "urn:uuid:1077efec-c0b2-4d02-ace3-3c1e52e2fb4b": "ClearKey",
    "org.w3.clearkey": "ClearKey",
}


@dataclass(frozen=True, slots=True)
class Map:
    """EXT-X-MAP: the initialisation section; `byterange` is (length, offset)."""

    line: int
    uri: str
    byterange: tuple[int, int] | None = None


class Part(NamedTuple):
    """EXT-X-PART (8216bis): a partial segment."""

    line: int
    uri: str
    duration_s: float
    is_independent: bool
    byterange: tuple[int, int] | None
    is_gap: bool


class Cue(NamedTuple):
    """An advertising cue before a segment: `kind` is out, cont or in; `duration_s` None when not told."""

    line: int
    kind: str
    duration_s: float | None


class Segment(NamedTuple):
    """One media segment; a tuple, because a playlist may list thousands and is read twice in a target duration.

    `date` is Unix time from EXT-X-PROGRAM-DATE-TIME, carried on by durations where `is_dated` is False; None where
    unknown. `discontinuity_sequence` counts this segment's own discontinuity. `byterange` is (length, offset).
    """

    line: int
    sequence: int
    uri: str
    duration_s: float
    date: float | None
    is_dated: bool
    is_discontinuity: bool
    discontinuity_sequence: int
    keys: tuple[Key, ...]
    map: Map | None
    byterange: tuple[int, int] | None
    is_gap: bool
    parts: tuple[Part, ...]
    cues: tuple[Cue, ...]


@dataclass(frozen=True, slots=True)
class DateRange:
    """EXT-X-DATERANGE; times are Unix seconds, None where not told."""

    line: int
    id: str
    class_: str = ""
    start: float | None = None
    end: float | None = None
    duration_s: float | None = None
    planned_s: float | None = None
    is_cue_out: bool = False
    is_cue_in: bool = False


@dataclass(frozen=True, slots=True)
class ServerControl:
    """EXT-X-SERVER-CONTROL; seconds, 0 where not told."""

    line: int = 0
    can_block_reload: bool = False
    hold_back_s: float = 0.0
    part_hold_back_s: float = 0.0
    can_skip_until_s: float = 0.0
    can_skip_dateranges: bool = False


@dataclass(frozen=True, slots=True)
class PreloadHint:
    """EXT-X-PRELOAD-HINT: what comes next, PART or MAP."""

    line: int
    type: str
    uri: str
    start: int = 0
    length: int = 0


@dataclass(frozen=True, slots=True)
class RenditionReport:
    """EXT-X-RENDITION-REPORT: where another rendition is; -1 where not told."""

    line: int
    uri: str
    last_sequence: int = -1
    last_part: int = -1


@dataclass(frozen=True, slots=True)
class Media:
    """A media playlist (RFC 8216 4.3.3). `target_duration_s` is 0 where the tag is absent or unreadable.

    `tags` has the first line of each tag present; `problems` what was wrong while reading; `parts` are those after
    the last whole segment.
    """

    url: str
    version: int = 1
    target_duration_s: int = 0
    media_sequence: int = 0
    discontinuity_sequence: int = 0
    is_ended: bool = False
    playlist_type: str = ""
    is_iframes_only: bool = False
    is_independent: bool = False
    segments: tuple[Segment, ...] = ()
    duration_s: float = 0.0
    discontinuities: int = 0
    has_integer_durations: bool = True
    parts: tuple[Part, ...] = ()
    part_target_s: float = 0.0
    has_trailing_discontinuity: bool = False
    control: ServerControl = ServerControl()
    hints: tuple[PreloadHint, ...] = ()
    reports: tuple[RenditionReport, ...] = ()
    skipped_segments: int = 0
    dateranges: tuple[DateRange, ...] = ()
    keys: tuple[Key, ...] = ()
    maps: tuple[Map, ...] = ()
    tags: Mapping[str, int] = field(default_factory=dict)
    problems: tuple[Finding, ...] = ()

    @property
    def is_live(self) -> bool:
        """Say whether more segments may come: no end tag, and not VOD."""
        return not self.is_ended and self.playlist_type != "VOD"

    @property
    def last_sequence(self) -> int:
        """Sequence number of the newest whole segment, `media_sequence` - 1 when there is none."""
        return self.segments[-1].sequence if self.segments else self.media_sequence - 1

    @property
    def part_count(self) -> int:
        """How many partial segments are listed."""
        return sum(len(segment.parts) for segment in self.segments) + len(self.parts)

    @property
    def edge_date(self) -> float | None:
        """Unix time at which the newest segment ends by PROGRAM-DATE-TIME."""
        last = self.segments[-1] if self.segments else None
        return None if last is None or last.date is None else last.date + last.duration_s

    def absolute(self, uri: str) -> str:
        """Return the absolute form of a URI of this playlist."""
        return absolute(self.url, uri)


@dataclass(frozen=True, slots=True)
class Variant:
    """EXT-X-STREAM-INF or EXT-X-I-FRAME-STREAM-INF; numbers are 0 and texts empty where not told."""

    line: int
    uri: str
    bandwidth_bps: int = 0
    average_bandwidth_bps: int = 0
    codecs: str = ""
    width: int = 0
    height: int = 0
    frame_rate: float = 0.0
    video_range: str = ""
    audio: str = ""
    video: str = ""
    subtitles: str = ""
    closed_captions: str = ""
    pathway: str = ""
    name: str = ""
    supplemental_codecs: str = ""

    @property
    def resolution(self) -> str:
        """`1920x1080`, empty where not told."""
        return f"{self.width}x{self.height}" if self.width else ""


@dataclass(frozen=True, slots=True)
class Rendition:
    """EXT-X-MEDIA; `uri` is empty where the rendition is inside the variants."""

    line: int
    type: str
    group: str
    name: str = ""
    language: str = ""
    uri: str = ""
    is_default: bool = False
    is_autoselect: bool = False
    is_forced: bool = False
    channels: str = ""
    instream_id: str = ""
    characteristics: str = ""


@dataclass(frozen=True, slots=True)
class Master:
    """A multivariant (master) playlist (RFC 8216 4.3.4)."""

    url: str
    version: int = 1
    variants: tuple[Variant, ...] = ()
    iframes: tuple[Variant, ...] = ()
    renditions: tuple[Rendition, ...] = ()
    session_keys: tuple[Key, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    is_independent: bool = False
    tags: Mapping[str, int] = field(default_factory=dict)
    problems: tuple[Finding, ...] = ()

    def absolute(self, uri: str) -> str:
        """Return the absolute form of a URI of this playlist."""
        return absolute(self.url, uri)


def absolute(base: str, uri: str) -> str:
    """Return `uri` against `base`; what cannot be read as an address stays as it is."""
    try:
        return urljoin(base, uri)
    except ValueError:
        return uri
