"""Shelved, folded and suppressed alarms: where they stand in the list, and what the drawer says of them."""

from __future__ import annotations

from typing import Any

import pytest

from noc_console.views.alarm_acts import shelf_of
from noc_console.views.alarm_filter import Query, chips, listed
from noc_console.views.alarm_states import cause_entries, hiding_entries, state_facts
from noc_console.views.drawer_sheet import Fact, Head, Item, Plain


def alarm(id_: int, severity: str = "major", **more: Any) -> dict[str, Any]:
    return {
        "id": id_,
        "severity": severity,
        "acknowledged": False,
        "resolved": False,
        "channel_id": id_,
        "channel_code": f"CH_{id_}",
        "layer": 2,
        "owner": "",
        "type": "SEGMENT_SLOW",
        "message": "slow",
        "raised_at": 100.0 - id_,
        **more,
    }


def ids(alarms: list[dict[str, Any]], *keys: str) -> list[int]:
    return [int(row["id"]) for row in listed(alarms, Query(frozenset(keys)), "", {})]


def test_children_stand_under_their_cause_and_the_shelf_comes_last() -> None:
    alarms = [
        alarm(1, "critical", parent_id=4),
        alarm(2, "critical", shelved=True),
        alarm(3, "minor"),
        alarm(4, "major", children=[1]),
    ]
    assert ids(alarms) == [4, 1, 3, 2]


def test_a_child_whose_cause_is_filtered_away_stands_by_itself() -> None:
    assert ids([alarm(1, "critical", parent_id=4), alarm(4, "major", children=[1])], "critical") == [1]


def test_what_maintenance_hides_is_counted_and_listed_only_when_asked_for() -> None:
    alarms = [alarm(1), alarm(2, out_of_service=True), alarm(3, suppressed_by=9)]
    assert ids(alarms) == [1]
    assert ids(alarms, "suppressed") == [2, 3]
    assert {chip.key: chip.count for chip in chips(alarms, "", {})}["suppressed"] == 2


@pytest.mark.parametrize(
    ("note", "hours", "reason"),
    [
        pytest.param("30m vendor is on it", 0.5, "vendor is on it", id="minutes"),
        pytest.param("4h night works", 4.0, "night works", id="hours"),
        pytest.param("vendor is on it", 1.0, "vendor is on it", id="no time: one hour"),
        pytest.param("30m", 0.5, "", id="a time is no reason"),
        pytest.param("4 hours", 1.0, "4 hours", id="words are a reason"),
    ],
)
def test_the_shelf_takes_its_time_from_the_first_word(note: str, hours: float, reason: str) -> None:
    assert shelf_of(note) == (hours, reason)


def test_the_drawer_says_the_verdict_with_its_evidence_and_its_companions() -> None:
    cause = {"key": "host:a", "verdict": "origin", "confidence": 0.8, "evidence": ["5 of 5 channels fail"]}
    entries = cause_entries(alarm(4, cause=cause, children=[1]), [alarm(1)], 200.0)
    assert Head("First cause", "confidence 80 %") in entries
    assert Fact("Verdict", "origin") in entries and Plain("5 of 5 channels fail") in entries
    assert [entry.text for entry in entries if isinstance(entry, Item)] == ["CH_1"]
    assert "Folded under alarm 4" in str(cause_entries(alarm(1, parent_id=4), [], 200.0))


def test_the_drawer_says_what_hides_an_alarm_and_why() -> None:
    assert hiding_entries(alarm(1, hidden_by=[]))[1] == Plain("Nothing hides it.")
    assert hiding_entries(alarm(1, hidden_by=["shelved by T. Linh"]))[1] == Plain("shelved by T. Linh")
    facts = state_facts(alarm(1, shelved=True, shelved_until=1000.0, shelved_reason="works", flapping=False), 0.0)
    assert "works" in str(facts)
