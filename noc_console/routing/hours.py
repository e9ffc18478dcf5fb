"""Hours of the day in a time zone: whether a moment lies in them, and when they end."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from noc_console.errors import KnownError

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SPAN = re.compile(r"([01]?\d|2[0-4]):([0-5]\d)\s*-\s*([01]?\d|2[0-4]):([0-5]\d)")
_DAY_MIN = 24 * 60


@dataclass(frozen=True, slots=True)
class Hours:
    """A span of the day in minutes since midnight, on some days; one over midnight belongs to the day it begins."""

    begin_min: int
    end_min: int
    days: frozenset[int]
    zone: ZoneInfo

    def contains(self, at: float) -> bool:
        """Say whether a moment (Unix seconds) lies in the span, by the clock on the wall there."""
        return self._began(at) is not None

    def end_after(self, at: float) -> float:
        """Return when the span that a moment lies in ends; the moment itself when it lies in none."""
        began = self._began(at)
        if began is None:
            return at
        length = (self.end_min - self.begin_min) % _DAY_MIN or _DAY_MIN
        # by the clock on the wall: a night with a change of summer time is an hour longer or shorter
        end = (began + timedelta(minutes=self.begin_min + length)).replace(tzinfo=self.zone)
        return max(at, end.timestamp())

    def _began(self, at: float) -> datetime | None:
        """Return the midnight (by the wall's clock, without a zone) of the day the span around a moment began."""
        local = datetime.fromtimestamp(at, self.zone).replace(tzinfo=None)
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
        length = (self.end_min - self.begin_min) % _DAY_MIN or _DAY_MIN
        for day in (midnight, midnight - timedelta(days=1)):
            since_min = (local - day).total_seconds() / 60 - self.begin_min
            if day.weekday() in self.days and 0 <= since_min < length:
                return day
        return None


def parse_hours(text: str, days: Iterable[str], zone: ZoneInfo) -> Hours:
    """Return the hours that `08:00-18:00` names; no days mean all. `KnownError` says what is wrong."""
    match = _SPAN.fullmatch(text.strip())
    if match is None:
        raise KnownError(f"{text!r} is no span of hours: write it like 22:00-06:00.")
    begin, end = (int(match[one]) * 60 + int(match[one + 1]) for one in (1, 3))
    if max(begin, end) > _DAY_MIN:
        raise KnownError(f"{text!r} goes beyond 24:00.")
    return Hours(begin % _DAY_MIN, end % _DAY_MIN, _days(days), zone)


def parse_zone(name: str) -> ZoneInfo:
    """Return a time zone by its name; `KnownError` when there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise KnownError(f"There is no time zone {name!r}: write one like Asia/Ho_Chi_Minh.") from None


def _days(names: Iterable[str]) -> frozenset[int]:
    known = {name: number for number, name in enumerate(DAYS)}
    found: set[int] = set()
    for name in names:
        first, _, last = name.strip().lower().partition("-")
        if first[:3] not in known or (last and last[:3] not in known):
            raise KnownError(f"{name!r} is no day: write mon, tue, wed, thu, fri, sat, sun or a span like mon-fri.")
        begin = known[first[:3]]
        end = known[last[:3]] if last else begin
        found |= {(begin + step) % 7 for step in range((end - begin) % 7 + 1)}
    return frozenset(found or range(7))
