"""The states of ISA-18.2, played by hand: who answered, what latches, what lies on a shelf, what flaps."""

from __future__ import annotations

import pytest
from alarm_stage import CHANNEL, MISSING, STALE, kinds, look, started, whys

from noc_console.alarms.alarm import Alarm
from noc_console.alarms.commands import Refused
from noc_console.alarms.engine import Engine
from noc_console.alarms.wire import from_json, to_json

HOUR = 3600.0


@pytest.fixture
def engine() -> Engine:
    return started()


def only(engine: Engine) -> Alarm:
    (alarm,) = engine.alarms.values()
    return alarm


def missing(engine: Engine, at: float = 0.0) -> Alarm:
    """A critical alarm."""
    engine.judge(look(at, MISSING, scope="segment/720p"))
    return only(engine)


def mended(engine: Engine, at: float) -> list[str]:
    return [kind for n in range(3) for kind in kinds(engine.judge(look(at + 6.0 * n, scope="segment/720p")))]


def test_a_critical_alarm_tells_that_its_condition_cleared_and_stays_until_somebody_answers(engine: Engine) -> None:
    alarm = missing(engine)
    assert alarm.state == "unacknowledged"
    assert mended(engine, 10.0)[-1] == "AlarmCleared"
    assert (only(engine).state, only(engine).condition) == ("latched", "cleared")
    done = engine.acknowledge(alarm.id, "T. Linh", "was the packager", 60.0)
    assert done.event is not None and done.event.data["alarm"]["resolved"] is True
    assert engine.alarms == {}


def test_a_critical_alarm_somebody_answered_closes_by_itself(engine: Engine) -> None:
    alarm = missing(engine)
    engine.acknowledge(alarm.id, "T. Linh", "", 5.0)
    assert only(engine).state == "acknowledged"
    assert mended(engine, 10.0)[-1] == "AlarmCleared"
    assert engine.alarms == {}


def test_a_latched_alarm_whose_condition_returns_is_the_same_alarm_raised_again(engine: Engine) -> None:
    alarm = missing(engine)
    mended(engine, 10.0)
    (again,) = engine.judge(look(200.0, MISSING, scope="segment/720p"))
    assert again.event is not None and again.event.kind == "AlarmRaised"
    assert (again.alarm.id, again.alarm.occurrences, again.alarm.state) == (alarm.id, 2, "unacknowledged")


def test_a_latched_alarm_may_be_resolved_by_hand(engine: Engine) -> None:
    alarm = missing(engine)
    mended(engine, 10.0)
    assert engine.resolve(alarm.id, "Linh", "mended", False, 99.0).alarm.state == "normal"


def test_an_acknowledgement_expires_after_two_hours_and_the_owner_stays(engine: Engine) -> None:
    alarm = missing(engine)
    engine.acknowledge(alarm.id, "T. Linh", "", 5.0)
    assert engine.sweep(5.0 + 2 * HOUR - 1.0) == [] or only(engine).is_acknowledged
    said = engine.sweep(5.0 + 2 * HOUR)
    assert "acknowledgement expired" in whys(said)
    assert (only(engine).state, only(engine).owner) == ("unacknowledged", "T. Linh")
    assert only(engine).acknowledgement_expired_at == 5.0 + 2 * HOUR


def test_an_answer_to_a_major_alarm_is_void_when_it_becomes_critical(engine: Engine) -> None:
    from noc_console.model import Finding

    engine.judge(look(0.0, STALE))
    engine.acknowledge(only(engine).id, "Linh", "", 1.0)
    said = engine.judge(look(9.0, Finding("hls-playlist-stale-long", "No new segment for 19.0 s, limit 18.0 s")))
    assert whys(said) == ["severity"]
    assert only(engine).state == "unacknowledged"


@pytest.mark.parametrize(
    ("reason", "for_s", "sentence"),
    [
        pytest.param(" ", HOUR, "reason", id="no reason"),
        pytest.param("known", 25 * HOUR, "at most 24 h", id="over a day"),
        pytest.param("known", 0.0, "at most", id="no time"),
    ],
)
def test_shelving_is_refused_without_reason_or_beyond_a_day(
    engine: Engine, reason: str, for_s: float, sentence: str
) -> None:
    with pytest.raises(Refused, match=sentence):
        engine.shelve(missing(engine).id, "Linh", reason, for_s, 1.0)


def test_a_shelved_alarm_comes_back_by_itself(engine: Engine) -> None:
    alarm = missing(engine)
    shelved = engine.shelve(alarm.id, "Linh", "known, ticket 7", HOUR, 10.0)
    assert (shelved.alarm.state, shelved.alarm.hidden_by) == (
        "shelved",
        ("shelved by Linh until 1970-01-01T01:00:10Z: known, ticket 7",),
    )
    said = engine.sweep(10.0 + HOUR)
    assert "AlarmUnshelved" in kinds(said)
    assert only(engine).state == "unacknowledged"


