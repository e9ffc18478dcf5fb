"""A live MPD over time: new segments, stale or not and whose fault, edits, drift."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from noc_console.media.dash.compare import compare
from noc_console.media.dash.drift import Drift
from noc_console.media.dash.lint import lint
from noc_console.media.dash.model import Mpd, Segment
from noc_console.media.dash.rungs import Offer, ladder, offers_of
from noc_console.media.dash.segments import count, edge, segments
from noc_console.media.digits import last_digits
from noc_console.model import Expected, Finding

_APART_S = 0.1
_CLOCK_SHARE = 0.25
_RESTART_SEGMENTS = 5
_EDIT_CYCLES = 2
_STEADY_MOVES = 2
_STEADY_SHARE = 2.0


@dataclass(frozen=True, slots=True)
class Seen:
    """One look: `at` is our time (Unix seconds), `http_age_s` the Age of the answer, `is_new` a changed body.

    `offset_s` is how far our clock is ahead of the origins', None while nobody knows. `is_failed` says
    that no MPD came and the last one still stands.
    """

    at: float
    is_new: bool = True
    http_age_s: float = 0.0
    offset_s: float | None = None
    is_failed: bool = False

    @property
    def utc(self) -> float:
        """Our best knowledge of the true time."""
        return self.at - (self.offset_s or 0.0)


@dataclass(frozen=True, slots=True)
class Fresh:
    """A segment that was not there before, and the rung it belongs to."""

    offer: Offer
    segment: Segment


@dataclass(frozen=True, slots=True)
class Memory:
    """What is remembered of an MPD; the first look starts with an empty one. All times are ours.

    `starts` is the presentation time of the newest segment given out, by rung; `grown_at` when the edge last moved;
    `moves` how often publishTime has moved while we watched, `moved_at` when it last did; `was_live` stays once a
    dynamic MPD was seen. `edits` are the findings of the newest change, `edit_cycles` the looks they still stand.
    """

    mpd: Mpd | None = None
    starts: tuple[tuple[str, float], ...] = ()
    edge_s: float | None = None
    listed_s: float | None = None
    grown_at: float = 0.0
    first_at: float = 0.0
    was_live: bool = False
    moves: int = 0
    moved_at: float = 0.0
    edits: tuple[Finding, ...] = ()
    edit_cycles: int = 0
    drift: Drift = field(default_factory=Drift)


@dataclass(frozen=True, slots=True)
class Step:
    """What one look gave."""

    memory: Memory
    findings: tuple[Finding, ...]
    metrics: dict[str, float]
    fresh: tuple[Fresh, ...]


def advance(memory: Memory, mpd: Mpd, seen: Seen, expected: Expected | None = None) -> Step:
    """Return what a look at `mpd` adds to what is remembered; call it for unchanged bodies and on time alone, too.

    Fresh segments come oldest first, of each rung; of the first look only the newest one.
    """
    expected = expected or Expected()
    before = memory.mpd
    edits, cycles = memory.edits, memory.edit_cycles
    if before is not None and before is not mpd and (made := tuple(compare(before, mpd, seen.utc))):
        edits, cycles = made, _EDIT_CYCLES
    if cycles == 0:
        edits = ()
    fresh, starts = _fresh(memory, mpd, seen.utc)
    edge_s = edge(mpd, seen.utc)
    memory = replace(memory, mpd=mpd, was_live=memory.was_live or mpd.is_dynamic)
    memory = _grown(memory, before, mpd, seen, edge_s)
    # what needs the time is judged at each look, what needs only the bytes is as cheap
    linted = lint(mpd, expected, seen.utc)
    findings = (*linted, *edits, *_stale(memory, mpd, seen), *_apart(mpd, seen.utc), *memory.drift.findings(mpd))
    memory = replace(memory, starts=starts, edits=edits, edit_cycles=max(cycles - 1, 0))
    return Step(memory, findings, _metrics(memory, mpd, seen, expected), fresh)


def due(memory: Memory, mpd: Mpd, utc: float) -> tuple[Memory, tuple[Fresh, ...]]:
    """Return the segments that time alone has made since the last look; nothing is judged."""
    fresh, starts = _fresh(memory, mpd, utc)
    return replace(memory, starts=starts), fresh


def _grown(memory: Memory, before: Mpd | None, mpd: Mpd, seen: Seen, edge_s: float | None) -> Memory:
    """Remember when the edge last moved, and how far it lies behind the clock."""
    first = memory.first_at or seen.at
    memory = _moved(memory, before, mpd, seen)
    listed_s = edge(mpd, math.inf)  # what is listed counts as new, too, where the availability times are wrong
    is_same = edge_s == memory.edge_s and listed_s == memory.listed_s
    memory = replace(memory, first_at=first, listed_s=listed_s)
    if is_same or (edge_s is None and listed_s is None):
        return replace(memory, grown_at=memory.grown_at or seen.at)
    if edge_s is None:
        return replace(memory, grown_at=seen.at - seen.http_age_s)
    grown = seen.at - seen.http_age_s
    if memory.edge_s is None:
        # nobody knows when the newest segment of a first look came: what the MPD says of itself, no more than now
        said = _said_at(mpd, edge_s)
        grown = min(grown, said + (seen.offset_s or 0.0)) if said is not None else grown
    drift = memory.drift
    if mpd.available_from is not None and not _is_number(mpd) and memory.edge_s not in (None, edge_s):
        drift = drift.seen(seen.utc, seen.utc - seen.http_age_s - mpd.available_from - edge_s)
    return replace(memory, edge_s=edge_s, grown_at=grown, drift=drift)


def _moved(memory: Memory, before: Mpd | None, mpd: Mpd, seen: Seen) -> Memory:
    if before is None or before.published_at == mpd.published_at:
        return memory
    return replace(memory, moves=memory.moves + 1, moved_at=seen.at - seen.http_age_s)


def _said_at(mpd: Mpd, edge_s: float) -> float | None:
    """Return when the newest segment came as the MPD tells it: the later of its time and publishTime."""
    if not mpd.is_dynamic or mpd.available_from is None or _is_number(mpd):
        return None
    said = mpd.available_from + edge_s
    return max(said, mpd.published_at) if mpd.published_at is not None else said


def _is_number(mpd: Mpd) -> bool:
    reps = mpd.periods[-1].sets if mpd.periods else ()
    return any(rep.addressing.kind == "number" for one in reps for rep in one.representations)


def limit_s(mpd: Mpd) -> float:
    """Return after how long without a new segment an MPD is stale: 1.5 segments + minimumUpdatePeriod (IOP 7)."""
    return 1.5 * mpd.segment_s + (mpd.update_s or 0.0)


def _stale(memory: Memory, mpd: Mpd, seen: Seen) -> Iterator[Finding]:
    if memory.was_live and not mpd.is_dynamic:
        text = "The live MPD has become static: the stream has ended."
        yield Finding("dash-mpd-stale", text, {"line": mpd.line, "cause": "ended"})
    if not mpd.is_dynamic or mpd.update_s is None or mpd.segment_s <= 0 or memory.edge_s is None:
        return
    # a template needs no new MPD: only one that used to be published steadily can be found standing still
    is_number = _is_number(mpd)
    if is_number and memory.moves < _STEADY_MOVES:
        return
    age, limit = seen.at - (memory.moved_at if is_number else memory.grown_at), limit_s(mpd)
    if is_number:
        limit = max(limit, _STEADY_SHARE * (memory.moved_at - memory.first_at) / memory.moves)
    if age <= limit:
        return
    cause, why = _cause(seen, mpd, limit)
    what = "publishTime has stood still" if is_number else "No new segment"
    text = f"{what[0].upper()}{what[1:]} for {age:.1f} s, limit {limit:.1f} s; {why}."
    yield Finding("dash-mpd-stale", text, {"line": mpd.line, "cause": cause})


def _cause(seen: Seen, mpd: Mpd, limit: float) -> tuple[str, str]:
    """Tell a stale origin from a stale cache and from our own clock (standards 7)."""
    if seen.is_failed:
        return "network", "the MPD is not delivered"
    if seen.offset_s is not None and abs(seen.offset_s) > max(_CLOCK_SHARE * mpd.segment_s, 1.0):
        return "clock", f"our own clock is off by {seen.offset_s:+.1f} s"
    if seen.http_age_s > limit / 2:
        return "cache", f"a cache answers with a copy {seen.http_age_s:.0f} s old"
    return "origin", "the origin does not add any"


def _fresh(memory: Memory, mpd: Mpd, at: float) -> tuple[tuple[Fresh, ...], tuple[tuple[str, float], ...]]:
    """Return the segments since the last look, and the newest start of each rung."""
    known = dict(memory.starts)
    newest = dict(known)
    found: list[Fresh] = []
    for period in mpd.periods[-16:]:
        for offer in offers_of(mpd, period):
            if offer.rung.kind == "iframe":
                continue
            after = known.get(offer.label)
            limit = 1 if after is None and mpd.is_dynamic else 100
            listed = segments(mpd, period, offer.representation, at, after_s=after, limit=limit)
            if not listed and after is not None:
                listed = _restarted(mpd, offer, at, after) if period is mpd.periods[-1] else ()
            found.extend(Fresh(offer, segment) for segment in listed)
            if listed:
                newest[offer.label] = listed[-1].start_s
    if not memory.starts and mpd.is_dynamic:
        last = {fresh.offer.label: fresh for fresh in found}
        found = list(last.values())
    return tuple(found), tuple(newest.items())


def _restarted(mpd: Mpd, offer: Offer, at: float, after: float) -> tuple[Segment, ...]:
    """Return the newest segment of a time line that went far back: its packager has started again."""
    newest = segments(mpd, offer.period, offer.representation, at, limit=1)
    is_back = bool(newest) and newest[0].start_s < after - _RESTART_SEGMENTS * max(newest[0].duration_s, 1.0)
    return newest if is_back else ()


def _apart(mpd: Mpd, at: float) -> Iterator[Finding]:
    """Judge whether audio and video end together, beyond a segment's length (operator)."""
    if not mpd.is_dynamic or not mpd.periods:
        return
    ends: dict[str, Segment] = {}
    for offer in offers_of(mpd, mpd.periods[-1]):
        kind = offer.rung.kind
        if kind in ("video", "audio") and kind not in ends:
            newest = segments(mpd, offer.period, offer.representation, at, limit=1)
            ends |= {kind: newest[-1]} if newest else {}
    if len(ends) < 2:
        return
    video, audio = ends["video"], ends["audio"]
    apart = abs(video.end_s - audio.end_s) - max(video.duration_s, audio.duration_s)
    if apart > _APART_S:
        text = f"The last audio and video segments end {abs(video.end_s - audio.end_s):.2f} s apart."
        yield Finding("dash-av-edge-apart", text, MappingProxyType({"line": mpd.periods[-1].line}))


