"""What hides alarms by plan or by design: windows open now, put on each alarm they fit; and who hides what."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from noc_console.alarms.alarm import Alarm
from noc_console.alarms.ledger import Change, Ledger
from noc_console.alarms.maintenance import Calendar, Window
from noc_console.alarms.targets import Subject

SubjectOf = Callable[[Alarm], Subject]


@dataclass(slots=True)
class Hiding:
    """Marks the open alarms that a window hides, and takes the mark off when it ends."""

    ledger: Ledger
    subject_of: SubjectOf
    calendar: Calendar = field(default_factory=Calendar)
    _shown: tuple[int, ...] = ()

    def plan(self, windows: Iterable[Window], at: float) -> list[Change]:
        """Take the windows as they are now."""
        self.calendar = Calendar(tuple(windows))
        return self._all(at)

    def turned(self, at: float) -> list[Change]:
        """Return what changes because windows opened or closed since the last call."""
        if tuple(one.id for one in self.calendar.open(at)) == self._shown:
            return []
        return self._all(at)

    def again(self, alarms: Iterable[Alarm], at: float) -> list[Change]:
        """Look again at some alarms: they are new, or an alarm they wait for came or went."""
        changes = []
        for alarm in alarms:
            marked = self.marked(alarm, at)
            if marked is not alarm:
                kind, why = _move(alarm, marked)
                changes.append(self.ledger.told(marked, kind, at, why))
        return changes

    def marked(self, alarm: Alarm, at: float) -> Alarm:
        """Return an alarm with the marks of what hides it now; the same one where nothing differs."""
        if alarm.is_test:
            return alarm
        hiding = {window.kind: window for window in self._fitting(alarm, at)}
        works, design = hiding.get("maintenance"), hiding.get("suppression")
        marks = (
            works.id if works else None,
            works.name if works else "",
            design.id if design else None,
            design.name if design else "",
        )
        if marks == (alarm.maintenance_id, alarm.maintenance, alarm.suppressed_by, alarm.suppression):
            return alarm
        return replace(
            alarm, maintenance_id=marks[0], maintenance=marks[1], suppressed_by=marks[2], suppression=marks[3]
        )

    def waiting_for(self) -> frozenset[str]:
        """Return the alarm types whose coming and going opens and closes suppressions."""
        return frozenset(one.while_type for one in self.calendar.windows if one.while_type)

    def hidden_by(self, window: Window) -> list[int]:
        """Return the open alarms a window hides now."""
        return [one.id for one in self.ledger.alarms.values() if window.id in (one.maintenance_id, one.suppressed_by)]

    def _all(self, at: float) -> list[Change]:
        self._shown = tuple(one.id for one in self.calendar.open(at))
        return self.again(list(self.ledger.alarms.values()), at)

    def _fitting(self, alarm: Alarm, at: float) -> list[Window]:
        windows = self.calendar.open(at)
        if not windows:
            return []
        subject = self.subject_of(alarm)
        return [one for one in reversed(windows) if one.target.fits(subject) and self._is_met(one, alarm)]

    def _is_met(self, window: Window, alarm: Alarm) -> bool:
        if not window.while_type:
            return True
        if window.while_type == alarm.alarm_type:
            return False
        others = self.ledger.by_channel.get(alarm.channel_id, ())
        return any(
            self.ledger.alarms[one].alarm_type == window.while_type and self.ledger.alarms[one].condition != "cleared"
            for one in others
        )


def _move(before: Alarm, after: Alarm) -> tuple[str, str]:
    """Return the event of a changed mark; where one window takes over from another it is a new suppression."""
    if after.maintenance_id != before.maintenance_id:
        return ("AlarmReleased" if after.maintenance_id is None else "AlarmSuppressed"), "maintenance"
    return ("AlarmReleased" if after.suppressed_by is None else "AlarmSuppressed"), "suppression"
