"""What may not change from one version of a live MPD to the next (DASH-IF IOP items 2, 3, 4, 7)."""

from __future__ import annotations

from collections.abc import Iterator

from noc_console.media.dash.model import AdaptationSet, Addressing, Mpd, Period
from noc_console.media.dash.segments import runs_of
from noc_console.model import Finding

_SAME_S = 0.001
_ROUNDING_S = 0.002
_MOST_COMPARED = 5000
Edges = dict[int, tuple[int, int]]


def compare(old: Mpd, new: Mpd, at: float) -> Iterator[Finding]:
    """Yield what a newer version changed that it must not; `at` is Unix seconds."""
    yield from _start(old, new)
    if old.is_dynamic and old.update_s is None and new.is_dynamic:
        text = "The MPD changes although it has no minimumUpdatePeriod."
        yield Finding("dash-mup-missing", text, {"line": new.line})
    for before, after in matched(old, new):
        yield from _period(before, after)
        yield from _timelines(old, new, before, after, at)
    yield from _protections(old, new)


def matched(old: Mpd, new: Mpd) -> Iterator[tuple[Period, Period]]:
    """Yield the periods of both versions that are the same one: by id, without one by start."""
    by_id = {period.id: period for period in old.periods if period.id}
    by_start = {round(period.start_s, 3): period for period in old.periods if period.start_s is not None}
    for period in new.periods:
        before = by_id.get(period.id) if period.id else None
        if before is None and period.start_s is not None and not period.id:
            before = by_start.get(round(period.start_s, 3))
        if before is not None:
            yield before, period


def _start(old: Mpd, new: Mpd) -> Iterator[Finding]:
    if old.available_from is None or new.available_from is None:
        return
    moved = new.available_from - old.available_from
    if abs(moved) > _SAME_S:
        text = f"availabilityStartTime moved by {moved:+.3f} s."
        yield Finding("dash-ast-changed", text, {"line": new.line})


def _period(before: Period, after: Period) -> Iterator[Finding]:
    where = {"line": after.line}
    if before.start_s is not None and after.start_s is not None:
        moved = after.start_s - before.start_s
        if abs(moved) > _SAME_S:
            text = f"The start of period {after.id or '?'} moved by {moved:+.3f} s."
            yield Finding("dash-period-start-changed", text, where)
    if before.xlink or after.xlink:
        return
    old_sets, new_sets = [_name(one) for one in before.sets], [_name(one) for one in after.sets]
    if old_sets != new_sets:
        text = f"The adaptation sets of period {after.id or '?'} were {_list(old_sets)}, now {_list(new_sets)}."
        yield Finding("dash-adaptationset-changed", text, where)
        return
    for one, two in zip(before.sets, after.sets, strict=True):
        old_reps, new_reps = [rep.id for rep in one.representations], [rep.id for rep in two.representations]
        if old_reps != new_reps:
            text = f"The representations of set {_name(two)} were {_list(old_reps)}, now {_list(new_reps)}."
            yield Finding("dash-representation-changed", text, {"line": two.line})


def _name(one: AdaptationSet) -> str:
    return one.id or f"{one.kind} {one.language}".strip()


def _list(names: list[str]) -> str:
    return ", ".join(names[:8])[:120] or "none"


def _timelines(old: Mpd, new: Mpd, before: Period, after: Period, at: float) -> Iterator[Finding]:
    """Compare the time lines of a period, each once, in the sets both versions have."""
    seen: set[int] = set()
    sets = {_name(one): one for one in before.sets}
    for two in after.sets:
        one = sets.get(_name(two))
        reps = {rep.id: rep for rep in one.representations} if one else {}
        for rep in two.representations:
            known = reps.get(rep.id)
            if known is None or id(rep.addressing) in seen:
                continue
            seen.add(id(rep.addressing))
            if rep.addressing.kind != "timeline" or known.addressing.kind != "timeline":
                continue
            if known.addressing.timescale == rep.addressing.timescale:
                yield from _history(old, new, before, known.addressing, rep.addressing, at, _name(two))


