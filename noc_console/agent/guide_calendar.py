"""When checklists are due: the times of a schedule in the site's zone, who is reminded, and what is overdue."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from itertools import pairwise

from noc_console.guides.guide import Guide, Schedule

AHEAD_S = 300.0  # a reminder comes so long before
EARLY_S = 3600.0  # a checklist begun so long before its time counts for it
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Walk:
    """One walk through a checklist, as far as the calendar cares."""

    run_id: int
    guide: str
    started_at: float
    ended_at: float | None = None
    is_whole: bool = True


@dataclass(frozen=True, slots=True)
class Turn:
    """One time a checklist is due, and how it stands: coming, due, running, done, overdue."""

    guide: str
    due_at: float
    until: float
    remind_after_s: float
    role: str = ""
    state: str = "coming"
    run_id: int = 0

    @property
    def key(self) -> str:
        """The name of this turn, the same after a restart."""
        return f"{self.guide}/{int(self.due_at)}"


def turns(guide: Guide, start: float, end: float, zone: tzinfo) -> tuple[Turn, ...]:
    """Return the turns of a guide due in [start, end), oldest first; each lasts until the next one."""
    schedule = guide.schedule
    if schedule is None:
        return ()
    times = sorted(set(_times(schedule, start - 8 * 86400, end + 8 * 86400, zone)))
    return tuple(
        Turn(guide.id, due, after, schedule.remind_after_min * 60, schedule.role)
        for due, after in pairwise(times)
        if start <= due < end
    )


def stand(turn: Turn, walks: Iterable[Walk], at: float) -> Turn:
    """Return a turn as it stands: the newest walk of its time counts, one that was given up does not."""
    own = [
        walk
        for walk in walks
        if walk.guide == turn.guide
        and turn.due_at - EARLY_S <= walk.started_at < turn.until - EARLY_S
        and walk.is_whole
    ]
    newest = max(own, key=lambda walk: walk.started_at, default=None)
    state, number = _state(turn, newest, at), newest.run_id if newest else 0
    return Turn(turn.guide, turn.due_at, turn.until, turn.remind_after_s, turn.role, state, number)


def _state(turn: Turn, walk: Walk | None, at: float) -> str:
    if walk is not None and walk.ended_at is not None:
        return "done"
    if at > turn.due_at + turn.remind_after_s:
        return "overdue"
    if walk is not None:
        return "running"
    return "due" if at >= turn.due_at else "coming"


def reminders(standing: Iterable[Turn], said: Mapping[str, str], at: float) -> Iterator[tuple[str, Turn]]:
    """Yield what is to be said now: `ahead` five minutes before, `due`, `overdue`; each once.

    `said` maps turns to the last word said of them. A turn that ended before now is not brought up again.
    """
    order = ("", "ahead", "due", "overdue")
    for turn in standing:
        if turn.state in ("done", "running") or at >= turn.until:
            continue
        word = turn.state if turn.state != "coming" else ("ahead" if at >= turn.due_at - AHEAD_S else "")
        if order.index(word) > order.index(said.get(turn.key, "")):
            yield word, turn


def _times(schedule: Schedule, start: float, end: float, zone: tzinfo) -> Iterator[float]:
    day = datetime.fromtimestamp(start, zone).date()
    last = datetime.fromtimestamp(end, zone).date()
    while day <= last:
        if not schedule.days or _DAYS[day.weekday()] in schedule.days:
            for text in schedule.at:
                hour, minute = (int(part) for part in text.split(":"))
                yield datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone).timestamp()
        day += timedelta(days=1)
