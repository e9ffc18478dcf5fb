"""What an operator may do to an alarm, and what is refused with one sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from noc_console.alarms.alarm import Alarm
from noc_console.errors import KnownError

LONGEST_NOTE = 4000


class NoSuchAlarm(KnownError):
    """The alarm is unknown or already closed."""


class Refused(KnownError):
    """The alarm is as it is for a reason; the sentence says which."""


def find(alarms: Mapping[int, Alarm], alarm_id: int) -> Alarm:
    """Return an open alarm."""
    try:
        return alarms[alarm_id]
    except KeyError:
        raise NoSuchAlarm(f"Alarm {alarm_id} is not open: it was closed, or never existed.") from None


def acknowledge(alarm: Alarm, by: str, text: str, at: float) -> Alarm:
    """Return the alarm with an owner."""
    owner = by or "system"
    return replace(alarm, acknowledged_by=owner, acknowledged_at=at, owner=owner).noted(at, owner, _short(text))


def note(alarm: Alarm, by: str, text: str, at: float) -> Alarm:
    """Return the alarm with one more note."""
    if not text.strip():
        raise Refused("The note is empty: write what the next operator should know.")
    return alarm.noted(at, by or "system", _short(text))


def resolve(alarm: Alarm, by: str, text: str, is_false: bool, at: float) -> Alarm:
    """Return the alarm closed by a person."""
    if alarm.condition != "cleared" and not alarm.is_test:
        if not is_false:
            raise Refused(
                "The condition still holds. It closes by itself when it clears, or call it false, with a reason."
            )
        if not text.strip():
            raise Refused("Calling an alarm false needs a reason: write one line.")
    closed = replace(alarm, resolved_by=by or "system", resolved_at=at, is_false=is_false)
    return closed.noted(at, by or "system", _short(text))


def _short(text: str) -> str:
    return text.strip()[:LONGEST_NOTE]