def _metrics(memory: Memory, mpd: Mpd, seen: Seen, expected: Expected) -> dict[str, float]:
    rungs = [rung for rung in ladder(mpd) if rung.kind != "iframe"]
    rates = [rung.bandwidth_bps for rung in rungs if rung.kind == "video" and rung.bandwidth_bps]
    metrics = {
        "playlist.is_valid": 1.0,
        "playlist.http_age_s": seen.http_age_s,
        "playlist.target_duration_s": mpd.segment_s,
        "playlist.discontinuities": float(max(len(mpd.periods) - 1, 0)),
        "ladder.rungs": float(len(rungs)),
    }
    if rates:
        metrics |= {"ladder.min_bandwidth_bps": float(min(rates)), "ladder.max_bandwidth_bps": float(max(rates))}
    if expected.rungs:
        metrics["ladder.rungs_expected"] = float(len(expected.rungs))
    if mpd.window_s is not None:
        metrics["playlist.window_s"] = mpd.window_s
    return metrics | _edge_metrics(memory, mpd, seen)


def _edge_metrics(memory: Memory, mpd: Mpd, seen: Seen) -> dict[str, float]:
    metrics: dict[str, float] = {}
    offer = next((one for period in mpd.periods[-1:] for one in offers_of(mpd, period)), None)
    newest = segments(mpd, offer.period, offer.representation, seen.utc, limit=1) if offer else ()
    if offer and newest:
        metrics["playlist.segments"] = float(count(mpd, offer.period, offer.representation, seen.utc))
        if mpd.is_dynamic:
            metrics["playlist.media_sequence"] = last_digits(newest[-1].number)
    if mpd.is_dynamic and memory.edge_s is not None and mpd.available_from is not None:
        behind = seen.utc - mpd.available_from - memory.edge_s
        # a template's newest segment came when its time came, a listed one when we first saw it listed
        age = max(behind if _is_number(mpd) else seen.at - memory.grown_at, 0.0)
        metrics["playlist.latency_s"] = behind
        metrics["playlist.age_s"] = age
        if mpd.segment_s > 0:
            metrics["playlist.age_ratio"] = age / mpd.segment_s
        if _is_number(mpd) and mpd.update_s is not None and memory.moves < _STEADY_MOVES:
            metrics["playlist.age_unknown"] = 1.0
    return metrics
