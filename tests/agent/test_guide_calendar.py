"""Checklists are due by the site's clock: coming, due, running, done, overdue; each word is said once."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from noc_console.agent.guide_calendar import Turn, Walk, reminders, stand, turns
from noc_console.guides.guide import Guide, Schedule
from noc_console.guides.shape import Text
from noc_console.guides.steps import SignOff

ICT = ZoneInfo("Asia/Ho_Chi_Minh")
MIN = 60.0


def at(day: int, hour: int, minute: int = 0) -> float:
    return datetime(2026, 11, day, hour, minute, tzinfo=ICT).timestamp()


def daily(*times: str, days: tuple[str, ...] = ()) -> Guide:
    schedule = Schedule(at=times, days=days, role="shift-lead", remind_after_min=15)  # type: ignore[arg-type]
    steps = (SignOff(id="sign", roles=("shift-lead",)),)
    return Guide(id="CL-DAILY", version=1, kind="checklist", title=Text("Daily"), schedule=schedule, steps=steps)


DAILY = daily("08:00", "16:00", "00:00")
MORNING = Turn("CL-DAILY", at(20, 8), at(20, 16), 15 * MIN, "shift-lead")


def test_the_turns_of_a_day_are_those_of_the_sites_clock() -> None:
    found = turns(DAILY, at(20, 0), at(21, 0), ICT)
    assert [one.due_at for one in found] == [at(20, 0), at(20, 8), at(20, 16)]
    assert found[1] == MORNING


def test_only_the_days_that_are_named_count_and_a_guide_without_schedule_is_never_due() -> None:
    weekly = daily("10:00", days=("mon",))
    (one,) = turns(weekly, at(20, 0), at(27, 0), ICT)
    assert (one.due_at, one.until) == (at(23, 10), at(30, 10))
    assert turns(daily("10:00"), at(20, 11), at(21, 9), ICT) == ()


@pytest.mark.parametrize(
    ("now", "walk", "state"),
    [
        pytest.param(at(20, 7, 30), None, "coming", id="before its time"),
        pytest.param(at(20, 8, 5), None, "due", id="its time has come"),
        pytest.param(at(20, 8, 16), None, "overdue", id="a quarter of an hour too late"),
        pytest.param(at(20, 8, 5), Walk(3, "CL-DAILY", at(20, 8, 1)), "running", id="somebody is at it"),
        pytest.param(
            at(20, 8, 16), Walk(3, "CL-DAILY", at(20, 8, 1)), "overdue", id="somebody is at it for too long"
        ),
        pytest.param(at(20, 9), Walk(3, "CL-DAILY", at(20, 7, 30), at(20, 7, 45)), "done", id="done early"),
        pytest.param(
            at(20, 8, 16), Walk(3, "CL-DAILY", at(20, 6), at(20, 6, 20)), "overdue", id="that was another one"
        ),
        pytest.param(
            at(20, 8, 16), Walk(3, "CL-DAILY", at(20, 8), at(20, 8, 2), is_whole=False), "overdue", id="given up"
        ),
    ],
)
def test_a_turn_stands_as_its_walk_does(now: float, walk: Walk | None, state: str) -> None:
    assert stand(MORNING, [walk] if walk else [], now).state == state


def test_each_word_is_said_once_and_none_of_what_is_done() -> None:
    said: dict[str, str] = {}
    words = []
    for minute in range(-10, 40):
        now = MORNING.due_at + minute * MIN
        for word, turn in reminders([stand(MORNING, [], now)], said, now):
            said[turn.key] = word
            words.append((minute, word))
    assert words == [(-5, "ahead"), (0, "due"), (16, "overdue")]
    done = stand(MORNING, [Walk(3, "CL-DAILY", at(20, 8), at(20, 8, 2))], at(20, 8, 30))
    assert list(reminders([done], {}, at(20, 8, 30))) == []


def test_a_turn_whose_time_is_over_is_not_brought_up_again() -> None:
    assert list(reminders([stand(MORNING, [], at(20, 17))], {}, at(20, 17))) == []
