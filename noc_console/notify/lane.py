"""The lane of one receiver: what waits for it, in order, what may go next and when; no I/O."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from noc_console.notify.outcome import Outcome
from noc_console.routing import texts
from noc_console.routing.notice import Action, Notice

FIRST_RETRY_S = 2.0
LONGEST_RETRY_S = 300.0
MOST_IN_ONE = 50
_REPEAT = "This may be a repeat: the answer to an earlier sending was lost."


@dataclass(slots=True, eq=False)
class Entry:
    """One notice that waits."""

    notice: Notice
    attempts: int = 0
    fault: str = ""


@dataclass(slots=True)
class Lane:
    """What waits for one receiver.

    Of one alarm the notices go in their order. A receiver that fails is left alone for a time; then another
    notice is tried first, so that one it will not take never blocks the rest.
    """

    receiver: str
    entries: dict[str, Entry] = field(default_factory=dict)
    not_before: float = 0.0
    failures: int = 0
    is_busy: bool = False
    _last_of_group: dict[str, float] = field(default_factory=dict)

    def put(self, notice: Notice, attempts: int = 0) -> None:
        """Take a notice; one that waits already stays as it is."""
        self.entries.setdefault(notice.id, Entry(notice, attempts))

    def ready(self, now: float) -> list[Entry]:
        """Return what goes into the next message, empty when nothing may go now."""
        if self.is_busy or now < self.not_before:
            return []
        best: Entry | None = None
        for entry in self._free(now):
            if best is None or entry.attempts < best.attempts:
                best = entry
            if best.attempts == 0:
                break
        return [] if best is None else self._with_its_group(best, now)

    def next_at(self, now: float) -> float | None:
        """Return when something may go, None when nothing waits or a sending is under way."""
        if self.is_busy or not self.entries:
            return None
        times = [max(entry.notice.due_at, self._group_free_at(entry.notice)) for entry in self.entries.values()]
        return max(self.not_before, min(times))

    def waits_since(self) -> float | None:
        """Return the due time of what has waited longest."""
        return min((entry.notice.due_at for entry in self.entries.values()), default=None)

    def sent(self, entries: list[Entry], now: float) -> None:
        """Note that a message arrived, or will never."""
        self.failures, self.not_before = 0, 0.0
        for entry in entries:
            self.entries.pop(entry.notice.id, None)
            if group := _group(entry.notice):
                self._last_of_group[group] = now
        if len(self._last_of_group) > 1000:
            newest = sorted(self._last_of_group.items(), key=lambda item: item[1])[-500:]
            self._last_of_group = dict(newest)

    def failed(self, entries: list[Entry], outcome: Outcome, now: float, chance: random.Random) -> float:
        """Note that a message must be tried again; return when."""
        self.failures += 1
        for entry in entries:
            entry.attempts += 1
        wait_s = min(LONGEST_RETRY_S, FIRST_RETRY_S * 2 ** min(self.failures - 1, 10)) * chance.uniform(0.75, 1.25)
        self.not_before = now + max(wait_s, outcome.retry_after_s)
        return self.not_before

    def _free(self, now: float) -> Iterator[Entry]:
        blocked: set[int] = set()
        for entry in self.entries.values():
            notice = entry.notice
            is_due = notice.due_at <= now and self._group_free_at(notice) <= now
            if is_due and notice.alarm_id not in blocked:
                yield entry
            if notice.alarm_id:
                blocked.add(notice.alarm_id)

    def _with_its_group(self, best: Entry, now: float) -> list[Entry]:
        group = _group(best.notice)
        if not group:
            return [best]
        found = [entry for entry in self._free(now) if _group(entry.notice) == group]
        return found[:MOST_IN_ONE]

    def _group_free_at(self, notice: Notice) -> float:
        last = self._last_of_group.get(_group(notice))
        return notice.due_at if last is None else last + float(notice.data.get("interval_s") or 0.0)


def folded(notices: list[Notice]) -> Notice:
    """Return the one message over some notices; a single one is its own message."""
    first = notices[0]
    if len(notices) == 1:
        return _marked(first) if first.is_repeat else first
    worst = max(notices, key=lambda one: _rank(one.alarm))
    text = "\n\n".join(f"{one.subject}\n{one.text}" for one in notices)
    data: Mapping[str, Any] = {
        **worst.data,
        "alarms": [dict(one.alarm) for one in notices],
        "repeat": any(one.is_repeat for one in notices),
        "ids": [one.id for one in notices],
    }
    subject = texts.folded_subject([one.subject for one in notices])
    found = replace(worst, id=first.id, subject=subject, text=text, data=data)
    return _marked(found) if found.is_repeat else found


def _marked(notice: Notice) -> Notice:
    return replace(notice, subject=f"{notice.subject} (may be a repeat)", text=f"{_REPEAT}\n{notice.text}")


def _group(notice: Notice) -> str:
    return str(notice.data.get("group") or "")


def _rank(alarm: Mapping[str, Any]) -> int:
    order = ("cleared", "indeterminate", "warning", "minor", "major", "critical")
    severity = str(alarm.get("severity", "cleared"))
    return order.index(severity) if severity in order else 0


def is_resolve(notice: Notice) -> bool:
    """Say whether a notice tells an end."""
    return notice.action is Action.RESOLVE
