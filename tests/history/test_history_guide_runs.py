"""Walks through guides and evidence are what their events say: written with them, rebuilt from them."""

from __future__ import annotations

from typing import Any

from noc_console.history.guide_runs import RunQuery
from noc_console.model import Event


def of_run(kind: str, at: float, number: int, **more: Any) -> Event:
    run = {"run_id": number, "guide": "PB-ONE", "kind": "playbook", "alarm_id": 7, "started_at": at, **more}
    return Event(kind, at, 1, 1, {"run": run})


async def numbers(history: Any, **query: Any) -> list[int]:
    return [run["run_id"] for run in await history.runs(RunQuery(**query))]


async def test_each_event_of_a_run_moves_its_row_and_a_rebuild_gives_the_same(desk) -> None:
    history, at = await desk.open(), desk.clock.at
    await history.commit(None, [of_run("GuideStarted", at, 1), of_run("GuideStarted", at + 1, 2, guide="PB-TWO")])
    await history.commit(None, [of_run("GuideEnded", at, 1, ended_at=at + 60.0), Event("GuidesChanged", at)])
    expected = ([2, 1], [2], [1], [2])
    for _ in range(2):
        found = (
            await numbers(history),
            await numbers(history, is_over=False),
            await numbers(history, is_over=True, alarm_id=7),
            await numbers(history, guide="PB-TWO"),
        )
        assert found == expected
        assert [event.kind for event in await history.run_events(1)] == ["GuideStarted", "GuideEnded"]
        assert await history.last_run_id() == 2
        assert await history.rebuild_projections()


async def test_the_evidence_of_an_alarm_is_found_by_its_number(desk) -> None:
    history, at = await desk.open(), desk.clock.at
    told = [Event("EvidenceKept", at, 1, 1, {"alarm_id": 7}), Event("EvidenceAnswered", at, 1, 1, {"alarm_id": 7})]
    await history.commit(None, [*told, Event("EvidenceAnswered", at, 1, 1, {"alarm_id": 8})])
    assert [event.kind for event in await history.evidence_events(7)] == ["EvidenceKept", "EvidenceAnswered"]
    assert len(await history.evidence_events(8)) == 1
    assert await history.evidence_events(9) == ()
