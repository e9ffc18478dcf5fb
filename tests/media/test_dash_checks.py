"""Segments against the MPD that lists them: decode time, edges, declared bandwidth."""

from __future__ import annotations

from pathlib import Path

import pytest
from dash_making import AST, audio, live, numbers, period, template, timeline, video

from noc_console.media.container import Head, Track, look
from noc_console.media.dash import Mpd, offers, parse, segments
from noc_console.media.dash.checks import Bucket, exceeded, judge


def head(start: float, length: float = 2.0, *, samples: int = 50, earliest: float | None = None) -> Head:
    ticks = round(start * 90_000)
    early = ticks if earliest is None else round(earliest * 90_000)
    track = Track(1, "video", "avc1", 90_000, ticks, early, start, start + length, length, samples)
    return Head("fmp4", 1000, (track,))


def judged(mpd: Mpd, one: Head) -> list[str]:
    offer = offers(mpd.periods[0])[0]
    segment = segments(mpd, mpd.periods[0], offer.representation, AST + 20, limit=1)[0]
    assert segment.start_s == 18.0
    return [finding.id for finding in judge(mpd, offer, segment, one)]


LISTED = live(period(video(template(timeline(0, 9)))))
NUMBERED = live(period(video(numbers())))


@pytest.mark.parametrize(
    ("one", "found"),
    [
        pytest.param(head(18.0), [], id="as listed"),
        pytest.param(head(18.04), [], id="one frame later"),
        pytest.param(head(18.05), ["dash-tfdt-mismatch"], id="more than one frame later"),
        pytest.param(head(17.9), ["dash-tfdt-mismatch"], id="earlier"),
        pytest.param(head(17.9, earliest=18.0), [], id="the earliest presentation is as listed"),
    ],
)
def test_a_time_line_tells_the_time_within_one_frame(one: Head, found: list[str]) -> None:
    assert judged(LISTED, one) == found


@pytest.mark.parametrize(
    ("one", "found"),
    [
        pytest.param(head(18.0), [], id="nominal"),
        pytest.param(head(18.9, 1.9), [], id="less than half a segment off"),
        pytest.param(head(19.2), ["dash-segment-edge-off"], id="more than half a segment off"),
        pytest.param(head(18.0, 3.5), ["dash-segment-edge-off"], id="too long"),
    ],
)
def test_simple_addressing_may_be_half_a_segment_off(one: Head, found: list[str]) -> None:
    assert judged(NUMBERED, one) == found


def test_a_segment_without_times_is_not_judged() -> None:
    assert judged(LISTED, Head("fmp4", 10)) == []


@pytest.mark.parametrize(
    ("sizes", "is_exceeded"),
    [
        pytest.param([250_000] * 20, False, id="exactly the declared rate"),
        pytest.param([400_000, 100_000] * 10, False, id="peaks within minBufferTime"),
        pytest.param([300_000] * 16, True, id="20 % more, all the time"),
        pytest.param([270_000] * 900, False, id="8 % more, as containers add"),
        pytest.param([500_000] * 900 + [200_000] * 100, False, id="twice as much once, mended since"),
        pytest.param([800_000], True, id="one huge segment"),
    ],
)
def test_the_declared_bandwidth_must_carry_the_bits(sizes: list[int], is_exceeded: bool) -> None:
    offer = offers(LISTED.periods[0])[0]
    segment = segments(LISTED, LISTED.periods[0], offer.representation, AST + 20, limit=1)[0]
    bucket = Bucket()
    for size in sizes:
        bucket = bucket.fill(size, 2.0, offer.representation.bandwidth_bps)
    assert bool(exceeded(LISTED, offer, segment, bucket)) is is_exceeded


def test_the_rates_are_told_as_declared_and_as_measured() -> None:
    offer = offers(LISTED.periods[0])[0]
    segment = segments(LISTED, LISTED.periods[0], offer.representation, AST + 20, limit=1)[0]
    bucket = Bucket()
    for _ in range(30):
        bucket = bucket.fill(375_000, 2.0, offer.representation.bandwidth_bps)
    (finding,) = exceeded(LISTED, offer, segment, bucket)
    assert finding.text.startswith("Declared 1,000 kbit/s, lately 1,500: a player with ")


def test_real_segments_agree_with_their_time_lines(testdata: Path) -> None:
    """Packaged by three different packagers; no finding is due."""
    judged_segments = 0
    for name in ("cmaf/androidx/multi-segment/manifest.mpd", "dash/shaka/dash-clearkey/dash.mpd"):
        path = testdata / name
        mpd = parse(path.read_bytes(), path.as_uri())
        for offer in offers(mpd.periods[0]):
            for segment in segments(mpd, mpd.periods[0], offer.representation, 0.0):
                file = Path(segment.url.removeprefix("file://"))
                init = Path(_init(mpd, offer.representation))
                if not file.is_file() or not init.is_file():
                    continue
                found = judge(mpd, offer, segment, look(file.read_bytes(), init.read_bytes()))
                assert [finding.text for finding in found] == [], segment.url
                judged_segments += 1
    assert judged_segments > 20


def _init(mpd: Mpd, rep: object) -> str:
    from noc_console.media.dash import init_url

    return init_url(next(one for one in mpd.each() if one is rep)).removeprefix("file://")


def test_audio_is_judged_by_its_audio_track() -> None:
    mpd = live(period(audio(template(timeline(0, 9)))))
    assert judged(mpd, head(18.5)) == []
