"""The drills screen: trainees see that one runs, its instructor sees all of it, and what was held stands below."""

from __future__ import annotations

from typing import Any

from canned_agent import CannedAgent, serving, settled

from noc_console.views.desk import Desk
from noc_console.views.drill_values import fault_records, headline, held_record, is_open, step_records
from noc_console.views.drills import DrillsScreen
from noc_console.views.records import Mark, Tone

NOW = 1_763_600_000.0
RUNNING = {
    "drill_id": 3, "state": "running", "started_at": NOW - 60, "ends_at": NOW + 540, "team": "B", "trainer": "Minh",
}  # fmt: skip
SCORE = {
    "fault": "freeze", "title": "The picture stands still", "channel": "CH_1", "causes": ["encoder"],
    "alarm_type": "VIDEO_FREEZE", "detected_s": 8.2, "acknowledged_s": None, "guide_s": 31.0, "guide": "PB-FREEZE",
    "diagnosis": "network", "is_right": False, "is_written_down": False, "points": 20.0,
}  # fmt: skip
STEP = {"at": NOW, "by": "Lan", "text": "Acknowledged an alarm on CH_2, which has no fault."}
PLAN = [{"fault": "freeze", "channel": "CH_1", "onset_s": 20}, {"fault": "black", "channel": "CH_4", "onset_s": 90}]
SHEET = {"faults": [SCORE], "false_steps": [STEP], "points": 10.0, "people": ["Lan"]}
SEEN = {**RUNNING, "title": "Frozen", "plan": PLAN, "sheet": SHEET}
HELD = {**SEEN, "drill_id": 2, "state": "ended", "ended_at": NOW - 3600, "started_at": NOW - 7200}
SCENARIO = {"name": "x", "title": "X", "topic": "T", "text": "About it.", "minutes": 10, "faults": ["freeze"]}


def test_everybody_may_read_that_it_runs_and_no_more() -> None:
    assert headline(RUNNING, NOW) == "DRILL running for B, led by Minh, 9 m 00 s left"
    assert not is_open(RUNNING)
    assert is_open(SEEN)


def test_a_fault_has_its_times_its_diagnosis_with_a_shape_and_what_would_have_been_right() -> None:
    scored, coming = fault_records(SEEN, NOW)
    assert [cell.text for cell in scored.cells] == [
        "The picture stands still", "CH_1", "8 s", "—", "31 s", "network", "20",
    ]  # fmt: skip
    assert (scored.cells[5].mark, scored.cells[5].tone) == (Mark.CROSS, Tone.ILL)
    assert scored.tip == "Right: encoder"
    assert coming.cells[2].text == "in 30 s"


def test_what_has_ended_tells_of_nothing_to_come() -> None:
    assert len(fault_records(HELD, NOW)) == 1


def test_false_steps_and_drills_held_are_rows() -> None:
    assert step_records(SEEN)[0].cells[2].text == STEP["text"]
    assert [cell.text for cell in held_record(HELD).cells][1:] == ["Frozen", "B", "Minh", "1.0", "10 of 100"]
    assert held_record({**RUNNING, "state": "broken-off"}).cells[5].text == "broken off"


def told(canned: CannedAgent, *drills: dict[str, Any]) -> None:
    canned.answers["/drills/scenarios"] = {"scenarios": [SCENARIO]}
    canned.answers["/drills"] = {"drills": list(drills)}
    canned.answers["/drills/3"] = {"drill": SEEN}


async def test_a_trainees_screen_says_that_it_runs_and_shows_none_of_its_faults(desk: Desk, qtbot: Any) -> None:
    async with serving(desk) as canned:
        told(canned, RUNNING)
        screen = DrillsScreen(desk)
        qtbot.addWidget(screen)
        screen.refresh()
        await settled(desk)
        screen.refresh()
        assert screen.status_text().startswith("DRILL running for B, led by Minh")
        assert screen.faults.records.rowCount() == 0
        assert [action.isEnabled() for action in screen.actions() if action.text().endswith("the drill")] == [
            False,
            False,
        ]


async def test_who_starts_one_sees_all_of_it_and_may_end_it(desk: Desk, qtbot: Any) -> None:
    async with serving(desk) as canned:
        told(canned)
        screen = DrillsScreen(desk)
        qtbot.addWidget(screen)
        desk.operator.rename("Minh")
        screen.refresh()
        await settled(desk)
        screen.refresh()
        screen.team.setText("B")
        canned.answers["/drills"] = {"drill_id": 3, "key": "k3"}
        _act(screen, "Start the drill")
        await settled(desk)
        assert canned.told == [("POST", "/drills", {"scenario": "x", "team": "B", "by": "Minh"})]
        told(canned, RUNNING, HELD)
        screen.refresh()
        await settled(desk)
        assert screen.faults.records.rowCount() == 2
        assert screen.steps.records.rowCount() == 1
        canned.answers["/drills/3/end"] = {"drill": SEEN}
        _act(screen, "End the drill")
        await settled(desk)
        assert canned.told[-1][1] == "/drills/3/end?key=k3&by=Minh"
        assert screen.reply.text() == "DRILL 3 ended: 10 of 100 points."


def _act(screen: DrillsScreen, text: str) -> None:
    next(action for action in screen.actions() if action.text() == text).trigger()
