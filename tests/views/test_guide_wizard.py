"""The guide wizard as an operator uses it: keys, answers, fields, approvals, states, and the way from an alarm."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import canned_story
import pytest
from canned_agent import CannedAgent, serving, settled
from guide_story import LANES, Story
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QGuiApplication, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from noc_console.views.alarms import AlarmsScreen
from noc_console.views.desk import Desk
from noc_console.views.guide import GuideScreen
from noc_console.views.guides import GuidesScreen
from noc_console.views.stage import Stage

Key, Shift = Qt.Key, Qt.KeyboardModifier.ShiftModifier
PATH = "/guides/runs/7"


def shown(screen: QWidget, width: int = 1600, height: int = 900) -> None:
    screen.resize(width, height)
    screen.show()
    screen.activateWindow()
    assert QTest.qWaitForWindowActive(screen)


def answer(agent: CannedAgent, story: Story, **more: Any) -> None:
    agent.answers[PATH] = {"run": story.told(**more)}
    agent.answers[f"{PATH}/guide"] = {"guide": story.tree()}
    agent.answers[f"{PATH}/deeds"] = {"run": story.told(**more)}
    agent.answers[f"{PATH}/diagnostics"] = {"run": story.told(**more)}
    agent.answers["/guides"] = {"guides": [{"guide": "PB-STORY", "version": 3}]}
    agent.answers["/receivers"] = {"receivers": []}


@asynccontextmanager
async def walking(desk: Desk, story: Story, **more: Any) -> AsyncIterator[tuple[GuideScreen, CannedAgent]]:
    desk.operator.rename("T. Linh")
    desk.mirror.take(canned_story.board())
    async with serving(desk) as agent:
        answer(agent, story, **more)
        screen = GuideScreen(desk)
        shown(screen)
        screen.open(7)
        screen.refresh()
        await settled(desk)
        screen.setFocus()
        yield screen, agent
        await desk.tasks.stop()
        screen.close()


def deeds(agent: CannedAgent) -> list[dict[str, Any]]:
    return [body for verb, path, body in agent.told if path.startswith(f"{PATH}/deeds")]


def press(screen: QWidget, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(screen.window().focusWidget() or screen, key, modifier)


async def test_the_suggested_answer_is_chosen_and_enter_gives_it(desk: Desk) -> None:
    async with walking(desk, Story()) as (screen, agent):
        assert screen.acts.by_name["primary"].text() == "Answer \u201cmost of them\u201d"
        press(screen, Key.Key_Return)
        await settled(desk)
        sent = {"kind": "chose", "step": "sisters", "way": "options.0", "by": "T. Linh", "reason": ""}
        assert deeds(agent) == [sent]


async def test_a_digit_chooses_another_answer_but_not_while_a_text_is_written(desk: Desk) -> None:
    async with walking(desk, Story()) as (screen, agent):
        press(screen, Key.Key_3)
        assert screen.acts.by_name["primary"].text() == "Answer \u201ci cannot tell\u201d"
        screen.card.text.setFocus()
        for key in (Key.Key_1, Key.Key_X, Key.Key_A):
            press(screen, key)
        assert screen.card.written() == "1xa"
        assert screen.card.answers.answer is not None
        assert screen.card.answers.answer.way == "options.2"
        press(screen, Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        await settled(desk)
        assert [(one["way"], one["reason"]) for one in deeds(agent)] == [("options.2", "1xa")]


async def test_without_a_suggestion_nothing_is_chosen_and_enter_waits(desk: Desk) -> None:
    async with walking(desk, Story(answers={"mos": 3.2, "ill": None})) as (screen, agent):
        assert not screen.acts.by_name["primary"].isEnabled()
        press(screen, Key.Key_Return)
        await settled(desk)
        assert deeds(agent) == []


async def test_back_skip_note_and_escalation_have_their_keys(desk: Desk) -> None:
    async with walking(desk, Story()) as (screen, agent):
        press(screen, Key.Key_Backspace)
        await settled(desk)
        for key, modifier, text in (
            (Key.Key_X, Qt.KeyboardModifier.NoModifier, "busy"),
            (Key.Key_N, Shift, "seen by Minh"),
            (Key.Key_E, Qt.KeyboardModifier.NoModifier, "shift-lead it grows"),
        ):
            press(screen, key, modifier)
            screen.drawer.line.setText(text)
            press(screen, Key.Key_Return)
            await settled(desk)
        assert [one["kind"] for one in deeds(agent)] == ["went-back", "skipped", "noted", "escalated"]
        assert deeds(agent)[1]["reason"] == "busy"
        assert (deeds(agent)[3]["to"], deeds(agent)[3]["reason"]) == (["shift-lead"], "it grows")


async def test_a_verdict_is_disagreed_with_by_number_and_reason(desk: Desk) -> None:
    async with walking(desk, Story()) as (screen, agent):
        press(screen, Key.Key_D)
        assert screen.drawer.question.text() == "What is right? 1 no, 2 no data; then why"
        screen.drawer.line.setText("1")
        press(screen, Key.Key_Return)
        assert screen.drawer.reply.text().startswith("Begin with the number")
        press(screen, Key.Key_D)
        screen.drawer.line.setText("1 the picture is fine")
        press(screen, Key.Key_Return)
        await settled(desk)
        found = [(one["step"], one["way"], one["reason"]) for one in deeds(agent)]
        assert found == [("poor", "otherwise", "the picture is fine")]


async def test_a_refusal_is_told_in_the_drawer_and_nothing_is_lost(desk: Desk) -> None:
    async with walking(desk, Story()) as (screen, agent):
        agent.refusals["/deeds"] = (409, "This run has ended: start the guide anew.")
        press(screen, Key.Key_Return)
        await settled(desk)
        assert screen.drawer.reply.text() == "This run has ended: start the guide anew."
        assert screen.view is not None


async def test_a_command_is_copied_and_its_result_is_sent_with_the_number(desk: Desk) -> None:
    story = Story()
    story.do("chose", step="sisters", way="options.1")
    async with walking(desk, story) as (screen, agent):
        press(screen, Key.Key_Y)
        assert QGuiApplication.clipboard().text() == "ssh {packager_host} iostat"
        screen.card.fields.inputs()["disk"].setText("slow")  # type: ignore[union-attr]
        press(screen, Key.Key_Return)
        assert screen.drawer.reply.text() == "Disk wait: slow is no number."
        screen.card.fields.inputs()["disk"].setText("840")  # type: ignore[union-attr]
        screen.card.text.setPlainText("w_await 840")
        press(screen, Key.Key_Return)
        await settled(desk)
        assert [(one["values"], one["result"]) for one in deeds(agent)] == [({"disk": 840.0}, "w_await 840")]


async def test_an_action_asks_for_approval_and_the_second_person_gives_it(desk: Desk) -> None:
    story = Story()
    story.do("chose", step="sisters", way="options.0")
    story.do("did", step="look")
    story.do("did", step="tell")
    async with walking(desk, story) as (screen, agent):
        press(screen, Key.Key_Return)
        screen.drawer.line.setText("disk is slow")
        press(screen, Key.Key_Return)
        await settled(desk)
        story.do("asked-approval", by="Minh", step="move", reason="disk is slow")
        screen.feed.take(story.told())
        assert screen.acts.by_name["primary"].text() == "Approve"
        press(screen, Key.Key_Return)
        await settled(desk)
        assert [one["kind"] for one in deeds(agent)] == ["asked-approval", "approved"]


async def test_a_form_is_refused_while_something_is_missing(desk: Desk) -> None:
    story = Story()
    for deed in (("chose", "sisters"), ("did", "look"), ("did", "tell"), ("skipped", "move"), ("skipped", "verify")):
        story.do(deed[0], step=deed[1], **({"way": "options.0"} if deed[0] == "chose" else {}))
    async with walking(desk, story) as (screen, agent):
        press(screen, Key.Key_Return)
        assert screen.drawer.reply.text() == "Still empty: Recovered."
        screen.card.fields.inputs()["recovered"].setCurrentText("yes")  # type: ignore[union-attr]
        screen.setFocus()
        press(screen, Key.Key_Return)
        await settled(desk)
        values = deeds(agent)[0]["values"]
        assert (values["recovered"], bool(values["cause"])) == (True, True)


async def test_a_diagnostic_is_run_and_its_result_is_a_table(desk: Desk) -> None:
    story = Story()
    story.do("chose", step="sisters", way="options.2")
    async with walking(desk, story) as (screen, agent):
        press(screen, Key.Key_Return)
        await settled(desk)
        assert [path for _, path, _ in agent.told] == [f"{PATH}/diagnostics"]
        rows = [{"hop": 1, "loss_ratio": 0.0}, {"hop": 2, "loss_ratio": 0.2}]
        found = {"state": "done", "text": "20 % are lost at hop 2", "fields": {}, "rows": rows}
        story.walk.diagnosed["path"] = found
        story.walk.rev += 1
        screen.feed.take(story.told())
        table = screen.card.diagnostic.table
        assert table is not None
        assert [cell.text for cell in table.records.records[1].cells] == ["2", "0.200"]
        assert "20 % are lost" in screen.card.words.text()


async def test_what_another_operator_does_is_seen(desk: Desk) -> None:
    story = Story()
    async with walking(desk, story) as (screen, agent):
        story.do("chose", by="Minh", step="sisters", way="options.1")
        answer(agent, story)
        screen.refresh()
        await settled(desk)
        assert screen.view is not None
        assert screen.view.id == "look"
        assert any(node.note == "Minh" for node in screen.tree.tree.nodes)


async def test_the_states_that_are_no_step_are_said(desk: Desk) -> None:
    story = Story()
    async with walking(desk, story) as (screen, agent):
        story.do("closed", reason="false alarm")
        screen.feed.take(story.told())
        assert screen.card.head._head.title == "This guide is ended early"
        assert not screen.acts.by_name["primary"].isEnabled()
        assert screen.acts.by_name["note"].isEnabled()
        desk.mirror.lose("The agent does not answer.")
        screen._draw()
        assert not screen.acts.by_name["note"].isEnabled()
        assert "this is what was known" in screen.head._head.under  # type: ignore[union-attr]
        agent.refusals["/guides/runs/8"] = (404, "There is no run 8.")
        screen.open(8)
        assert screen.card.head._head.title == "Loading"
        await settled(desk)
        assert screen.card.head._head.title == "There is no run 8."


async def test_a_changed_file_is_said_and_the_walk_keeps_its_version(desk: Desk) -> None:
    async with walking(desk, Story()) as (screen, agent):
        agent.answers["/guides"] = {"guides": [{"guide": "PB-STORY", "version": 4}]}
        screen.versions.hurry()
        screen.refresh()
        await settled(desk)
        screen._draw()
        assert screen.head._head is not None
        assert "The file is version 4 now; this walk ends with version 3." in screen.head._head.under


async def test_a_step_of_the_tree_is_chosen_by_key_and_by_mouse(desk: Desk) -> None:
    async with walking(desk, Story()) as (screen, _agent):
        press(screen, Key.Key_K)
        assert screen._chosen == 1
        spot = screen.tree.tree.box_of(0).center()
        kind, left = QMouseEvent.Type.MouseButtonPress, Qt.MouseButton.LeftButton
        event = QMouseEvent(kind, QPointF(spot), QPointF(spot), left, left, Qt.KeyboardModifier.NoModifier)
        screen.tree.tree.mousePressEvent(event)
        assert screen._chosen == 0
        assert screen.close_drawer()
        assert screen._chosen == -1
        before = len(screen.tree.tree.nodes)
        press(screen, Key.Key_V)
        assert len(screen.tree.tree.nodes) > before


@pytest.mark.parametrize("size", [(1864, 1008), (1318, 696)])
async def test_every_state_can_be_painted(desk: Desk, size: tuple[int, int]) -> None:
    story = Story()
    async with walking(desk, story) as (screen, _agent):
        screen.resize(*size)
        for deed in (
            None,
            ("chose", "sisters", {"way": "options.0"}),
            ("did", "look", {"result": "x" * 400}),
            ("did", "tell", {}),
            ("asked-approval", "move", {"reason": "slow"}),
            ("skipped", "move", {}),
            ("skipped", "verify", {}),
        ):
            if deed is not None:
                story.do(deed[0], step=deed[1], **deed[2])
                screen.feed.take(story.told())
            assert not screen.grab().isNull()


async def test_lanes_stand_beside_each_other_and_l_goes_round(desk: Desk) -> None:
    story = Story(LANES, {})
    async with walking(desk, story) as (screen, agent):
        assert [one.name for one in screen.head._lanes] == ["Picture", "Sound"]
        assert screen.view is not None
        assert screen.view.id == "see"
        press(screen, Key.Key_L)
        assert screen.view.id == "hear"
        press(screen, Key.Key_Return)
        await settled(desk)
        assert [one["step"] for one in deeds(agent)] == ["hear"]
        story.do("did", step="hear")
        screen.feed.take(story.told())
        assert screen.view.id == "see"
        states = {one.name: one.state for one in screen.head._lanes}
        assert (states["Picture"], states["Sound"]) == ("step 2 of 3", "done")
        assert not screen.grab().isNull()


async def test_a_picture_is_attached_to_the_step(desk: Desk, tmp_path: Path) -> None:
    async with walking(desk, Story()) as (screen, agent):
        agent.answers[f"{PATH}/pictures"] = {"run": Story().told()}
        file = tmp_path / "seen.png"
        file.write_bytes(b"\x89PNG\r\n\x1a\n")
        screen.acts.attach(str(file))
        await settled(desk)
        paths = [path.replace("+", " ") for _, path, _ in agent.told]
        assert paths == [f"{PATH}/pictures?text=seen.png&step=sisters&by=T. Linh"]


async def test_g_on_an_alarm_opens_its_guide(desk: Desk) -> None:
    desk.operator.rename("T. Linh")
    desk.mirror.take(canned_story.board())
    async with serving(desk) as agent:
        answer(agent, Story())
        agent.answers["/guides/runs"] = {"run_id": 7, "run": Story().told(), "guide": Story().tree()}
        stage = Stage(desk)
        shown(stage)
        stage.show_screen("alarms")
        alarms = stage.currentWidget()
        assert isinstance(alarms, AlarmsScreen)
        chosen = alarms.table.current_id()
        alarms.table.setFocus()
        press(stage, Key.Key_G)
        await settled(desk)
        stage.refresh()
        await settled(desk)
        assert ("POST", "/guides/runs", {"alarm_id": chosen, "by": "T. Linh"}) in agent.told
        guide = stage.currentWidget()
        assert isinstance(guide, GuideScreen)
        assert guide.view is not None
        stage.close()


async def test_the_list_of_guides_tells_mistakes_by_file_and_line(desk: Desk) -> None:
    row = {
        "guide": "PB-STORY", "kind": "playbook", "version": 3, "title": {"en": "MOS low"}, "summary": {"en": ""},
        "alarms": ["VIDEO_MOS_LOW"], "severity": "major", "respond_s": 900.0, "minutes": 15.0, "schedule": [],
        "is_site": False, "file": "pb-story.yaml", "changed_at": 0.0, "steps": 9, "reviewed": None,
    }  # fmt: skip
    desk.operator.rename("T. Linh")
    desk.mirror.take(canned_story.board())
    async with serving(desk) as agent:
        agent.answers["/guides"] = {"guides": [row]}
        wrong = {"file": "pb-mine.yaml", "line": 12, "column": 3, "text": "There is no step 'lok': was look meant?"}
        agent.answers["/guides/mistakes"] = {"mistakes": [wrong]}
        agent.answers["/guides/runs"] = {"runs": [], "run_id": 7}
        opened: list[int] = []
        desk.ways.openRun.connect(opened.append)
        screen = GuidesScreen(desk)
        shown(screen)
        screen.refresh()
        await settled(desk)
        assert screen.status_text() == "1 guides \u00b7 1 mistakes in files"
        press(screen, Key.Key_Return)
        screen.drawer.line.setText("CH_NONE")
        press(screen, Key.Key_Return)
        assert screen.drawer.reply.text() == "There is no channel CH_NONE."
        press(screen, Key.Key_Return)
        press(screen, Key.Key_Return)
        await settled(desk)
        assert opened == [7]
        screen.views.go(2)
        cells = [cell.text for cell in screen.table.records.records[0].cells]
        assert cells == ["pb-mine.yaml", "12:3", "There is no step 'lok': was look meant?"]
        screen.close()
