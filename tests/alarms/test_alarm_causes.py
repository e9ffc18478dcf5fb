"""First causes: alarms of one fault are folded under one parent, with a verdict, and unfolded when it is over."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from alarm_stage import BOOK, MISSING, STALE, kinds

from noc_console.alarms import cause
from noc_console.alarms.alarm import Alarm
from noc_console.alarms.cause import Chain, Fact, Place
from noc_console.alarms.engine import Change, Engine
from noc_console.model import Channel, Finding, Input, Kind, Layer, Observation, Severity


def channel(
    number: int, host: str = "origin:80", labels: tuple[str, ...] = (), layers: tuple[int, ...] = (2,)
) -> Channel:
    inputs = tuple(
        Input(number * 10 + layer, number, Layer(layer), Kind.HLS, f"http://{host}/{number}/{layer}.m3u8")
        for layer in layers
    )
    return Channel(number, f"CH_{number}", f"Channel {number}", labels=labels, inputs=inputs)


def engine_of(*channels: Channel) -> Engine:
    engine = Engine()
    engine.configure(channels, BOOK, 0.0)
    return engine


def ill(engine: Engine, input_id: int, at: float, finding: Finding = STALE) -> list[Change]:
    return engine.settle(engine.judge(Observation(input_id, "playlist/a", at, {}, (finding,))), at)


def well(engine: Engine, input_id: int, at: float) -> list[Change]:
    said: list[Change] = []
    for n in range(3):
        said += engine.settle(engine.judge(Observation(input_id, "playlist/a", at + 3.0 * n, {})), at + 3.0 * n)
    return said


def made(engine: Engine) -> list[Alarm]:
    return [alarm for alarm in engine.alarms.values() if alarm.cause and alarm.cause.is_made]


def fact(number: int, **more: Any) -> Fact:
    plain = Fact(number, number, 2, "origin:80", (), "STALE_PLAYLIST", Severity.MAJOR, 100.0)
    return replace(plain, **more)


def test_three_channels_of_one_host_within_30_s_are_one_fault_of_that_host() -> None:
    engine = engine_of(*(channel(n) for n in range(1, 6)), channel(9, "other:80"))
    for n in (1, 2):
        ill(engine, n * 10 + 2, 100.0 + n)
    assert made(engine) == []
    said = ill(engine, 32, 110.0)
    (parent,) = made(engine)
    assert (parent.channel_code, parent.severity, len(parent.children)) == ("origin:80", Severity.MAJOR, 3)
    assert parent.cause is not None
    assert (parent.cause.verdict, parent.cause.evidence[0]) == ("packager", "3 of 5 channels on origin:80 fail")
    assert 0.6 < parent.cause.confidence < 1.0
    # the one that made three is told as a child at once; those told before are folded now
    assert kinds(said) == ["AlarmRaised", "AlarmRaised", "AlarmSuppressed", "AlarmSuppressed"]
    (child,) = [one.event for one in said if one.event and one.event.data["alarm"]["channel_id"] == 3]
    assert child.data["alarm"]["parent_id"] == parent.id
    assert all(engine.alarms[one].state == "suppressed" for one in parent.children)


def test_a_channel_that_fails_later_joins_the_fault_of_its_host() -> None:
    engine = engine_of(*(channel(n) for n in range(1, 6)))
    for n in (1, 2, 3):
        ill(engine, n * 10 + 2, 100.0)
    said = ill(engine, 42, 500.0)
    (parent,) = made(engine)
    assert len(parent.children) == 4
    assert kinds(said) == ["AlarmRaised", "AlarmUpdated"]


@pytest.mark.parametrize(
    "times",
    [pytest.param((0.0, 40.0, 80.0), id="one after the other"), pytest.param((0.0, 1.0), id="only two")],
)
def test_faults_that_do_not_begin_together_are_not_folded(times: tuple[float, ...]) -> None:
    engine = engine_of(*(channel(n) for n in range(1, 6)))
    for n, at in enumerate(times, 1):
        ill(engine, n * 10 + 2, 100.0 + at)
    assert made(engine) == []


def test_the_parent_ends_with_its_last_child_and_tells_so() -> None:
    engine = engine_of(*(channel(n) for n in range(1, 5)))
    for n in (1, 2, 3):
        ill(engine, n * 10 + 2, 100.0)
    said = [kind for n in (1, 2, 3) for kind in kinds(well(engine, n * 10 + 2, 200.0 + n))]
    assert said.count("AlarmCleared") == 4
    assert engine.alarms == {}


def test_an_upstream_layer_that_fails_as_well_becomes_the_parent() -> None:
    engine = engine_of(channel(1, layers=(1, 2, 4)))
    ill(engine, 14, 100.0)
    (edge,) = engine.alarms.values()
    assert edge.parent_id is None
    ill(engine, 12, 110.0)
    parent = next(alarm for alarm in engine.alarms.values() if alarm.input_id == 12)
    assert engine.alarms[edge.id].parent_id == parent.id
    assert parent.cause is not None
    assert (parent.cause.verdict, parent.cause.confidence) == ("packager", 0.85)
    assert "L1 headend measured without an alarm of this kind" in parent.cause.evidence


def test_without_a_layer_before_it_the_verdict_is_less_sure() -> None:
    engine = engine_of(channel(1, layers=(2, 4)))
    ill(engine, 14, 100.0), ill(engine, 12, 110.0)
    parent = next(alarm for alarm in engine.alarms.values() if alarm.children)
    assert parent.cause is not None and parent.cause.confidence == 0.45


def test_the_child_stands_alone_again_when_the_cause_is_mended_and_it_is_not() -> None:
    engine = engine_of(channel(1, layers=(2, 4)))
    ill(engine, 14, 100.0), ill(engine, 12, 110.0)
    said = well(engine, 12, 120.0)
    (edge,) = engine.alarms.values()
    assert edge.parent_id is None
    assert "AlarmReleased" in kinds(said)


def test_children_are_moved_when_the_picture_grows_from_a_channel_to_its_host() -> None:
    engine = engine_of(*(channel(n, layers=(2, 4)) for n in range(1, 6)))
    ill(engine, 14, 100.0), ill(engine, 12, 101.0)
    assert len(next(alarm for alarm in engine.alarms.values() if alarm.children).children) == 1
    ill(engine, 22, 102.0), ill(engine, 32, 103.0)
    (parent,) = made(engine)
    assert {alarm.parent_id for alarm in engine.alarms.values() if alarm.id != parent.id} == {parent.id}
    assert len(parent.children) == 4


def test_channels_of_one_multiplex_are_folded_under_it_and_not_under_their_host() -> None:
    sisters = [channel(n, labels=("mux:5",)) for n in (1, 2, 3)]
    engine = engine_of(*sisters, *(channel(n) for n in range(4, 20)))
    for n in (1, 2, 3):
        ill(engine, n * 10 + 2, 100.0)
    (parent,) = made(engine)
    assert parent.cause is not None
    assert (parent.channel_code, parent.cause.verdict) == ("mux:5", "encoder")
    for n in range(4, 10):
        ill(engine, n * 10 + 2, 110.0)
    (wider,) = made(engine)
    assert (wider.channel_code, len(wider.children)) == ("origin:80", 9)


def test_everything_failing_at_several_hosts_is_the_network_or_the_agent_itself() -> None:
    engine = engine_of(*(channel(n, f"host{n % 2}:80") for n in range(1, 9)))
    for n in range(1, 9):
        ill(engine, n * 10 + 2, 100.0)
    (parent,) = made(engine)
    assert parent.cause is not None
    assert (parent.cause.verdict, len(parent.children)) == ("network", 8)


def test_the_agents_own_alarm_is_the_parent_when_everything_fails() -> None:
    engine = engine_of(*(channel(n, f"host{n % 2}:80") for n in range(1, 9)))
    engine.settle(engine.raise_own("PROBE_DOWN", Severity.CRITICAL, "The workers fail.", 99.0), 99.0)
    for n in range(1, 9):
        ill(engine, n * 10 + 2, 100.0)
    assert made(engine) == []
    own = next(alarm for alarm in engine.alarms.values() if alarm.alarm_type == "PROBE_DOWN")
    assert own.cause is not None and own.cause.verdict == "agent"
    assert len(own.children) == 8


def test_a_parent_called_false_frees_its_children_and_is_not_made_again() -> None:
    engine = engine_of(*(channel(n) for n in range(1, 6)))
    for n in (1, 2, 3):
        ill(engine, n * 10 + 2, 100.0)
    (parent,) = made(engine)
    said = engine.settle([engine.resolve(parent.id, "Linh", "three tests, not one fault", True, 120.0)], 120.0)
    assert kinds(said).count("AlarmReleased") == 3
    ill(engine, 42, 130.0)
    assert made(engine) == []


def test_the_order_of_looks_in_a_batch_does_not_change_the_verdict() -> None:
    verdicts = set()
    for order in ((1, 2, 3), (3, 1, 2), (2, 3, 1)):
        engine = engine_of(*(channel(n) for n in range(1, 6)))
        looks = [Observation(n * 10 + 2, "playlist/a", 100.0, {}, (STALE,)) for n in order]
        engine.settle([change for look in looks for change in engine.judge(look)], 100.0)
        (parent,) = made(engine)
        verdicts.add((parent.cause, parent.message, len(parent.children)))
    assert len(verdicts) == 1


def test_a_restart_keeps_parents_and_children() -> None:
    from noc_console.alarms.wire import from_json, to_json

    channels = [channel(n) for n in range(1, 6)]
    engine = engine_of(*channels)
    for n in (1, 2, 3):
        ill(engine, n * 10 + 2, 100.0)
    again = Engine()
    again.restore([from_json(to_json(alarm)) for alarm in engine.alarms.values()], 200.0)
    assert [one for one in again.configure(channels, BOOK, 200.0) if one.event] == []
    assert again.alarms == engine.alarms
    ill(again, 42, 210.0)
    assert len(made(again)[0].children) == 4


def test_a_picture_fault_on_all_layers_is_the_source_and_the_encoder_when_it_is_blocky() -> None:
    low = [fact(1, layer=1, alarm_type="VIDEO_MOS_LOW"), fact(2, channel_id=1, layer=2, alarm_type="VIDEO_MOS_LOW")]
    (chain,) = cause.chains(replace(one, channel_id=1) for one in low)
    found = cause.chain_cause(chain, (1, 2))
    assert found is not None and found.verdict == "source"
    blocky = [*low, fact(3, layer=1, alarm_type="MACROBLOCKING_HIGH")]
    (chain,) = cause.chains(replace(one, channel_id=1) for one in blocky)
    found = cause.chain_cause(chain, (1, 2))
    assert found is not None and found.verdict == "encoder"


def test_loudness_does_not_explain_a_stale_playlist() -> None:
    loud, stale = fact(1, layer=1, alarm_type="LOUDNESS_OUT_OF_RANGE"), fact(2, channel_id=1)
    assert [chain.root for chain in cause.chains([loud, stale])] == [loud, stale]


def test_confidence_grows_with_the_share_of_channels_that_fail() -> None:
    found = [Chain(fact(n)) for n in range(1, 4)]
    few = cause.group(Place("host:x", "x", 30), found).cause.confidence
    all_of_them = cause.group(Place("host:x", "x", 3, well_elsewhere=9), found).cause.confidence
    assert few < all_of_them <= 0.95


def test_critical_children_make_a_critical_parent() -> None:
    engine = engine_of(*(channel(n) for n in range(1, 6)))
    for n in (1, 2, 3):
        ill(engine, n * 10 + 2, 100.0, MISSING)
    assert made(engine)[0].severity is Severity.CRITICAL


def test_one_fault_wants_one_answer_the_parent_waits_for_it_and_not_each_child() -> None:
    engine = engine_of(*(channel(n) for n in range(1, 5)))
    for n in (1, 2, 3):
        ill(engine, n * 10 + 2, 100.0, MISSING)
    (parent,) = made(engine)
    for n in (1, 2, 3):
        well(engine, n * 10 + 2, 110.0)
    (left,) = engine.alarms.values()
    assert (left.id, left.state) == (parent.id, "latched")
    engine.settle([engine.acknowledge(parent.id, "Linh", "", 130.0)], 130.0)
    assert engine.alarms == {}


def test_a_critical_child_of_a_major_cause_waits_under_it_and_then_stands_alone() -> None:
    engine = engine_of(channel(1, layers=(2, 4)))
    ill(engine, 12, 100.0), ill(engine, 14, 101.0, MISSING)
    well(engine, 14, 110.0)
    root, child = engine.alarms.values()
    assert (child.parent_id, child.condition, root.children) == (root.id, "cleared", (child.id,))
    said = well(engine, 12, 120.0)
    assert "AlarmReleased" in kinds(said)
    (alone,) = engine.alarms.values()
    assert (alone.state, alone.parent_id) == ("latched", None)


def test_in_a_storm_every_alarm_is_folded_as_it_is_raised_and_the_parent_counts_them_afterwards() -> None:
    engine = engine_of(*(channel(n) for n in range(1, 401)))
    told: list[Change] = []
    for begin in range(1, 401, 40):
        at = 100.0 + begin / 200.0
        looks = [Observation(n * 10 + 2, "playlist/a", at, {}, (STALE,)) for n in range(begin, begin + 40)]
        told += engine.settle([change for look in looks for change in engine.judge(look)], at)
    (parent,) = made(engine)
    raised = [one.event.data["alarm"] for one in told if one.event and one.event.kind == "AlarmRaised"]
    assert {row["parent_id"] for row in raised if row["channel_id"]} == {parent.id}
    assert kinds(told).count("AlarmRaised") == 401
    engine.settle(engine.sweep(110.0), 110.0)
    assert len(made(engine)[0].children) == 400
    assert "400 of 400 channels" in made(engine)[0].cause.evidence[0]  # type: ignore[union-attr]
    for n in range(1, 401):
        well(engine, n * 10 + 2, 120.0)
    engine.settle(engine.sweep(130.0), 130.0)
    assert engine.alarms == {}


def test_different_faults_of_a_few_channels_among_many_are_not_one_fault() -> None:
    engine = engine_of(*(channel(n) for n in range(1, 41)))
    jump = Finding("hls-media-sequence-decreased", "MEDIA-SEQUENCE went back")
    for n, finding in ((1, MISSING), (2, STALE), (3, jump)):
        ill(engine, n * 10 + 2, 100.0, finding)
        ill(engine, n * 10 + 2, 106.0, finding)
    assert len(engine.alarms) == 3
    assert made(engine) == []


def test_three_channels_with_the_same_fault_are_one_and_take_no_other_fault_along() -> None:
    engine = engine_of(*(channel(n) for n in range(1, 41)))
    for n in (1, 2, 3):
        ill(engine, n * 10 + 2, 100.0, MISSING)
    ill(engine, 42, 105.0, STALE)
    (parent,) = made(engine)
    assert parent.alarm_type == "ABR_SEGMENT_MISSING"
    assert len(parent.children) == 3
