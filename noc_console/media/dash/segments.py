"""Which segments there are: the live edge and a bounded window, never a list since the stream began."""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import urljoin

from noc_console.media.dash.model import OPEN_END, Addressing, Mpd, Period, Representation, Run, Segment

MOST_SEGMENTS = 1000
_ALMOST = 1e-6
_FIELD = re.compile(r"\$(RepresentationID|Number|Bandwidth|Time|SubNumber)?(?:%0(\d{1,2})d)?\$")
Spot = tuple[int, int, int]  # index, media time, duration: the last two in ticks


def segments(
    mpd: Mpd, period: Period, rep: Representation, at: float, *, after_s: float | None = None, limit: int = 100
) -> tuple[Segment, ...]:
    """Return available segments of a representation, oldest first, at most `limit`.

    A live MPD gives the newest ones that are there at `at` (Unix seconds) and start later than `after_s` of the
    presentation; a static one the first ones.
    """
    limit = min(limit, MOST_SEGMENTS)
    spots = list(_spots(mpd, period, rep.addressing, at, after_s, limit))
    if mpd.is_dynamic:
        spots.reverse()
    return tuple(_segment(mpd, period, rep, spot) for spot in spots)


def count(mpd: Mpd, period: Period, rep: Representation, at: float) -> int:
    """Return how many segments a representation offers at `at` (Unix seconds) within its window."""
    first, last = _bounds(mpd, period, rep.addressing, at)
    return max(last - first + 1, 0)


def edge(mpd: Mpd, at: float) -> float | None:
    """Return where the newest available video, else audio, segment ends, in seconds of the presentation."""
    for kind in ("video", "audio", "subtitles"):
        for period in reversed(mpd.periods):
            ends = [
                found[-1].end_s
                for one in period.sets
                if one.kind == kind and one.representations and not one.is_trick
                if (found := _newest(mpd, period, one.representations[0], at))
            ]
            if ends:
                return max(ends)
    return None


def next_available_at(mpd: Mpd, period: Period, rep: Representation, at: float) -> float | None:
    """Return when the next segment that a number template makes is due, None where only a new MPD tells."""
    addressing = rep.addressing
    if not mpd.is_dynamic or addressing.kind != "number" or period.start_s is None:
        return None
    _, last = _bounds(mpd, period, addressing, at)
    following = last + 1
    if following >= _most(period, addressing):
        return None
    return _available_at(mpd, period, addressing, (following + 1) * addressing.duration / addressing.timescale)


def init_url(rep: Representation) -> str:
    """Return the address of the initialisation segment, empty where there is none."""
    addressing = rep.addressing
    if addressing.initialization:
        return urljoin(rep.base_url, fill(addressing.initialization, rep, 0, 0))
    if addressing.kind == "single" and addressing.init_range:
        return rep.base_url
    return ""


def fill(template: str, rep: Representation, number: int, time: int) -> str:
    """Return a template with its identifiers replaced (ISO/IEC 23009-1, 5.3.9.4.4)."""
    values = {"Number": number, "Time": time, "Bandwidth": rep.bandwidth_bps, "SubNumber": 0}
    parts = []
    for literal, identifier, width in _compiled(template):
        parts.append(literal)
        if identifier == "RepresentationID":
            parts.append(rep.id)
        elif identifier:
            parts.append(f"{values[identifier]:0{width}d}")
    return "".join(parts)


def media_time_s(addressing: Addressing, segment: Segment) -> float:
    """Return the decode time a segment should carry, in seconds of its own time line."""
    return segment.time / addressing.timescale


@lru_cache(maxsize=2048)
def _compiled(template: str) -> tuple[tuple[str, str, int], ...]:
    parts: list[tuple[str, str, int]] = []
    at = 0
    for found in _FIELD.finditer(template):
        literal = template[at : found.start()]
        if found[1] is None:
            parts.append((literal + ("$" if found[0] == "$$" else found[0]), "", 0))
        else:
            parts.append((literal, found[1], int(found[2] or 1)))
        at = found.end()
    parts.append((template[at:], "", 0))
    return tuple(parts)


