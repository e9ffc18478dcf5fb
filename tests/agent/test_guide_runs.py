"""Walks through guides in the agent: begun with evidence, shared, timed, escalated, kept over kills."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from guide_house import Channels, House

from noc_console.agent.guide_diagnostics import Examination, Examined
from noc_console.agent.guide_runs import Wish
from noc_console.agent.refusals import BadRequest, Conflict, NotFound
from noc_console.history.guide_runs import RunQuery

GUIDE = """
guide: PB-SLOW
version: 1
kind: playbook
title: {en: Slow segments, vi: Phân đoạn chậm}
alarms: [SEGMENT_SLOW]
severity: major
timers:
  - {after_min: 10, do: offer, text: A restart is offered, step: restart}
  - {after_min: 20, do: escalate, to: shift-lead, text: Call the shift lead}
questions:
  load: {metric: segment.download_s, window_s: 300, statistic: mean}
  cpu: {kind: ask, text: CPU now?, unit: "%", minimum: 0, maximum: 100}
  probe: {kind: diagnostic, diagnostic: ping}
steps:
  - {id: look, kind: evidence, text: Look at it, show: [load], next: slow}
  - id: slow
    kind: decide
    text: Is it slow?
    branches:
      - {when: {all: [[load, ">", 2.0]]}, says: yes it is, blames: origin, confidence: 0.6, next: cpu}
    otherwise: {says: no, next: cpu}
    no_data: {next: cpu}
  - id: cpu
    kind: manual
    text: Look at the CPU
    command: "ssh {encoder_host} top -b"
    is: reads only
    result: cpu
    next: ping
  - {id: ping, kind: diagnostic, run: ping, next: restart}
  - {id: restart, kind: action, text: Restart it, approval: shift-lead, risk: black for 30 s, next: well}
  - id: well
    kind: verify
    when: {all: [[load, "<", 1.0]]}
    within_min: 10
    next: form
    otherwise: {next: form}
    no_data: {next: form}
  - {id: form, kind: form, fields: [{name: root_cause, kind: text, required: true}], next: end}
"""
LINK = """
guide: PB-FIRST
version: 1
kind: playbook
title: First
alarms: [STALE_PLAYLIST]
questions:
  load: {metric: segment.download_s, window_s: 300, statistic: mean}
steps:
  - {id: look, kind: evidence, text: Look, show: [load], next: go}
  - {id: go, kind: link, text: Go on there, guide: PB-SLOW}
"""
CHECK = """
guide: CL-DAILY
version: 1
kind: checklist
title: Daily check
questions:
  load: {metric: agent.cpu_ratio, window_s: 300, statistic: mean}
steps:
  - {id: part, kind: items, items: [{id: cpu, text: CPU, figure: load, limit: {all: [[load, "<", 0.7]]}}], next: sign}
  - {id: sign, kind: sign-off, roles: [shift-lead]}
