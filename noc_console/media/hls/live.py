"""Follow one live media playlist from poll to poll: memory and a playlist in, memory and findings out."""

from __future__ import annotations

from dataclasses import dataclass, replace

from noc_console.media.digits import last_digits
from noc_console.media.hls.cues import Breaks, follow, judge_breaks
from noc_console.media.hls.lint_media import lint_media
from noc_console.media.hls.live_parts import PartWatch, judge_parts, watch_parts
from noc_console.media.hls.overlap import Overlap, compare
from noc_console.media.hls.playlist import Media, Segment
from noc_console.media.hls.stale import STALE_TARGETS, Seen, judge_age
from noc_console.model import Finding

_HOLD_TARGETS = 3.0
_MAX_REMOVED = 16
_MAX_HELD = 32
_NO_BREAKS = Breaks()
_NO_PARTS = PartWatch()


@dataclass(frozen=True, slots=True)
class Removed:
    """A segment that left the playlist and must stay downloadable until `until` (Unix time, HLS rule 7)."""

    uri: str
    until: float
    byterange: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Memory:
    """What is remembered of one media playlist between polls; the empty value is the first look.

    `expects_live` says that an end is a fault even when it stood there at the first look already.
    """

    media: Media | None = None
    changed_at: float = 0.0
    looked_at: float = 0.0
    has_been_live: bool = False
    expects_live: bool = True
    target_s: float = 0.0
    lint: tuple[Finding, ...] = ()
    held: tuple[tuple[float, Finding], ...] = ()
    breaks: Breaks = _NO_BREAKS
    parts: PartWatch = _NO_PARTS
    longest_s: float = 0.0
    removed: tuple[Removed, ...] = ()
    growth: tuple[tuple[float, float], ...] = ()
    has_grown: bool = False

    @property
    def should_live(self) -> bool:
        """Whether an end of the playlist is a fault."""
        return self.has_been_live or (
            self.expects_live and self.media is not None and self.media.playlist_type != "VOD"
        )


@dataclass(frozen=True, slots=True)
class Step:
    """What one poll gave: the new memory, all findings of the playlist now, metrics, and segments not seen before."""

    memory: Memory
    findings: tuple[Finding, ...]
    metrics: dict[str, float]
    fresh: tuple[Segment, ...] = ()


def advance(memory: Memory, media: Media | None, seen: Seen) -> Step:
    """Return what one more poll tells; `media` is `memory.media` itself when unchanged, None when not delivered."""
    if media is None:
        return _failed(memory, seen)
    if media is memory.media:
        return _judged(replace(memory, looked_at=seen.at), seen, ())
    if memory.media is None:
        return _judged(_first(memory, media, seen), seen, media.segments[-1:], is_changed=True)
    overlap = compare(memory.media, media, seen.at - memory.looked_at)
    return _judged(_changed(memory, media, overlap, seen), seen, overlap.fresh, is_changed=True)


def _first(memory: Memory, media: Media, seen: Seen) -> Memory:
    breaks, nested = follow(Breaks(), media.segments, media, seen.at)
    return replace(
        memory,
        media=media,
        changed_at=seen.at - seen.age_s,
        looked_at=seen.at,
        has_been_live=media.is_live,
        target_s=_target(media),
        lint=lint_media(media),
        held=_hold((), nested, media, seen.at),
        # what was listed before we came tells nothing about how often it happens
        breaks=replace(breaks, cuts=()),
        parts=watch_parts(PartWatch(), None, media, seen.at)[0],
        longest_s=media.duration_s,
        growth=((seen.at, 0.0),),
    )


def _changed(memory: Memory, media: Media, overlap: Overlap, seen: Seen) -> Memory:
    breaks, nested = follow(memory.breaks, overlap.fresh, media, seen.at)
    parts, hints = watch_parts(memory.parts, memory.media, media, seen.at)
    longest = media.duration_s if overlap.is_restart else max(memory.longest_s, media.duration_s)
    fresh_s = _grown(memory, media, overlap)
    return replace(
        memory,
        media=media,
        changed_at=seen.at - seen.age_s if overlap.fresh else memory.changed_at,
        looked_at=seen.at,
        has_been_live=memory.has_been_live or media.is_live,
        target_s=_target(media),
        lint=lint_media(media),
        held=_hold(memory.held, [*overlap.findings, *nested, *hints], media, seen.at),
        breaks=breaks,
        parts=parts,
        longest_s=longest,
        removed=_removed(memory, overlap, longest, seen.at),
        growth=(*memory.growth[-63:], (seen.at, fresh_s)),
        has_grown=memory.has_grown or bool(overlap.fresh),
    )


def _grown(memory: Memory, media: Media, overlap: Overlap) -> float:
    """Return the seconds of media that came since the last look, with what went by while we did not look."""
    fresh_s = sum(segment.duration_s for segment in overlap.fresh)
    came = media.last_sequence - memory.media.last_sequence if memory.media else 0
    return fresh_s * max(1.0, came / len(overlap.fresh)) if overlap.fresh else 0.0


def _hold(
    held: tuple[tuple[float, Finding], ...], new: list[Finding], media: Media, at: float
) -> tuple[tuple[float, Finding], ...]:
    """Keep what happened at one change visible for three target durations: it is gone at the next poll otherwise."""
    until = at + max(_HOLD_TARGETS * media.target_duration_s, 10.0)
    ids = {finding.id for finding in new}
    kept = tuple(entry for entry in held if entry[0] > at and entry[1].id not in ids)
    return (*kept, *((until, finding) for finding in new))[-_MAX_HELD:]


