"""A media playlist while it is read: what applies to the next segment, and what has been found so far."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from noc_console.media.hls.attributes import Variables, attributes, expand
from noc_console.media.hls.playlist import (
    Cue,
    DateRange,
    Key,
    Map,
    Part,
    PreloadHint,
    RenditionReport,
    Segment,
    ServerControl,
)
from noc_console.model import Finding, Severity

MAX_PROBLEMS = 100


class Reading:
    """A media playlist while it is read: what applies to the next segment, and what has been found."""

    __slots__ = (
        "all_keys",
        "all_maps",
        "control",
        "cues",
        "date",
        "dateranges",
        "discontinuities",
        "discontinuity_sequence",
        "duration_s",
        "extinf_line",
        "has_integers",
        "has_variables",
        "hints",
        "imported",
        "is_discontinuity",
        "is_gap",
        "keys",
        "map",
        "media_sequence",
        "next_date",
        "part_target_s",
        "parts",
        "playlist_type",
        "problems",
        "range",
        "range_ends",
        "reports",
        "segments",
        "skipped",
        "tags",
        "target_duration_s",
        "total_s",
        "url",
        "variables",
        "version",
    )

    def __init__(self, url: str, problems: list[Finding], imported: Mapping[str, str]) -> None:
        self.url, self.problems, self.imported = url, problems, imported
        self.tags: dict[str, int] = {}
        self.variables = Variables()
        self.has_variables = False
        self.version, self.target_duration_s, self.media_sequence, self.discontinuity_sequence = 1, 0, 0, 0
        self.playlist_type = ""
        self.part_target_s = 0.0
        self.control = ServerControl()
        self.skipped, self.discontinuities, self.total_s, self.has_integers = 0, 0, 0.0, True
        self.segments: list[Segment] = []
        self.dateranges: list[DateRange] = []
        self.hints: list[PreloadHint] = []
        self.reports: list[RenditionReport] = []
        self.all_keys: list[Key] = []
        self.all_maps: list[Map] = []
        self.keys: tuple[Key, ...] = ()
        self.map: Map | None = None
        self.next_date: float | None = None
        self.range_ends: dict[str, int] = {}
        self.extinf_line = 0
        self.parts: list[Part] = []
        self.cues: list[Cue] = []
        self.next_segment()

    def next_segment(self) -> None:
        """Forget what applied to one segment only."""
        self.duration_s: float | None = None
        self.date: float | None = None
        self.is_discontinuity = False
        self.is_gap = False
        self.range: tuple[int, int | None] | None = None
        if self.parts:
            self.parts = []
        if self.cues:
            self.cues = []

    def complain(self, line: int, text: str, severity: Severity = Severity.MINOR) -> None:
        """Note what is malformed; a playlist that is all wrong is told by its first hundred faults."""
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(Finding("hls-media-parse-error", text, {"line": line}, severity=severity))

    def read_attributes(self, line: int, text: str) -> dict[str, str]:
        """Return the attributes of a tag, variables replaced."""
        if self.has_variables and "{$" in text:
            text = expand(text, self.variables, partial(self.complain, line, severity=Severity.MAJOR))
        return attributes(text, partial(self.complain, line))

    def range_of(self, uri: str) -> tuple[int, int] | None:
        """Return (length, offset) of the pending BYTERANGE."""
        if self.range is None:
            return None
        return self.resolve(uri, self.range)

    def resolve(self, uri: str, found: tuple[int, int | None]) -> tuple[int, int]:
        """Return a byte range with its offset: RFC 8216 4.3.2.2: without one it begins where the last ended."""
        length, offset = found
        start = self.range_ends.get(uri, 0) if offset is None else offset
        self.range_ends[uri] = start + length
        return length, start
