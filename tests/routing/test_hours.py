"""Hours of the day by the clock on the wall of their zone, over midnight and over the change of summer time."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from noc_console.errors import KnownError
from noc_console.routing.hours import parse_hours, parse_zone

SAIGON = ZoneInfo("Asia/Ho_Chi_Minh")
BERLIN = ZoneInfo("Europe/Berlin")


def at(text: str, zone: ZoneInfo = SAIGON) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=zone).timestamp()


@pytest.mark.parametrize(
    ("moment", "inside"),
    [
        pytest.param("2026-11-20T21:59:59", False, id="a second too early"),
        pytest.param("2026-11-20T22:00:00", True, id="begins"),
        pytest.param("2026-11-21T00:00:00", True, id="midnight"),
        pytest.param("2026-11-21T05:59:59", True, id="last second"),
        pytest.param("2026-11-21T06:00:00", False, id="over"),
    ],
)
def test_a_night_goes_over_midnight(moment: str, inside: bool) -> None:
    assert parse_hours("22:00-06:00", (), SAIGON).contains(at(moment)) is inside


def test_a_night_belongs_to_the_day_it_begins() -> None:
    friday_night = parse_hours("22:00-06:00", ("fri",), SAIGON)
    assert friday_night.contains(at("2026-11-21T03:00:00"))  # Saturday morning
    assert not friday_night.contains(at("2026-11-20T03:00:00"))  # Friday morning


def test_the_same_moment_is_night_here_and_day_there() -> None:
    moment = at("2026-11-20T23:00:00", SAIGON)
    assert parse_hours("22:00-06:00", (), SAIGON).contains(moment)
    assert not parse_hours("22:00-06:00", (), BERLIN).contains(moment)


@pytest.mark.parametrize(
    ("begin", "end", "hours"),
    [
        pytest.param("2026-10-24T22:00:00", "2026-10-25T06:00:00", 9, id="clocks go back"),
        pytest.param("2026-03-28T22:00:00", "2026-03-29T06:00:00", 7, id="clocks go forward"),
        pytest.param("2026-06-01T22:00:00", "2026-06-02T06:00:00", 8, id="any other night"),
    ],
)
def test_a_night_ends_by_the_clock_on_the_wall(begin: str, end: str, hours: int) -> None:
    night = parse_hours("22:00-06:00", (), BERLIN)
    began = at(begin, BERLIN)
    assert night.end_after(began) == at(end, BERLIN)
    assert night.end_after(began) - began == hours * 3600


def test_outside_the_hours_nothing_is_waited_for() -> None:
    noon = at("2026-11-20T12:00:00")
    assert parse_hours("22:00-06:00", (), SAIGON).end_after(noon) == noon


def test_spans_of_days_go_over_the_weekend() -> None:
    assert parse_hours("00:00-24:00", ("sat-mon",), SAIGON).days == {5, 6, 0}


@pytest.mark.parametrize(
    ("text", "days", "sentence"),
    [
        ("22-06", (), "is no span of hours"),
        ("23:00-24:30", (), "beyond 24:00"),
        ("08:00-18:00", ("someday",), "is no day"),
    ],
)
def test_what_makes_no_sense_is_one_sentence(text: str, days: tuple[str, ...], sentence: str) -> None:
    with pytest.raises(KnownError, match=sentence):
        parse_hours(text, days, SAIGON)


def test_an_unknown_zone_is_named() -> None:
    with pytest.raises(KnownError, match="no time zone 'Saigon'"):
        parse_zone("Saigon")
