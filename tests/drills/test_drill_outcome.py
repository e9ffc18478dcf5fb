"""Verdicts are held against the truth: right, wrong, or no help; a missed alarm is no help either."""

from __future__ import annotations

import pytest

from noc_console.bench.drill_page import page, totals
from noc_console.drills.outcome import Judged, Outcome, Raised, Walked, figures
from noc_console.drills.plan import Drill

DRILL = Drill("freeze", "CH1", "hls-ts", 1.0, {"x": 2.0})
RIGHT, WRONG = Walked("encoder", 0.9, "high"), Walked("isp", 0.85, "high")
OPEN = Walked("", 0.0, "low")


def outcome(*walks, due=("VIDEO_FREEZE",), kind="VIDEO_FREEZE", evidence_s=1.5):
    raised = tuple(Raised(kind, 3.0, evidence_s, "PB-FREEZE", blind, seeing) for blind, seeing in walks)
    return Outcome(DRILL, ("encoder", "source"), due, raised)


@pytest.mark.parametrize(
    ("walk", "judged"), [(RIGHT, Judged.RIGHT), (WRONG, Judged.WRONG), (OPEN, Judged.OPEN)], ids=str
)
def test_a_verdict_is_judged_by_its_primary_cause(walk, judged):
    assert walk.judged(("encoder", "source")) is judged


def test_blind_and_seeing_walks_are_counted_apart():
    some = [outcome((OPEN, RIGHT)), outcome((RIGHT, RIGHT))]
    assert figures(some, blind=True).right_ratio == 0.5
    assert figures(some, blind=False).right_ratio == 1.0


def test_a_missed_alarm_is_an_open_verdict_and_no_alarm_where_none_is_due_is_none():
    assert figures([outcome()], blind=False).open == 1
    assert figures([outcome(due=())], blind=False).walks == 0


def test_an_alarm_of_another_type_is_not_the_one_that_was_due():
    assert not outcome((RIGHT, RIGHT), kind="AV_SYNC").is_found
    assert not outcome((RIGHT, RIGHT), due=()).is_found


def test_wrong_with_high_confidence_fails_its_goal():
    rows = {row.what: row.is_met for row in totals([outcome((WRONG, RIGHT))])}
    assert rows["wrong with high confidence, automatic evidence only"] is False
    assert rows["wrong with high confidence, with truthful answers"] is True


@pytest.mark.parametrize("took", [5.1, None])
def test_evidence_that_is_late_or_never_comes_fails_its_goal(took):
    rows = {row.what: row.is_met for row in totals([outcome((RIGHT, RIGHT), evidence_s=took)])}
    assert rows["evidence complete after the alarm"] is False


def test_the_page_has_every_drill_with_its_misses():
    told = page([outcome((WRONG, RIGHT)), outcome()])
    assert "isp 0.85 high **wrong**" in told
    assert "encoder 0.90 high" in told
    assert "**missed**" in told
