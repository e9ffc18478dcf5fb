"""Hand-made live MPDs for the DASH tests: 2 s segments from a fixed start, one knob per argument."""

from __future__ import annotations

from noc_console.media.dash import Mpd, parse

AST = 1_700_000_000.0
AST_TEXT = "2023-11-14T22:13:20Z"
URL = "http://origin.example/live/one/manifest.mpd"
TIMING = '<UTCTiming schemeIdUri="urn:mpeg:dash:utc:http-iso:2014" value="/time"/>'


def timeline(first: int, last: int, *, step: int = 180_000, skip: tuple[int, ...] = ()) -> str:
    """S elements of segments first..last, each with its own @t."""
    return "".join(f'<S t="{n * step}" d="{step}"/>' for n in range(first, last + 1) if n not in skip)


def template(inner: str, *, media: str = "$RepresentationID$/$Time$.m4s", more: str = "") -> str:
    init = 'initialization="$RepresentationID$/init.mp4"'
    return (
        f'<SegmentTemplate timescale="90000" {init} media="{media}" {more}>'
        f"<SegmentTimeline>{inner}</SegmentTimeline></SegmentTemplate>"
    )


def numbers(*, seconds: float = 2.0, more: str = 'startNumber="0"') -> str:
    init = 'initialization="$RepresentationID$/init.mp4"'
    media = 'media="$RepresentationID$/$Number%05d$.m4s"'
    return f'<SegmentTemplate timescale="1000" {init} {media} duration="{seconds * 1000:.0f}" {more}/>'


def video(addressing: str, *, ids: tuple[str, ...] = ("v1", "v2"), more: str = "") -> str:
    reps = "".join(
        f'<Representation id="{name}" bandwidth="{(n + 1) * 1_000_000}" codecs="avc1.640028" width="{(n + 1) * 640}" '
        f'height="{(n + 1) * 360}" frameRate="25"/>'
        for n, name in enumerate(ids)
    )
    return f'<AdaptationSet id="1" contentType="video" mimeType="video/mp4">{more}{addressing}{reps}</AdaptationSet>'


def audio(addressing: str, *, language: str = "en") -> str:
    rep = '<Representation id="a1" bandwidth="128000" codecs="mp4a.40.2"/>'
    head = f'<AdaptationSet id="2" contentType="audio" mimeType="audio/mp4" lang="{language}">'
    return f"{head}{addressing}{rep}</AdaptationSet>"


def period(*sets: str, name: str = "p1", start: str = "PT0S", more: str = "") -> str:
    return f'<Period id="{name}" start="{start}" {more}>{"".join(sets)}</Period>'


def text(
    *periods: str,
    published: str = "2023-11-14T22:14:20Z",
    start: str = AST_TEXT,
    update: str = 'minimumUpdatePeriod="PT2S"',
    window: str = 'timeShiftBufferDepth="PT20S"',
    more: str = "",
    after: str = TIMING,
) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="dynamic" '
        f'profiles="urn:mpeg:dash:profile:isoff-live:2011" availabilityStartTime="{start}" '
        f'publishTime="{published}" {update} {window} minBufferTime="PT2S" {more}>\n'
        + "".join(periods)
        + after
        + "</MPD>"
    )


def live(*periods: str, **knobs: str) -> Mpd:
    return parse(text(*periods, **knobs).encode(), URL)


def listed(first: int, last: int, **knobs: str) -> Mpd:
    """A live MPD whose video and audio list the segments first..last."""
    return live(period(video(template(timeline(first, last))), audio(template(timeline(first, last)))), **knobs)
