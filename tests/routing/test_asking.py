"""A guide asks for somebody: the same receivers and the same case as the alarm's own notices."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from noc_console.model import Event, Severity
from noc_console.routing.notice import Action
from noc_console.routing.policy import Policy, Receiver, Route, Step
from noc_console.routing.router import Router

START = datetime(2026, 11, 20, 12, tzinfo=UTC).timestamp()
RECEIVERS = {
    name: Receiver(name, frozenset({role})) for name, role in {"slack": "chat", "lead": "shift-lead"}.items()
}
CRITICAL = Route(
    "critical", (Step(0, ("chat",)), Step(600, ("shift-lead",))), severities=frozenset({Severity.CRITICAL})
)
ALARM = {
    "alarm_id": 7,
    "channel_id": 1,
    "channel_code": "CH_1",
    "alarm_type": "VIDEO_MOS_LOW",
    "severity": "critical",
    "message": "MOS 2.8",
    "raised_at": START,
    "condition": "raised",
}


def asks(*to: str, at: float = START + 60, **more: Any) -> Event:
    data = {"alarm_id": 7, "alarm": ALARM, "guide": "PB-VIDEO-MOS-LOW", "key": "1/5", "number": 5}
    return Event("GuideEscalated", at, 1, 1, {**data, "to": list(to), "text": "Senior engineer", **more})


def router(**policy: Any) -> Router:
    made = Router(Policy((CRITICAL,), RECEIVERS, **policy))
    made.step(Event("AlarmRaised", START, 1, 1, {"alarm": ALARM}))
    return made


def told(decision: Any) -> list[tuple[str, Action, str]]:
    return [(notice.receiver, notice.action, notice.reason) for notice in decision.notices]


def test_whom_the_guide_names_hears_of_the_alarm_and_of_its_end() -> None:
    one = router()
    decision = one.ask(asks("shift-lead"))
    assert told(decision) == [("lead", Action.RAISE, "guide")]
    assert "PB-VIDEO-MOS-LOW asks for you: Senior engineer" in decision.notices[0].text
    ended = one.step(Event("AlarmCleared", START + 90, 1, 1, {"alarm": {**ALARM, "condition": "cleared"}}))
    assert {notice.receiver for notice in ended.notices} == {"slack", "lead"}


def test_who_was_told_already_is_told_more() -> None:
    assert told(router().ask(asks("slack"))) == [("slack", Action.ESCALATE, "guide")]


def test_where_nobody_has_the_role_those_hear_whom_the_policy_names_by_then() -> None:
    assert [name for name, _, _ in told(router().ask(asks("nobody")))] == ["slack"]
    assert [name for name, _, _ in told(router().ask(asks("nobody", at=START + 700)))] == ["slack", "lead"]


def test_an_agent_that_tells_nobody_says_so() -> None:
    decision = router(is_silent=True).ask(asks("shift-lead"))
    assert (decision.notices, [skip.reason for skip in decision.skips]) == ((), ["notify-none"])


def test_a_walk_without_an_alarm_is_told_each_time_under_a_name_of_its_own() -> None:
    one = router()
    alarm = {
        "alarm_id": -3,
        "alarm_type": "",
        "severity": "indeterminate",
        "message": "Daily check",
        "raised_at": START,
    }
    first = one.ask(asks("lead", alarm_id=0, alarm=alarm, number=4))
    second = one.ask(asks("lead", alarm_id=0, alarm=alarm, number=5))
    assert first.notices[0].id != second.notices[0].id
    assert first.notices[0].dedup_key == second.notices[0].dedup_key
