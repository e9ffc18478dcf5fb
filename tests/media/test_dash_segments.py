"""The live edge, windows, addresses and availability times of every way to address segments."""

from __future__ import annotations

import math

import pytest
from dash_making import AST, audio, listed, live, numbers, period, template, text, timeline, video

from noc_console.media.dash import edge, ladder, offers, parse, segments
from noc_console.media.dash.segments import count, fill, next_available_at


@pytest.mark.parametrize(
    ("at", "numbers_there"),
    [
        pytest.param(AST + 1.99, [], id="the first one is not finished"),
        pytest.param(AST + 2.0, [0], id="the first one is finished"),
        pytest.param(AST + 7.5, [0, 1, 2], id="three are finished"),
        pytest.param(AST + 100.0, list(range(40, 50)), id="a window of 20 s"),
    ],
)
def test_a_number_template_offers_what_is_finished_within_the_window(at: float, numbers_there: list[int]) -> None:
    mpd = live(period(video(numbers())))
    found = segments(mpd, mpd.periods[0], mpd.each()[0], at)
    assert [one.number for one in found] == numbers_there
    assert count(mpd, mpd.periods[0], mpd.each()[0], at) == len(numbers_there)


def test_addresses_are_filled_in() -> None:
    mpd = live(period(video(numbers(), ids=("hi",))))
    newest = segments(mpd, mpd.periods[0], mpd.each()[0], AST + 20, limit=1)[0]
    assert newest.url == "http://origin.example/live/one/hi/00009.m4s"
    assert newest.available_at == AST + 20


@pytest.mark.parametrize(
    ("pattern", "filled"),
    [
        ("$Number$.m4s", "42.m4s"),
        ("$Number%06d$.m4s", "000042.m4s"),
        ("$RepresentationID$/$Time$-$Bandwidth$", "v/900-1000000"),
        ("a$$b$Number$", "a$b42"),
        ("$Unknown$-$Number$", "$Unknown$-42"),
    ],
)
def test_identifiers_of_a_template(pattern: str, filled: str) -> None:
    rep = live(period(video(numbers(), ids=("v",)))).each()[0]
    assert fill(pattern, rep, 42, 900) == filled


def test_an_availability_offset_brings_segments_forward() -> None:
    mpd = live(period(video(numbers(more='startNumber="0" availabilityTimeOffset="1.5"'))))
    newest = segments(mpd, mpd.periods[0], mpd.each()[0], AST + 8.5, limit=1)[0]
    assert (newest.number, newest.available_at) == (4, AST + 8.5)


def test_an_infinite_availability_offset_is_no_trap() -> None:
    mpd = live(period(video(numbers(more='startNumber="0" availabilityTimeOffset="INF"'))))
    assert segments(mpd, mpd.periods[0], mpd.each()[0], AST + 8, limit=1)[0].available_at == AST


def test_the_next_segment_is_due_when_it_ends() -> None:
    mpd = live(period(video(numbers())))
    assert next_available_at(mpd, mpd.periods[0], mpd.each()[0], AST + 7.5) == pytest.approx(AST + 8)


def test_nothing_is_due_behind_the_end_of_a_period() -> None:
    mpd = live(period(video(numbers()), more='duration="PT6S"'))
    assert next_available_at(mpd, mpd.periods[0], mpd.each()[0], AST + 7.5) is None


def test_the_end_number_ends_a_template() -> None:
    mpd = live(period(video(numbers(more='startNumber="1" endNumber="3"'))))
    assert [one.number for one in segments(mpd, mpd.periods[0], mpd.each()[0], AST + 60)] == []
    assert [one.number for one in segments(mpd, mpd.periods[0], mpd.each()[0], AST + 8)] == [1, 2, 3]


def test_a_timeline_offers_what_it_lists_with_its_offset_taken_off() -> None:
    inner = template(timeline(100, 104), more='presentationTimeOffset="18000000"')
    mpd = live(period(video(inner)))
    found = segments(mpd, mpd.periods[0], mpd.each()[0], AST + 10)
    assert [one.start_s for one in found] == [0, 2, 4, 6, 8]
    assert found[0].url.endswith("/v1/18000000.m4s")
    assert found[0].available_at == AST + 2


def test_repeats_reach_to_the_next_s_or_to_now() -> None:
    inner = template('<S t="0" d="180000" r="-1"/><S t="900000" d="90000" r="-1"/>')
    mpd = live(period(video(inner)))
    lengths = [one.duration_s for one in segments(mpd, mpd.periods[0], mpd.each()[0], AST + 13.5)]
    assert lengths == [2.0] * 5 + [1.0] * 3


def test_repeats_of_a_static_mpd_reach_to_the_end_of_its_period() -> None:
    body = text(period(video(template('<S t="0" d="180000" r="-1"/>')), more='duration="PT7S"'))
    mpd = parse(body.replace('type="dynamic"', 'type="static"').encode(), "http://h/x.mpd")
    assert count(mpd, mpd.periods[0], mpd.each()[0], 0.0) == 4


def test_a_segment_list_is_bounded_by_its_entries() -> None:
    urls = "".join(f'<SegmentURL media="{n}.m4s" mediaRange="{n}-9"/>' for n in range(3))
    inner = f'<SegmentList timescale="1000" duration="2000" startNumber="1">{urls}</SegmentList>'
    body = text(period(video(inner), more='duration="PT60S"')).replace('type="dynamic"', 'type="static"')
    mpd = parse(body.encode(), "http://h/x.mpd")
    found = segments(mpd, mpd.periods[0], mpd.each()[0], 0.0)
    assert [one.url for one in found] == ["http://h/0.m4s", "http://h/1.m4s", "http://h/2.m4s"]
    assert found[1].byte_range == "1-9"


def test_after_gives_only_what_starts_later() -> None:
    mpd = listed(0, 9)
    found = segments(mpd, mpd.periods[0], mpd.each()[0], AST + 60, after_s=12.0)
    assert [one.start_s for one in found] == [14, 16, 18]


def test_the_edge_is_that_of_the_newest_period_with_video() -> None:
    first = period(video(template(timeline(0, 4))), more='duration="PT10S"')
    second = period(video(template(timeline(0, 1))), name="p2", start="PT10S")
    assert edge(live(first, second), AST + 60) == pytest.approx(14.0)


def test_a_file_without_a_time_has_an_edge_only_where_it_is_listed() -> None:
    assert edge(listed(0, 4), -math.inf) == pytest.approx(10.0)
    assert edge(live(period(video(numbers()))), -math.inf) is None


def test_the_last_segment_of_a_period_says_so() -> None:
    mpd = live(period(video(numbers()), more='duration="PT5S"'))
    found = segments(mpd, mpd.periods[0], mpd.each()[0], AST + 6)
    assert [(one.duration_s, one.is_last_of_period) for one in found] == [(2, False), (2, False), (1, True)]


def test_the_ladder_is_that_of_the_newest_period() -> None:
    mpd = live(period(video(numbers()), audio(numbers(), language="vi")))
    assert [rung.label for rung in ladder(mpd)] == ["360p25@1.0M", "720p25@2.0M", "audio-vi@128k"]
    assert [offer.representation.id for offer in offers(mpd.periods[0])] == ["v1", "v2", "a1"]