def _removed(memory: Memory, overlap: Overlap, longest_s: float, at: float) -> tuple[Removed, ...]:
    if overlap.is_restart:
        return ()
    media = memory.media
    # HLS rule 7: a removed segment stays for its own length + the longest playlist that contained it
    left = tuple(
        Removed(
            media.absolute(segment.uri) if media else segment.uri,
            at + segment.duration_s + longest_s,
            segment.byterange,
        )
        for segment in overlap.removed
        if not segment.is_gap
    )
    return (*(entry for entry in memory.removed if entry.until > at), *left)[-_MAX_REMOVED:]


def _failed(memory: Memory, seen: Seen) -> Step:
    memory = replace(memory, held=tuple(entry for entry in memory.held if entry[0] > seen.at))
    media = memory.media
    if media is None or not media.is_live:
        return Step(memory, (), {})
    stale = judge_age(memory.changed_at, memory.target_s, replace(seen, is_failed=True))
    return Step(memory, (stale,) if stale else (), _age(memory, media, seen))


def _judged(memory: Memory, seen: Seen, fresh: tuple[Segment, ...], *, is_changed: bool = False) -> Step:
    media = memory.media
    assert media is not None
    held = tuple(entry for entry in memory.held if entry[0] > seen.at)
    if len(held) != len(memory.held):
        memory = replace(memory, held=held)
    findings = [*memory.lint, *(finding for _, finding in held)]
    if media.is_live:
        findings.extend(_live(memory, media, seen))
    elif media.is_ended and memory.should_live:
        findings.append(_ended(media))
    return Step(memory, tuple(findings), _metrics(memory, media, seen, is_changed=is_changed), fresh)


def _live(memory: Memory, media: Media, seen: Seen) -> list[Finding]:
    findings = judge_breaks(memory.breaks, media)
    stale = judge_age(memory.changed_at, memory.target_s, seen)
    if stale is not None:
        newest = {"line": media.segments[-1].line} if media.segments else {}
        findings.append(replace(stale, where={**stale.where, **newest}))
    else:
        findings.extend(_shortage(memory, seen.at))
    findings.extend(judge_parts(memory.parts, media, seen.at))
    findings.extend(_clock(memory, media, seen))
    return findings


def _ended(media: Media) -> Finding:
    return Finding(
        "hls-endlist-in-live",
        "The live playlist has ended (EXT-X-ENDLIST): players stop here.",
        {"line": media.tags.get("EXT-X-ENDLIST", 0)},
    )


def _target(media: Media) -> float:
    """Return how often a segment is due: the target duration, unless the segments themselves are longer."""
    longest = max((segment.duration_s for segment in media.segments), default=0.0)
    target = float(media.target_duration_s)
    # a TARGETDURATION that is too small is a finding of its own and must not make the playlist look stale as well
    return (longest if longest >= target + 0.5 else target) or 10.0


def _shortage(memory: Memory, at: float) -> list[Finding]:
    """Judge new content against time over the last three target durations or more (operator M045)."""
    span = 3 * memory.target_s
    before = [moment for moment, _ in memory.growth if moment <= at - span]
    if not before:
        return []
    start = before[-1]
    new = sum(seconds for moment, seconds in memory.growth if moment > start)
    if new >= 0.25 * (at - start):
        return []
    return [
        Finding(
            "hls-content-shortage",
            f"{new:.1f} s of new media in {at - start:.0f} s, limit 25 %.",
        )
    ]


def _clock(memory: Memory, media: Media, seen: Seen) -> list[Finding]:
    edge = media.edge_date
    if edge is None or seen.age_s > memory.target_s:
        return []
    latency = seen.now - edge
    grain = 0.5 if seen.clock_offset_s is not None else 2.0
    if -grain <= latency <= 60.0 + memory.target_s:
        return []
    offset = seen.clock_offset_s or 0.0
    told = f"PROGRAM-DATE-TIME ends {abs(latency):.1f} s {'behind' if latency > 0 else 'ahead of'} UTC."
    return [
        Finding("hls-pdt-clock-offset", told, {"latency_s": round(latency, 1), "clock_offset_s": round(offset, 3)})
    ]


def _age(memory: Memory, media: Media, seen: Seen) -> dict[str, float]:
    if not media.is_live:
        return {}
    age = max(0.0, seen.at - memory.changed_at)
    known = {"playlist.age_s": age, "playlist.age_ratio": age / memory.target_s}
    # until a segment came while we looked on, how long the newest has been there is a guess: good news must wait
    is_guess = not memory.has_grown and age <= STALE_TARGETS * memory.target_s
    return known | {"playlist.age_unknown": 1.0} if is_guess else known


def _metrics(memory: Memory, media: Media, seen: Seen, *, is_changed: bool) -> dict[str, float]:
    metrics = _age(memory, media, seen)
    if not is_changed:
        return metrics
    metrics["playlist.window_s"] = media.duration_s
    metrics["playlist.segments"] = float(len(media.segments))
    metrics["playlist.target_duration_s"] = float(media.target_duration_s)
    metrics["playlist.media_sequence"] = last_digits(media.last_sequence)
    metrics["playlist.discontinuities"] = float(media.discontinuities)
    edge = media.edge_date
    if edge is not None and media.is_live:
        metrics["playlist.latency_s"] = seen.now - edge
    return metrics
