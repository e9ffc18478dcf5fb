"""What may be done to an incident, in which order, and what is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from noc_console.incidents import deeds, facts
from noc_console.incidents.incident import Incident, Note, Review, State, Task, Times
from noc_console.incidents.wire import from_json, to_json
from noc_console.model import Channel, Severity

AT = 1_790_000_000.0
ANSWERS = {"happened": "black", "why": "disk", "fix": "moved", "prevention": "watch the disk"}


def incident(**said: Any) -> Incident:
    return replace(Incident(1, "Packager 2", Severity.MAJOR, AT, "Linh", commander="Linh"), **said)


def alarm(number: int, channel_id: int = 1, **said: Any) -> dict[str, Any]:
    return {
        "alarm_id": number,
        "channel_id": channel_id,
        "raised_at": AT - 100 + number,
        "acknowledged_at": None,
        "cleared_at": None,
        "resolved_at": None,
        "resolved": False,
        **said,
    }


def test_closing_wants_a_cause_and_makes_the_review_a_task_due_in_a_day() -> None:
    with pytest.raises(deeds.Refused, match="cause"):
        deeds.closed(incident(), "Linh", AT)
    over = deeds.closed(incident(cause="packager"), "Minh", AT + 60)
    assert (over.state, over.closed_at) == (State.REVIEW_DUE, AT + 60)
    (review,) = over.tasks
    assert (review.owner, review.due_at, review.is_review) == ("Linh", AT + 60 + 86_400, True)
    assert over.review.due_at == review.due_at


def test_the_review_closes_for_good_and_does_its_task() -> None:
    over = deeds.closed(incident(cause="packager"), "Linh", AT)
    with pytest.raises(deeds.Refused, match="prevention"):
        deeds.reviewed(over, Review(**{**ANSWERS, "prevention": " "}, held_at=AT, held_by="Minh"))
    held = deeds.reviewed(over, Review(**ANSWERS, held_at=AT + 9, held_by="Minh"))
    assert held.state is State.CLOSED
    assert (held.tasks[0].done_at, held.tasks[0].done_by) == (AT + 9, "Minh")
    assert held.review.due_at == AT + 86_400
    with pytest.raises(deeds.Refused, match="once"):
        deeds.reviewed(held, held.review)


def test_an_incident_opened_again_asks_for_its_review_again() -> None:
    again = deeds.reopened(deeds.closed(incident(cause="cdn"), "Linh", AT))
    assert (again.state, again.tasks, again.review.due_at) == (State.OPEN, (), None)
    assert [task.is_review for task in deeds.closed(again, "Linh", AT + 5).tasks] == [True]
    with pytest.raises(deeds.Refused, match="is open"):
        deeds.reopened(again)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        pytest.param({"title": "  "}, "title", id="no title"),
        pytest.param({"cause": "moon"}, "one of", id="no such cause"),
        pytest.param({"times": {"start": 20.0, "ended": 10.0}}, "before the start", id="it ends before it starts"),
    ],
)
def test_what_makes_no_sense_is_refused(said: dict[str, Any], why: str) -> None:
    with pytest.raises(deeds.Refused, match=why):
        deeds.changed(incident(), said)


def test_what_is_not_named_keeps_its_value() -> None:
    told = deeds.changed(incident(), {"impact": {"viewers": "no sound in Hanoi", "minutes": 12.0}, "cause": "cdn"})
    again = deeds.changed(told, {"impact": {"channels": ["CH_X"]}, "commander": "Minh"})
    assert (again.impact.viewers, again.impact.minutes, again.impact.channels) == (
        "no sound in Hanoi",
        12.0,
        ("CH_X",),
    )
    assert (again.cause, again.commander, again.title) == ("cdn", "Minh", "Packager 2")


def test_alarms_stand_in_the_order_they_were_raised_and_name_the_channels() -> None:
    told = deeds.grouped(incident(), [alarm(9, 4), alarm(2, 7), alarm(5, 4), alarm(6, 0)])
    assert (told.alarms, told.channels) == ((2, 5, 6, 9), (7, 4))
    with pytest.raises(deeds.Refused, match="at most 500"):
        deeds.grouped(incident(), [alarm(number) for number in range(501)])


def test_an_empty_note_and_an_empty_task_are_refused_and_numbers_go_on() -> None:
    with pytest.raises(deeds.Refused):
        deeds.noted(incident(), Note(AT, "Linh", " "))
    with pytest.raises(deeds.Refused):
        deeds.promised(incident(), Task(0, ""))
    two = deeds.promised(deeds.promised(incident(), Task(0, "call")), Task(0, "write"))
    assert [(task.id, task.text) for task in two.tasks] == [(1, "call"), (2, "write")]
    done = deeds.task_changed(two, replace(two.tasks[0], done_at=AT))
    assert [task.done_at for task in done.tasks] == [AT, None]


def test_the_five_moments_come_from_the_alarms_until_somebody_says_otherwise() -> None:
    alarms = [alarm(1, acknowledged_at=AT, cleared_at=AT + 50), alarm(2, acknowledged_at=AT - 10, cleared_at=AT + 30)]
    assert facts.moments(incident(), alarms) == Times(AT - 99, AT - 99, AT - 10, AT + 50, AT + 50)
    still = [*alarms, alarm(3)]
    assert facts.moments(incident(), still) == Times(AT - 99, AT - 99, AT - 10)
    assert facts.moments(incident(mitigated_at=AT + 20), alarms).mitigated == AT + 20
    assert facts.moments(incident(mitigated_at=AT + 9000), alarms).mitigated == AT + 50
    said = incident(times=Times(start=AT - 500, ended=AT + 900))
    assert facts.moments(said, alarms).start == AT - 500
    assert facts.moments(said, alarms).ended == AT + 900


def test_what_is_late_and_what_viewers_had_of_it_is_counted() -> None:
    told = deeds.promised(incident(channels=(4,)), Task(0, "call", due_at=AT + 10))
    channels = [Channel(4, "CH_A", "A", tier=1), Channel(5, "CH_B", "B")]
    shown = facts.shown(told, [alarm(1)], channels, AT + 501)
    assert shown["impact"] == {"channels": ["CH_A"], "tier": 1, "viewers": "", "minutes": 10.0, "is_counted": True}
    assert (shown["overdue"], shown["tasks"][0]["overdue"], shown["open_alarms"]) == (1, True, 1)
    over = deeds.closed(incident(cause="cdn"), "Linh", AT)
    assert not facts.shown(over, [], channels, AT + 86_399)["review_overdue"]
    assert facts.shown(over, [], channels, AT + 86_401)["review_overdue"]


def test_the_span_of_a_capsule_is_half_an_hour_around_and_never_beyond_now() -> None:
    gone = [alarm(1, cleared_at=AT + 50)]
    assert facts.span(incident(), gone, AT + 60) == (AT - 99 - 1800, AT + 60)
    over = deeds.closed(incident(cause="cdn"), "Linh", AT + 100)
    assert facts.span(over, gone, AT + 9000) == (AT - 99 - 1800, AT + 100 + 1800)


def test_an_incident_comes_back_from_json_as_it_went() -> None:
    told = deeds.closed(deeds.promised(incident(cause="isp"), Task(0, "call")), "Linh", AT)
    told = deeds.noted(deeds.grouped(told, [alarm(3)]), Note(AT, "Linh", "seen", "ab" * 32, "image/png"))
    assert from_json(json.loads(json.dumps(to_json(told)))) == told
