"""The history of an alarm in the drawer: what the journal says, in the operator's words, newest first."""

from __future__ import annotations

from typing import Any

from noc_console.views.alarm_filter import Query, listed
from noc_console.views.alarm_history import history_entries
from noc_console.views.drawer_sheet import Head, Plain, Said


def event(kind: str, at: float, why: str = "", **alarm: Any) -> dict[str, Any]:
    known = {"severity": "major", "condition": "raised", "message": "slow", "notes": [], "is_false": False}
    return {"kind": kind, "at": at, "data": {"alarm": {**known, **alarm}, "why": why}}


def test_the_newest_event_comes_first_in_plain_words() -> None:
    events = [
        event("AlarmRaised", 10.0),
        event("AlarmAcknowledged", 20.0, acknowledged_by="T. Linh"),
        event("AlarmUpdated", 25.0, "severity", severity="critical"),
        event("AlarmShelved", 30.0, shelved_by="Minh", shelved_reason="vendor is on it"),
        {"kind": "NoticeSent", "at": 31.0, "data": {"notice": {}}},
        event("AlarmCleared", 40.0),
    ]
    head, *lines = history_entries(events, 100.0)
    assert head == Head("History", "5 events")
    assert [line.text for line in lines if isinstance(line, Said)] == [
        "condition cleared",
        "Minh shelved it: vendor is on it",
        "severity: critical, raised",
        "T. Linh acknowledged",
        "raised major: slow",
    ]


def test_without_events_it_says_so() -> None:
    assert history_entries([], 100.0)[1] == Plain("Nothing is in the journal yet.")


def test_acknowledgements_that_have_ended_are_listed_by_one_chip() -> None:
    base = {"severity": "major", "acknowledged": False, "resolved": False, "channel_id": 1, "channel_code": "A"}
    base |= {"layer": 2, "owner": "", "type": "X", "message": "", "raised_at": 1.0}
    alarms = [{**base, "id": 1, "acknowledgement_expired_at": 50.0}, {**base, "id": 2}]
    assert [one["id"] for one in listed(alarms, Query(frozenset({"expired"})), "", {})] == [1]
