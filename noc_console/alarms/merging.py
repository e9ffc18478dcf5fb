"""Puts what follows from a change into the event that began it: a folded alarm is never told as a lone one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from noc_console.alarms.alarm import Alarm
from noc_console.alarms.ledger import Change
from noc_console.alarms.wire import to_json

_FOLLOWS = ("AlarmSuppressed", "AlarmUpdated")


def merged(changes: Sequence[Change], after: Sequence[Change]) -> list[Change]:
    """Return first the parents raised in `after`, then the changes, then what else came after, in order."""
    raised = {one.alarm.id for one in (*changes, *after) if _kind(one) == "AlarmRaised"}
    final: dict[int, Alarm] = {}
    rest = []
    for one in after:
        if one.alarm.id in raised and (one.event is None or _kind(one) in _FOLLOWS):
            final[one.alarm.id] = one.alarm
        elif _kind(one) != "AlarmRaised":
            rest.append(one)
    parents = [one for one in after if _kind(one) == "AlarmRaised"]
    return [_completed(one, final) for one in (*parents, *changes)] + rest


def _completed(change: Change, final: dict[int, Alarm]) -> Change:
    alarm = final.get(change.alarm.id)
    if alarm is None:
        return change
    if change.event is None:
        return Change(alarm, None)
    return Change(alarm, replace(change.event, data={**change.event.data, "alarm": to_json(alarm)}))


def _kind(change: Change) -> str:
    return change.event.kind if change.event else ""
