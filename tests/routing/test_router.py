"""Who is told, when, why, and how often: alarms played by hand through the router."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_console.model import Channel, Event, Severity
from noc_console.routing.hours import parse_hours
from noc_console.routing.notice import Action, Notice, Skip
from noc_console.routing.policy import Policy, Receiver, Route, Step
from noc_console.routing.router import Router

START = datetime(2026, 11, 20, 12, tzinfo=UTC).timestamp()
MIN = 60.0


def alarm(number: int = 1, **more: Any) -> dict[str, Any]:
    return {
        "alarm_id": number,
        "channel_id": 1,
        "channel_code": "CH_1",
        "input_id": 1,
        "layer": 3,
        "alarm_type": "STALE_PLAYLIST",
        "event_type": "qualityOfService",
        "severity": "critical",
        "message": "No new segment for 20 s, limit 9 s",
        "condition": "raised",
        "raised_at": START,
        "acknowledged": False,
        "resolved": False,
        "test": False,
        **more,
    }


def event(kind: str, at: float, row: Mapping[str, Any]) -> Event:
    return Event(kind, at, 1, 1, {"alarm": row})


RECEIVERS = {
    name: Receiver(name, frozenset(roles))
    for name, roles in {"slack": {"chat"}, "post": {"mail"}, "pager": {"page"}, "lead": {"shift-lead"}}.items()
}
CRITICAL = Route(
    "critical",
    (Step(0, ("chat", "page")), Step(5 * MIN, ("mail",)), Step(10 * MIN, ("shift-lead", "chat"))),
    severities=frozenset({Severity.CRITICAL}),
)
MAJOR = Route("major", (Step(0, ("chat",)), Step(5 * MIN, ("mail",))), severities=frozenset({Severity.MAJOR}))


@dataclass
class Desk:
    """A router with its clock, and everything it said."""

    router: Router
    notices: list[Notice] = field(default_factory=list)
    skips: list[Skip] = field(default_factory=list)

    def happens(self, kind: str, minute: float, **more: Any) -> list[tuple[str, str]]:
        decision = self.router.step(event(kind, START + minute * MIN, alarm(**more)))
        assert decision is not None
        self.notices += decision.notices
        self.skips += decision.skips
        return [(one.receiver, str(one.action)) for one in decision.notices]

    def at(self, minute: float) -> list[tuple[str, str]]:
        notices = self.router.due(START + minute * MIN)
        self.notices += notices
        return [(one.receiver, str(one.action)) for one in notices]


def desk(*routes: Route, receivers: Mapping[str, Receiver] = RECEIVERS, **policy: Any) -> Desk:
    return Desk(Router(Policy(routes or (CRITICAL, MAJOR), receivers, **policy)))


def test_the_first_step_is_told_with_the_alarm_and_the_next_ones_at_their_minute() -> None:
    shift = desk()
    assert shift.happens("AlarmRaised", 0) == [("slack", "raise"), ("pager", "raise")]
    assert shift.at(4.99) == []
    assert shift.at(5) == [("post", "raise")]
    assert shift.at(9.99) == []
    assert shift.at(10) == [("lead", "raise"), ("slack", "escalate")]
    assert shift.at(600) == []


def test_acknowledgement_stops_the_escalation() -> None:
    shift = desk()
    shift.happens("AlarmRaised", 0)
    assert shift.happens("AlarmAcknowledged", 3, acknowledged=True, owner="T. Linh") == []
    assert shift.at(60) == []


def test_who_pages_by_itself_hears_once_that_somebody_is_on_it() -> None:
    receivers = {**RECEIVERS, "pager": Receiver("pager", frozenset({"page"}), hears_acknowledge=True)}
    shift = desk(receivers=receivers)
    shift.happens("AlarmRaised", 0)
    assert shift.happens("AlarmAcknowledged", 3, acknowledged=True, owner="Lan") == [("pager", "update")]
    assert (shift.notices[-1].reason, shift.notices[-1].action) == ("acknowledged", Action.UPDATE)
    assert shift.notices[-1].subject.startswith("[CRITICAL, Lan is on it]")
    assert shift.happens("AlarmNoted", 4, acknowledged=True, owner="Lan") == []
    assert restarted(shift, 5).at(60) == []


def test_an_acknowledgement_that_expires_lets_the_escalation_go_on() -> None:
    shift = desk()
    shift.happens("AlarmRaised", 0)
    shift.happens("AlarmAcknowledged", 3, acknowledged=True)
    shift.at(30)
    assert shift.happens("AlarmUpdated", 33, acknowledged=False) == [
        ("post", "raise"),
        ("lead", "raise"),
        ("slack", "escalate"),
    ]


def test_a_step_may_be_told_even_when_somebody_is_on_it() -> None:
    route = Route("all", (Step(0, ("chat",)), Step(20 * MIN, ("mail",), even_acknowledged=True)))
    shift = desk(route)
    shift.happens("AlarmRaised", 0)
    shift.happens("AlarmAcknowledged", 1, acknowledged=True)
    assert shift.at(20) == [("post", "raise")]


def test_exactly_those_who_were_told_hear_the_end() -> None:
    shift = desk()
    shift.happens("AlarmRaised", 0)
    ended = shift.happens("AlarmCleared", 2, condition="cleared", resolved=True, cleared_at=START + 120)
    assert ended == [("slack", "resolve"), ("pager", "resolve")]
    assert shift.at(60) == []
    assert {one.reason for one in shift.notices if one.action is Action.RESOLVE} == {"cleared"}


def test_one_that_could_not_be_told_hears_no_end() -> None:
    shift = desk()
    shift.happens("AlarmRaised", 0)
    shift.router.never_told(next(one for one in shift.notices if one.receiver == "pager"))
    assert shift.happens("AlarmCleared", 2, condition="cleared", resolved=True) == [("slack", "resolve")]


def test_a_latched_alarm_is_resolved_when_its_condition_clears_and_told_again_when_it_comes_back() -> None:
    shift = desk()
    shift.happens("AlarmRaised", 0)
    assert shift.happens("AlarmCleared", 2, condition="cleared") == [("slack", "resolve"), ("pager", "resolve")]
    assert shift.at(60) == []
    assert shift.happens("AlarmAcknowledged", 61, condition="cleared", acknowledged=True) == []
    again = shift.happens("AlarmUpdated", 70, condition="raised")
    assert again == [("slack", "raise"), ("pager", "raise")]
    assert shift.at(75) == [("post", "raise")]
    assert len({one.id for one in shift.notices}) == len(shift.notices)


def test_a_condition_that_is_about_to_clear_is_not_over() -> None:
    shift = desk()
    shift.happens("AlarmRaised", 0)
    assert shift.happens("AlarmUpdated", 1, condition="clearing") == []
    assert shift.at(5) == [("post", "raise")]


def test_an_alarm_called_false_is_told_as_closed_by_hand() -> None:
    shift = desk()
    shift.happens("AlarmRaised", 0)
    shift.happens("AlarmResolved", 2, resolved=True, is_false=True, resolved_by="Minh")
    last = shift.notices[-1]
    assert (last.reason, last.action) == ("closed-by-hand", Action.RESOLVE)
    assert "Closed as false by Minh" in last.text


def test_a_worse_severity_updates_who_knows_and_tells_who_does_not() -> None:
    shift = desk()
    assert shift.happens("AlarmRaised", 0, severity="major") == [("slack", "raise")]
    assert shift.happens("AlarmUpdated", 2, severity="critical") == [("slack", "update"), ("pager", "raise")]
    assert shift.notices[1].data["severity_was"] == "major"
    assert shift.at(5) == []  # the timers count from when it became critical
    assert shift.at(7) == [("post", "raise")]


def test_the_same_event_twice_tells_once() -> None:
    shift = desk()
    shift.happens("AlarmRaised", 0)
    assert shift.happens("AlarmRaised", 0) == []
    assert shift.happens("AlarmNoted", 1) == []


def test_it_is_repeated_until_somebody_acknowledges() -> None:
    route = Route("all", (Step(0, ("chat", "page")),), repeat_s=15 * MIN)
    shift = desk(route)
    shift.happens("AlarmRaised", 0)
    for minute in (15, 30, 45):
        assert sorted(shift.at(minute)) == [("pager", "escalate"), ("slack", "escalate")]
    told = [one.reason for one in shift.notices if one.receiver == "slack"]
    assert told == ["route-step", *["repeat-until-acknowledged"] * 3]
    shift.happens("AlarmAcknowledged", 50, acknowledged=True)
    assert shift.at(600) == []


def test_repetitions_missed_while_nobody_ran_are_not_made_up_for() -> None:
    route = Route("all", (Step(0, ("chat",)),), repeat_s=MIN)
    shift = desk(route)
    shift.happens("AlarmRaised", 0)
    assert shift.at(600) == [("slack", "escalate")]
    assert shift.at(600.5) == []
    assert shift.at(601) == [("slack", "escalate")]


@pytest.mark.parametrize(
    ("kind", "more", "reason"),
    [
        ("AlarmRaised", {"state": "shelved"}, "shelved"),
        ("AlarmRaised", {"state": "out_of_service"}, "suppressed"),
        ("AlarmRaised", {"state": "suppressed", "parent_id": 9}, "folded"),
    ],
)
def test_what_is_hidden_is_told_to_nobody_and_says_why(kind: str, more: dict[str, Any], reason: str) -> None:
    shift = desk()
    assert shift.happens(kind, 0, **more) == []
    assert shift.at(60) == []
    assert reason in {one.reason for one in shift.skips if one.receiver == "slack"}
    assert shift.happens("AlarmUnshelved", 61, state="unacknowledged") == [
        ("slack", "raise"),
        ("pager", "raise"),
        ("post", "raise"),
        ("lead", "raise"),
    ]


def test_shelving_an_alarm_that_was_told_stops_it_and_its_end_is_still_told() -> None:
    shift = desk()
    shift.happens("AlarmRaised", 0)
    shift.happens("AlarmShelved", 1, state="shelved")
    assert shift.at(60) == []
    assert shift.happens("AlarmCleared", 61, condition="cleared", state="shelved") == [
        ("slack", "resolve"),
        ("pager", "resolve"),
    ]


def test_quiet_hours_hold_what_is_not_critical_until_they_end() -> None:
    quiet = (parse_hours("18:00-06:00", (), ZoneInfo("Asia/Ho_Chi_Minh")),)  # 12:00 UTC is 19:00 there
    receivers = {"slack": Receiver("slack", frozenset({"chat"}), quiet=quiet)}
    shift = desk(receivers=receivers)
    assert shift.happens("AlarmRaised", 0, severity="major") == []
    assert ("slack", "quiet-hours") in {(one.receiver, one.reason) for one in shift.skips}
    assert shift.at(11 * 60 - 0.1) == []
    assert shift.at(11 * 60) == [("slack", "raise")]

    critical = desk(receivers=receivers)
    assert critical.happens("AlarmRaised", 0) == [("slack", "raise")]


def test_what_clears_in_quiet_hours_is_never_told() -> None:
    quiet = (parse_hours("18:00-06:00", (), ZoneInfo("Asia/Ho_Chi_Minh")),)
    shift = desk(receivers={"slack": Receiver("slack", frozenset({"chat"}), quiet=quiet)})
    shift.happens("AlarmRaised", 0, severity="major")
    assert shift.happens("AlarmCleared", 30, severity="major", condition="cleared", resolved=True) == []
    assert shift.at(24 * 60) == []


@pytest.mark.parametrize(
    ("match", "told"),
    [
        ({"tiers": frozenset({1})}, True),
        ({"tiers": frozenset({2})}, False),
        ({"layers": frozenset({3})}, True),
        ({"layers": frozenset({4})}, False),
        ({"labels": frozenset({"sport", "news"})}, True),
        ({"labels": frozenset({"kids"})}, False),
        ({"classes": frozenset({"UHD"})}, True),
        ({"classes": frozenset({"SD"})}, False),
        ({"channels": frozenset({"CH_1"})}, True),
        ({"alarm_types": frozenset({"STALE_PLAYLIST"})}, True),
        ({"event_types": frozenset({"communications"})}, False),
        ({"hours": parse_hours("11:00-13:00", (), ZoneInfo("UTC"))}, True),
        ({"hours": parse_hours("13:00-14:00", (), ZoneInfo("UTC"))}, False),
    ],
)
def test_routes_match_by_what_the_alarm_and_its_channel_are(match: dict[str, Any], told: bool) -> None:
    shift = desk(Route("one", (Step(0, ("chat",)),), **match))
    shift.router.configure([Channel(1, "CH_1", "One", tier=1, channel_class="UHD", labels=("news",))])
    assert bool(shift.happens("AlarmRaised", 0)) is told
    if not told:
        assert ("slack", "no-route") in {(one.receiver, one.reason) for one in shift.skips}


def test_the_first_route_that_matches_ends_the_search_unless_it_goes_on() -> None:
    first, second = Step(0, ("chat",)), Step(0, ("mail",))
    assert desk(Route("a", (first,)), Route("b", (second,))).happens("AlarmRaised", 0) == [("slack", "raise")]
    both = desk(Route("a", (first,), goes_on=True), Route("b", (second,)))
    assert both.happens("AlarmRaised", 0) == [("slack", "raise"), ("post", "raise")]


@pytest.mark.parametrize(
    ("policy", "reason"),
    [
        ({"is_silent": True}, "notify-none"),
        ({"receivers": {"slack": Receiver("slack", frozenset({"chat"}), is_enabled=False)}}, "receiver-disabled"),
        ({"receivers": {"slack": Receiver("slack", frozenset({"nobody"}))}}, "not-in-route"),
    ],
)
def test_who_is_left_out_is_named_with_the_reason(policy: dict[str, Any], reason: str) -> None:
    shift = desk(**policy)
    assert shift.happens("AlarmRaised", 0) == []
    assert ("slack", reason) in {(one.receiver, one.reason) for one in shift.skips}


def test_demo_channels_tell_nobody_but_their_test_alarms_do() -> None:
    shift = desk()
    shift.router.configure([Channel(1, "CH_1", "One", is_demo=True)])
    assert shift.happens("AlarmRaised", 0) == []
    assert {one.reason for one in shift.skips} == {"demo-channel"}
    tested = shift.happens("AlarmRaised", 0, number=2, test=True)
    assert tested == [("slack", "raise"), ("pager", "raise")]


def test_what_a_drill_breaks_is_told_to_nobody_even_where_demo_channels_are() -> None:
    shift = desk(tells_demo=True)
    shift.router.configure([Channel(1, "CH_1", "One", is_demo=True)])
    shift.router.drilled = frozenset({1})
    assert shift.happens("AlarmRaised", 0) == []
    assert shift.happens("AlarmRaised", 1, number=9, channel_id=0, children=[1]) == []
    assert {one.reason for one in shift.skips} == {"drill"}
    assert shift.at(3600) == []
    shift.router.drilled = frozenset()
    assert shift.happens("AlarmRaised", 4000, number=3) == [("slack", "raise"), ("pager", "raise")]


def test_a_test_says_so_everywhere() -> None:
    shift = desk()
    shift.happens("AlarmRaised", 0, test=True)
    shift.at(10)
    shift.happens("AlarmCleared", 11, test=True, condition="cleared", resolved=True)
    assert len(shift.notices) > 5
    assert all(one.subject.startswith("TEST ") and "TEST" in one.text and one.is_test for one in shift.notices)


def test_a_forged_message_breaks_no_line() -> None:
    shift = desk()
    shift.happens("AlarmRaised", 0, message="gone\r\nBcc: all@example.com\x00\u2028 now")
    assert not any(sign in shift.notices[0].subject for sign in "\r\n\x00\u2028")


def test_the_verdict_on_the_first_cause_is_told_with_its_evidence() -> None:
    shift = desk()
    cause = {"verdict": "origin", "confidence": 0.85, "evidence": ["12 channels of origin-1 fail"]}
    shift.happens("AlarmRaised", 0, cause=cause, children=[2, 3])
    assert "First cause: origin, 85% sure. 12 channels of origin-1 fail 2 alarms are folded" in shift.notices[0].text


def restarted(shift: Desk, minute: float, failed: tuple[str, ...] = (), alive: float | None = None) -> Desk:
    """A second run: it knows the open alarms and the notices that were made, nothing else."""
    router = Router(shift.router.policy)
    open_alarms = [case.alarm for case in shift.router.cases.values()]
    made = [(one, one.id in failed) for one in shift.notices]
    end = START + (minute if alive is None else alive) * MIN
    router.restore(open_alarms, made, START + minute * MIN, end)
    return Desk(router)


@pytest.mark.parametrize("minute", [0.5, 4.9, 5.1, 9.9, 10.5, 30])
def test_a_restart_neither_repeats_nor_forgets(minute: float) -> None:
    shift, same = desk(), desk()
    for one in (shift, same):
        one.happens("AlarmRaised", 0)
        one.at(minute)
    second = restarted(shift, minute)
    assert second.at(minute) == []
    for later in (5, 10, 60):
        if later > minute:
            assert second.at(later) == same.at(later)
    assert second.happens("AlarmCleared", 61, condition="cleared", resolved=True) == same.happens(
        "AlarmCleared", 61, condition="cleared", resolved=True
    )


def test_what_was_due_while_nobody_ran_is_told_late() -> None:
    shift = desk()
    shift.happens("AlarmRaised", 0)
    second = restarted(shift, 20, alive=2)
    assert sorted(second.at(20)) == [("lead", "raise"), ("post", "raise"), ("slack", "escalate")]


def test_after_a_restart_numbers_of_notices_go_on() -> None:
    shift = desk()
    shift.happens("AlarmRaised", 0)
    second = restarted(shift, 1)
    second.at(5)
    assert not {one.id for one in second.notices} & {one.id for one in shift.notices}


def test_after_a_restart_one_that_could_not_be_told_hears_no_end() -> None:
    shift = desk()
    shift.happens("AlarmRaised", 0)
    pager = next(one for one in shift.notices if one.receiver == "pager")
    second = restarted(shift, 1, failed=(pager.id,))
    assert second.happens("AlarmCleared", 2, condition="cleared", resolved=True) == [("slack", "resolve")]


def test_a_receiver_added_later_is_not_told_of_what_is_past() -> None:
    shift = desk(receivers={})
    shift.happens("AlarmRaised", 0)
    shift.router.reload(Policy((CRITICAL,), RECEIVERS), START + 6 * MIN)
    assert shift.at(6) == []
    assert shift.at(10) == [("lead", "raise"), ("slack", "raise")]


KINDS = st.sampled_from(["AlarmUpdated", "AlarmAcknowledged", "AlarmShelved", "AlarmUnshelved", "AlarmCleared"])


@given(st.lists(st.tuples(KINDS, st.floats(0.1, 20), st.booleans()), max_size=12))
def test_whatever_happens_nobody_hears_an_end_without_a_beginning_and_each_notice_is_one(
    story: list[tuple[str, float, bool]],
) -> None:
    shift, minute = desk(), 0.0
    shift.happens("AlarmRaised", 0)
    for kind, pause, acknowledged in story:
        minute += pause
        shift.at(minute)
        condition = "cleared" if kind == "AlarmCleared" else "raised"
        shift.happens(kind, minute, condition=condition, acknowledged=acknowledged)
    told: set[str] = set()
    for one in shift.notices:
        if one.action is Action.RESOLVE:
            assert one.receiver in told
            told.discard(one.receiver)
        else:
            assert one.action is not Action.RAISE or one.receiver not in told
            told.add(one.receiver)
    assert len({one.id for one in shift.notices}) == len(shift.notices)
