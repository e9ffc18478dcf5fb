"""The shift screens: what is due, lines marked by key, signing, handover, files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import canned_story
from canned_agent import CannedAgent, serving, settled
from guide_story import CHECKLIST, Story
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from noc_console.views.desk import Desk
from noc_console.views.shift import ShiftScreen
from noc_console.views.shift_list import ChecklistScreen

Key, Shift = Qt.Key, Qt.KeyboardModifier.ShiftModifier
PATH = "/guides/runs/7"


def shown(screen: QWidget) -> None:
    screen.resize(1600, 900)
    screen.show()
    screen.activateWindow()
    assert QTest.qWaitForWindowActive(screen)


def press(screen: QWidget, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(screen.window().focusWidget() or screen, key, modifier)


def answer(agent: CannedAgent, story: Story) -> None:
    agent.answers[PATH] = {"run": story.told()}
    agent.answers[f"{PATH}/guide"] = {"guide": story.tree()}
    agent.answers[f"{PATH}/deeds"] = {"run": story.told()}


async def opened(desk: Desk, agent: CannedAgent, story: Story) -> ChecklistScreen:
    desk.operator.rename("T. Linh")
    desk.mirror.take(canned_story.board())
    answer(agent, story)
    screen = ChecklistScreen(desk)
    shown(screen)
    screen.open(7)
    screen.refresh()
    await settled(desk)
    screen.setFocus()
    return screen


def deeds(agent: CannedAgent) -> list[dict[str, Any]]:
    return [body for _, path, body in agent.told if path.startswith(f"{PATH}/deeds")]


async def test_a_line_within_its_limit_is_done_at_once_and_one_outside_wants_a_note(desk: Desk) -> None:
    async with serving(desk) as agent:
        screen = await opened(desk, agent, Story(CHECKLIST, {"cpu": 1.0, "silent": 0.0}))
        assert screen.table.key == "workers"
        press(screen, Key.Key_D)
        assert screen.drawer.question.text() == "1 is outside = 0: what was done? (Look at the agent)"
        press(screen, Key.Key_Return)
        assert screen.drawer.reply.text().startswith("A note is needed")
        press(screen, Key.Key_D)
        screen.drawer.line.setText("restarted it")
        press(screen, Key.Key_Return)
        await settled(desk)
        assert screen.table.key == "silent"
        press(screen, Key.Key_D)
        await settled(desk)
        assert [(one["item"], one["state"], one.get("reason", "")) for one in deeds(agent)] == [
            ("workers", "done", "restarted it"),
            ("silent", "done", ""),
        ]
        screen.close()


async def test_it_is_not_signed_while_a_line_is_open_and_then_by_role(desk: Desk) -> None:
    story = Story(CHECKLIST, {"cpu": 0.0, "silent": 0.0})
    async with serving(desk) as agent:
        screen = await opened(desk, agent, story)
        press(screen, Key.Key_S)
        assert screen.drawer.reply.text() == "3 lines are open: the checklist cannot be signed yet."
        for item in ("workers", "silent", "told"):
            story.do("marked", item=item, state="done")
        screen.feed.take(story.told())
        press(screen, Key.Key_S)
        assert screen.drawer.question.text() == "Sign as which role? 1 shift-lead, 2 operator"
        screen.drawer.line.setText("2")
        press(screen, Key.Key_Return)
        await settled(desk)
        assert [(one["kind"], one["role"]) for one in deeds(agent)] == [("signed", "operator")]
        story.do("signed", step="sign", role="operator")
        screen.feed.take(story.told())
        press(screen, Key.Key_S)
        assert screen.drawer.question.text().startswith("Sign as shift-lead in the name of T. Linh?")
        press(screen, Key.Key_Return)
        await settled(desk)
        assert deeds(agent)[-1]["role"] == "shift-lead"
        screen.close()


async def test_notes_are_handed_over_and_ticked_off(desk: Desk) -> None:
    story = Story(CHECKLIST, {"cpu": 0.0, "silent": 0.0})
    async with serving(desk) as agent:
        screen = await opened(desk, agent, story)
        assert not screen.acts.by_name["tick"].isEnabled()
        press(screen, Key.Key_H)
        screen.drawer.line.setText("disk of packager 02")
        press(screen, Key.Key_Return)
        await settled(desk)
        assert [(one["text"], one["hands_over"]) for one in deeds(agent)] == [("disk of packager 02", True)]
        told = story.told()
        note = {"text": "look at it", "at": 1.0, "by": "Minh", "hands_over": True, "ticked_by": "", "ticked_at": None}
        told["run"]["inherited"] = [{**note, "ticked_by": "x", "ticked_at": 2.0}, note]
        screen.feed.take(told)
        press(screen, Key.Key_T)
        await settled(desk)
        assert deeds(agent)[-1] == {"kind": "ticked-off", "note": 1, "by": "T. Linh"}
        screen.close()


async def test_views_show_exceptions_first_in_order_and_open_only(desk: Desk) -> None:
    story = Story(CHECKLIST, {"cpu": 0.0, "silent": 3.0})
    story.do("marked", item="told", state="done")
    async with serving(desk) as agent:
        screen = await opened(desk, agent, story)
        listed = lambda: [one.key for one in screen.table.records.records]  # noqa: E731
        assert listed() == ["silent", "workers", "told"]
        screen.views.go(1)
        assert listed() == ["workers", "silent", "told"]
        screen.views.go(2)
        assert listed() == ["silent", "workers"]
        assert not screen.grab().isNull()
        screen.close()


async def test_a_walk_is_written_as_pdf_and_csv(desk: Desk, tmp_path: Path) -> None:
    async with serving(desk) as agent:
        screen = await opened(desk, agent, Story(CHECKLIST, {"cpu": 0.0, "silent": 0.0}))
        said: list[str] = []
        screen.files.told.connect(said.append)
        for name in ("check.pdf", "check.csv", "check.docx"):
            screen.files.save(str(tmp_path / name))
            await settled(desk)
        assert (tmp_path / "check.pdf").read_bytes().startswith(b"%PDF")
        assert "Processes ill" in (tmp_path / "check.csv").read_text("utf-8-sig")
        assert said[-1] == "A walk is written as .pdf or .csv, not .docx."
        screen.close()


async def test_what_is_due_is_begun_and_what_runs_is_continued(desk: Desk) -> None:
    desk.operator.rename("T. Linh")
    desk.mirror.take(canned_story.board())
    now = desk.mirror.now()
    turn = {
        "guide": "CL-STORY", "title": {"en": "Daily check"}, "due_at": now - 120, "overdue_at": now + 780,
        "state": "due", "role": "shift-lead", "run_id": None,
    }  # fmt: skip
    row = {
        "guide": "CL-STORY", "kind": "checklist", "version": 1, "title": {"en": "Daily check"},
        "summary": {"en": "x"}, "minutes": 15.0, "schedule": ["08:00"], "file": "cl-story.yaml",
    }  # fmt: skip
    async with serving(desk) as agent:
        agent.answers["/guides/calendar"] = {"turns": [turn]}
        agent.answers["/guides"] = {"guides": [row, {**row, "guide": "CL-READY", "schedule": []}]}
        agent.answers["/guides/runs"] = {"runs": [], "run_id": 7}
        opened_runs: list[int] = []
        desk.ways.openChecklist.connect(opened_runs.append)
        screen = ShiftScreen(desk)
        shown(screen)
        screen.refresh()
        await settled(desk)
        assert [one.cells[2].text for one in screen.table.records.records] == ["due now, 2 m 00 s ago", "not begun"]
        assert screen.status_text() == "1 checklists wait"
        press(screen, Key.Key_Return)
        await settled(desk)
        assert agent.told == [("POST", "/guides/runs", {"guide": "CL-STORY", "by": "T. Linh"})]
        turn |= {"state": "running", "run_id": 9}
        screen.feed.hurry()
        screen.refresh()
        await settled(desk)
        press(screen, Key.Key_Return)
        assert opened_runs == [7, 9]
        screen.close()
