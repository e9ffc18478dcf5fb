"""What the rules decide is in the journal before the board shows it; samples follow with the tick."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from noc_console.agent.bell import Bell
from noc_console.agent.clock import Clock
from noc_console.agent.flow import MAX_WAITING, Flow
from noc_console.agent.recorder import MAX_PENDING, Recorder
from noc_console.alarms.engine import Engine
from noc_console.alarms.rulebook import Rulebook
from noc_console.board import Board
from noc_console.history import SeriesQuery, open_history
from noc_console.model import Channel, Event, Finding, Input, Kind, Layer, Observation
from noc_console.settings import Settings

CHANNEL = Channel(1, "CH_1", "One", inputs=(Input(1, 1, Layer.PACKAGER, Kind.HLS, "http://127.0.0.1/x.m3u8"),))
MISSING = Finding("hls-segment-missing", "Segment 7 is listed but not there (404).")


@dataclass
class Stage:
    """A flow with all its real parts, and what the board showed when each event was in the journal."""

    flow: Flow
    shown: list[tuple[str, list[Any]]] = field(default_factory=list)


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    clock = Clock()
    history = await open_history(Settings(db=tmp_path / "local.db"), clock.now)
    board, engine = Board("boot"), Engine()
    shown: list[tuple[str, list[Any]]] = []

    def told(event: Event) -> None:
        shown.append((event.kind, board.alarms()))

    flow = Flow(engine, Recorder(history, clock, told), board, Bell())
    board.configure([CHANNEL])
    engine.configure([CHANNEL], Rulebook(), clock.now())
    yield Stage(flow, shown)
    await history.close()


async def judged(flow: Flow) -> None:
    """Let the flow take what waits."""
    running = asyncio.create_task(flow.run())
    assert await flow.bell.news(5)
    running.cancel()


async def test_an_alarm_is_in_the_journal_before_the_board_shows_it(stage: Stage) -> None:
    at = stage.flow.recorder.clock.now()
    stage.flow.take([Observation(1, "segment/a", at, {"segment.download_s": 0.5}, (MISSING,))])
    await judged(stage.flow)
    assert stage.shown == [("AlarmRaised", [])]
    (alarm,) = stage.flow.board.alarms()
    events = await stage.flow.recorder.history.events(0)
    assert [event.data["alarm"]["alarm_id"] for event in events] == [alarm["alarm_id"]]


async def test_a_command_is_one_event_and_wakes_who_waits_for_alarms(stage: Stage) -> None:
    waiting = asyncio.create_task(stage.flow.bell.gather(5))
    await asyncio.sleep(0)
    (alarm,) = await stage.flow.act(lambda: [stage.flow.engine.test(CHANNEL, stage.flow.recorder.clock.now(), "Lan")])
    async with asyncio.timeout(1):
        await waiting
    await stage.flow.act(lambda: [stage.flow.engine.resolve(alarm.id, "Lan", "", False, 0.0)])
    events = await stage.flow.recorder.history.events(0)
    assert [event.kind for event in events] == ["AlarmRaised", "AlarmResolved"]
    assert stage.flow.board.alarms() == []


async def test_a_rule_that_fails_does_not_stop_the_others(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    at = stage.flow.recorder.clock.now()
    broken = Observation(1, "segment/a", at, {"segment.download_s": "not a number"})  # type: ignore[dict-item]
    stage.flow.take([broken, Observation(1, "segment/b", at, {}, (MISSING,))])
    await judged(stage.flow)
    assert len(stage.flow.board.alarms()) == 1
    assert "the rules failed on a look at segment/a" in caplog.text


async def test_looks_that_nobody_judges_are_bounded_and_counted(stage: Stage) -> None:
    look = Observation(1, "set", 0.0)
    stage.flow.take([look] * (MAX_WAITING + 3))
    assert stage.flow.dropped == 3


async def test_samples_are_written_with_the_tick_and_bounded_while_waiting(stage: Stage) -> None:
    recorder = stage.flow.recorder
    now = recorder.clock.now()
    number = recorder.history.series_id(0, "", "agent.cpu_ratio")
    for at, value in ((now - 1, 0.25), (now, 0.75)):
        recorder.add(np.array([number], np.uint32), np.array([at]), np.array([value], np.float32))
    query = SeriesQuery(0, "agent.cpu_ratio", now - 60, now + 60)
    assert (await recorder.history.series(query)).points == ()
    await recorder.tick()
    assert [point[2] for point in (await recorder.history.series(query)).points] == [0.25, 0.75]
    too_many = np.zeros(MAX_PENDING + 1)
    recorder.add(too_many.astype(np.uint32), too_many, too_many.astype(np.float32))
    assert recorder.dropped_samples == MAX_PENDING + 1