"""


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    made = House(tmp_path / "local.db", Channels(3))
    made.write("shipped", "pb-slow.yaml", GUIDE)
    made.write("shipped", "cl-daily.yaml", CHECK)
    made.write("shipped", "pb-first.yaml", LINK)
    await made.open()
    assert made.room.library.told_mistakes() == []
    yield made
    await made.close()


async def begun(house: House, **wish: Any) -> dict[str, Any]:
    if not wish:
        await house.measure("segment.download_s", (8, 3.0), (6, 3.0), (4, 3.0), (2, 3.0))
        wish = {"alarm_id": await house.raise_alarm(), "by": "Lan"}
    run, _ = await house.room.start(Wish(**wish))
    return run


async def do(house: House, run: dict[str, Any], kind: str, by: str = "Lan", **more: Any) -> dict[str, Any]:
    return await house.room.do(run["run_id"], {"kind": kind, "by": by, **more})


async def test_a_run_begins_with_all_automatic_steps_done_and_its_path_lit(house: House) -> None:
    run = await begun(house)
    assert [stay["step"] for stay in run["run"]["stays"]] == ["look", "slow", "cpu"]
    assert run["run"]["stays"][1]["says"]["en"] == "yes it is"
    assert run["evidence"]["load"]["value"] == pytest.approx(3.0)
    assert [cause["name"] for cause in run["verdict_so_far"]["primary"]] == ["origin"]
    assert run["commands"]["cpu"] == {"text": "ssh 10.0.0.7 top -b", "on": "", "missing": []}
    assert run["alarm"]["alarm_type"] == "SEGMENT_SLOW"
    assert [timer["at"] - house.at for timer in run["timers"]] == [600, 1200]


async def test_the_second_operator_joins_the_same_run(house: House) -> None:
    run = await begun(house)
    again, is_new = await house.room.start(Wish(alarm_id=run["alarm_id"], by="Minh"))
    assert (again["run_id"], is_new, again["people"]) == (run["run_id"], False, ["Lan", "Minh"])
    assert house.kinds().count("GuideStarted") == 1


async def test_who_waits_for_a_run_hears_of_a_deed_at_once(house: House) -> None:
    run = await begun(house)
    waiting = asyncio.create_task(house.room.runs.told(run["run_id"], run["rev"], 20))
    await asyncio.sleep(0)
    await do(house, run, "noted", by="Minh", text="I see blocks")
    heard = await waiting
    assert heard["rev"] > run["rev"]
    assert heard["run"]["notes"][0]["text"] == "I see blocks"
    board = house.flow.board.changes(0, house.at)["agent"]["guides"]
    assert board["open"][0]["rev"] == heard["rev"]


async def test_a_deed_is_in_the_journal_before_anybody_hears_of_it(house: House) -> None:
    run = await begun(house)
    await do(house, run, "noted", text="first")
    kept = await house.history.run_events(run["run_id"])
    assert [event.kind for event in kept][-1] == "GuideNoted"
    assert kept[-1].data["deed"]["text"] == "first"


async def test_what_cannot_be_done_now_is_refused_in_a_sentence_and_kept(house: House) -> None:
    run = await begun(house)
    with pytest.raises(Conflict, match="does not stand at this step"):
        await do(house, run, "did", step="restart")
    with pytest.raises(BadRequest):
        await do(house, run, "dance")
    with pytest.raises(BadRequest, match="the agent's"):
        await do(house, run, "answered", answers={})
    assert house.kinds().count("GuideRefused") == 1


async def test_an_action_waits_for_a_second_person_who_is_called(house: House) -> None:
    run = await begun(house)
    await do(house, run, "did", step="cpu", values={"cpu": 93.0})
    await do(house, run, "did", step="ping", result="answers")
    with pytest.raises(Conflict, match="second person"):
        await do(house, run, "did", step="restart", reason="stuck")
    await do(house, run, "asked-approval", step="restart", reason="stuck")
    (asked,) = house.told("GuideApprovalAsked")
    assert (asked["to"], asked["alarm"]["alarm_type"]) == (["shift-lead"], "SEGMENT_SLOW")
    with pytest.raises(Conflict, match="second person"):
        await do(house, run, "approved", step="restart")
    await do(house, run, "approved", by="Minh", step="restart")
    run = await do(house, run, "did", step="restart", reason="stuck")
    assert run["steps"] == ["well"]


async def walk_to_verify(house: House) -> dict[str, Any]:
    run = await begun(house)
    await do(house, run, "did", step="cpu", values={"cpu": 93.0})
    await do(house, run, "did", step="ping")
    await do(house, run, "asked-approval", step="restart", reason="stuck")
    await do(house, run, "approved", by="Minh", step="restart")
    return await do(house, run, "did", step="restart", reason="stuck")


async def test_a_verification_gets_fresh_answers_and_only_those_that_matter_go_to_the_journal(
    house: House,
) -> None:
    run = await walk_to_verify(house)
    before = house.kinds().count("GuideEvidence")
    for _ in range(6):
        await house.beat(6)
        await house.measure("segment.download_s", (2, 3.0), (0.5, 3.0))
    assert house.kinds().count("GuideEvidence") == before
    house.at += 400
    await house.measure("segment.download_s", (6, 0.4), (4, 0.4), (2, 0.4))
    await house.beat(1)
    run = await house.room.runs.told(run["run_id"])
    assert run["steps"] == ["form"]
    assert run["evidence"]["load"]["value"] == pytest.approx(0.4)


async def test_a_form_ends_the_run_and_the_next_one_knows_what_is_usual(house: House) -> None:
    run = await walk_to_verify(house)
    await house.measure("segment.download_s", (2, 0.4))
    house.at += 300
    await house.measure("segment.download_s", (2, 0.4), (1, 0.4))
    await house.beat(0)
    with pytest.raises(Conflict, match="missing"):
        await do(house, run, "filled", step="form", values={})
    run = await do(house, run, "filled", step="form", values={"root_cause": "disk"})
    assert (run["ending"], run["steps"]) == ("resolved", [])
    await house.clear_alarm()
    again = await begun(house, alarm_id=await house.raise_alarm(2), by="Lan")
    assert again["usual"]["runs"] == 1
    assert again["usual"]["run_s"] == pytest.approx(300, abs=1)
    (last,) = again["usual"]["last"]
    assert (last["verdict"], last["form"]) == (["origin"], {"root_cause": "disk"})


async def test_timers_offer_and_escalate_through_the_receivers(house: House, tmp_path: Path) -> None:
    (tmp_path / "notify.toml").write_text(
        f'[receivers.lead]\nkind = "ticket-file"\nfolder = "{tmp_path}/tickets"\nroles = ["shift-lead"]\n'
    )
    await house.notices.reload()
    run = await begun(house)
    await house.beat(601)
    assert (await house.room.runs.told(run["run_id"]))["offered"] == ["restart"]
    assert "GuideOffered" in house.kinds()
    await house.beat(600)
    (called,) = house.told("GuideEscalated")
    assert (called["to"], called["text"]) == (["shift-lead"], "Call the shift lead")
    notices = [data["notice"] for data in house.told("NoticeQueued") if data["notice"]["reason"] == "guide"]
    assert [(one["receiver"], one["alarm_id"]) for one in notices] == [("lead", run["alarm_id"])]


async def test_a_timer_that_comes_after_the_alarm_cleared_calls_nobody(house: House) -> None:
    await begun(house)
    await house.clear_alarm()
    await house.beat(1201)
    (called,) = house.told("GuideEscalated")
    assert called["muted"] == "The alarm has cleared."


async def test_a_cleared_alarm_is_told_to_its_run_which_stays_open(house: House) -> None:
    run = await begun(house)
    await house.clear_alarm()
    await house.beat()
    told = await house.room.runs.told(run["run_id"])
    assert (told["alarm_state"], told["ended_at"]) == ("cleared", None)
    assert house.kinds().count("GuideAlarmChanged") == 1


async def test_a_link_opens_the_other_guide_with_the_same_alarm_and_evidence(house: House) -> None:
    await house.measure("segment.download_s", (4, 3.0), (2, 3.0))
    alarm_id = await house.raise_alarm(1, "STALE_PLAYLIST")
    first = await begun(house, alarm_id=alarm_id, by="Lan")
    first = await do(house, first, "did", step="go")
    assert (first["ending"], len(first["linked"])) == ("continued in PB-SLOW", 1)
    other = await house.room.runs.told(first["linked"][0])
    assert (other["guide"], other["parent"], other["alarm_id"]) == ("PB-SLOW", first["run_id"], alarm_id)
    assert other["evidence"]["load"]["value"] == pytest.approx(3.0)
    assert other["run"]["started_at"] == house.at
    again, is_new = await house.room.start(Wish(alarm_id=alarm_id, by="Minh"))
    assert (again["run_id"], is_new) == (other["run_id"], False)


async def test_a_kill_at_any_deed_loses_nothing(house: House) -> None:
    run = await walk_to_verify(house)
    house.at += 30
    await house.measure("segment.download_s", (2, 3.0))
    await house.beat(6)
    await do(house, run, "noted", text="still slow")
    await house.clear_alarm()
    await house.beat()
    before = await house.room.runs.told(run["run_id"])
    await house.close()
    await house.open()
    after = await house.room.runs.told(run["run_id"])
    for name in ("run", "steps", "people", "verdict_so_far", "facts", "timers", "alarm_state", "offered"):
        assert after[name] == before[name], name
    assert {name: one["value"] for name, one in after["evidence"].items()} == {
        name: one["value"] for name, one in before["evidence"].items()
    }
    await do(house, run, "closed", reason="done by hand")
    assert house.room.runs.live() == []


async def test_a_guide_that_changes_leaves_a_run_with_the_one_it_began_with(house: House) -> None:
    run = await begun(house)
    house.write("shipped", "pb-slow.yaml", GUIDE.replace("version: 1", "version: 2").replace("Look at the CPU", "No"))
    await house.room.library.look()
    assert house.room.guide("PB-SLOW")["version"] == 2
    await do(house, run, "did", step="cpu", values={"cpu": 50.0})
    await house.close()
    await house.open()
    assert (await house.room.runs.told(run["run_id"]))["version"] == 1


async def test_a_diagnostic_that_is_not_there_says_so_and_leaves_the_step_open(house: House) -> None:
    run = await begun(house)
    await do(house, run, "did", step="cpu", values={"cpu": 50.0})
    told = await diagnosed(house, run)
    assert told["diagnosed"]["ping"]["text"] == "The diagnostic ping is not available on this agent."
    assert told["steps"] == ["ping"]


async def diagnosed(house: House, run: dict[str, Any]) -> dict[str, Any]:
    async with asyncio.TaskGroup() as house.room.beat.group:
        await house.room.diagnose(run["run_id"], "ping", "Lan")
    return await house.room.runs.told(run["run_id"])


async def test_what_a_diagnostic_found_is_an_answer_of_the_run_and_is_kept(house: House) -> None:
    async def ping(asked: Examination) -> Examined:
        assert asked.place.channel_id == 1
        return Examined({"loss_ratio": 0.25, "is_ok": 0.0}, "1 of 4 lost")

    house.room.diagnostics.register("ping", ping)
    run = await begun(house)
    await do(house, run, "did", step="cpu", values={"cpu": 50.0})
    told = await diagnosed(house, run)
    assert (told["steps"], told["evidence"]["probe.loss_ratio"]["value"]) == (["restart"], 0.25)
    assert told["evidence"]["probe.mean_s"]["value"] is None
    await house.close()
    await house.open()
    assert (await house.room.runs.told(run["run_id"]))["diagnosed"]["ping"]["text"] == "1 of 4 lost"


async def test_a_checklist_knows_the_last_figures_and_the_notes_handed_over(house: House) -> None:
    first = await begun(house, guide="CL-DAILY", by="Lan")
    assert first["lines"][0]["is_well"] is None
    await do(house, first, "noted", text="Watch CH_2", hands_over=True)
    await do(house, first, "marked", item="cpu", state="done", reason="looked at it")
    await do(house, first, "signed", step="sign", role="shift-lead")
    house.at += 60
    for value in (0.5, 0.5):
        house.at += 2
        house.recorder.add_one(0, "", "agent.cpu_ratio", value)
        await house.recorder.tick()
    second = await begun(house, guide="CL-DAILY", by="Minh")
    assert second["run_id"] != first["run_id"]
    assert [note["text"] for note in second["run"]["inherited"]] == ["Watch CH_2"]
    assert second["lines"][0]["value"] == pytest.approx(0.5)
    assert (await begun(house, guide="CL-DAILY", by="Lan"))["run_id"] == second["run_id"]


async def test_past_runs_are_listed_and_read(house: House) -> None:
    run = await begun(house)
    await do(house, run, "closed", reason="false alarm")
    (row,) = await house.room.runs.listed(RunQuery(is_over=True))
    assert (row["run_id"], row["ending"]) == (run["run_id"], "closed")
    await house.close()
    await house.open()
    told = await house.room.runs.told(run["run_id"])
    assert told["run"]["log"][-1]["deed"]["reason"] == "false alarm"


async def test_what_is_not_there_cannot_be_walked(house: House) -> None:
    with pytest.raises(NotFound):
        await begun(house, guide="PB-NOWHERE")
    with pytest.raises(NotFound):
        await begun(house, alarm_id=99)
    with pytest.raises(NotFound):
        await begun(house, guide="PB-SLOW", channel_id=99)
    with pytest.raises(BadRequest):
        await begun(house, by="Lan")
    with pytest.raises(NotFound):
        await house.room.runs.told(99)