def test_a_shelved_alarm_that_clears_stays_on_the_shelf_and_closes_when_its_time_is_over(engine: Engine) -> None:
    engine.judge(look(0.0, STALE))
    engine.shelve(only(engine).id, "Linh", "tests tonight", HOUR, 1.0)
    assert [kinds(engine.judge(look(at)))[-1:] for at in (6.0, 12.0)] == [["AlarmUpdated"], ["AlarmCleared"]]
    assert only(engine).state == "shelved"
    (back,) = engine.judge(look(30.0, STALE))
    assert (back.alarm.state, back.alarm.occurrences) == ("shelved", 2)
    engine.judge(look(36.0)), engine.judge(look(42.0))
    (over,) = engine.sweep(1.0 + HOUR)
    assert over.event is not None and over.event.data["alarm"]["resolved"] is True


def test_taken_off_the_shelf_by_hand_it_is_open_again(engine: Engine) -> None:
    alarm = missing(engine)
    engine.shelve(alarm.id, "Linh", "known", HOUR, 10.0)
    assert engine.unshelve(alarm.id, "Minh", 20.0).alarm.state == "unacknowledged"
    with pytest.raises(Refused, match="not shelved"):
        engine.unshelve(alarm.id, "Minh", 21.0)


def flap(engine: Engine, times: int, start: float = 0.0) -> list[str]:
    """Break and mend a playlist again and again: one turn is 15 s."""
    said = []
    for n in range(times):
        at = start + 15.0 * n
        for after, findings in ((0.0, (STALE,)), (5.0, ()), (10.0, ())):
            said += kinds(engine.judge(look(at + after, *findings)))
    return said


def test_three_activations_in_a_minute_are_one_alarm_that_stays_open_and_flaps(engine: Engine) -> None:
    said = flap(engine, 20)
    assert said.count("AlarmRaised") == said.count("AlarmCleared") + 1 == 3
    assert only(engine).is_flapping
    assert only(engine).flaps_per_min == pytest.approx(4.0, abs=0.5)
    assert only(engine).occurrences == 18


def test_a_flapping_alarm_clears_after_five_quiet_minutes(engine: Engine) -> None:
    flap(engine, 4)
    last_change = 15.0 * 3 + 10.0
    for at in range(60, 500, 6):
        engine.judge(look(float(at)))
    assert kinds(engine.sweep(last_change + 299.0)) == []
    assert kinds(engine.sweep(last_change + 300.0)) == ["AlarmCleared"]
    assert engine.alarms == {}


def test_a_flapping_alarm_that_stays_broken_is_steady_after_five_minutes(engine: Engine) -> None:
    flap(engine, 4)
    for at in range(60, 500, 6):
        engine.judge(look(float(at), STALE))
    assert "steady" in whys(engine.sweep(500.0))
    assert not only(engine).is_flapping


def test_two_activations_in_a_minute_are_two_alarms(engine: Engine) -> None:
    said = flap(engine, 2)
    assert said.count("AlarmRaised") == said.count("AlarmCleared") == 2


def test_no_data_freezes_the_alarm_and_is_said_once(engine: Engine) -> None:
    engine.judge(look(0.0, STALE))
    assert whys(engine.sweep(200.0)) == ["no data"]
    assert only(engine).no_data_since == 0.0
    assert engine.sweep(230.0) == []
    engine.judge(look(300.0, STALE))
    assert only(engine).no_data_since is None


def test_a_rule_without_values_says_so_and_raises_nothing(engine: Engine) -> None:
    from noc_console.alarms.ageing import silent, states

    engine.judge(look(10.0))
    assert silent(engine.conditions, 60.0) == {}
    assert silent(engine.conditions, 200.0) == {11: 10.0}
    by_rule = {state.rule: state for state in states(engine.conditions, 11, 200.0)}
    assert by_rule["playlist-stale"].no_data_since == 10.0
    assert engine.alarms == {}


def test_every_state_survives_the_journal(engine: Engine) -> None:
    alarm = missing(engine)
    engine.acknowledge(alarm.id, "Linh", "seen", 1.0)
    engine.shelve(alarm.id, "Linh", "known", HOUR, 2.0)
    assert from_json(to_json(only(engine))) == only(engine)


def test_a_test_alarm_never_latches_and_is_not_shelved(engine: Engine) -> None:
    alarm = engine.test(CHANNEL, 0.0, "Linh").alarm
    with pytest.raises(Refused, match="TEST"):
        engine.shelve(alarm.id, "Linh", "x", HOUR, 1.0)
    assert kinds(engine.sweep(60.0)) == ["AlarmCleared"]
    assert engine.alarms == {}


def test_an_input_that_is_looked_at_rung_by_rung_is_not_without_data(engine: Engine) -> None:
    engine.judge(look(0.0, STALE))
    for at in range(6, 300, 6):
        engine.judge(look(float(at), scope="playlist/other"))
    assert engine.sweep(300.0) == []
    assert only(engine).no_data_since is None
