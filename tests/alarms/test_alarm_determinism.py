"""The same journal gives the same alarms: recorded looks, played twice, and cut by restarts at random places."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from alarm_stage import BOOK
from hypothesis import given, settings
from hypothesis import strategies as st

from noc_console.alarms.engine import Change, Engine
from noc_console.alarms.maintenance import Window
from noc_console.alarms.targets import Target
from noc_console.alarms.wire import from_json, to_json
from noc_console.model import Channel, Finding, Input, Kind, Layer, Observation

FINDINGS = (
    Finding("hls-playlist-stale", "stale"),
    Finding("hls-segment-missing", "missing"),
    Finding("hls-media-sequence-decreased", "went back"),
)
CHANNELS = [
    Channel(
        number,
        f"CH_{number}",
        "",
        labels=("mux:1",) if number < 4 else (),
        inputs=tuple(
            Input(number * 10 + layer, number, Layer(layer), Kind.HLS, f"http://h{number % 2}/{number}/{layer}")
            for layer in (2, 4)
        ),
    )
    for number in range(1, 7)
]
WINDOWS = [Window(1, "works", Target(labels=("mux:1",)), start=300.0, end=420.0)]
Told = list[tuple[str, Any]]


def recorded(seed: int, count: int = 1500) -> list[Observation]:
    """Looks of six channels in which faults come, stay for a while, flap and go."""
    dice = random.Random(seed)
    ill: dict[tuple[int, str], float] = {}
    looks = []
    for number in range(count):
        at = 1000.0 + number * 0.4
        input_id = dice.choice([one.id for channel in CHANNELS for one in channel.inputs])
        scope = dice.choice(["playlist/a", "segment/a", "segment/b"])
        if dice.random() < 0.03:
            ill[input_id, scope] = at + dice.choice([3.0, 20.0, 120.0])
        is_ill = ill.get((input_id, scope), 0.0) > at
        metrics = {"segment.download_s": 3.0 if is_ill else 0.5, "http.is_5xx": float(is_ill and dice.random() < 0.5)}
        looks.append(Observation(input_id, scope, at, metrics, (dice.choice(FINDINGS),) if is_ill else ()))
    return looks


def fresh() -> Engine:
    return Engine()


def begun(engine: Engine, at: float) -> list[Change]:
    return [*engine.configure(CHANNELS, BOOK, at), *engine.hiding.plan(WINDOWS, at)]


def restarted(engine: Engine, at: float) -> tuple[Engine, list[Change]]:
    """End an agent as it ends, with everything through JSON, and start the next one."""
    alarms = json.loads(json.dumps([to_json(alarm) for alarm in engine.alarms.values()]))
    memory = json.loads(json.dumps(engine.memory()))
    again = Engine(engine.ledger.next_id)
    again.restore([from_json(row) for row in alarms], at, memory)
    return again, begun(again, at)


def played(looks: list[Observation], cuts: frozenset[int] = frozenset()) -> Told:
    """Return every event: what it says of the alarm, without what only names the moment of a restart."""
    engine, told = fresh(), Told()
    begun(engine, looks[0].at)
    for number, look in enumerate(looks):
        if number in cuts:
            engine, changes = restarted(engine, look.at)
            told += _said(changes)
        changes = engine.judge(look)
        if number % 25 == 0:
            changes += engine.sweep(look.at)
        told += _said(engine.settle(changes, look.at))
    return told


def _said(changes: list[Change]) -> Told:
    return [(one.event.kind, one.event.data["alarm"]) for one in changes if one.event]


@pytest.mark.parametrize("seed", range(4))
def test_the_same_looks_give_the_same_events(seed: int) -> None:
    looks = recorded(seed)
    first = played(looks)
    assert first == played(looks)
    kinds = {kind for kind, _ in first}
    assert {"AlarmRaised", "AlarmCleared", "AlarmUpdated", "AlarmSuppressed", "AlarmReleased"} <= kinds


@pytest.mark.parametrize("seed", range(4))
def test_restarts_at_random_places_change_nothing(seed: int) -> None:
    looks = recorded(seed)
    cuts = frozenset(random.Random(seed).sample(range(1, len(looks)), 12))
    whole, cut = played(looks), played(looks, cuts)
    assert [(kind, said["alarm_id"], said["alarm_type"], said["condition"]) for kind, said in whole] == [
        (kind, said["alarm_id"], said["alarm_type"], said["condition"]) for kind, said in cut
    ]
    assert whole == cut


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 399))
def test_after_a_kill_no_alarm_is_lost_or_raised_twice(seed: int, cut: int) -> None:
    """Without the memory a hold may run longer, but what was open is open, once, and closes when it is well."""
    looks = recorded(seed, 400)
    engine = fresh()
    begun(engine, looks[0].at)
    for look in looks[:cut]:
        engine.settle(engine.judge(look), look.at)
    again = Engine(engine.ledger.next_id)
    again.restore([from_json(to_json(alarm)) for alarm in engine.alarms.values()], looks[cut].at)
    begun(again, looks[cut].at)
    assert again.alarms.keys() == engine.alarms.keys()
    for look in looks[cut:]:
        again.settle(again.judge(look), look.at)
        spots = [(one.input_id, one.alarm_type) for one in again.alarms.values() if not one.cause]
        assert len(spots) == len(set(spots))
    at = looks[-1].at
    for turn in range(200):
        at += 6.0
        for channel in CHANNELS:
            for one in channel.inputs:
                for scope in ("playlist/a", "segment/a", "segment/b"):
                    metrics = {"segment.download_s": 0.5, "http.is_5xx": 0.0}
                    again.settle(again.judge(Observation(one.id, scope, at, metrics)), at)
        if turn % 10 == 0:
            again.settle(again.sweep(at), at)
    assert {alarm.condition for alarm in again.alarms.values()} <= {"cleared"}
    for alarm in list(again.alarms.values()):  # whoever answers them finds every one, and none is left
        if alarm.id in again.alarms:
            again.settle([again.acknowledge(alarm.id, "Linh", "", at)], at)
    assert again.alarms == {}
