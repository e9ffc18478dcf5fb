"""Advertising cues of a live playlist: open breaks, nested starts, discontinuities outside breaks (standards 5)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from noc_console.media.hls.playlist import Media, Segment
from noc_console.model import Finding

_GRACE_S = 5.0
_FORGET_S = 900.0
_STORM_S = 600.0
_STORM = 6
_MOST_RANGES = 200
_MOST_CUTS = 100


@dataclass(frozen=True, slots=True)
class Break:
    """An advertising break that has begun: where, how long it should be, and how much media has gone by since."""

    sequence: int
    line: int
    planned_s: float | None
    elapsed_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Breaks:
    """What is remembered of breaks; `cuts` are the times at which discontinuities outside breaks appeared."""

    open: Break | None = None
    cuts: tuple[float, ...] = ()


def follow(breaks: Breaks, fresh: Iterable[Segment], media: Media, at: float) -> tuple[Breaks, list[Finding]]:
    """Return what is remembered after the segments that appeared at `at`, and the nested starts among them."""
    nested: list[Finding] = []
    current, cuts = breaks.open, [cut for cut in breaks.cuts if cut > at - _STORM_S]
    for segment in fresh:
        was_open = current is not None
        for cue in segment.cues:
            if cue.kind == "in":
                current = None
            elif cue.kind == "out":
                if current is not None:
                    nested.append(_nested(current, segment))
                current = Break(segment.sequence, segment.line, cue.duration_s)
        if (
            segment.is_discontinuity
            and len(cuts) < _MOST_CUTS
            and not (was_open or current or segment.cues or _in_daterange(segment, media))
        ):
            cuts.append(at)
        if current is not None:
            current = replace(current, elapsed_s=current.elapsed_s + segment.duration_s)
            if current.elapsed_s > _FORGET_S + (current.planned_s or 0.0):
                current = None
    return Breaks(current, tuple(cuts)), nested


def judge_breaks(breaks: Breaks, media: Media) -> list[Finding]:
    """Return what is wrong with the breaks as they stand."""
    findings = []
    current = breaks.open
    if current and current.planned_s and current.elapsed_s > current.planned_s + _GRACE_S:
        findings.append(
            Finding(
                "hls-cue-unclosed",
                f"CUE-OUT at segment {current.sequence} planned {current.planned_s:g} s, "
                f"{current.elapsed_s:.0f} s have gone by without CUE-IN.",
                {"sequence": current.sequence},
            )
        )
    findings.extend(_dateranges(media))
    if len(breaks.cuts) > _STORM:
        findings.append(
            Finding(
                "hls-discontinuity-storm",
                f"{len(breaks.cuts)} discontinuities outside ad breaks within 10 min, limit {_STORM}.",
                count=len(breaks.cuts),
            )
        )
    return findings


def _nested(current: Break, segment: Segment) -> Finding:
    return Finding(
        "hls-cue-unclosed",
        f"CUE-OUT at segment {segment.sequence}, while the break of segment {current.sequence} is still open.",
        {"line": segment.line, "sequence": segment.sequence},
    )


def _in_daterange(segment: Segment, media: Media) -> bool:
    if segment.date is None:
        return False
    # the newest ranges decide; thousands of them beside thousands of discontinuities must not cost their product
    for span in media.dateranges[-_MOST_RANGES:]:
        length = span.duration_s or span.planned_s
        if span.start is None or not (length or span.end):
            continue
        end = span.end or span.start + (length or 0.0)
        if span.start - 1.0 <= segment.date <= end + 1.0 and (length or span.is_cue_out):
            return True
    return False


def _dateranges(media: Media) -> list[Finding]:
    edge = media.edge_date
    if edge is None or not media.dateranges:
        return []
    closed = {span.id for span in media.dateranges if span.is_cue_in or span.end is not None or span.duration_s}
    return [
        Finding(
            "hls-cue-unclosed",
            f"The break of DATERANGE {span.id[:60]!r} planned {span.planned_s:g} s and has no return.",
            {"line": span.line},
        )
        for span in media.dateranges
        if span.is_cue_out
        and span.planned_s
        and span.start is not None
        and span.id not in closed
        and edge > span.start + span.planned_s + _GRACE_S
    ]
