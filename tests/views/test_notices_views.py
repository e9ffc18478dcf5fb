"""Notices, receivers and "Who would be told?": rows, filters, the drawer, and what is asked of the agent."""

from __future__ import annotations

from typing import Any

import pytest
from canned_agent import serving, settled
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QLineEdit, QStyleOptionViewItem

from noc_console.views.desk import Desk
from noc_console.views.figures import age
from noc_console.views.notices_screen import NoticesScreen
from noc_console.views.notices_values import (
    NOTICE_COLUMNS,
    STATES,
    chips,
    fits,
    notice_entries,
    notice_record,
    receiver_record,
    state_cell,
    told_entries,
)
from noc_console.views.records import Cell, Column, Mark, Record, Tone
from noc_console.views.records_marks import paint_mark
from noc_console.views.records_model import RecordsModel
from noc_console.views.records_table import RecordsDelegate, RecordsTable
from noc_console.views.theme import Theme

NOW = 1_763_600_000.0
SECRET = "xoxb-do-not-show"


def notice(number: int, state: str = "sent", **more: Any) -> dict[str, Any]:
    alarm = {
        "channel_code": "CH_1",
        "channel_id": 1,
        "type": "STALE_PLAYLIST",
        "severity": "critical",
        "message": "Old",
    }
    row = {
        "notice_id": f"n{number}", "alarm_id": 7, "receiver": "team-chat", "action": "raise", "state": state,
        "reason": "route-step", "outcome": "", "attempts": 1, "queued_at": NOW - 60 + number, "due_at": NOW - 60,
        "done_at": None, "body": {"subject": "Subject", "text": "What was said", "data": {"alarm": alarm}},
    }  # fmt: skip
    return {**row, **more}


def receiver(name: str = "team-chat", **more: Any) -> dict[str, Any]:
    row = {
        "name": name, "kind": "slack", "roles": ["chat"], "state": "ok", "waiting": 0, "waits_since": None,
        "failures": 0, "fault": "", "next_at": None, "has_secret": False, "secret": "bot token", "needs_secret": True,
    }  # fmt: skip
    return {**row, **more}


@pytest.mark.parametrize("state", list(STATES))
def test_each_state_is_a_word_with_a_shape_of_its_own(state: str) -> None:
    cell = state_cell(state)
    assert cell.text == state
    assert cell.mark is not Mark.NONE
    assert sum(state_cell(other).mark is cell.mark for other in STATES) == 1


def test_a_notice_without_an_outcome_says_why_it_is_sent() -> None:
    assert notice_record(notice(1, "queued"), NOW).cells[6].text == "the route says so"
    assert notice_record(notice(1, "failed", outcome="429"), NOW).cells[6].text == "429"


def test_chips_of_states_and_of_receivers_both_narrow_the_list() -> None:
    rows = [notice(1), notice(2, "held"), notice(3, "held", receiver="tickets")]
    assert [(chip.key, chip.count) for chip in chips(rows)] == [
        ("open", 3), ("s:held", 2), ("s:sent", 1), ("r:team-chat", 2), ("r:tickets", 1)
    ]  # fmt: skip
    shown = [row["notice_id"] for row in rows if fits(row, frozenset({"s:held", "r:tickets"}), "")]
    assert shown == ["n3"]
    assert fits(rows[0], frozenset(), "stale_play")
    assert not fits(rows[0], frozenset(), "loudness")


def test_the_drawer_lists_every_outcome_of_this_notice_and_of_no_other() -> None:
    history = [
        {"at": NOW - 30, "kind": "NoticeHeld", "data": {"ids": ["n1"], "outcome": "503"}},
        {"at": NOW - 20, "kind": "NoticeSent", "data": {"ids": ["n2"], "outcome": "another"}},
        {"at": NOW - 10, "kind": "NoticeSent", "data": {"ids": ["n1"], "outcome": "ok"}},
    ]
    said = [entry.text for entry in notice_entries(notice(1), history, NOW) if hasattr(entry, "when")]
    assert said == ["Queued", "Held: 503", "Sent: ok"]


def test_an_alarm_tells_who_was_told_who_will_be_and_who_was_not() -> None:
    dry = {
        "told": [
            {"receiver": "mail", "at": NOW + 60, "done": False, "says": "after 5 min"},
            {"receiver": "team-chat", "at": NOW - 60, "done": True, "says": "at once"},
        ],
        "not_told": [{"receiver": "manager", "reason": "quiet-hours", "says": "the receiver has quiet hours"}],
    }
    texts = [entry.text for entry in told_entries([notice(1)], dry, NOW)]
    assert texts == [
        "Who was told and why",
        "team-chat, raise: sent\nthe route says so",
        "mail will be told\nafter 5 min",
        "manager\nthe receiver has quiet hours",
    ]


def test_a_missing_secret_stands_out_and_a_set_one_does_not() -> None:
    cells = [receiver_record(receiver(has_secret=is_set), None, NOW).cells[4] for is_set in (True, False)]
    assert [(cell.text, cell.tone) for cell in cells] == [("set", Tone.SECONDARY), ("not set", Tone.DOUBT)]


def test_the_records_model_keeps_the_rules_of_models() -> None:
    model = RecordsModel(NOTICE_COLUMNS)
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    assert model.show_records([notice_record(notice(1), NOW), notice_record(notice(2), NOW)])
    assert not model.show_records([notice_record(notice(1, "held"), NOW), notice_record(notice(2), NOW)])
    assert model.data(model.index(0, 1)) == "held"
    assert model.show_records([])
    assert tester.model() is model


