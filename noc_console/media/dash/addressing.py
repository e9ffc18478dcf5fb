"""SegmentTemplate, SegmentList and SegmentBase with what they inherit (ISO/IEC 23009-1, 5.3.9)."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import accumulate

from noc_console.media.dash.model import OPEN_END, Addressing, BadMpd, Entry, Run
from noc_console.media.dash.values import real, whole
from noc_console.media.dash.xml import Element, kid, kids, line_of
from noc_console.model import Severity

Source = tuple[str, Element]
_MOST_SEGMENTS = 5_000_000
_MOST_ENTRIES = 100_000


def read_addressing(sources: tuple[Source, ...], note: Callable[..., None]) -> Addressing:
    """Return how segments are found; `sources` are the elements that apply, the innermost first.

    What an inner element does not say, the outer one of the same name says (5.3.9.1).
    """
    if not sources:
        return Addressing("single")
    kind, first = sources[0]
    chain = [element for tag, element in sources if tag == kind]
    told = _Told(chain, note)
    if kind == "SegmentBase":
        return _single(told)
    timeline = told.child("SegmentTimeline")
    entries = _entries(told) if kind == "SegmentList" else ()
    runs = _runs(timeline, told, note) if timeline is not None else ()
    duration = told.whole("duration", 0)
    if kind == "SegmentTemplate" and timeline is None and duration <= 0:
        if "$Number" in told.text("media") or "$Time" in told.text("media"):
            note("A SegmentTemplate has neither a duration nor a SegmentTimeline.", first)
        return _named(told, "single", 0, (), ())
    is_list = kind == "SegmentList"
    return _named(
        told, "list" if is_list else "timeline" if timeline is not None else "number", duration, runs, entries
    )


class _Told:
    """Reads an attribute from the innermost element that has it."""

    def __init__(self, chain: list[Element], note: Callable[..., None]) -> None:
        self.chain = chain
        self._note = note

    def text(self, key: str) -> str:
        return next((value for element in self.chain if (value := element.get(key)) is not None), "")

    def whole(self, key: str, default: int) -> int:
        for element in self.chain:
            if (text := element.get(key)) is not None:
                value = whole(text)
                if value is None:
                    self._note(f"{key} {text[:40]!r} is no whole number.", element)
                    return default
                return value
        return default

    def real(self, key: str) -> float:
        value = real(self.text(key) or "0")
        return 0.0 if value is None else value

    def child(self, tag: str) -> Element | None:
        return next((one for element in self.chain if (one := kid(element, tag)) is not None), None)


def _named(told: _Told, kind: str, duration: int, runs: tuple[Run, ...], entries: tuple[Entry, ...]) -> Addressing:
    init = told.child("Initialization")
    timescale = told.whole("timescale", 1)
    end = told.text("endNumber")
    if timescale <= 0:
        raise BadMpd(f"A timescale of {timescale} makes no time.", line_of(told.chain[0]))
    late = told.real("availabilityTimeOffset")
    return Addressing(
        kind=kind,
        timescale=timescale,
        duration=duration,
        start_number=told.whole("startNumber", 1),
        end_number=whole(end) if end else None,
        offset=told.whole("presentationTimeOffset", 0),
        media=told.text("media"),
        initialization=told.text("initialization") or (init.get("sourceURL", "") if init is not None else ""),
        init_range=init.get("range", "") if init is not None else "",
        index_range=told.text("indexRange"),
        is_chunked=told.text("availabilityTimeComplete").strip() == "false",
        availability_offset_s=late if late == math.inf or abs(late) < 1e9 else 0.0,
        runs=runs,
        ends=tuple(accumulate(run.count for run in runs)),
        entries=entries,
        line=line_of(told.chain[0]),
    )


def _single(told: _Told) -> Addressing:
    return _named(told, "single", 0, (), ())


def _entries(told: _Told) -> tuple[Entry, ...]:
    for element in told.chain:
        urls = list(kids(element, "SegmentURL"))
        if len(urls) > _MOST_ENTRIES:
            raise BadMpd(f"A SegmentList has more than {_MOST_ENTRIES} entries.", line_of(element))
        if urls:
            return tuple(Entry(one.get("media", ""), one.get("mediaRange", "")) for one in urls)
    return ()


def _runs(timeline: Element, told: _Told, note: Callable[..., None]) -> tuple[Run, ...]:
    """Return the runs of a SegmentTimeline; r=-1 reaches to the next S@t or stays open (5.3.9.6)."""
    rows = [_row(element, note) for element in kids(timeline, "S")]
    rows = [row for row in rows if row is not None]
    runs: list[Run] = []
    at, total = 0, 0
    for number, row in enumerate(rows):
        if row is None:
            continue
        start, duration, repeat, line = row
        at = at if start is None else start
        count = repeat + 1
        if repeat < 0:
            after = rows[number + 1] if number + 1 < len(rows) else None
            until = after[0] if after else None
            count = OPEN_END if until is None else max(-(-(until - at) // duration), 1)
        total += max(count, 1)
        if total > _MOST_SEGMENTS:
            raise BadMpd(f"A SegmentTimeline lists more than {_MOST_SEGMENTS} segments.", line)
        runs.append(Run(at, duration, count, line))
        at = runs[-1].end
    return tuple(runs)


def _row(element: Element, note: Callable[..., None]) -> tuple[int | None, int, int, int] | None:
    get = element.get
    start, duration, repeat = get("t"), whole(get("d", "")), whole(get("r", "0"))
    at = whole(start) if start is not None else None
    if get("p") is not None:
        note("An S element uses a Pattern, which is not followed here.", element, Severity.WARNING)
        return None
    if duration is None or duration <= 0 or repeat is None or (start is not None and at is None):
        note("An S element has no usable t, d and r.", element)
        return None
    return at, duration, max(repeat, -1), line_of(element)
