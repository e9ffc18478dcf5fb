"""What goes into an inspection of one kind and what comes out: `inspect_hls` and `inspect_dash` share this form."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from noc_console.model import Finding

if TYPE_CHECKING:  # who inspects a file of packets needs no network
    from noc_console.net.fetch import Reply
    from noc_console.probes.tools import Tools

#: Told how far an inspection is (0 to 1) and what it does, in one short sentence.
Progress = Callable[[float, str], None]


@dataclass(frozen=True, slots=True)
class Source:
    """The playlist or MPD to inspect as it came; `reply` is None for a file, and then nothing is fetched.

    `url` is where it came from after redirects, the base of relative addresses; a path for a file.
    """

    url: str
    body: bytes
    at: float
    reply: Reply | None = None

    @property
    def is_file(self) -> bool:
        """Whether it was read from disk: only what is in it is judged, its segments are not fetched."""
        return self.reply is None


@dataclass(frozen=True, slots=True)
class Inspected:
    """What one kind's inspection found.

    `details` has the stable keys of `noc-console inspect --json`. `proposal` is what *Add channel* offers:
    `segment_s`, `rungs`, `audio_languages`, `subtitle_languages`, `is_hdr`, `badges`, `class`, `template`,
    and of a transport stream, or where picture and sound were measured, what `learned` tells of its streams.
    `metrics` are those of the catalogue, the worst over the rungs.
    """

    findings: tuple[Finding, ...] = ()
    metrics: Mapping[str, float] = field(default_factory=dict)
    details: Mapping[str, Any] = field(default_factory=dict)
    proposal: Mapping[str, Any] = field(default_factory=dict)


#: Inspects one source for so many seconds (0: one look) with the tools of an input that exists only for it.
#: Raises KnownError where it cannot.
Inspect = Callable[[Source, "Tools", float, Progress], Awaitable[Inspected]]
