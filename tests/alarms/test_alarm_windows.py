"""Maintenance windows: open once or again and again, in local time, and what they hide."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from alarm_stage import BOOK, CHANNEL, INPUT, STALE, kinds, look, whys
from hypothesis import given
from hypothesis import strategies as st

from noc_console.alarms.engine import Change, Engine
from noc_console.alarms.maintenance import Slot, Window, checked
from noc_console.alarms.plan_wire import window_json, window_of
from noc_console.alarms.targets import Subject, Target
from noc_console.errors import KnownError
from noc_console.model import Finding, Layer

EVERYTHING = Target(is_everything=True)
SUBJECT = Subject(1, frozenset({"sport", "region:HN"}), "local", 2, "STALE_PLAYLIST")


def at(text: str, zone: str = "UTC") -> float:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()


def weekly(zone: str = "UTC", **more: object) -> Window:
    slots = (Slot("02:00", "04:00", weekdays=(6,)),)
    return replace(Window(1, "Sunday works", EVERYTHING, slots=slots, zone=zone), **more)


@pytest.mark.parametrize(
    ("target", "fits"),
    [
        pytest.param(Target(), False, id="nothing named fits nothing"),
        pytest.param(EVERYTHING, True, id="everything"),
        pytest.param(Target(labels=("sport", "news")), True, id="one label of several"),
        pytest.param(Target(labels=("news",)), False, id="another label"),
        pytest.param(Target(channels=(1,), layers=(2, 3)), True, id="channel and layer"),
        pytest.param(Target(channels=(1,), layers=(4,)), False, id="channel, but another layer"),
        pytest.param(Target(regions=("HN",)), True, id="region by label"),
        pytest.param(Target(regions=("HCM",)), False, id="another region"),
        pytest.param(Target(agents=("local",), alarm_types=("STALE_PLAYLIST",)), True, id="agent and type"),
        pytest.param(Target(alarm_types=("HTTP_5XX",)), False, id="another type"),
    ],
)
def test_a_target_fits_when_one_of_each_kind_named_does(target: Target, fits: bool) -> None:
    assert target.fits(SUBJECT) is fits


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        pytest.param("2026-11-22T01:59:59", False, id="Sunday, too early"),
        pytest.param("2026-11-22T02:00:00", True, id="Sunday, begun"),
        pytest.param("2026-11-22T04:00:00", False, id="Sunday, over"),
        pytest.param("2026-11-23T03:00:00", False, id="Monday"),
    ],
)
def test_a_weekly_slot_is_open_in_local_time(moment: str, is_open: bool) -> None:
    zone = "Asia/Ho_Chi_Minh"
    assert weekly(zone).is_open(at(moment, zone)) is is_open
    assert weekly(zone).is_open(at(moment, "UTC") - 7 * 3600) is is_open


def test_a_slot_over_midnight_ends_on_the_next_day() -> None:
    night = Window(1, "night", EVERYTHING, slots=(Slot("22:00", "03:00", weekdays=(4,)),))
    assert [night.is_open(at(t)) for t in ("2026-11-20T23:00", "2026-11-21T02:59", "2026-11-21T03:00")] == [
        True,
        True,
        False,
    ]


def test_the_night_the_clocks_change_is_an_hour_shorter_or_longer() -> None:
    berlin = weekly("Europe/Berlin", slots=(Slot("01:00", "05:00", weekdays=(6,)),))
    (spring,) = berlin.spans(at("2026-03-28T12:00"), at("2026-03-29T12:00"))
    (autumn,) = berlin.spans(at("2026-10-24T12:00"), at("2026-10-25T12:00"))
    (plain,) = berlin.spans(at("2026-06-06T12:00"), at("2026-06-07T12:00"))
    assert [(end - start) / 3600 for start, end in (spring, autumn, plain)] == [3.0, 5.0, 4.0]


@pytest.mark.parametrize(
    ("slot", "days"),
    [
        pytest.param(Slot("02:00", "03:00", weekdays=(1,), weeks=(1,)), [3], id="first Tuesday"),
        pytest.param(Slot("02:00", "03:00", weekdays=(6,), weeks=(-1,)), [29], id="last Sunday"),
        pytest.param(Slot("02:00", "03:00", month_days=(1, 15)), [1, 15], id="days of the month"),
        pytest.param(Slot("02:00", "03:00", month_days=(-1,)), [30], id="last day"),
    ],
)
def test_monthly_slots_fall_on_their_days(slot: Slot, days: list[int]) -> None:
    window = Window(1, "monthly", EVERYTHING, slots=(slot,))
    spans = window.spans(at("2026-11-01T00:00"), at("2026-12-01T00:00"))
    assert [datetime.fromtimestamp(start, ZoneInfo("UTC")).day for start, _ in spans] == days


def test_several_slots_are_open_each_in_its_time() -> None:
    window = weekly(slots=(Slot("02:00", "04:00", weekdays=(6,)), Slot("03:00", "05:00", weekdays=(2,))))
    assert window.is_open(at("2026-11-25T04:30")) and window.is_open(at("2026-11-22T02:30"))
    assert window.next_turn(at("2026-11-22T02:30")) == at("2026-11-22T04:00")


@given(st.floats(1.79e9, 1.82e9))
def test_a_window_turns_exactly_when_it_says(moment: float) -> None:
    window = weekly("Europe/Berlin")
    turn = window.next_turn(moment)
    assert turn > moment
    assert all(window.is_open(moment) == window.is_open(moment + (turn - moment) * part) for part in (0.3, 0.999))


@pytest.mark.parametrize(
    ("window", "sentence"),
    [
        pytest.param(Window(1, "x", Target(), end=5.0), "what the window is about", id="no target"),
        pytest.param(Window(1, "x", EVERYTHING, start=9.0, end=5.0), "ends before", id="backwards"),
        pytest.param(Window(1, "x", EVERYTHING), "needs an end", id="works for ever"),
        pytest.param(weekly("Mars/Olympus"), "no time zone", id="unknown zone"),
        pytest.param(weekly(slots=(Slot("25:00", "26:00"),)), "not a time of day", id="no such hour"),
    ],
)
def test_a_window_that_makes_no_sense_is_refused_with_a_sentence(window: Window, sentence: str) -> None:
    with pytest.raises(KnownError, match=sentence):
        checked(window)


def test_a_window_survives_its_json() -> None:
    for window in (weekly("Asia/Ho_Chi_Minh", reason="cabling"), Window(2, "once", SPORT, start=1.0, end=9.0)):
        assert window_of(window_json(window)) == window


SPORT = Target(labels=("sport",))
SPORT_CHANNEL = replace(CHANNEL, labels=("sport",))


def engine_with(*windows: Window, moment: float = 0.0) -> Engine:
    engine = Engine()
    engine.configure([SPORT_CHANNEL], BOOK, moment)
    engine.hiding.plan(windows, moment)
    return engine


def settled(engine: Engine, changes: list[Change], moment: float) -> list[Change]:
    return engine.settle(changes, moment)


def test_an_alarm_raised_in_a_window_says_so_in_its_own_event() -> None:
    engine = engine_with(Window(1, "works", SPORT, start=0.0, end=100.0))
    said = settled(engine, engine.judge(look(10.0, STALE)), 10.0)
    assert kinds(said) == ["AlarmRaised"]
    (alarm,) = engine.alarms.values()
    assert (alarm.state, alarm.hidden_by) == ("out_of_service", ("maintenance 1: works",))
    assert said[0].event is not None and said[0].event.data["alarm"]["maintenance_id"] == 1


def test_what_a_window_hid_is_shown_when_it_ends() -> None:
    engine = engine_with(Window(1, "works", SPORT, start=0.0, end=100.0))
    settled(engine, engine.judge(look(10.0, STALE)), 10.0)
    engine.judge(look(95.0, STALE))
    assert kinds(engine.sweep(99.0)) == []
    said = engine.sweep(100.0)
    assert (kinds(said), whys(said)) == (["AlarmReleased"], ["maintenance"])
    assert next(iter(engine.alarms.values())).state == "unacknowledged"


def test_an_open_alarm_goes_out_of_service_when_the_window_begins() -> None:
    engine = engine_with(Window(1, "works", SPORT, start=50.0, end=100.0))
    settled(engine, engine.judge(look(10.0, STALE)), 10.0)
    assert kinds(engine.sweep(50.0)) == ["AlarmSuppressed"]
    assert engine.hiding.hidden_by(engine.hiding.calendar.windows[0]) == [1]


def test_a_suppression_by_design_holds_while_another_alarm_is_open() -> None:
    rule = Window(3, "no sound without picture", SPORT, kind="suppression", while_type="ABR_SEGMENT_MISSING")
    rule = replace(rule, target=Target(labels=("sport",), alarm_types=("STALE_PLAYLIST",)))
    engine = engine_with(rule)
    settled(engine, engine.judge(look(10.0, STALE)), 10.0)
    missing = Finding("hls-segment-missing", "Segment 7 is listed but not there (404).")
    said = settled(engine, engine.judge(look(12.0, missing, scope="segment/a")), 12.0)
    assert "AlarmSuppressed" in kinds(said)
    stale = next(alarm for alarm in engine.alarms.values() if alarm.alarm_type == "STALE_PLAYLIST")
    assert stale.suppressed_by == 3
    for n in range(3):
        said = settled(engine, engine.judge(look(20.0 + n, scope="segment/a")), 20.0 + n)
    assert "AlarmReleased" in kinds(said)


def test_other_channels_are_not_hidden() -> None:
    engine = Engine()
    engine.configure([CHANNEL], BOOK, 0.0)
    engine.hiding.plan([Window(1, "works", SPORT, start=0.0, end=100.0)], 0.0)
    settled(engine, engine.judge(look(10.0, STALE)), 10.0)
    assert next(iter(engine.alarms.values())).hidden_by == ()
    assert INPUT.layer is Layer.PACKAGER
