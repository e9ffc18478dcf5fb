"""An MPD as values: periods, adaptation sets, representations, and how their segments are addressed."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from noc_console.errors import KnownError
from noc_console.model import Severity

OPEN_END = -1


class BadMpd(KnownError):
    """The bytes are no MPD that can be used; the text says why, `line` (1-based) where it is known."""

    def __init__(self, text: str, line: int = 0) -> None:
        super().__init__(text)
        self.line = line


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something against the schema that the reader could live with; `severity` None is the catalogue's."""

    text: str
    line: int
    severity: Severity | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """Segments of equal length in a row: start and duration in ticks, how many (`OPEN_END` = to the period's end)."""

    start: int
    duration: int
    count: int
    line: int = 0

    @property
    def end(self) -> int:
        """Tick behind the last segment; of an open run the end of its first."""
        return self.start + self.duration * max(self.count, 1)


@dataclass(frozen=True, slots=True)
class Entry:
    """One SegmentURL of a SegmentList."""

    media: str
    byte_range: str = ""


@dataclass(frozen=True, slots=True)
class Addressing:
    """How segments are found; `kind` is number, timeline, list, single (SegmentBase, or no information at all).

    Ticks by `timescale`. `offset` is presentationTimeOffset; `availability_offset_s` may be infinite.
    `is_chunked` says that a segment is offered while it is still being made (availabilityTimeComplete false).
    `ends` counts the segments up to the end of each run, so that a long time line need not be walked.
    """

    kind: str
    timescale: int = 1
    duration: int = 0
    start_number: int = 1
    end_number: int | None = None
    offset: int = 0
    media: str = ""
    initialization: str = ""
    init_range: str = ""
    index_range: str = ""
    availability_offset_s: float = 0.0
    is_chunked: bool = False
    runs: tuple[Run, ...] = ()
    entries: tuple[Entry, ...] = ()
    ends: tuple[int, ...] = field(default=(), compare=False)
    line: int = 0


@dataclass(frozen=True, slots=True)
class Protection:
    """One ContentProtection: lower-case scheme, default KID where it tells one."""

    scheme: str
    kid: str = ""


@dataclass(frozen=True, slots=True)
class Cue:
    """One Event of an EventStream, times in seconds of the period; `payload` is the SCTE-35 section."""

    start_s: float
    duration_s: float | None
    id: str
    payload: bytes = b""
    has_message: bool = False
    line: int = 0


@dataclass(frozen=True, slots=True)
class CueStream:
    """One EventStream of a period."""

    scheme: str
    timescale: int
    cues: tuple[Cue, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Representation:
    """One encoding. `base_url` is absolute; `transfer` is the CICP transfer characteristics, 0 where untold.

    `is_atmos` says that a property tells of objects (JOC) in E-AC-3.
    """

    id: str
    bandwidth_bps: int
    codecs: str
    mime_type: str
    base_url: str
    addressing: Addressing
    width: int = 0
    height: int = 0
    frame_rate: float = 0.0
    transfer: int = 0
    protections: tuple[Protection, ...] = ()
    line: int = 0
    is_atmos: bool = False
    supplemental_codecs: str = ""


@dataclass(frozen=True, slots=True)
class AdaptationSet:
    """Encodings of one content that a player switches between; `kind` is video, audio, subtitles, image or data."""

    id: str
    kind: str
    language: str
    representations: tuple[Representation, ...]
    roles: tuple[str, ...] = ()
    is_trick: bool = False
    line: int = 0


@dataclass(frozen=True, slots=True)
class Period:
    """One period; start and duration in seconds of the presentation, None where they are not known yet."""

    id: str
    start_s: float | None
    duration_s: float | None
    sets: tuple[AdaptationSet, ...]
    declared_start_s: float | None = None
    declared_duration_s: float | None = None
    cue_streams: tuple[CueStream, ...] = ()
    xlink: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class UtcTiming:
    """One way to learn the time that the server means."""

    scheme: str
    value: str


@dataclass(frozen=True)
class Mpd:
    """A media presentation description; times are Unix seconds UTC, durations seconds, None where absent."""

    url: str
    is_dynamic: bool
    periods: tuple[Period, ...]
    available_from: float | None = None
    available_until: float | None = None
    published_at: float | None = None
    duration_s: float | None = None
    update_s: float | None = None
    window_s: float | None = None
    delay_s: float | None = None
    max_segment_s: float | None = None
    min_buffer_s: float | None = None
    profiles: tuple[str, ...] = ()
    utc_timings: tuple[UtcTiming, ...] = ()
    locations: tuple[str, ...] = ()
    patch_location: str = ""
    flaws: tuple[Flaw, ...] = ()
    line: int = 1

    @cached_property
    def segment_s(self) -> float:
        """The longest nominal segment duration in seconds, 0 where nobody can tell."""
        declared = [_nominal_s(rep.addressing) for rep in self.each()]
        return max(declared, default=0.0) or self.max_segment_s or 0.0

    @cached_property
    def memo(self) -> dict[int, object]:
        """What others have worked out about a period of this MPD, by the period's identity."""
        return {}

    def each(self) -> list[Representation]:
        """Return all representations of all periods."""
        return [rep for period in self.periods for one in period.sets for rep in one.representations]


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment. `number` counts by startNumber, `time` is its media time in ticks (offset included).

    `start_s` is its place in the presentation, `available_at` Unix seconds (None for a static MPD). `complete_at` is
    when the last byte exists of one that is offered while it is being made, None for all others.
    """

    number: int
    time: int
    timescale: int
    start_s: float
    duration_s: float
    url: str
    byte_range: str = ""
    available_at: float | None = None
    is_last_of_period: bool = False
    ticks: int = field(default=0)
    complete_at: float | None = None

    @property
    def end_s(self) -> float:
        """Where the presentation goes on behind it."""
        return self.start_s + self.duration_s


def _nominal_s(addressing: Addressing) -> float:
    if addressing.kind == "timeline":
        return max((run.duration for run in addressing.runs), default=0) / addressing.timescale
    return addressing.duration / addressing.timescale if addressing.kind in ("number", "list") else 0.0
