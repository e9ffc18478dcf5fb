"""The lane of one receiver: what waits for it, in order, what may go next and when; no I/O."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

from noc_console.routing import texts
from noc_console.routing.notice import Action, Notice

FIRST_RETRY_S = 2.0
LONGEST_RETRY_S = 300.0
MOST_IN_ONE = 1000
AT_ONCE = 8
FULL_TEXTS, LINES = 3, 40
_REPEAT = "This may be a repeat: the answer to an earlier sending was lost."


@dataclass(slots=True, eq=False)
class Entry:
    """One notice that waits."""

    notice: Notice
    attempts: int = 0
    fault: str = ""
    not_before: float = 0.0


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

    def ready(self, now: float) -> list[list[Entry]]:
        """Return the messages that may go now, each with its notices; one alone where the receiver failed before."""
        if self.is_busy or now < self.not_before:
            return []
        if self.failures:
            best = min(self._free(now), key=lambda entry: entry.attempts, default=None)
            return [] if best is None else [self._with_its_group(best, now)]
        free = self._free(now)
        first = next(free, None)
        if first is None:
            return []
        if _group(first.notice):
            return [self._with_its_group(first, now)]
        more = (entry for entry in free if not _group(entry.notice))
        return [[first], *([entry] for entry in islice(more, AT_ONCE - 1))]

    def try_now(self) -> None:
        """Forget that the receiver failed: it was changed."""
        self.not_before = 0.0
        for entry in self.entries.values():
            entry.not_before = 0.0

    def next_at(self, now: float) -> float | None:
        """Return when something may go, None when nothing waits or a sending is under way."""
        if self.is_busy or not self.entries:
            return None
        if now < self.not_before:
            return self.not_before
        return min(self._free_at(entry) for entry in self._first_ones())

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

    def failed(self, entries: list[Entry], retry_after_s: float, now: float, chance: random.Random) -> float:
        """Note that these must be tried again; return when the receiver is next spoken to."""
        self.failures += 1
        swing = chance.uniform(0.75, 1.25)  # so that not everybody comes back at the same moment
        for entry in entries:
            entry.attempts += 1
            entry.not_before = now + _pause_s(entry.attempts) * swing
        self.not_before = now + max(_pause_s(self.failures) * swing, retry_after_s)
        return self.not_before

    def _free(self, now: float) -> Iterator[Entry]:
        return (entry for entry in self._first_ones() if self._free_at(entry) <= now)

    def _first_ones(self) -> Iterator[Entry]:
        """Return the first notice of each alarm: the others wait for it, whatever their time."""
        seen: set[int] = set()
        for entry in self.entries.values():
            alarm_id = entry.notice.alarm_id
            if alarm_id not in seen:
                yield entry
            if alarm_id:
                seen.add(alarm_id)

    def _with_its_group(self, best: Entry, now: float) -> list[Entry]:
        group = _group(best.notice)
        if not group:
            return [best]
        found = [entry for entry in self._free(now) if _group(entry.notice) == group]
        return found[:MOST_IN_ONE]

    def _free_at(self, entry: Entry) -> float:
        return max(entry.notice.due_at, entry.not_before, self._group_free_at(entry.notice))

    def _group_free_at(self, notice: Notice) -> float:
        last = self._last_of_group.get(_group(notice))
        return notice.due_at if last is None else last + float(notice.data.get("interval_s") or 0.0)


def folded(notices: list[Notice]) -> Notice:
    """Return the one message over some notices; a single one is its own message."""
    first = notices[0]
    if len(notices) == 1:
        return _marked(first) if first.is_repeat else first
    ordered = sorted(notices, key=lambda one: -_rank(one.alarm))
    worst = ordered[0]
    data: Mapping[str, Any] = {
        **worst.data,
        "alarms": [dict(one.alarm) for one in ordered[:LINES]],
        "repeat": any(one.is_repeat for one in notices),
        "ids": [one.id for one in notices],
    }
    subject = texts.folded_subject([one.subject for one in ordered])
    found = replace(worst, id=first.id, subject=subject, text=_folded_text(ordered), data=data)
    return _marked(found) if found.is_repeat else found


def _folded_text(ordered: list[Notice]) -> str:
    """Return all texts of a few notices, else a line for each of the worst and how many more there are."""
    if len(ordered) <= FULL_TEXTS:
        return "\n\n".join(f"{one.subject}\n{one.text}" for one in ordered)
    lines = [f"{texts.clock(one.due_at)} {one.subject}" for one in ordered[:LINES]]
    more = len(ordered) - len(lines)
    return "\n".join([*lines, f"and {more} more: see the alarm list" if more else ""]).strip()


def _marked(notice: Notice) -> Notice:
    return replace(notice, subject=f"{notice.subject} (may be a repeat)", text=f"{_REPEAT}\n{notice.text}")


def _pause_s(attempts: int) -> float:
    """Return how long to wait after so many failures: doubled each time, up to a bound."""
    return float(min(LONGEST_RETRY_S, FIRST_RETRY_S * 2 ** min(attempts - 1, 10)))


def _group(notice: Notice) -> str:
    return str(notice.data.get("group") or "")


def _rank(alarm: Mapping[str, Any]) -> int:
    order = ("cleared", "indeterminate", "warning", "minor", "major", "critical")
    severity = str(alarm.get("severity", "cleared"))
    return order.index(severity) if severity in order else 0


def is_resolve(notice: Notice) -> bool:
    """Say whether a notice tells an end."""
    return notice.action is Action.RESOLVE
