"""A scheduled checklist calls its role when it is due and when it is overdue, once, over restarts too."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from guide_house import Channels, House

from noc_console.agent.guide_runs import Wish

CHECK = """
guide: CL-DAILY
version: 1
kind: checklist
title: Daily check
schedule: {at: ["08:00", "16:00", "00:00"], role: shift-lead, remind_after_min: 15}
steps:
  - {id: part, kind: items, items: [{id: cpu, text: CPU looked at}], next: sign}
  - {id: sign, kind: sign-off, roles: [shift-lead]}
"""
MIN = 60.0
MORNING = datetime(2026, 11, 20, 8, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh")).timestamp()


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    made = House(tmp_path / "local.db", Channels(1), at=MORNING - 30 * MIN)
    made.write("shipped", "cl-daily.yaml", CHECK)
    (tmp_path / "notify.toml").write_text(
        f'[receivers.lead]\nkind = "ticket-file"\nfolder = "{tmp_path}/tickets"\nroles = ["shift-lead"]\n'
    )
    await made.open()
    yield made
    await made.close()


async def look(house: House, at: float) -> None:
    house.at = at
    await house.room.checklists.look(at)


def said(house: House) -> list[str]:
    return [event.data["word"] for event in house.heard if event.kind in ("ChecklistDue", "ChecklistOverdue")]


async def test_nothing_is_overdue_that_was_due_before_the_checklist_was_there(house: House) -> None:
    await look(house, house.at)
    assert said(house) == []
    assert [turn["state"] for turn in house.room.checklists.told()] == ["coming", "coming", "coming"]


async def test_it_is_said_ahead_when_due_and_when_overdue_to_those_with_the_role(house: House) -> None:
    await look(house, house.at)
    for minute in (-4, 0, 5, 16, 20):
        await look(house, MORNING + minute * MIN)
    assert said(house) == ["ahead", "due", "overdue"]
    notices = [data["notice"] for data in house.told("NoticeQueued")]
    assert [one["receiver"] for one in notices] == ["lead", "lead", "lead"]
    assert "overdue" in notices[-1]["text"]
    assert len({one["id"] for one in notices}) == 3
    assert "08:00 +07" in house.told("ChecklistOverdue")[0]["text"]


async def test_what_was_said_before_a_restart_is_not_said_again(house: House) -> None:
    await look(house, house.at)
    await look(house, MORNING + MIN)
    await house.close()
    house.heard.clear()
    await house.open()
    await house.room.checklists.recall()
    await look(house, MORNING + 2 * MIN)
    assert said(house) == []
    await look(house, MORNING + 16 * MIN)
    assert said(house) == ["overdue"]


async def test_a_check_that_is_signed_is_done(house: House) -> None:
    await look(house, house.at)
    house.at = MORNING + MIN
    run, _ = await house.room.start(Wish("CL-DAILY", by="Lan"))
    await look(house, MORNING + 2 * MIN)
    assert house.room.checklists.told()[0]["state"] == "running"
    await house.room.do(run["run_id"], {"kind": "marked", "by": "Lan", "item": "cpu", "state": "done"})
    await house.room.do(run["run_id"], {"kind": "signed", "by": "Lan", "step": "sign", "role": "shift-lead"})
    await look(house, MORNING + 30 * MIN)
    turn = house.room.checklists.told()[0]
    assert (turn["state"], turn["run_id"]) == ("done", run["run_id"])
    assert "overdue" not in said(house)