def _newest(mpd: Mpd, period: Period, rep: Representation, at: float) -> tuple[Segment, ...]:
    if mpd.is_dynamic:
        return segments(mpd, period, rep, at, limit=1)
    last = _bounds(mpd, period, rep.addressing, at)[1]
    spot = _spot_of(rep.addressing, runs_of(mpd, period, rep.addressing, at), last)
    return (_segment(mpd, period, rep, spot),) if spot and last >= 0 else ()


def _spots(
    mpd: Mpd, period: Period, addressing: Addressing, at: float, after_s: float | None, limit: int
) -> Iterator[Spot]:
    """Yield segment places: newest first for a live MPD, oldest first for a static one."""
    first, last = _bounds(mpd, period, addressing, at)
    runs = runs_of(mpd, period, addressing, at)
    order = range(last, first - 1, -1) if mpd.is_dynamic else range(first, last + 1)
    floor = -math.inf if after_s is None else after_s + _ALMOST
    for index in order[:limit]:
        spot = _spot_of(addressing, runs, index)
        if spot is None or (mpd.is_dynamic and _start_s(period, addressing, spot) <= floor):
            return
        yield spot


def _bounds(mpd: Mpd, period: Period, addressing: Addressing, at: float) -> tuple[int, int]:
    """Return first and last index of the available segments; the last lies before the first when there are none."""
    if period.start_s is None:
        return 0, -1
    if addressing.kind == "single":
        return 0, 0
    if addressing.kind in ("timeline", "list") and addressing.runs:
        total = _listed(mpd, period, addressing, at)
        if addressing.kind == "list":
            total = min(total, len(addressing.entries))
        return 0, min(total, _by_end_number(addressing)) - 1
    if addressing.kind == "timeline":
        return 0, -1  # a time line without one usable row
    most = _most(period, addressing)
    if not mpd.is_dynamic:
        return 0, min(most, 1 << 40) - 1
    if mpd.available_from is None or not math.isfinite(at):
        return 0, -1
    if addressing.kind == "list":
        return 0, len(addressing.entries) - 1
    step = addressing.duration / addressing.timescale
    since = at - mpd.available_from - period.start_s
    ahead = addressing.availability_offset_s if math.isfinite(addressing.availability_offset_s) else 0.0
    last = min(math.floor((since + ahead) / step + _ALMOST), most) - 1
    first = 0 if mpd.window_s is None else max(math.floor((since - mpd.window_s) / step + _ALMOST), 0)
    return min(first, last + 1), last


def _listed(mpd: Mpd, period: Period, addressing: Addressing, at: float) -> int:
    """Return how many listed segments are there: some MPDs list far ahead of the availability times.

    One segment ahead is taken for there already: clocks differ, and packagers list what they are just finishing.
    """
    known = mpd.memo.get(id(addressing))
    if isinstance(known, tuple) and known[0] == at:
        return int(known[1])
    total = _counted(mpd, period, addressing, at)
    mpd.memo[id(addressing)] = (at, total)
    return total


def _counted(mpd: Mpd, period: Period, addressing: Addressing, at: float) -> int:
    runs = runs_of(mpd, period, addressing, at)
    total = sum(run.count for run in runs)
    if not mpd.is_dynamic or mpd.available_from is None or not math.isfinite(at):
        return total
    ahead = addressing.availability_offset_s
    if math.isinf(ahead):
        return total
    until = (at + ahead - mpd.available_from - (period.start_s or 0.0)) * addressing.timescale + addressing.offset
    for run in reversed(runs):
        there = math.floor((until - run.start) / run.duration + 1 + _ALMOST)
        if there >= run.count:
            break
        total -= run.count - max(there, 0)
    return total


def _most(period: Period, addressing: Addressing) -> int:
    """Return how many segments a period can have at all."""
    limit = _by_end_number(addressing)
    if addressing.kind == "list":
        limit = min(limit, len(addressing.entries))
    if addressing.duration > 0 and period.duration_s is not None:
        limit = min(limit, math.ceil(period.duration_s * addressing.timescale / addressing.duration - _ALMOST))
    return max(limit, 0)


