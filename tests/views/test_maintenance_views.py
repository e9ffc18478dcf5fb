"""Maintenance: slots as text, the form, the list with its warnings, orders, and what hides an alarm."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import canned_story as story
import pytest
from canned_agent import serving, settled
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from noc_console.errors import KnownError
from noc_console.views.desk import Desk
from noc_console.views.maintenance import MaintenanceScreen
from noc_console.views.maintenance_form import WindowForm
from noc_console.views.maintenance_slots import slots_of, slots_text
from noc_console.views.maintenance_values import (
    about,
    body_of,
    form_of,
    fresh,
    hiding_records,
    record,
    span_text,
    state_cell,
)
from noc_console.views.records import Mark, Tone

NOW = 1_763_600_000.0
CODES = {1: "CH_1", 2: "CH_2"}


def window(number: int = 1, **more: Any) -> dict[str, Any]:
    target = {
        "labels": [], "channels": [1], "agents": ["agent-7"], "regions": [], "layers": [2], "alarm_types": [],
        "is_everything": False,
    }  # fmt: skip
    known = {
        "id": number, "name": f"Works {number}", "kind": "maintenance", "target": target, "start": 1763598000.0,
        "end": 1763605200.0, "slots": [], "zone": "Asia/Ho_Chi_Minh", "while_type": "", "by": "J. Hoa",
        "reason": "disk", "created_at": 0.0, "ended_at": None, "is_open": True, "next_turn": 1763605200.0,
        "hides": [], "hid_30d": 0,
        "inputs": 1, "warning": "",
    }  # fmt: skip
    return {**known, **more}


@pytest.mark.parametrize(
    ("text", "slot"),
    [
        ("Mon Wed 01:00-04:00", {"weekdays": [0, 2]}),
        ("monday, friday 1:00 - 4:00", {"weekdays": [0, 4]}),
        ("daily 01:00–04:00", {}),
        ("01:00-04:00", {}),
        ("last Sun 01:00-04:00", {"weekdays": [6], "weeks": [-1]}),
        ("1st 3rd Tue 01:00-04:00", {"weekdays": [1], "weeks": [1, 3]}),
        ("day 1 15 -1 01:00-04:00", {"month_days": [1, 15, -1]}),
    ],
)
def test_a_slot_is_written_as_people_say_it(text: str, slot: dict[str, Any]) -> None:
    plain = {"start": "01:00", "end": "04:00", "weekdays": [], "weeks": [], "month_days": []}
    assert slots_of(text) == [{**plain, **slot}]
    assert slots_of(slots_text(slots_of(text))) == slots_of(text)


@pytest.mark.parametrize("text", ["Mon", "Mon 25:00-04:00", "Foo 01:00-04:00", "day 32 01:00-02:00", "01:00"])
def test_what_is_no_slot_is_said_in_one_sentence(text: str) -> None:
    with pytest.raises(KnownError, match="write a slot like"):
        slots_of(text)


def test_a_window_comes_back_from_the_form_as_it_was() -> None:
    slots = slots_of("Mon 01:00-04:00\nlast Sun 23:00-02:00")
    known = window(slots=slots, while_type="STALE_PLAYLIST")
    sent = body_of(form_of(known, CODES), CODES, known)
    assert sent == {name: known[name] for name in sent}


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"channels": "CH_9"}, "There is no channel CH_9"),
        ({"start": "tomorrow"}, "The start is no time"),
        ({"zone": "Mars/Olympus"}, "There is no time zone"),
        ({"name": " "}, "name"),
        ({"slots": "x"}, "write a slot like"),
    ],
)
def test_what_cannot_be_read_is_one_sentence_before_it_is_sent(changes: dict[str, str], word: str) -> None:
    with pytest.raises(KnownError, match=word):
        body_of(replace(form_of(window(), CODES), **changes), CODES)


def test_a_new_window_begins_at_the_next_quarter_in_local_time() -> None:
    form = fresh(NOW)
    assert form.start == "2025-11-20 08:00"
    assert form.end == "2025-11-20 10:00"


@pytest.mark.parametrize(
    ("more", "text", "mark"),
    [
        ({}, "open, 1", Mark.SPANNER),
        ({"while_type": "X"}, "while X", Mark.SPANNER),
        ({"is_open": False, "next_turn": NOW + 60}, "opens in", Mark.CLOCK),
        ({"is_open": False, "end": NOW - 1}, "over", Mark.DASH),
        ({"is_open": False, "ended_at": NOW - 1}, "ended", Mark.DASH),
        ({"is_open": False, "next_turn": None}, "not open", Mark.DASH),
    ],
)
def test_a_windows_state_is_shape_and_words(more: dict[str, Any], text: str, mark: Mark) -> None:
    cell = state_cell(window(**more), NOW)
    assert cell.text.startswith(text)
    assert cell.mark is mark


def test_a_window_that_hides_nothing_says_so_in_its_row() -> None:
    cell = record(window(warning="It is about no channel there is."), NOW, CODES).cells[7]
    assert (cell.text, cell.mark, cell.tone) == ("It is about no channel there is.", Mark.WARNING, Tone.DOUBT)
    assert record(window(), NOW, CODES).cells[7].text == ""


def test_what_a_window_is_about_and_when_is_one_line_each() -> None:
    assert about(window()["target"], CODES) == "CH_1, L2 Packager, agent agent-7"
    assert span_text(window()) == "2025-11-20 07:20 – 09:20"
    assert span_text(window(start=0.0, end=None)) == "always"
    assert span_text(window(slots=slots_of("Mon 01:00-02:00"))) == "Mon 01:00-02:00 Asia/Ho_Chi_Minh"


def test_what_hides_an_alarm_comes_before_what_could() -> None:
    answer = {
        "hidden_by": ["maintenance Works 1"],
        "windows": [{"id": 2, "name": "Old", "kind": "suppression", "hides": False, "why": "it is over"}],
    }
    rows = [[cell.text for cell in one.cells] for one in hiding_records(answer)]
    assert rows == [["maintenance Works 1", "", "yes", ""], ["Old", "suppression", "no", "it is over"]]


def test_the_form_gives_back_what_it_was_shown(desk: Desk) -> None:
    screen = MaintenanceScreen(desk)
    form = WindowForm(desk.theme, screen._save, screen._leave)
    shown = form_of(window(slots=slots_of("Mon 01:00-04:00"), while_type="STALE_PLAYLIST"), CODES)
    form.show_form(shown, "Edit")
    assert form.form() == shown
    form.close()
    screen.close()


async def test_a_window_is_planned_from_the_keyboard(desk: Desk) -> None:
    desk.operator.rename("T. Linh")
    desk.mirror.take(story.board())
    code = desk.mirror.channels[desk.mirror.order[0]]["code"]
    async with serving(desk) as agent:
        agent.answers["/maintenance/explorer"] = {"windows": []}
        agent.answers["/maintenance"] = {"window": window()}
        screen = MaintenanceScreen(desk)
        screen.resize(1600, 900)
        screen.show()
        screen.activateWindow()
        assert QTest.qWaitForWindowActive(screen)
        screen.table.setFocus()
        screen.refresh()
        await settled(desk)
        assert screen.table._notice == "Nothing is planned and nothing is suppressed"
        QTest.keyClick(screen.table, Qt.Key.Key_W)
        assert screen.side.currentWidget() is screen.form
        screen.form.channels.setText("CH_WRONG")
        screen.form.name.setText("Disk")
        screen._on_save()
        assert screen.form.reply.text() == "There is no channel CH_WRONG."
        screen.form.channels.setText(code.lower())
        screen._on_save()
        await settled(desk)
        method, path, body = agent.told[0]
        assert (method, path) == ("POST", "/maintenance?by=T. Linh")
        assert body["target"]["channels"] == [desk.mirror.order[0]]
        assert screen.side.currentWidget() is screen.drawer
        screen.close()


@pytest.mark.parametrize(
    ("order", "told"),
    [
        ("_on_end", ("POST", "/maintenance/1/end?by=T. Linh")),
        ("_on_remove", ("DELETE", "/maintenance/1?by=T. Linh")),
    ],
)
async def test_ending_and_removing_are_asked_for_first(desk: Desk, order: str, told: tuple[str, str]) -> None:
    desk.operator.rename("T. Linh")
    async with serving(desk) as agent:
        agent.answers["/maintenance/explorer"] = {"windows": [window()]}
        agent.answers["/maintenance/1/end"] = {"window": window()}
        screen = MaintenanceScreen(desk)
        screen.refresh()
        await settled(desk)
        getattr(screen, order)()
        assert agent.told == []
        screen.ask.buttons()[0].click()
        await settled(desk)
        assert [call[:2] for call in agent.told] == [told]
        screen.close()


async def test_reclassifying_needs_a_reason(desk: Desk) -> None:
    async with serving(desk) as agent:
        agent.answers["/maintenance/explorer"] = {"windows": [window()]}
        agent.answers["/maintenance/1/reclassify"] = {"window": window(), "alarms": [4, 5]}
        screen = MaintenanceScreen(desk)
        screen.refresh()
        await settled(desk)
        screen._on_reclassify()
        QTest.keyClick(screen.drawer.line, Qt.Key.Key_Return)
        assert agent.told == []
        assert "reason" in screen.drawer.reply.text()
        screen._on_reclassify()
        screen.drawer.line.setText("forgot to plan it")
        QTest.keyClick(screen.drawer.line, Qt.Key.Key_Return)
        await settled(desk)
        assert agent.told[0][2] == {"reason": "forgot to plan it"}
        assert screen.drawer.reply.text() == "2 alarms count as maintenance now."
        screen.close()


async def test_an_alarm_is_told_what_hides_it_and_esc_closes_the_answer(desk: Desk) -> None:
    async with serving(desk) as agent:
        agent.answers["/alarms/7/hiding"] = {"hidden_by": [], "windows": []}
        screen = MaintenanceScreen(desk)
        screen.resize(1600, 900)
        screen.show()
        screen.open(7)
        await settled(desk)
        assert screen.hiding._notice == "Nothing hides it, and no window is about it"
        assert screen.close_drawer()
        assert screen.hiding_card.isHidden()
        screen.close()