def test_the_chosen_row_outlives_a_new_answer(look: Theme) -> None:
    table = RecordsTable(look, NOTICE_COLUMNS, "Notices")
    told: list[str] = []
    table.chosen.connect(told.append)
    table.show_records([notice_record(notice(n), NOW) for n in (2, 1)], "")
    table.choose("n1")
    table.show_records([notice_record(notice(n), NOW) for n in (3, 2, 1)], "")
    assert table.key == "n1"
    assert table.currentIndex().row() == 2
    table.show_records([], "No notices yet")
    assert table.key == ""
    assert told[-1] == ""
    table.close()


@pytest.mark.parametrize("mark", [one for one in Mark if one is not Mark.NONE])
def test_every_mark_is_painted_and_differs_from_the_others(look: Theme, mark: Mark) -> None:
    def drawn(one: Mark) -> QImage:
        image = QImage(20, 20, QImage.Format.Format_RGB32)
        image.fill(QColor("black"))
        painter = QPainter(image)
        paint_mark(painter, one, QPointF(10, 10), QColor("white"))
        painter.end()
        return image

    assert all(drawn(mark) != drawn(other) for other in Mark if other is not mark)


def test_an_ill_cell_has_its_hue_in_the_mark_only(look: Theme) -> None:
    columns = (Column("State", 200),)
    table = RecordsTable(look, columns, "x")
    table.show_records([Record("a", (Cell("failed", Tone.ILL, Mark.CROSS),))], "")
    option = QStyleOptionViewItem()
    option.rect = table.visualRect(table.records.index(0, 0))
    image = QImage(220, 40, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    RecordsDelegate(look, columns).paint(painter, option, table.records.index(0, 0))
    painter.end()
    middle = option.rect.center().y()
    hues = [image.pixelColor(15, y) for y in range(middle - 2, middle + 3)]
    assert any(hue.red() > 180 and hue.blue() < 90 for hue in hues)
    table.close()


async def test_the_list_shows_what_was_said_and_asks_for_outcomes(desk: Desk) -> None:
    async with serving(desk) as agent:
        agent.answers["/notices"] = {"notices": [notice(2, "failed", outcome="HTTP 429"), notice(1)]}
        agent.answers["/alarms/7/history"] = {"events": []}
        screen = NoticesScreen(desk)
        assert "Loading" in screen.notices.table._notice
        screen.refresh()
        await settled(desk)
        assert screen.notices.table.key == "n2"
        assert screen.notices.drawer.raw.toPlainText() == "Subject\n\nWhat was said"
        assert screen.status_text() == "2 notices · 0 waiting"
        screen.close()


async def test_no_notices_are_said_in_one_line(desk: Desk) -> None:
    async with serving(desk):
        screen = NoticesScreen(desk)
        screen.refresh()
        await settled(desk)
        screen.refresh()
        assert screen.notices.table._notice == "No notices yet"
        screen.close()


async def test_a_secret_goes_to_the_agent_and_is_shown_nowhere(desk: Desk) -> None:
    desk.operator.rename("T. Linh")
    async with serving(desk) as agent:
        agent.answers["/receivers"] = {"receivers": [receiver()]}
        screen = NoticesScreen(desk)
        screen.views.go(1)
        await settled(desk)
        view = screen.people
        view._on_secret()
        assert view.drawer.line.echoMode() is QLineEdit.EchoMode.Password
        view.drawer.line.setText(SECRET)
        QTest.keyClick(view.drawer.line, Qt.Key.Key_Return)
        await settled(desk)
        assert agent.told == [("PUT", "/receivers/team-chat/secret", {"secret": SECRET, "by": "T. Linh"})]
        assert view.drawer.line.text() == ""
        assert SECRET not in view.drawer.reply.text() + view.drawer.sheet.accessibleDescription()
        screen.close()


async def test_a_trial_tells_what_came_of_it(desk: Desk) -> None:
    async with serving(desk) as agent:
        agent.answers["/receivers"] = {"receivers": [receiver()]}
        agent.answers["/receivers/team-chat/test"] = {"outcome": {"state": "failed", "text": "HTTP 403"}}
        screen = NoticesScreen(desk)
        screen.views.go(1)
        await settled(desk)
        screen.people._on_test()
        await settled(desk)
        assert screen.people.drawer.reply.text() == "team-chat: failed. HTTP 403"
        screen.close()


async def test_the_dry_run_shows_who_and_who_not(desk: Desk) -> None:
    call = {
        "receiver": "mail",
        "at": NOW,
        "after_s": 300.0,
        "action": "raise",
        "route": "major",
        "says": "after 5 min",
    }
    async with serving(desk) as agent:
        agent.answers["/notices/dry-run"] = {
            "routes": ["major"],
            "told": [{**call, "done": False}],
            "not_told": [{"receiver": "page", "reason": "not-in-route", "says": "another route"}],
        }
        screen = NoticesScreen(desk)
        screen.views.go(2)
        screen.dry._on_ask()
        await settled(desk)
        first = screen.dry.told.records.records[0]
        assert [cell.text for cell in first.cells[:2]] == [f"after {age(300)}", "mail"]
        assert screen.dry.left_out.records.records[0].cells[1].text == "not-in-route"
        assert screen.dry.reply.text() == "By: major."
        screen.close()