def _by_end_number(addressing: Addressing) -> int:
    if addressing.end_number is None:
        return 1 << 60
    return max(addressing.end_number - addressing.start_number + 1, 0)


def runs_of(mpd: Mpd, period: Period, addressing: Addressing, at: float) -> tuple[Run, ...]:
    """Return the runs of a timeline; an open last one reaches to the period's end, else to `at`."""
    runs = addressing.runs
    if not runs or runs[-1].count != OPEN_END or period.start_s is None:
        return runs
    last = runs[-1]
    if period.duration_s is not None:
        until = period.duration_s * addressing.timescale + addressing.offset
        total = math.ceil((until - last.start) / last.duration - _ALMOST)
    elif mpd.is_dynamic and mpd.available_from is not None and math.isfinite(at):
        since = (at - mpd.available_from - period.start_s) * addressing.timescale + addressing.offset
        total = math.floor((since - last.start) / last.duration + _ALMOST)
    else:
        total = 1
    return (*runs[:-1], Run(last.start, last.duration, max(total, 0), last.line))


def _spot_of(addressing: Addressing, runs: tuple[Run, ...], index: int) -> Spot | None:
    if addressing.kind in ("timeline", "list") and runs:
        # an open last run has another length each time, so it is never looked up but what is behind all others
        found = bisect_right(addressing.ends, index, hi=len(runs) - 1)
        left = index - (addressing.ends[found - 1] if found else 0)
        run = runs[found]
        return (index, run.start + left * run.duration, run.duration) if left < run.count else None
    return index, index * addressing.duration + addressing.offset, addressing.duration


def _start_s(period: Period, addressing: Addressing, spot: Spot) -> float:
    return (period.start_s or 0.0) + (spot[1] - addressing.offset) / addressing.timescale


def _segment(mpd: Mpd, period: Period, rep: Representation, spot: Spot) -> Segment:
    addressing = rep.addressing
    index, time, ticks = spot
    length = ticks / addressing.timescale
    start = _start_s(period, addressing, spot)
    relative_end = start - (period.start_s or 0.0) + length
    is_last = period.duration_s is not None and relative_end >= period.duration_s - _ALMOST
    if addressing.kind == "single" or (is_last and addressing.kind != "timeline"):
        length = max((period.duration_s or relative_end) - (start - (period.start_s or 0.0)), 0.0)
    number = addressing.start_number + index
    if addressing.kind == "timeline" and "$Time" in addressing.media:
        # nothing numbers these: count by nominal length, so that the newest one has the highest number
        number = round(
            start / max(round(max(run.duration for run in addressing.runs) / addressing.timescale, 1), 0.1)
        )
    url, byte_range = _place(rep, index, number, time)
    due = _available_at(mpd, period, addressing, relative_end) if mpd.is_dynamic else None
    whole = None
    if due is not None and addressing.is_chunked and 0 < addressing.availability_offset_s < math.inf:
        whole = due + addressing.availability_offset_s
    return Segment(number, time, addressing.timescale, start, length, url, byte_range, due, is_last, ticks, whole)


def _place(rep: Representation, index: int, number: int, time: int) -> tuple[str, str]:
    addressing = rep.addressing
    if addressing.kind == "list":
        entry = addressing.entries[index] if index < len(addressing.entries) else None
        return (urljoin(rep.base_url, entry.media), entry.byte_range) if entry else (rep.base_url, "")
    if not addressing.media:
        return rep.base_url, ""
    # 5.3.9.4.4: with @duration, $Time$ is the start in the period, without the offset
    wire = time - addressing.offset if addressing.kind == "number" else time
    return urljoin(rep.base_url, fill(addressing.media, rep, number, wire)), ""


def _available_at(mpd: Mpd, period: Period, addressing: Addressing, end_s: float) -> float | None:
    """Return the availability start time of a segment that ends `end_s` into its period (standards 8)."""
    if mpd.available_from is None or period.start_s is None:
        return None
    early = addressing.availability_offset_s
    origin = mpd.available_from + period.start_s
    return origin if math.isinf(early) else origin + end_s - early
