"""The timeline: what concerns an incident, in order, in sentences."""

from __future__ import annotations

from typing import Any

import pytest

from noc_console.incidents.chain import ORIGIN, head_of, links
from noc_console.incidents.evidence import pieces
from noc_console.incidents.incident import Incident
from noc_console.incidents.timeline import MOST_LINES, timeline
from noc_console.model import Event, Severity

AT = 1_790_000_000.0
OURS = Incident(1, "Black", Severity.MAJOR, AT, "Linh", alarms=(7,), channels=(3,))
CODES = {3: "CH_A", 4: "CH_B"}
RUN = {"run": {"guide": "PB-BLACK", "alarm_id": 7, "verdict": ["encoder"]}}
A, B = "a" * 64, "b" * 64


def told(*events: Event) -> list[tuple[str, str, str]]:
    return [(line.group, line.actor, line.text) for line in timeline(OURS, events, CODES)]


def of_alarm(kind: str, number: int = 7, seq: int = 1, **said: Any) -> Event:
    alarm = {
        "alarm_id": number,
        "channel_code": "CH_A",
        "alarm_type": "BLACK",
        "severity": "major",
        "message": "dark",
    }
    return Event(kind, AT + seq, 3, 1, {"alarm": alarm | said}, seq)


def test_alarms_deeds_notices_guides_and_changes_stand_in_order_of_time() -> None:
    lines = told(
        Event("GuideAnswered", AT + 4, 3, 0, {"run_id": 1, "by": "Minh", "step": "dark", "says": "Yes"} | RUN, 5),
        of_alarm("AlarmRaised"),
        of_alarm("AlarmAcknowledged", seq=2, acknowledged_by="Linh"),
        Event("NoticeSent", AT + 3, 0, 0, {"alarm_ids": [7], "receiver": "chat", "action": "raise"}, 3),
        Event("LadderChanged", AT + 5, 3, 1, {"text": "1080p50 is gone."}, 6),
        Event("RuleChanged", AT + 6, 0, 0, {"by": "Linh", "change": {"rule": "black-frame"}}, 7),
        Event("IncidentNoted", AT + 7, 0, 0, {"by": "Linh", "text": "storage", "incident": {"id": 1}}, 8),
    )
    assert lines == [
        ("alarm", "", "CH_A: BLACK raised, major: dark"),
        ("operator", "Linh", "CH_A: BLACK acknowledged"),
        ("notice", "chat", "was told of the alarm"),
        ("guide", "Minh", "CH_A: PB-BLACK dark → Yes"),
        ("change", "", "CH_A: 1080p50 is gone."),
        ("change", "Linh", "Rule changed: black-frame"),
        ("incident", "Linh", "storage"),
    ]


@pytest.mark.parametrize(
    ("kind", "data", "text"),
    [
        ("GuideStarted", {"text": "guide: PB-BLACK\nversion: 1"}, "PB-BLACK started"),
        ("GuideDisagreed", {"step": "dark", "reason": "I see it"}, "PB-BLACK disagreed at dark (I see it)"),
        ("GuideEscalated", {"to": ["lead"], "text": "10 min"}, "PB-BLACK escalated: to lead: 10 min"),
        ("GuideEnded", {"ending": "done"}, "PB-BLACK ended done, verdict encoder"),
        ("GuideInvented", {}, "PB-BLACK invented"),
        ("GuideNoted", {"text": ["strange"], "step": 5}, "PB-BLACK noted"),
    ],
)
def test_each_deed_of_a_guide_is_a_sentence(kind: str, data: dict[str, Any], text: str) -> None:
    assert [line[2] for line in told(Event(kind, AT, 3, 0, {**RUN, **data}, 1))] == [f"CH_A: {text}"]


def test_what_concerns_others_is_left_out() -> None:
    assert (
        told(
            of_alarm("AlarmRaised", number=8),
            Event("NoticeSent", AT, 0, 0, {"alarm_ids": [8], "receiver": "chat", "action": "raise"}, 2),
            Event("LadderChanged", AT, 4, 9, {"text": "other channel"}, 3),
            Event("IncidentNoted", AT, 0, 0, {"by": "x", "text": "other", "incident": {"id": 2}}, 4),
            Event("FindingBegan", AT, 3, 1, {"items": []}, 5),
            Event("GuideStarted", AT, 3, 0, {"run": {"alarm_id": 8, "guide": "PB-OTHER"}}, 6),
            Event("GuideEvidence", AT, 3, 0, {"answers": {}} | RUN, 8),
            of_alarm("AlarmUpdated", seq=7),
        )
        == []
    )


def test_a_flood_keeps_the_newest_lines() -> None:
    events = [Event("LadderChanged", AT + n, 3, 1, {"text": f"change {n}"}, n) for n in range(1, MOST_LINES + 50)]
    lines = timeline(OURS, events, CODES)
    assert len(lines) == MOST_LINES
    assert lines[-1].text == f"CH_A: change {MOST_LINES + 49}"


def test_events_of_strange_shape_are_told_and_break_nothing() -> None:
    lines = told(
        Event("AlarmNoted", AT, 3, 1, {"alarm": {"alarm_id": 7}}, 1),
        Event("LadderChanged", AT, 3, 1, {"text": {"no": "words"}, "by": ["x"]}, 2),
        Event("CaptureStored", AT, 3, 1, {"alarm_id": 7, "hash": None}, 3),
    )
    assert lines == [("change", "", "CH_A: Ladder changed"), ("evidence", "", "CH_A: Evidence kept: the stream")]


def test_evidence_is_found_wherever_events_name_it_each_piece_once() -> None:
    kept = Event(
        "EvidenceKept", AT, 3, 1, {"captures": [A], "items": [{"hash": A, "scope": "master", "url": "u"}]}, 1
    )
    stored = Event("CaptureStored", AT + 1, 3, 1, {"hash": B}, 2)
    again = Event("CaptureStored", AT + 2, 3, 1, {"hash": B, "captures": ["no hash", 5]}, 3)
    assert [(one.hash, one.at, one.text) for one in pieces([kept, stored, again])] == [
        (A, AT, "master u"),
        (B, AT + 1, ""),
    ]


def test_the_chain_changes_from_the_first_changed_event_on() -> None:
    events = [Event("A", AT, 1, 2, {"x": 1, "y": "é"}, 1), Event("B", AT, 0, 0, {}, 2), Event("C", AT, 0, 0, {}, 3)]
    changed = [events[0], Event("B", AT, 0, 0, {"z": None}, 2), events[2]]
    before, after = list(links(events)), list(links(changed))
    assert [one == other for one, other in zip(before, after, strict=True)] == [True, False, False]
    assert head_of([]) == ORIGIN
    # the hash of one event, worked out beside the program: sha256 of 32 zero bytes and its canonical JSON
    first = Event("A", 1.5, 0, 0, {"b": 1, "a": "é"}, 1)
    assert head_of([first]) == "e77fcae73ad450961ba836d25adc4baf2fe35eaf1c0a4ae5a7d9b0588c25d141"