def _history(
    old: Mpd, new: Mpd, period: Period, before: Addressing, after: Addressing, at: float, name: str
) -> Iterator[Finding]:
    """S elements: only add at the end, remove expired ones, raise @r of the last, update startNumber (IOP 3)."""
    where: dict[str, str | int] = {"line": after.line, "set": name}
    was, now = edges(old, period, before, at), edges(new, period, after, at)
    if not was or not now:
        return
    first, newest = min(now), max(was)
    newest_end = newest + was[newest][0]
    if first > newest_end:
        hole = (first - newest_end) / after.timescale
        if hole > _ROUNDING_S:
            text = f"The time line of set {name} goes on {hole:.3f} s behind where the version before ended."
            yield Finding("dash-timeline-gap", text, where)
        return
    last_common = min(newest, max(now))
    kept = {start for start in was if first <= start <= last_common}
    listed = {start for start in now if min(was) <= start <= last_common}
    wrong = kept ^ listed | {start for start in kept & listed if start != newest and was[start] != now[start]}
    if before.media and "$Number" in before.media:
        wrong |= {start for start in kept & listed if was[start][1] != now[start][1]}
    else:
        wrong = {start for start in wrong if start not in was or start not in now or was[start][0] != now[start][0]}
    if max(now) < newest:
        gone = sum(1 for start in was if start > max(now))
        text = f"The time line of set {name} went back: its last {gone} segments are no longer listed."
        yield Finding("dash-timeline-history-changed", text, where, gone)
    elif wrong:
        text = f"The time line of set {name} changed {len(wrong)} segments that were listed before."
        yield Finding("dash-timeline-history-changed", text, where, len(wrong))
    yield from _removed(new, was, now, after, where)


def _removed(new: Mpd, was: Edges, now: Edges, after: Addressing, where: dict[str, str | int]) -> Iterator[Finding]:
    """A reference may go only when the time-shift buffer has passed it (IOP 4)."""
    if new.window_s is None:
        return
    edge = max(start + length for start, (length, _) in now.items())
    first = min(now)
    early = [
        start
        for start, (length, _) in was.items()
        if start < first and (edge - start - length) / after.timescale < new.window_s - length / after.timescale
    ]
    if early:
        inside = new.window_s - (edge - max(early) - was[max(early)][0]) / after.timescale
        text = f"{len(early)} segments were removed while still {inside:.1f} s inside the time-shift buffer."
        yield Finding("dash-segment-removed-early", text, where, len(early))


def edges(mpd: Mpd, period: Period, addressing: Addressing, at: float) -> Edges:
    """Return start tick to (duration, number) of the newest listed segments, bounded."""
    runs = runs_of(mpd, period, addressing, at)
    total = sum(max(run.count, 0) for run in runs)
    skip = max(total - _MOST_COMPARED, 0)
    number, found = addressing.start_number, {}
    for run in runs:
        for index in range(min(skip, run.count), run.count):
            found[run.start + index * run.duration] = (run.duration, number + index)
        skip = max(skip - run.count, 0)
        number += max(run.count, 0)
    return found


def _protections(old: Mpd, new: Mpd) -> Iterator[Finding]:
    was, now = _schemes(old), _schemes(new)
    for kind in sorted(was.keys() & now.keys()):
        if was[kind] != now[kind]:
            added, removed = now[kind] - was[kind], was[kind] - now[kind]
            parts = [f"added {', '.join(sorted(added))}"] if added else []
            parts += [f"removed {', '.join(sorted(removed))}"] if removed else []
            yield Finding("dash-protection-changed", f"Protection of {kind}: {'; '.join(parts)}.", {"line": new.line})


def _schemes(mpd: Mpd) -> dict[str, frozenset[str]]:
    """Return content kind to what protects it in the newest period that has it."""
    found: dict[str, frozenset[str]] = {}
    for period in reversed(mpd.periods):
        for one in period.sets:
            if one.kind not in found and one.representations:
                found[one.kind] = frozenset(
                    f"{item.scheme} {item.kid}".strip() for rep in one.representations for item in rep.protections
                )
    return found
