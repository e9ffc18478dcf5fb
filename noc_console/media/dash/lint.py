"""What is wrong with one MPD by itself."""

from __future__ import annotations

from collections.abc import Iterator

from noc_console.media.dash.cues import is_scte35
from noc_console.media.dash.model import OPEN_END, Addressing, Cue, Flaw, Mpd, Period
from noc_console.media.dash.rungs import ladder
from noc_console.media.dash.scte35 import read_section
from noc_console.media.dash.segments import runs_of
from noc_console.model import Expected, Finding

# a rounded edge between two runs is no hole a player can see
_ROUNDING_S = 0.002
_SHORT_S = 0.5
_CUE_TOLERANCE_S = 1.0
_HDR = (16, 18)
_HDR_CODECS = ("dvh1", "dvhe", "dav1")


def lint(mpd: Mpd, expected: Expected | None = None, at: float | None = None) -> tuple[Finding, ...]:
    """Return what one MPD shows by itself; `at` (Unix seconds) judges a live one against the time."""
    found = [
        *(
            Finding("dash-mpd-parse-error", flaw.text, {"line": flaw.line}, severity=flaw.severity)
            for flaw in mpd.flaws
        ),
        *_live(mpd, at),
        *_periods(mpd),
        *(one for period in mpd.periods for one in _timelines(period)),
        *(one for period in mpd.periods for one in _events(period)),
        *_sets(mpd, expected or Expected()),
        *_expected(mpd, expected),
    ]
    return tuple(found)


def _flaw(flaw: Flaw) -> Finding:
    return Finding("dash-mpd-parse-error", flaw.text, {"line": flaw.line}, severity=flaw.severity)


def _live(mpd: Mpd, at: float | None) -> Iterator[Finding]:
    if not mpd.is_dynamic:
        return
    where = {"line": mpd.line}
    if not mpd.utc_timings:
        yield Finding("dash-utctiming-missing", "The live MPD names no UTCTiming source.", where)
    if mpd.delay_s is not None and mpd.window_s is not None and mpd.delay_s >= mpd.window_s > 0:
        text = f"suggestedPresentationDelay {mpd.delay_s:.1f} s leaves nothing of the {mpd.window_s:.1f} s buffer."
        yield Finding("dash-spd-unusable", text, where)
    if at is None:
        return
    yield from _ended(mpd, at)
    yield from _window(mpd, at)


def _ended(mpd: Mpd, at: float) -> Iterator[Finding]:
    """Judge an MPD served after its end (IOP 11, 12)."""
    where = {"line": mpd.line}
    if mpd.available_until is not None and at > mpd.available_until:
        late = at - mpd.available_until
        yield Finding("dash-mpd-expired-served", f"The MPD ended {late:.0f} s ago and is still served.", where)
    elif mpd.available_from is not None and mpd.duration_s is not None:
        over = at - mpd.available_from - mpd.duration_s
        if over > (mpd.max_segment_s or mpd.segment_s):
            text = f"The presentation ended {over:.0f} s ago and the MPD is still dynamic."
            yield Finding("dash-end-not-fixed", text, where)


def _window(mpd: Mpd, at: float) -> Iterator[Finding]:
    """Judge whether the references cover the time-shift buffer (IOP 7); templates cover it by themselves."""
    if mpd.window_s is None or mpd.available_from is None:
        return
    for kind in ("video", "audio"):
        spans = [
            span
            for period in mpd.periods
            for one in period.sets
            if one.kind == kind and one.representations
            if (span := _span(mpd, period, one.representations[0].addressing, at))
        ]
        if not spans or len(spans) < sum(1 for period in mpd.periods if period.sets):
            continue
        oldest, newest = min(span[0] for span in spans), max(span[1] for span in spans)
        begin = min((period.start_s for period in mpd.periods if period.start_s is not None), default=0.0)
        wanted = min(mpd.window_s, newest - begin)
        missing = wanted - (newest - oldest) - mpd.segment_s
        if missing > _ROUNDING_S:
            covered = newest - oldest
            text = f"The {kind} references cover {covered:.1f} s of a time-shift buffer of {mpd.window_s:.1f} s."
            yield Finding("dash-timeshift-short", text, {"line": mpd.line})


def _span(mpd: Mpd, period: Period, addressing: Addressing, at: float) -> tuple[float, float] | None:
    if addressing.kind != "timeline" or period.start_s is None:
        return None
    runs = runs_of(mpd, period, addressing, at)
    if not runs:
        return None
    origin = period.start_s - addressing.offset / addressing.timescale
    return origin + runs[0].start / addressing.timescale, origin + runs[-1].end / addressing.timescale


def _periods(mpd: Mpd) -> Iterator[Finding]:
    for number, period in enumerate(mpd.periods):
        where = {"line": period.line}
        name = period.id or str(number + 1)
        if period.duration_s is not None and not period.xlink:
            if period.duration_s <= 0:
                yield Finding("dash-period-zero", f"Period {name} lasts no time at all.", where)
            elif period.duration_s < _SHORT_S:
                text = f"Period {name} lasts {period.duration_s * 1000:.0f} ms, shorter than 500 ms."
                yield Finding("dash-period-short", text, where)
        if number:
            yield from _joint(mpd.periods[number - 1], period, name)


