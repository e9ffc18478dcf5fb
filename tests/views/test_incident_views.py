"""Incident screens: list, page, every deed by key, files written, and how a capsule looks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import canned_story as story
import pytest
from canned_agent import CannedAgent, serving, settled
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QWidget

from noc_console.incidents.chart import Curve, svg
from noc_console.incidents.page import Page, Picture, Section, Table, page_json, page_of
from noc_console.model import Severity
from noc_console.views import closing, notices
from noc_console.views.alarms import AlarmsScreen
from noc_console.views.desk import Desk
from noc_console.views.endpoint import Embedded
from noc_console.views.incident import IncidentScreen
from noc_console.views.incident_acts import cause_of, task_of
from noc_console.views.incident_strip import moments
from noc_console.views.incident_values import incident_record, line_record, state_cell, task_record
from noc_console.views.incidents import IncidentsScreen
from noc_console.views.records import Mark, Tone
from noc_console.views.report_print import drawn, print_page
from noc_console.views.topbar import TopBar

NOW = story.NOW
TIMES = {"start": NOW - 600, "detected": NOW - 600, "acknowledged": NOW - 500, "mitigated": None, "ended": None}


def task(number: int, **more: Any) -> dict[str, Any]:
    known = {"id": number, "text": f"Do {number}", "owner": "Minh", "due_at": NOW + 600, "done_at": None}
    return {**known, "done_by": "", "overdue": False, **more}


def incident(**more: Any) -> dict[str, Any]:
    review = dict.fromkeys(("happened", "why", "fix", "prevention", "held_by"), "") | {
        "due_at": None,
        "held_at": None,
    }
    impact = {"channels": ["CH_A", "CH_B"], "tier": 1, "viewers": "", "minutes": 10.0, "is_counted": True}
    known = {
        "id": 3, "title": "Packager 02 is slow", "severity": "critical", "state": "open", "opened_at": NOW - 590,
        "opened_by": "Linh", "commander": "Linh", "alarms": [7, 8], "channels": [1, 2], "cause": "", "cause_text": "",
        "ticket": "", "impact": impact, "times": TIMES, "said_times": dict.fromkeys(TIMES), "tasks": [task(1)],
        "notes": [], "review": review, "overdue": 0, "review_overdue": False, "open_alarms": 2, "closed_at": None,
        "mitigated_at": None, "alarm_objects": story.alarms()[:1], "evidence": [],
    }  # fmt: skip
    return {**known, **more}


def line(seq: int, group: str, **more: Any) -> dict[str, Any]:
    known = {"seq": seq, "at": NOW - 600 + seq, "actor": "", "text": f"line {seq}", "group": group, "channel_id": 1}
    return {**known, "severity": "", **more}


LINES = [line(1, "alarm", severity="critical"), line(2, "incident", actor="Linh")]


def answer(agent: CannedAgent, one: dict[str, Any], lines: list[dict[str, Any]] | None = None) -> None:
    path = f"/incidents/{one['id']}"
    agent.answers["/incidents"] = {"incidents": [one]}
    agent.answers[path] = {"incident": one}
    agent.answers[f"{path}/timeline"] = {"lines": LINES if lines is None else lines}
    agent.answers[f"{path}/evidence"] = {"evidence": []}


def shown(screen: QWidget) -> None:
    screen.resize(1600, 900)
    screen.show()
    screen.activateWindow()
    assert QTest.qWaitForWindowActive(screen)


async def page(desk: Desk, number: int = 3) -> IncidentScreen:
    screen = IncidentScreen(desk)
    shown(screen)
    screen.open(number)
    screen.refresh()
    await settled(desk)
    screen.lines.setFocus()
    return screen


@pytest.mark.parametrize(
    ("said", "text", "tone", "mark"),
    [
        ({}, "open", Tone.TEXT, Mark.WARNING),
        ({"overdue": 2}, "open, 2 overdue", Tone.ILL, Mark.WARNING),
        ({"state": "mitigated"}, "mitigated", Tone.TEXT, Mark.RING),
        ({"state": "review_due"}, "review due", Tone.DOUBT, Mark.CLOCK),
        ({"state": "review_due", "review_overdue": True, "overdue": 1}, "review overdue", Tone.ILL, Mark.CLOCK),
        ({"state": "closed"}, "closed", Tone.TERTIARY, Mark.TICK),
    ],
)
def test_a_state_is_a_word_a_shape_and_a_tone(said: dict[str, Any], text: str, tone: Tone, mark: Mark) -> None:
    cell = state_cell(incident(**said))
    assert (cell.text, cell.tone, cell.mark) == (text, tone, mark)


def test_rows_say_what_matters() -> None:
    row = [cell.text for cell in incident_record(incident(), NOW).cells]
    assert row[3:] == ["Packager 02 is slow", "open", "Linh", "2", "2 of 2", "0 of 1"]
    late = task_record(task(2, due_at=NOW - 60, overdue=True), NOW)
    assert (late.cells[0].mark, late.cells[2].tone, late.cells[2].text.endswith("late")) == (
        Mark.CLOCK,
        Tone.ILL,
        True,
    )
    assert task_record(task(2, done_at=NOW), NOW).cells[0].mark is Mark.TICK
    assert line_record(LINES[0], NOW).cells[2].severity is Severity.CRITICAL
    assert line_record(line(1, "alarm"), NOW).cells[2].mark is Mark.TICK


def test_the_strip_tells_the_moments_and_what_is_late() -> None:
    told = {one.label: (one.note, one.is_ill) for one in moments(incident(overdue=1), NOW)}
    assert told["Mitigated"] == ("not yet", False)
    assert told["Tasks done"] == ("1 overdue", True)


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("call storage", {"text": "call storage"}),
        ("call storage @Minh in 2h", {"text": "call storage", "owner": "Minh", "due_at": NOW + 7200}),
        ("write it down in 30 m", {"text": "write it down", "due_at": NOW + 1800}),
        ("ask @N. Quang", {"text": "ask", "owner": "N. Quang"}),
        ("  ", {}),
    ],
)
def test_a_task_is_typed_as_it_is_said(text: str, body: dict[str, Any]) -> None:
    assert task_of(text, NOW) == body


def test_a_cause_begins_with_its_class() -> None:
    assert cause_of("ISP: peering at HCM full") == {"cause": "isp", "cause_text": "peering at HCM full"}
    assert (cause_of("false-positive"), cause_of("the moon")) == ({"cause": "false-positive"}, {})


async def test_the_list_shows_incidents_and_opens_the_chosen_one(desk: Desk) -> None:
    desk.mirror.take(story.board())
    opened: list[int] = []
    desk.ways.openIncident.connect(opened.append)
    async with serving(desk) as agent:
        agent.answers["/incidents"] = {"incidents": []}
        screen = IncidentsScreen(desk)
        shown(screen)
        QAbstractItemModelTester(screen.table.records)
        assert screen.table._notice == "Loading"
        screen.refresh()
        await settled(desk)
        screen.refresh()
        assert screen.table._notice.startswith("No incident is open")
        rows = [incident(), incident(id=2, state="closed"), incident(id=1, state="review_due", review_overdue=True)]
        agent.answers["/incidents"] = {"incidents": rows}
        screen.feed.hurry()
        screen.refresh()
        await settled(desk)
        assert [one.key for one in screen.table.records.records] == ["3", "1"]
        QTest.keyClick(screen.table, Qt.Key.Key_J)
        QTest.keyClick(screen.table, Qt.Key.Key_Return)
        assert opened == [1]
        screen.views.go(1)
        assert [one.key for one in screen.table.records.records] == ["1"]
        screen.views.go(2)
        assert len(screen.table.records.records) == 3
        assert screen.status_text() == "1 incidents open · 1 with something overdue"
        screen.close()


async def test_the_page_shows_its_incident_and_says_so_while_it_loads_or_fails(desk: Desk) -> None:
    desk.mirror.take(story.board())
    async with serving(desk) as agent:
        answer(agent, incident())
        screen = IncidentScreen(desk)
        shown(screen)
        screen.open(3)
        assert (screen.title.text(), screen.lines._notice) == ("Incident 3", "Loading")
        screen.refresh()
        await settled(desk)
        assert screen.title.text() == "Incident 3: Packager 02 is slow"
        counts = [len(table.records.records) for table in (screen.lines, screen.alarms, screen.tasks)]
        assert counts == [2, 1, 1]
        agent.refusals["/incidents/9"] = (404, "There is no incident 9.")
        screen.open(9)
        screen.refresh()
        await settled(desk)
        screen.refresh()
        assert screen.lines._notice == "There is no incident 9."
        assert not screen.acts.action("note").isEnabled()
        screen.close()


@pytest.mark.parametrize(
    ("key", "line_text", "told"),
    [
        ("T", "call @Minh", ("POST", "/incidents/3/tasks?by=T. Linh", {"text": "call", "owner": "Minh"})),
        ("D", None, ("PUT", "/incidents/3/tasks/1?by=T. Linh", {"done": True})),
        ("O", None, ("PUT", "/incidents/3?by=T. Linh", {"commander": "T. Linh"})),
        ("V", "no sound", ("PUT", "/incidents/3?by=T. Linh", {"impact": {"viewers": "no sound"}})),
        ("U", "cdn cache", ("PUT", "/incidents/3?by=T. Linh", {"cause": "cdn", "cause_text": "cache"})),
        ("S", "Minor", ("PUT", "/incidents/3?by=T. Linh", {"severity": "minor"})),
        ("M", None, ("POST", "/incidents/3/mitigate?by=T. Linh", {})),
        ("C", "isp", ("POST", "/incidents/3/close?by=T. Linh", {"cause": "isp"})),
    ],
)
async def test_every_deed_has_its_key_and_goes_out_in_the_operators_name(
    desk: Desk, key: str, line_text: str | None, told: tuple[str, str, Any]
) -> None:
    desk.operator.rename("T. Linh")
    desk.mirror.take(story.board())
    async with serving(desk) as agent:
        answer(agent, incident())
        screen = await page(desk)
        QTest.keyClick(screen.lines, getattr(Qt.Key, f"Key_{key}"))
        if line_text is not None:
            assert not screen.drawer.line.isHidden()
            screen.drawer.line.setText(line_text)
            QTest.keyClick(screen.drawer.line, Qt.Key.Key_Return)
        await settled(desk)
        assert agent.told == [told]
        screen.close()


async def test_del_takes_the_alarm_out_only_where_it_is_seen(desk: Desk) -> None:
    desk.operator.rename("T. Linh")
    desk.mirror.take(story.board())
    async with serving(desk) as agent:
        answer(agent, incident())
        screen = await page(desk)
        assert not screen.acts.action("part").isEnabled()
        screen.alarms.setFocus()
        screen.refresh()
        QTest.keyClick(screen.alarms, Qt.Key.Key_Delete)
        await settled(desk)
        assert agent.told[0][:2] == ("DELETE", f"/incidents/3/alarms/{screen.alarms.key}?by=T. Linh")
        screen.close()


async def test_a_review_asks_its_four_questions_and_sends_them_together(desk: Desk) -> None:
    desk.operator.rename("Minh")
    desk.mirror.take(story.board())
    async with serving(desk) as agent:
        answer(agent, incident(state="review_due"))
        screen = await page(desk)
        assert not screen.acts.action("close").isEnabled()
        screen.acts.action("review").trigger()
        for words in ("dark", "disk", "moved"):
            screen.drawer.line.setText(words)
            screen.drawer._on_answer()
            assert agent.told == []
        screen.drawer.line.setText("watch it")
        screen.drawer._on_answer()
        await settled(desk)
        answers = {"happened": "dark", "why": "disk", "fix": "moved", "prevention": "watch it"}
        assert agent.told == [("POST", "/incidents/3/review?by=Minh", answers)]
        screen.close()


def a_page() -> Page:
    drawing = svg(
        Curve("CH_A: Playlist age", "s", NOW - 600, NOW, [(NOW - 300, 1.0, 2.0, 3.0, 4)], [(NOW - 300, "LATE")])
    )
    sections = (
        Section("Timeline", table=Table(("Time", "What"), tuple((str(n), "x" * 300) for n in range(80)))),
        Section("Measured", pictures=(Picture("one.svg", "One", drawing, 700, 190),)),
        Section("Cause", empty="not said"),
    )
    return Page("Incident 3: <late>", "open", (("Start", "now"),), sections, ("made by a test",))


def test_a_report_is_printed_with_its_drawings_fine_enough_for_paper(desk: Desk, tmp_path: Path) -> None:
    assert page_of(page_json(a_page())) == a_page()
    image = drawn(a_page().pictures()[0])
    assert (image.width(), image.height()) == (2100, 570)
    dark = sum(image.pixelColor(x, 300).lightness() < 200 for x in range(image.width()))
    assert 0 < dark < image.width() / 2
    print_page(a_page(), tmp_path / "a.pdf")
    body = (tmp_path / "a.pdf").read_bytes()
    assert body.startswith(b"%PDF")
    assert body.count(b"/Type /Page\n") >= 2
    assert not (tmp_path / "a.pdf.part").exists()


async def test_report_and_capsule_are_written_where_asked(desk: Desk, tmp_path: Path) -> None:
    desk.mirror.take(story.board())
    async with serving(desk) as agent:
        answer(agent, incident())
        agent.answers["/incidents/3/report"] = {"page": page_json(a_page())}
        agent.answers["/incidents/3/capsule"] = {"bytes": "as the agent gave them"}
        screen = await page(desk)
        said: list[str] = []
        screen.files.told.connect(said.append)
        screen.files._incident = 3
        screen.files.report(str(tmp_path / "r.pdf"))
        await settled(desk)
        screen.files.report(str(tmp_path / "r.md"))
        await settled(desk)
        screen.files.report(str(tmp_path / "r.docx"))
        await settled(desk)
        screen.files.capsule(str(tmp_path / "c.noccap"))
        await settled(desk)
        names = {"r.pdf", "r.md", "one.svg", "c.noccap"}
        assert names <= {file.name for file in tmp_path.iterdir()}
        assert said[2] == "A report is written as .pdf, .md, .html or .csv, not .docx."
        assert said[3] == "The capsule is being made."
        screen.files.report(str(tmp_path / "none" / "r.html"))
        await settled(desk)
        assert "cannot be written" in said[-1]
        screen.close()


async def test_shift_i_on_an_alarm_leads_to_its_incident(desk: Desk) -> None:
    desk.operator.rename("T. Linh")
    desk.mirror.take(story.board())
    opened: list[int] = []
    desk.ways.openIncident.connect(opened.append)
    async with serving(desk) as agent:
        agent.answers["/incidents"] = {"incidents": [], "incident": incident(id=5)}
        screen = AlarmsScreen(desk)
        shown(screen)
        screen.refresh()
        screen.table.setFocus()
        chosen = screen.table.current_id()
        QTest.keyClick(screen.table, Qt.Key.Key_I, Qt.KeyboardModifier.ShiftModifier)
        await settled(desk)
        made = [told for told in agent.told if told[1].startswith("/incidents")]
        assert made == [("POST", "/incidents?by=T. Linh", {"alarms": [chosen]})]
        agent.answers["/incidents"] = {"incidents": [incident(id=6, alarms=[chosen])]}
        QTest.keyClick(screen.table, Qt.Key.Key_I, Qt.KeyboardModifier.ShiftModifier)
        await settled(desk)
        assert opened == [5, 6]
        screen.close()


def exhibit(**more: Any) -> dict[str, Any]:
    known = {"kind": "capsule", "text": "Capsule, read only: incident 3, late.", "fault": "", "verified": True}
    return {**known, "end": NOW, **more}


def test_a_capsule_is_marked_its_clock_stands_and_nothing_is_at_stake(desk: Desk) -> None:
    board = story.board()
    board["agent"] = {**board["agent"], "read_only": exhibit()}
    desk.mirror.take(board)
    played = desk.mirror.monotonic() + 500
    desk.mirror.monotonic = lambda: played
    assert desk.mirror.now() == board["at"]
    told = notices.standing(desk.mirror)
    assert told is not None
    assert (told.text, told.severity) == ("Capsule, read only: incident 3, late.", Severity.INDETERMINATE)
    assert closing.at_stake(desk.mirror) == 0
    board["agent"] = {**board["agent"], "read_only": exhibit(fault="Event 4 is not what was sealed.", verified=False)}
    desk.mirror.take(board)
    told = notices.standing(desk.mirror)
    assert told is not None
    assert told.severity is Severity.CRITICAL


def test_the_bar_says_capsule_where_it_says_recording_else(desk: Desk) -> None:
    def painted() -> QImage:
        bar = TopBar(desk)
        bar.resize(1920, 48)
        bar.refresh()
        return bar.grab().toImage()

    desk.mirror.take(story.board())
    live = painted()
    board = story.board()
    board["agent"] = {**board["agent"], "read_only": exhibit()}
    desk.mirror.take(board)
    assert painted() != live


async def test_in_a_capsule_an_incident_is_read_and_not_changed(desk: Desk) -> None:
    board = story.board()
    board["agent"] = {**board["agent"], "read_only": exhibit()}
    desk.mirror.take(board)
    async with serving(desk) as agent:
        answer(agent, incident())
        screen = await page(desk)
        names = ("note", "task", "close", "mitigate", "done", "take")
        assert not any(screen.acts.action(name).isEnabled() for name in names)
        assert (screen._export.isEnabled(), screen._capsule.isEnabled()) == (True, False)
        screen.close()


def test_a_source_of_a_capsule_attaches_to_nobody(tmp_path: Path) -> None:
    from noc_console.errors import KnownError
    from noc_console.views.app import source_for

    (tmp_path / "a.noccap").write_bytes(b"")
    source = source_for(tmp_path / "a.noccap", "")
    assert isinstance(source, Embedded)
    assert source.is_read_only
    with pytest.raises(KnownError, match="There is no file"):
        source_for(tmp_path / "b.noccap", "")
