"""What the head of a media segment says: kind, tracks, time stamps, key frame, protection, faults."""

from __future__ import annotations

from dataclasses import dataclass, field


class BadSegment(ValueError):
    """The bytes cannot be read as the container they claim to be."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with the bytes; `code` is kebab case, `text` one sentence ready for a finding.

    Codes: `empty`, `html`, `unknown`, `truncated`, `sync`, `no-pat`, `no-pmt`, `no-timestamps`, `continuity`,
    `transport-error`, `bad-box`, `no-init`, `no-media`.
    """

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Track:
    """One elementary stream of a segment.

    `id` is the PID or the track id. `kind` is video, audio, text or data. `codec` is the RFC 6381 string as far
    as the head tells it. `first_ticks` is the smallest PTS (TS, 90 kHz) or the first tfdt (MP4); `earliest_ticks`
    is the earliest presentation time where it differs (MP4 composition offsets less the edit list). Times in
    seconds are those ticks by `timescale`; None where the segment carries no time stamp.
    """

    id: int
    kind: str
    codec: str
    timescale: int = 90_000
    first_ticks: int | None = None
    earliest_ticks: int | None = None
    first_s: float | None = None
    end_s: float | None = None
    duration_s: float | None = None
    samples: int = 0
    language: str = ""
    width: int = 0
    height: int = 0
    transfer: int = 0
    scheme: str = ""
    default_kid: str = ""

    @property
    def frame_s(self) -> float:
        """Mean duration of one sample in seconds, 0 where it is not known."""
        return self.duration_s / self.samples if self.duration_s and self.samples else 0.0


@dataclass(frozen=True, slots=True)
class Head:
    """A segment as far as its heads tell it; `kind` is ts, fmp4, aac, ac3, mp3, webvtt or unknown.

    `duration_s`, `first_s` and `end_s` are those of the video, else of the longest track. `starts_with_idr` is
    None where nobody can tell (no video, unknown codec). `pssh_systems` are UUIDs of DRM systems, lower case.
    """

    kind: str
    size_bytes: int
    tracks: tuple[Track, ...] = ()
    starts_with_idr: bool | None = None
    is_truncated: bool = False
    continuity_errors: int = 0
    pssh_systems: tuple[str, ...] = ()
    errors: tuple[Fault, ...] = field(default_factory=tuple)

    @property
    def main(self) -> Track | None:
        """The track that stands for the segment: the first video, else the longest with time stamps."""
        timed = [track for track in self.tracks if track.duration_s is not None]
        video = [track for track in timed if track.kind == "video"]
        return (
            video[0]
            if video
            else max((track for track in timed), key=lambda track: track.duration_s or 0.0, default=None)
        )

    @property
    def duration_s(self) -> float | None:
        """Duration of the main track in seconds."""
        return self.main.duration_s if self.main else None

    @property
    def first_s(self) -> float | None:
        """First time stamp of the main track in seconds."""
        return self.main.first_s if self.main else None

    @property
    def end_s(self) -> float | None:
        """End of the main track in seconds."""
        return self.main.end_s if self.main else None
