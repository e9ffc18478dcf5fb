"""What an operator may do to an alarm, and what is refused with one sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from noc_console.alarms.alarm import Alarm, Shelf
from noc_console.alarms.habits import Habits
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


def acknowledge(alarm: Alarm, by: str, text: str, at: float, habits: Habits) -> Alarm:
    """Return the alarm with an owner; one whose condition has gone is closed by it, unless it lies on a shelf."""
    owner = by or "system"
    expiry = habits.expiry_s.get(alarm.severity)
    answered = replace(
        alarm,
        acknowledged_by=owner,
        acknowledged_at=at,
        acknowledged_until=None if expiry is None else at + expiry,
        acknowledgement_expired_at=None,
        owner=owner,
        is_latched=False,
    ).noted(at, owner, _short(text))
    is_over = alarm.condition == "cleared" and alarm.shelf is None
    return closed(answered, owner, at) if is_over else answered


def shelve(alarm: Alarm, by: str, reason: str, for_s: float, at: float, habits: Habits) -> Alarm:
    """Return the alarm on a shelf for a time; refused without a reason, or for too long (ISA-18.2)."""
    if not reason.strip():
        raise Refused("Shelving needs a reason: write one line.")
    if not 0 < for_s <= habits.shelf_at_most_s:
        raise Refused(f"An alarm may be shelved for at most {habits.shelf_at_most_s / 3600:g} h.")
    if alarm.is_test:
        raise Refused("A TEST alarm ends by itself within a minute.")
    name = by or "system"
    shelved = replace(alarm, shelf=Shelf(at, name, _short(reason), at + for_s))
    return shelved.noted(at, name, f"Shelved for {for_s / 60:.0f} min: {_short(reason)}")


def unshelve(alarm: Alarm, by: str, at: float) -> Alarm:
    """Return the alarm off its shelf; closed where its condition has gone meanwhile and nothing else keeps it."""
    if alarm.shelf is None:
        raise Refused("The alarm is not shelved.")
    name = by or "system"
    back = replace(alarm, shelf=None).noted(at, name, "Off the shelf")
    return closed(back, name, at) if alarm.condition == "cleared" and not alarm.is_latched else back


def closed(alarm: Alarm, by: str, at: float) -> Alarm:
    """Return the alarm closed: nothing of it is left to do."""
    return replace(alarm, resolved_by=by, resolved_at=at, members=(), parent_id=None, children=())


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
    name = by or "system"
    return replace(closed(alarm, name, at), is_false=is_false).noted(at, name, _short(text))


def _short(text: str) -> str:
    return text.strip()[:LONGEST_NOTE]
