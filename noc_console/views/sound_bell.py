"""When a sound is due: pure; the loudest unanswered alarm repeats until somebody answers, unless muted or quiet."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from noc_console.errors import KnownError
from noc_console.model import Severity

Json = Mapping[str, Any]
REPEAT_S: Mapping[Severity, float] = {Severity.CRITICAL: 10.0, Severity.MAJOR: 60.0}
"""How often an unanswered alarm is heard again; milder ones are heard once."""
HEARD = (Severity.CRITICAL, Severity.MAJOR, Severity.MINOR, Severity.WARNING)
_QUIET = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)\s*(?:-|–)\s*([01]?\d|2[0-3]):([0-5]\d)")
_GAP_S = 2.0  # a storm is no machine gun


@dataclass(frozen=True, slots=True)
class Quiet:
    """Hours of the local day in which only critical alarms sound; minutes after midnight, the same twice is never."""

    start: int = 0
    end: int = 0

    def is_on(self, minute: int) -> bool:
        """Say whether a minute of the day is within; hours over midnight are meant as they are written."""
        if self.start <= self.end:
            return self.start <= minute < self.end
        return minute >= self.start or minute < self.end

    def __str__(self) -> str:
        """Return the hours as they are written, empty for never."""
        if self.start == self.end:
            return ""
        return f"{self.start // 60:02d}:{self.start % 60:02d}-{self.end // 60:02d}:{self.end % 60:02d}"


@dataclass(frozen=True, slots=True)
class Bell:
    """What was heard: of which alarms, when, and until when it is muted (Unix seconds)."""

    known: frozenset[tuple[int, str]] = frozenset()
    rung_at: float = 0.0
    muted_until: float = 0.0

    def left_s(self, now: float) -> float:
        """Return how long it is muted yet, seconds."""
        return max(self.muted_until - now, 0.0)


def quiet_of(text: str) -> Quiet:
    """Return the quiet hours a text names, `22:00-06:00`; `none` for never. Raises KnownError with one sentence."""
    if text.strip().casefold() in ("", "none"):
        return Quiet()
    found = _QUIET.fullmatch(text.strip())
    if found is None:
        raise KnownError("Write quiet hours like 22:00-06:00, or none.")
    hour, minute, to_hour, to_minute = (int(one) for one in found.groups())
    return Quiet(hour * 60 + minute, to_hour * 60 + to_minute)


def unanswered(alarms: Iterable[Json]) -> dict[tuple[int, str], Severity]:
    """Return the alarms somebody must hear: open, not answered, not hidden; by id and severity."""
    return {
        (int(one["id"]), str(one["severity"])): Severity(one["severity"])
        for one in alarms
        if not (one["resolved"] or one["acknowledged"] or one.get("hidden") or one.get("parent_id"))
        and Severity(one["severity"]) in HEARD
    }


def step(bell: Bell, alarms: Iterable[Json], now: float, *, is_quiet: bool) -> tuple[Bell, Severity | None]:
    """Return what the bell remembers after one more look, and which earcon is due now, if any."""
    open_ = unanswered(alarms)
    worst = max(open_.values(), key=_rank, default=None)
    is_silent = bell.muted_until > now or (is_quiet and worst is not Severity.CRITICAL)
    if worst is None or is_silent:
        # what still waits after a mute or quiet hours is heard at once
        return replace(bell, known=frozenset(open_), rung_at=0.0), None
    if now - bell.rung_at < _GAP_S:
        return bell, None
    newest = max((severity for key, severity in open_.items() if key not in bell.known), key=_rank, default=None)
    heard = replace(bell, known=frozenset(open_))
    if worst in REPEAT_S and now - bell.rung_at >= REPEAT_S[worst]:
        return replace(heard, rung_at=now), worst
    # a mild alarm is not heard over a loud one that still waits
    if newest is None or (worst in REPEAT_S and newest.rank < worst.rank):
        return heard, None
    return replace(heard, rung_at=now), newest


def muted(bell: Bell, until: float) -> Bell:
    """Return the bell muted until a time; a time that is over lets it ring again."""
    return replace(bell, muted_until=until)


def _rank(severity: Severity) -> int:
    return severity.rank
