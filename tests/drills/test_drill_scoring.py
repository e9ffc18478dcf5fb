"""A drill's score sheet follows from the journal: times, diagnosis, and what should not have been done."""

from __future__ import annotations

import pytest

from noc_console.drills.scoring import Planted, sheet
from noc_console.model import Event

STALE = Planted("stale-playlist", "Playlist stands still", "CH1", 100.0, 500.0, ("packager",), ("STALE_PLAYLIST",))
ACTIONS = {"PB-STALE": frozenset({"restart"})}


def alarm(kind, at, code="CH1", number=7, **more):
    row = {"alarm_id": number, "channel_code": code, "alarm_type": "STALE_PLAYLIST", "condition": "raised", **more}
    return Event(kind, at, data={"alarm": row})


def walked(kind, at, code="CH1", verdict=(), number=7, **more):
    run = {"guide": "PB-STALE", "alarm_id": number, "channel": code, "verdict": list(verdict), "started_by": "Lan"}
    return Event(kind, at, data={"run": run, "alarm_id": number, **more})


RAISED = alarm("AlarmRaised", 110.0)
ANSWERED = alarm("AlarmAcknowledged", 140.0, acknowledged_by="Lan")
OPENED = walked("GuideStarted", 150.0)
SAID = walked("GuideEnded", 200.0, verdict=["packager"])
WRITTEN = walked("GuideFilled", 199.0, verdict=["packager"], by="Lan", values={"root_cause": "packager (0.7)"})
WELL = [RAISED, ANSWERED, OPENED, WRITTEN, SAID]


def test_all_done_well_and_soon_is_a_hundred_points():
    found = sheet([STALE], WELL, ACTIONS)
    one = found.faults[0]
    assert (one.detected_s, one.acknowledged_s, one.guide_s) == (10.0, 30.0, 40.0)
    assert (one.diagnosis, one.is_right, one.is_written_down) == ("packager", True, True)
    assert found.points == 100.0
    assert found.people == ("Lan",)


@pytest.mark.parametrize(("at", "points"), [(170.0, 20.0), (290.0, 10.0), (410.0, 0.0)])
def test_an_acknowledgement_is_worth_less_the_later_it_comes(at, points):
    found = sheet([STALE], [RAISED, alarm("AlarmAcknowledged", at, acknowledged_by="Lan")], ACTIONS)
    assert found.faults[0].points == points


def test_nothing_done_is_nothing_but_the_detection():
    one = sheet([STALE], [RAISED], ACTIONS).faults[0]
    assert (one.detected_s, one.acknowledged_s, one.points) == (10.0, None, 0.0)


def test_what_the_form_says_counts_before_the_walks_verdict():
    wrong = walked("GuideFilled", 199.0, verdict=["packager"], by="Lan", values={"root_cause": "I blame the network"})
    one = sheet([STALE], [RAISED, OPENED, wrong, SAID], ACTIONS).faults[0]
    assert (one.diagnosis, one.is_right, one.is_written_down) == ("network", False, True)


@pytest.mark.parametrize(
    ("event", "says"),
    [
        (alarm("AlarmAcknowledged", 150.0, "CH2", 8, acknowledged_by="Lan"), "has no fault"),
        (alarm("AlarmResolved", 150.0, resolved_by="Lan"), "still raised"),
        (walked("GuideNotified", 150.0, "CH2", number=8, by="Lan", to=["noc-manager"]), "Called noc-manager"),
        (walked("GuideAnswered", 150.0, verdict=["encoder"], by="Lan", step="restart"), "which it is not"),
    ],
)
def test_a_false_step_is_named_and_costs_ten_points(event, says):
    found = sheet([STALE], [*WELL, event], ACTIONS)
    assert [says in one.text for one in found.false_steps] == [True]
    assert found.points == 90.0


@pytest.mark.parametrize(
    "event",
    [
        alarm("AlarmResolved", 150.0, resolved_by="Lan", condition="cleared"),
        walked("GuideNotified", 150.0, by="Lan", to=["packager-team"]),
        walked("GuideEscalated", 150.0, "CH2", number=8, by="", to=["noc-manager"]),
        walked("GuideAnswered", 150.0, verdict=["packager"], by="Lan", step="restart"),
        walked("GuideAnswered", 150.0, verdict=["encoder"], by="Lan", step="others"),
    ],
)
def test_what_fits_the_truth_or_comes_by_itself_is_no_false_step(event):
    assert sheet([STALE], [*WELL, event], ACTIONS).false_steps == ()


def test_answering_the_alarm_that_holds_others_answers_for_their_channels():
    parent = alarm("AlarmAcknowledged", 130.0, "", 9, children=[7], acknowledged_by="Lan")
    found = sheet([STALE], [RAISED, parent], ACTIONS)
    assert found.faults[0].acknowledged_s == 20.0
    assert found.false_steps == ()


def test_without_faults_doing_nothing_is_right_and_doing_something_is_not():
    assert sheet([], [], ACTIONS).points == 100.0
    assert sheet([], [alarm("AlarmAcknowledged", 50.0, acknowledged_by="Lan")], ACTIONS).points == 90.0
