"""The open alarms: one per condition, what may become of each, and the event that says so."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field, replace

from noc_console.alarms import commands
from noc_console.alarms.alarm import Alarm
from noc_console.alarms.habits import Habits
from noc_console.alarms.wire import to_json
from noc_console.model import Event

TEST_S = 60.0
Spot = tuple[int, str]  # input, alarm type


@dataclass(frozen=True, slots=True)
class Change:
    """An alarm as it is now, and the event that says why; no event where only the shown value moved."""

    alarm: Alarm
    event: Event | None


@dataclass(slots=True)
class Ledger:
    """The open alarms by number, by condition and by channel; nothing here judges a value."""

    habits: Habits = field(default_factory=Habits)
    next_id: int = 1
    alarms: dict[int, Alarm] = field(default_factory=dict)
    by_channel: dict[int, dict[int, None]] = field(default_factory=dict)
    by_parent: dict[int, dict[int, None]] = field(default_factory=dict)
    _open: dict[Spot, int] = field(default_factory=dict)
    _causes: dict[str, int] = field(default_factory=dict)
    _foreign: dict[str, int] = field(default_factory=dict)
    foreign_false: dict[str, None] = field(default_factory=dict)  # quiet until the other system clears them
    _due: list[tuple[float, int]] = field(default_factory=list)

    def take(self, alarm: Alarm) -> None:
        """Take an open alarm of the history."""
        self.next_id = max(self.next_id, alarm.id + 1)
        self._store(alarm)

    def of(self, spot: Spot) -> Alarm | None:
        """Return the open alarm of a condition."""
        known = self._open.get(spot)
        return None if known is None else self.alarms[known]

    def of_cause(self, key: str) -> Alarm | None:
        """Return the open alarm that was made for a cause."""
        known = self._causes.get(key)
        return None if known is None else self.alarms[known]

    def of_foreign(self, key: str) -> Alarm | None:
        """Return the open alarm that another system raised."""
        known = self._foreign.get(key)
        return None if known is None else self.alarms[known]

    def find(self, alarm_id: int) -> Alarm:
        """Return an open alarm; NoSuchAlarm when it is not."""
        return commands.find(self.alarms, alarm_id)

    def new_id(self) -> int:
        """Return a number no alarm has had."""
        self.next_id += 1
        return self.next_id - 1

    # -- what becomes of an alarm

    def told(self, alarm: Alarm, kind: str, at: float, why: str = "") -> Change:
        """Keep an alarm as it is now and say what happened to it."""
        self._store(alarm)
        data = {"alarm": to_json(alarm), **({"why": why} if why else {})}
        return Change(alarm, Event(kind, at, alarm.channel_id, alarm.input_id, data))

    def shown(self, alarm: Alarm) -> Change:
        """Keep an alarm of which only what is shown has moved."""
        self._store(alarm)
        return Change(alarm, None)

    def cleared(self, alarm: Alarm, at: float, note: str = "", *, is_final: bool = False) -> Change:
        """Take that the condition has gone: closed, unless it waits for an answer or lies on a shelf."""
        is_latching = alarm.severity in self.habits.latched and not alarm.is_acknowledged and not alarm.is_test
        waits = is_latching and not self._is_carried(alarm)
        gone = replace(
            alarm, condition="cleared", cleared_at=at, members=(), is_flapping=False, no_data_since=None
        ).noted(at, "system", note)
        if not is_final and (waits or alarm.shelf is not None):
            return self.told(replace(gone, is_latched=waits), "AlarmCleared", at)
        return self.told(replace(commands.closed(gone, "system", at), shelf=None), "AlarmCleared", at)

    def _is_carried(self, alarm: Alarm) -> bool:
        """Say whether the answer to an alarm is the answer to its parent, which is at least as bad."""
        parent = self.alarms.get(alarm.parent_id or 0)
        return parent is not None and parent.severity.rank >= alarm.severity.rank

    def again(self, alarm: Alarm) -> Alarm:
        """Return an alarm whose condition came back while it was still open: it wants a new answer."""
        fresh = unanswered(alarm) if alarm.shelf is None else alarm
        return replace(
            fresh, condition="raised", cleared_at=None, is_latched=False, occurrences=alarm.occurrences + 1
        )

    def due(self, at: float) -> list[Change]:
        """Return what the passing of time does: acknowledgements and shelves end, test alarms are over."""
        changes = []
        while self._due and self._due[0][0] <= at:
            _, alarm_id = heapq.heappop(self._due)
            alarm = self.alarms.get(alarm_id)
            if alarm is not None:
                changes += self._aged(alarm, at)
        return changes

    def _aged(self, alarm: Alarm, at: float) -> list[Change]:
        if alarm.is_test and at - alarm.raised_at >= TEST_S:
            return [self.cleared(alarm, at, "test over", is_final=True)]
        changes = []
        if alarm.shelf is not None and alarm.shelf.until <= at:
            changes.append(self.told(commands.unshelve(alarm, "system", at), "AlarmUnshelved", at))
            alarm = changes[-1].alarm
        if alarm.is_open and alarm.acknowledged_until is not None and alarm.acknowledged_until <= at:
            expired = replace(unanswered(alarm), acknowledgement_expired_at=at)
            changes.append(self.told(expired, "AlarmUpdated", at, "acknowledgement expired"))
        return changes

    # -- where it is kept

    def _store(self, alarm: Alarm) -> None:
        spot = (alarm.input_id, alarm.alarm_type)
        before = self.alarms.get(alarm.id)
        if before is not None and before.parent_id != alarm.parent_id:
            self.by_parent.get(before.parent_id or 0, {}).pop(alarm.id, None)
        if not alarm.is_open:
            self._drop(alarm, spot)
            return
        if alarm.parent_id is not None:
            self.by_parent.setdefault(alarm.parent_id, {})[alarm.id] = None
        self.alarms[alarm.id] = alarm
        if before is None:
            self.by_channel.setdefault(alarm.channel_id, {})[alarm.id] = None
        if alarm.cause is not None and alarm.cause.is_made:
            self._causes[alarm.cause.key] = alarm.id
        elif alarm.foreign:
            self._foreign[alarm.foreign] = alarm.id
        elif not alarm.is_test:
            self._open[spot] = alarm.id
        known = _timers(before) if before else ()
        for until in _timers(alarm):
            if until not in known:
                heapq.heappush(self._due, (until, alarm.id))

    def _drop(self, alarm: Alarm, spot: Spot) -> None:
        self.alarms.pop(alarm.id, None)
        if not self.by_parent.get(alarm.id):
            self.by_parent.pop(alarm.id, None)
        own = self.by_channel.get(alarm.channel_id, {})
        own.pop(alarm.id, None)
        if not own:
            self.by_channel.pop(alarm.channel_id, None)
        if self._open.get(spot) == alarm.id:
            del self._open[spot]
        if alarm.cause is not None and self._causes.get(alarm.cause.key) == alarm.id:
            del self._causes[alarm.cause.key]
        if self._foreign.get(alarm.foreign) == alarm.id:
            del self._foreign[alarm.foreign]
            if alarm.is_false:
                self.foreign_false[alarm.foreign] = None


def unanswered(alarm: Alarm) -> Alarm:
    """Return an alarm that wants an answer (again); its owner stays."""
    return replace(alarm, acknowledged_by="", acknowledged_at=None, acknowledged_until=None)


def _timers(alarm: Alarm) -> tuple[float, ...]:
    shelf = (alarm.shelf.until,) if alarm.shelf else ()
    answer = (alarm.acknowledged_until,) if alarm.acknowledged_until is not None else ()
    return (*shelf, *answer, *((alarm.raised_at + TEST_S,) if alarm.is_test else ()))