def _joint(before: Period, period: Period, name: str) -> Iterator[Finding]:
    if before.start_s is None or before.declared_duration_s is None or period.declared_start_s is None:
        return
    hole = period.declared_start_s - before.start_s - before.declared_duration_s
    if abs(hole) > _ROUNDING_S:
        word = "gap" if hole > 0 else "overlap"
        text = f"There is a {word} of {abs(hole):.3f} s before period {name}."
        yield Finding("dash-period-gap", text, {"line": period.line})


def _timelines(period: Period) -> Iterator[Finding]:
    """Judge each time line once, however many representations share it (IOP 1)."""
    seen: set[int] = set()
    for one in period.sets:
        for rep in one.representations:
            if id(rep.addressing) in seen:
                continue
            seen.add(id(rep.addressing))
            yield from _holes(rep.addressing, rep.id)


def _holes(addressing: Addressing, rep_id: str) -> Iterator[Finding]:
    gaps: list[tuple[float, int]] = []
    laps: list[tuple[float, int]] = []
    for before, run in zip(addressing.runs, addressing.runs[1:], strict=False):
        if before.count == OPEN_END:
            continue
        hole = (run.start - before.end) / addressing.timescale
        if abs(hole) > _ROUNDING_S:
            (gaps if hole > 0 else laps).append((abs(hole), run.line))
    for name, word, places in (("dash-timeline-gap", "hole", gaps), ("dash-timeline-overlap", "overlap", laps)):
        if places:
            most, line = max(places)
            text = f"The SegmentTimeline has {len(places)} {word}{'s' * (len(places) > 1)}, the largest {most:.3f} s."
            yield Finding(name, text, {"line": line, "representation": rep_id}, len(places))


def _events(period: Period) -> Iterator[Finding]:
    for stream in period.cue_streams:
        if not is_scte35(stream.scheme):
            continue
        for cue in stream.cues:
            if fault := _cue_fault(cue):
                yield Finding("dash-event-invalid", f"SCTE-35 event {cue.id or '?'}: {fault}.", {"line": cue.line})


def _cue_fault(cue: Cue) -> str:
    if not cue.has_message:
        return "it carries no message"
    if not cue.payload:
        return ""
    splice = read_section(cue.payload)
    if splice.fault:
        return splice.fault
    if cue.duration_s is not None and splice.break_s is not None:
        apart = abs(cue.duration_s - splice.break_s)
        if apart > _CUE_TOLERANCE_S:
            return f"it lasts {cue.duration_s:.1f} s, its message says {splice.break_s:.1f} s"
    return ""


def _sets(mpd: Mpd, expected: Expected) -> Iterator[Finding]:
    """Judge that no period lacks audio or video that the channel has (operator)."""
    periods = [period for period in mpd.periods if period.sets and not period.xlink]
    has = [{one.kind for one in period.sets if one.representations} for period in periods]
    for kind in ("audio", "video"):
        wants = any(kind in kinds for kinds in has) or (kind == "audio" and bool(expected.audio_languages))
        if not wants or any(_is_muxed(period) for period in periods):
            continue
        for period, kinds in zip(periods, has, strict=True):
            if kind not in kinds:
                text = f"Period {period.id or '?'} has no {kind}."
                yield Finding("dash-audio-missing", text, {"line": period.line})


def _is_muxed(period: Period) -> bool:
    return any("mp4a" in rep.codecs and "," in rep.codecs for one in period.sets for rep in one.representations)


def _expected(mpd: Mpd, expected: Expected | None) -> Iterator[Finding]:
    if expected is None or not mpd.periods:
        return
    where = {"line": mpd.periods[-1].line}
    rungs = ladder(mpd)
    labels = {rung.label for rung in rungs}
    for label in expected.rungs:
        if rungs and label not in labels:
            text = f"The expected rung {label} is not offered."
            yield Finding("dash-representation-missing", text, {**where, "rung": label})
    spoken = {rung.language for rung in rungs if rung.kind == "audio"}
    if spoken:
        for language in expected.audio_languages:
            if language not in spoken:
                text = f"The expected audio in {language!r} is not offered."
                yield Finding("dash-audio-missing", text, {**where, "language": language})
    if expected.is_hdr and rungs and not any(_is_hdr(mpd.periods[-1], number) for number in _HDR):
        yield Finding("dash-hdr-signalling-missing", "No video signals PQ or HLG transfer.", where)


def _is_hdr(period: Period, transfer: int) -> bool:
    return any(
        rep.transfer == transfer or rep.codecs.startswith(_HDR_CODECS)
        for one in period.sets
        if one.kind == "video"
        for rep in one.representations
    )
