"""Alarms of other systems: one per key, told when they begin, get worse, come back and end; beside our own."""

from __future__ import annotations

from dataclasses import replace

import pytest

from noc_console.alarms.engine import Engine
from noc_console.alarms.foreign import Foreign, clear_foreign, raise_foreign
from noc_console.alarms.ledger import Change
from noc_console.alarms.rulebook import Rulebook
from noc_console.alarms.wire import from_json, to_json
from noc_console.errors import KnownError
from noc_console.model import Channel, Input, Kind, Layer, Severity

CHANNEL = Channel(
    4, "CH_1", "One", inputs=(Input(9, 4, Layer.EDGE, Kind.HLS, "u"), Input(8, 4, Layer.ORIGIN, Kind.HLS, "v"))
)
DOWN = Foreign("am||CH_1|abc", "SERVICE_DOWN", "Channel down", Severity.MAJOR, CHANNEL)


@pytest.fixture
def engine() -> Engine:
    one = Engine()
    one.configure([CHANNEL], Rulebook(), 0.0)
    return one


def kinds(changes: list[Change]) -> list[str]:
    return [change.event.kind for change in changes if change.event]


def test_it_is_raised_on_the_channels_lowest_input(engine: Engine) -> None:
    (change,) = raise_foreign(engine.ledger, DOWN, 10.0)
    alarm = change.alarm
    assert kinds([change]) == ["AlarmRaised"]
    assert (alarm.channel_code, alarm.input_id, alarm.layer, alarm.severity) == ("CH_1", 8, 3, Severity.MAJOR)


def test_a_repeat_of_the_same_is_not_told_again(engine: Engine) -> None:
    raise_foreign(engine.ledger, DOWN, 10.0)
    assert raise_foreign(engine.ledger, DOWN, 20.0) == []
    changes = raise_foreign(engine.ledger, replace(DOWN, message="Channel down for 5 min"), 30.0)
    assert kinds(changes) == []
    assert changes[0].alarm.message == "Channel down for 5 min"


def test_worse_is_told_and_better_is_not(engine: Engine) -> None:
    raise_foreign(engine.ledger, DOWN, 10.0)
    assert kinds(raise_foreign(engine.ledger, replace(DOWN, severity=Severity.CRITICAL), 20.0)) == ["AlarmUpdated"]
    assert raise_foreign(engine.ledger, DOWN, 30.0) == []
    assert engine.ledger.of_foreign(DOWN.key).severity is Severity.CRITICAL


def test_without_a_severity_the_alarm_types_own_counts(engine: Engine) -> None:
    (change,) = raise_foreign(engine.ledger, replace(DOWN, severity=None), 10.0)
    assert change.alarm.severity is Severity.CRITICAL


def test_it_clears_once(engine: Engine) -> None:
    raise_foreign(engine.ledger, DOWN, 10.0)
    assert kinds(clear_foreign(engine.ledger, DOWN.key, 20.0)) == ["AlarmCleared"]
    assert clear_foreign(engine.ledger, DOWN.key, 21.0) == []
    assert engine.alarms == {}


def test_a_critical_one_waits_for_an_answer_and_comes_back_as_the_same(engine: Engine) -> None:
    worst = replace(DOWN, severity=Severity.CRITICAL)
    (first,) = raise_foreign(engine.ledger, worst, 10.0)
    clear_foreign(engine.ledger, DOWN.key, 20.0)
    (again,) = raise_foreign(engine.ledger, worst, 30.0)
    assert (again.alarm.id, again.alarm.occurrences, kinds([again])) == (first.alarm.id, 2, ["AlarmRaised"])


def test_two_keys_of_one_type_on_one_input_are_two_alarms_beside_our_own(engine: Engine) -> None:
    raise_foreign(engine.ledger, DOWN, 10.0)
    raise_foreign(engine.ledger, replace(DOWN, key="other"), 10.0)
    engine.raise_own("SERVICE_DOWN", Severity.MAJOR, "own", 10.0)
    assert len(engine.alarms) == 3
    clear_foreign(engine.ledger, "other", 20.0)
    assert {alarm.foreign for alarm in engine.alarms.values()} == {DOWN.key, ""}


def test_it_is_known_again_after_a_restart(engine: Engine) -> None:
    (raised,) = raise_foreign(engine.ledger, DOWN, 10.0)
    fresh = Engine(50)
    fresh.restore([from_json(to_json(raised.alarm))], 20.0)
    fresh.configure([CHANNEL], Rulebook(), 20.0)
    assert raise_foreign(fresh.ledger, DOWN, 30.0) == []
    assert kinds(clear_foreign(fresh.ledger, DOWN.key, 40.0)) == ["AlarmCleared"]


def test_while_it_holds_it_is_closed_only_as_false_and_then_stays_quiet_until_it_cleared(engine: Engine) -> None:
    (raised,) = raise_foreign(engine.ledger, DOWN, 10.0)
    with pytest.raises(KnownError):
        engine.resolve(raised.alarm.id, "T. Linh", "", False, 20.0)
    engine.resolve(raised.alarm.id, "T. Linh", "a test of theirs", True, 20.0)
    assert raise_foreign(engine.ledger, DOWN, 30.0) == []
    clear_foreign(engine.ledger, DOWN.key, 40.0)
    assert kinds(raise_foreign(engine.ledger, DOWN, 50.0)) == ["AlarmRaised"]


def test_without_a_channel_it_belongs_to_the_agent(engine: Engine) -> None:
    (change,) = raise_foreign(engine.ledger, replace(DOWN, channel=None), 10.0)
    assert (change.alarm.channel_id, change.alarm.input_id, change.alarm.layer) == (0, 0, 0)
