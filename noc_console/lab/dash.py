"""Writes a dynamic MPD (ISO/IEC 23009-1) from values, so that a fault is a change of a value."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from xml.sax.saxutils import quoteattr

from noc_console.lab.clock import iso

MPD_TYPE = "application/dash+xml"


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One segment of a SegmentTimeline, in ticks of its set's time scale; `seq` is the lab's own number."""

    seq: int
    time: int
    duration: int


@dataclass(frozen=True, slots=True)
class Representation:
    """One rung of a set; `attributes` are XML attributes in order, beside id and bandwidth."""

    id: str
    bandwidth_bps: int
    attributes: tuple[tuple[str, str], ...] = ()
    inner: str = ""


@dataclass(frozen=True, slots=True)
class AdaptationSet:
    """One set; `timeline` is empty where segments are numbered by `number_duration` ticks."""

    id: int
    attributes: tuple[tuple[str, str], ...]
    timescale: int
    representations: tuple[Representation, ...]
    timeline: tuple[TimelineEntry, ...] = ()
    number_duration: int = 0


@dataclass(frozen=True, slots=True)
class Mpd:
    """A live MPD of one period that began with the availability start time; times in Unix seconds.

    `ends_at` is the availability end time, 0 for none. `timing` is scheme and value of UTCTiming.
    """

    available_from: float
    published_at: float
    update_s: float
    depth_s: float
    delay_s: float
    segment_s: float
    sets: tuple[AdaptationSet, ...]
    timing: tuple[str, str]
    ends_at: float = 0.0

    def text(self) -> str:
        """Return the MPD as served."""
        head = [
            ("xmlns", "urn:mpeg:dash:schema:mpd:2011"),
            ("profiles", "urn:mpeg:dash:profile:isoff-live:2011"),
            ("type", "dynamic"),
            ("availabilityStartTime", iso(self.available_from)),
            ("publishTime", iso(self.published_at)),
            ("minimumUpdatePeriod", _duration(self.update_s)),
            ("timeShiftBufferDepth", _duration(self.depth_s)),
            ("suggestedPresentationDelay", _duration(self.delay_s)),
            ("minBufferTime", _duration(self.segment_s)),
            ("maxSegmentDuration", _duration(self.segment_s)),
        ]
        if self.ends_at:
            head.append(("availabilityEndTime", iso(self.ends_at)))
        lines = [
            '<?xml version="1.0" encoding="UTF-8"?>',
            f"<MPD{_attributes(head)}>",
            '<Period id="1" start="PT0S">',
        ]
        for one in self.sets:
            lines.extend(_set(one))
        lines.append("</Period>")
        scheme, value = self.timing
        lines.append(f"<UTCTiming{_attributes((('schemeIdUri', scheme), ('value', value)))}/>")
        lines.append("</MPD>")
        return "\n".join(lines) + "\n"


def _set(one: AdaptationSet) -> Iterator[str]:
    yield f"<AdaptationSet{_attributes((('id', str(one.id)), *one.attributes))}>"
    template = [("timescale", str(one.timescale)), ("initialization", "$RepresentationID$/init.mp4")]
    if one.number_duration:
        template += [
            ("media", "$RepresentationID$/$Number$.m4s"),
            ("startNumber", "0"),
            ("duration", str(one.number_duration)),
        ]
        yield f"<SegmentTemplate{_attributes(template)}/>"
    else:
        template.append(("media", "$RepresentationID$/t$Time$.m4s"))
        yield f"<SegmentTemplate{_attributes(template)}><SegmentTimeline>"
        yield from _timeline(one.timeline)
        yield "</SegmentTimeline></SegmentTemplate>"
    for rep in one.representations:
        told = (("id", rep.id), ("bandwidth", str(rep.bandwidth_bps)), *rep.attributes)
        yield f"<Representation{_attributes(told)}>{rep.inner}</Representation>"
    yield "</AdaptationSet>"


def _timeline(entries: tuple[TimelineEntry, ...]) -> Iterator[str]:
    """Yield S elements; neighbours of one duration share one, a hole starts a new one with its own @t."""
    at, expected = 0, -1
    while at < len(entries):
        first = entries[at]
        repeat = 0
        while at + repeat + 1 < len(entries) and entries[at + repeat + 1] == TimelineEntry(
            first.seq + repeat + 1, first.time + (repeat + 1) * first.duration, first.duration
        ):
            repeat += 1
        time = f' t="{first.time}"' if first.time != expected else ""
        yield f'<S{time} d="{first.duration}"' + (f' r="{repeat}"/>' if repeat else "/>")
        at += repeat + 1
        expected = entries[at - 1].time + entries[at - 1].duration


def _attributes(pairs: list[tuple[str, str]] | tuple[tuple[str, str], ...]) -> str:
    return "".join(f" {name}={quoteattr(value)}" for name, value in pairs)


def _duration(seconds: float) -> str:
    return f"PT{seconds:.3f}".rstrip("0").rstrip(".") + "S"
