"""Planned windows: when they are open, once or again and again, in the time zone of those who work in them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from noc_console.alarms.targets import Target
from noc_console.errors import KnownError

FOR_EVER = float("inf")
MOST_SLOTS = 50
_DAY_S = 86_400.0
Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Slot:
    """A time of day that comes again: on weekdays (0 Monday), on days of the month (-1 the last), else daily.

    `weeks` picks which of a weekday in the month it is: 1 the first, -1 the last. Local wall time, "02:00" to
    "04:30"; an end at or before the start is on the next day.
    """

    start: str
    end: str
    weekdays: tuple[int, ...] = ()
    weeks: tuple[int, ...] = ()
    month_days: tuple[int, ...] = ()

    def is_on(self, day: date) -> bool:
        """Say whether the slot begins on this day."""
        last = _days_in(day)
        if self.month_days:
            return day.day in self.month_days or day.day - last - 1 in self.month_days
        if self.weekdays and day.weekday() not in self.weekdays:
            return False
        week, from_end = (day.day - 1) // 7 + 1, -((last - day.day) // 7 + 1)
        return not self.weeks or week in self.weeks or from_end in self.weeks


@dataclass(frozen=True, slots=True)
class Window:
    """What hides alarms while it is open: `maintenance` (out of service) or `suppression` (by design).

    Without slots it is open from `start` to `end`; with slots only in them, within these bounds. A suppression with
    `while_type` is open only while an alarm of that type is open on the same channel.
    """

    id: int
    name: str
    target: Target
    kind: str = "maintenance"
    start: float = 0.0
    end: float = FOR_EVER
    slots: tuple[Slot, ...] = ()
    zone: str = "UTC"
    while_type: str = ""
    by: str = ""
    reason: str = ""
    created_at: float = 0.0
    ended_at: float | None = None

    @property
    def until(self) -> float:
        """When it is over for good."""
        return self.end if self.ended_at is None else min(self.end, self.ended_at)

    def spans(self, start: float, end: float) -> Iterator[Span]:
        """Yield the stretches it is open in a time, in order; they may touch or overlap between slots."""
        start, end = max(start, self.start), min(end, self.until)
        if start >= end:
            return
        if not self.slots:
            yield start, end
            return
        found = sorted(span for slot in self.slots for span in _slot_spans(slot, self.zone, start, end))
        for begin, close in found:
            if close > start and begin < end:
                yield max(begin, start), min(close, end)

    def is_open(self, at: float) -> bool:
        """Say whether it is open at a moment."""
        if not self.start <= at < self.until:
            return False
        return not self.slots or any(begin <= at < close for begin, close in self.spans(at - 2 * _DAY_S, at + 1.0))

    def next_turn(self, at: float, horizon_s: float = 32 * _DAY_S) -> float:
        """Return when it next opens or closes, at most a month ahead; infinity when it never does again."""
        turns = {self.start, self.until}
        if self.slots and at < self.until:
            turns |= {edge for span in self.spans(at - 2 * _DAY_S, at + horizon_s) for edge in span}
            turns.add(at + horizon_s)
        return min((turn for turn in turns if turn > at), default=FOR_EVER)


@dataclass(frozen=True, slots=True)
class Calendar:
    """All windows, and which of them are open; what was found holds until the next one turns."""

    windows: tuple[Window, ...] = ()
    _known: dict[str, tuple[float, float, tuple[Window, ...]]] = field(default_factory=dict, compare=False)

    def open(self, at: float) -> tuple[Window, ...]:
        """Return the windows that are open at a moment."""
        begin, end, found = self._known.get("", (0.0, 0.0, ()))
        if not begin <= at < end:
            found = tuple(one for one in self.windows if one.is_open(at))
            end = min((one.next_turn(at) for one in self.windows), default=FOR_EVER)
            self._known[""] = (at, end, found)
        return found


def checked(window: Window) -> Window:
    """Return a window that makes sense, or raise KnownError with one sentence."""
    if window.target.is_empty:
        raise KnownError("Say what the window is about: labels, channels, agents, regions, layers or alarm types.")
    if window.end <= window.start:
        raise KnownError("The window ends before it begins.")
    if len(window.slots) > MOST_SLOTS:
        raise KnownError(f"A window has at most {MOST_SLOTS} slots.")
    if window.kind == "maintenance" and not window.slots and window.end == FOR_EVER:
        raise KnownError("A maintenance window needs an end, or slots in which it is open.")
    zone_of(window.zone)
    for slot in window.slots:
        _clock(slot.start), _clock(slot.end)
    return window


def zone_of(name: str) -> ZoneInfo:
    """Return an IANA time zone; KnownError when there is none of that name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise KnownError(f"There is no time zone {name[:60]!r}; write one like Asia/Ho_Chi_Minh.") from None


def _slot_spans(slot: Slot, zone: str, start: float, end: float) -> Iterator[Span]:
    place = zone_of(zone)
    day = datetime.fromtimestamp(max(start - 2 * _DAY_S, 0.0), place).date()
    last = datetime.fromtimestamp(min(end, start + 400 * _DAY_S), place).date()
    opens, closes = _clock(slot.start), _clock(slot.end)
    while day <= last:
        if slot.is_on(day):
            after = day if closes > opens else day + timedelta(days=1)
            yield _moment(day, opens, zone), _moment(after, closes, zone)
        day += timedelta(days=1)


@lru_cache(maxsize=4096)
def _moment(day: date, clock: time, zone: str) -> float:
    """Return local wall time as Unix seconds; an hour that is skipped in spring is that much later."""
    return datetime.combine(day, clock, zone_of(zone)).astimezone(UTC).timestamp()


def _clock(text: str) -> time:
    try:
        return time.fromisoformat(text)
    except ValueError:
        raise KnownError(f"{text[:20]!r} is not a time of day; write 02:30.") from None


def _days_in(day: date) -> int:
    following = (day.replace(day=28) + timedelta(days=4)).replace(day=1)
    return (following - timedelta(days=1)).day
