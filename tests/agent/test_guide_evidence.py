"""Evidence is there before anybody asks: roots first, children on demand, kept in the journal."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from guide_house import Channels, House

from noc_console.agent.guide_evidence import CHILD_S, DROP_S, SETTLE_S
from noc_console.model import Event

GUIDE = """
guide: PB-SLOW
version: 3
kind: playbook
title: Slow
alarms: [SEGMENT_SLOW]
questions:
  load: {metric: segment.download_s, window_s: 300}
  sick: {kind: peers, metric: segment.download_s, operator: ">", than: 2.0}
  cpu: {kind: ask, text: CPU now?}
steps:
  - {id: look, kind: evidence, text: Look, show: [load, sick], next: form}
  - {id: cpu, kind: manual, text: Look, result: cpu, next: form}
  - {id: form, kind: form, fields: [{name: root_cause, kind: text}], next: end}
""".replace("show: [load, sick], next: form", "show: [load, sick], next: cpu")


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    made = House(tmp_path / "local.db", Channels(4))
    made.write("shipped", "pb-slow.yaml", GUIDE)
    await made.open()
    yield made
    await made.close()


async def collect(house: House, seconds: float) -> list[int]:
    """Let time pass and answer all that is due; return the alarms in the order they were answered."""
    house.at += seconds
    done: list[int] = []
    while some := await house.room.evidence.step():
        done += some
    return done


async def test_a_raised_alarm_has_its_questions_answered_a_tick_later(house: House) -> None:
    await house.measure("segment.download_s", (4, 3.0), (2, 3.0))
    await house.measure("segment.download_s", (2, 0.4), channel=2)
    number = await house.raise_alarm()
    assert await collect(house, SETTLE_S / 2) == []
    assert await collect(house, SETTLE_S) == [number]
    (told,) = house.told("EvidenceAnswered")
    assert (told["alarm_id"], told["guide"], told["version"]) == (number, "PB-SLOW", 3)
    assert set(told["answers"]) == {"load", "sick"}
    load = told["answers"]["load"]
    assert (load["value"], load["samples"], load["end"] - load["start"]) == (pytest.approx(3.0), 2, 300)
    assert (told["answers"]["sick"]["value"], told["answers"]["sick"]["samples"]) == (0, 1)
    assert told["took_s"] < 5
    assert told["facts"]["encoder_host"] == "10.0.0.7"


async def test_the_kept_answers_are_what_is_told_later_even_after_a_restart(house: House) -> None:
    await house.measure("segment.download_s", (4, 3.0), (2, 3.0))
    number = await house.raise_alarm()
    await collect(house, SETTLE_S)
    capture = {"alarm_id": number, "captures": ["ab"], "items": []}
    await house.recorder.keep([Event("EvidenceKept", house.at, 1, 1, capture)])
    before = await house.room.evidence_of(number)
    await house.close()
    await house.open()
    after = await house.room.evidence_of(number)
    assert after["answers"] == before["answers"]
    assert [one["kind"] for one in after["captures"]] == ["EvidenceKept"]
    assert house.kinds().count("EvidenceAnswered") == 1


async def test_roots_go_before_children_and_the_severe_before_the_others(house: House) -> None:
    first, second, third = [await house.raise_alarm(channel) for channel in (1, 2, 3)]
    fold(house, first, under=third)
    assert await collect(house, SETTLE_S) == [second, third]
    assert await collect(house, CHILD_S) == [first]


def fold(house: House, child: int, under: int) -> None:
    alarms = house.flow.engine.ledger.alarms
    alarms[child] = replace(alarms[child], parent_id=under)


async def test_a_child_nobody_came_to_in_time_is_answered_when_it_is_opened(house: House) -> None:
    child, root = await house.raise_alarm(1), await house.raise_alarm(2)
    fold(house, child, under=root)
    assert await collect(house, DROP_S + 1) == [root]
    assert house.room.evidence.dropped == 1
    told = await house.room.evidence_of(child)
    assert (told["guide"], set(told["answers"])) == ("PB-SLOW", {"load", "sick"})
    assert [data["alarm_id"] for data in house.told("EvidenceAnswered")] == [root, child]


async def test_tests_and_alarms_without_a_guide_are_left_alone(house: House) -> None:
    number = await house.raise_alarm(1, "STALE_PLAYLIST")
    await collect(house, SETTLE_S)
    assert house.told("EvidenceAnswered") == []
    assert (await house.room.evidence_of(number))["answers"] == {}


async def test_an_alarm_without_a_channel_is_asked_at_the_first_it_holds(house: House) -> None:
    await house.measure("segment.download_s", (4, 3.0), (2, 3.0))
    child = await house.raise_alarm(1)
    alarm = {
        "alarm_id": 50,
        "alarm_type": "SEGMENT_SLOW",
        "raised_at": house.at,
        "channel_id": 0,
        "children": [child],
    }
    place = house.room.evidence.place(alarm)
    assert (place.channel_id, place.alarm["alarm_id"]) == (1, 50)
