"""Observations to alarms: every look goes through the rules of its channel; what changed comes out as events."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from noc_console.alarms import commands
from noc_console.alarms.ageing import aged
from noc_console.alarms.alarm import Alarm
from noc_console.alarms.conditions import Conditions
from noc_console.alarms.folding import Folding
from noc_console.alarms.habits import Habits
from noc_console.alarms.hiding import Hiding
from noc_console.alarms.ledger import Change, Ledger
from noc_console.alarms.merging import merged
from noc_console.alarms.rulebook import Rulebook
from noc_console.alarms.ruleset import Ruleset
from noc_console.alarms.targets import Subject, subject_of
from noc_console.model import Channel, Observation, Severity

AGENT_INPUT = 0  # the agent's own measurements


class Engine:
    """The alarm logic of one agent: fed with looks and commands, asked for nothing else; owns no clock."""

    def __init__(self, next_id: int = 1, habits: Habits | None = None, agent: str = "local") -> None:
        self.habits = habits or Habits()
        self.ledger = Ledger(self.habits, next_id)
        self.book = Rulebook()
        self.agent = agent
        self.conditions = Conditions(self.ledger)
        self.folding = Folding(self.ledger, agent)
        self.hiding = Hiding(self.ledger, self.subject)
        self.conditions.use(AGENT_INPUT, Ruleset(self.book.rules(Channel(0, "", ""))))

    @property
    def alarms(self) -> Mapping[int, Alarm]:
        """The open alarms by number."""
        return self.ledger.alarms

    def configure(self, channels: Iterable[Channel], book: Rulebook, at: float) -> list[Change]:
        """Take the catalogue as it is now; alarms of inputs that are gone or not watched any more are closed."""
        self.book = book
        self.conditions.profile = book.profile
        sets: dict[tuple[str, int, int], Ruleset] = {}
        watched: dict[int, tuple[Channel, int]] = {}
        for channel in channels:
            if channel.is_enabled and channel.is_alarmed:
                key = book.key(channel)
                if key not in sets:
                    sets[key] = Ruleset(book.rules(channel))
                for one in channel.inputs:
                    watched[one.id] = (channel, int(one.layer))
                    self.conditions.use(one.id, sets[key])
        changes = self.conditions.watch(watched, at)
        return [*changes, *self.hiding.turned(at), *self.folding.configure(watched, at)]

    def subject(self, alarm: Alarm) -> Subject:
        """Return what of an alarm windows can be aimed at."""
        channel, _ = self.conditions.watched.get(alarm.input_id, (None, 0))
        return subject_of(alarm, channel, self.agent)

    def restore(self, alarms: Iterable[Alarm], at: float, memory: Mapping[str, Any] | None = None) -> None:
        """Take the open alarms of the history, and what the rules remembered when the agent ended.

        Without that memory each alarm is held up by its members until they are seen to be good.
        """
        known = tuple(alarms)
        for alarm in known:
            self.ledger.take(alarm)
        self.conditions.memory.take(memory or {})
        self.conditions.hold_up(known, at)

    def memory(self, *, is_whole: bool = True) -> dict[str, Any]:
        """Return what the rules remember, as JSON for `restore`."""
        return self.conditions.memory.written(is_whole=is_whole)

    def judge(self, look: Observation) -> list[Change]:
        """Return what one look changes, in order. The caller keeps the events before it shows the alarms."""
        return self.conditions.judge(look)

    def sweep(self, at: float) -> list[Change]:
        """Let time pass: shelves and acknowledgements end, and what nobody measures any more holds nothing up."""
        changes = [*self.ledger.due(at), *aged(self.conditions, at), *self.hiding.turned(at)]
        return [*changes, *self.folding.late(at)]

    def settle(self, changes: list[Change], at: float) -> list[Change]:
        """Return these changes with what follows from them: what hides the new alarms, what they are folded under.

        An alarm that is raised hidden or folded says so in its own event, and its parent is told before it.
        """
        told = [change.alarm for change in changes if change.event]
        if not told:
            return changes
        channels = dict.fromkeys(alarm.channel_id for alarm in told)
        for alarm in told:
            if alarm.is_false:
                channels |= dict.fromkeys(self.folding.refuse(alarm))
            if not alarm.is_open:
                orphans = self.ledger.by_parent.get(alarm.id, ())
                channels |= dict.fromkeys(self.alarms[one].channel_id for one in orphans)
        return merged(changes, [*self._hidden(told, channels, at), *self.folding.settle(channels, at)])

    def _hidden(self, told: Iterable[Alarm], channels: Iterable[int], at: float) -> list[Change]:
        waiting = self.hiding.waiting_for()
        ids = dict.fromkeys(alarm.id for alarm in told)
        if waiting and any(alarm.alarm_type in waiting for alarm in told):
            for channel in channels:
                ids |= dict.fromkeys(self.ledger.by_channel.get(channel, ()))
        return self.hiding.again([self.alarms[one] for one in ids if one in self.alarms], at)

    # -- what an operator does

    def acknowledge(self, alarm_id: int, by: str, note: str, at: float) -> Change:
        """Take ownership of an alarm; KnownError when it is not open."""
        alarm = commands.acknowledge(self.ledger.find(alarm_id), by, note, at, self.habits)
        return self.ledger.told(alarm, "AlarmAcknowledged", at)

    def note(self, alarm_id: int, by: str, note: str, at: float) -> Change:
        """Write a note beside an alarm; KnownError when it is not open or the note is empty."""
        return self.ledger.told(commands.note(self.ledger.find(alarm_id), by, note, at), "AlarmNoted", at)

    def shelve(self, alarm_id: int, by: str, reason: str, for_s: float, at: float) -> Change:
        """Hide an alarm for a time, with a reason; it comes back by itself."""
        alarm = commands.shelve(self.ledger.find(alarm_id), by, reason, for_s, at, self.habits)
        return self.ledger.told(alarm, "AlarmShelved", at)

    def unshelve(self, alarm_id: int, by: str, at: float) -> Change:
        """Show a shelved alarm again."""
        return self.ledger.told(commands.unshelve(self.ledger.find(alarm_id), by, at), "AlarmUnshelved", at)

    def resolve(self, alarm_id: int, by: str, note: str, is_false: bool, at: float) -> Change:
        """Close an alarm by hand; refused while the condition holds unless it is called false with a reason."""
        alarm = commands.resolve(self.ledger.find(alarm_id), by, note, is_false, at)
        if not alarm.foreign:
            self.conditions.call_false(alarm)
        return self.ledger.told(alarm, "AlarmResolved", at)

    def test(self, channel: Channel, at: float, by: str) -> Change:
        """Raise an alarm marked TEST on a channel; it ends by itself after a minute."""
        entry = channel.inputs[0] if channel.inputs else None
        alarm = Alarm(
            id=self.ledger.new_id(),
            channel_id=channel.id,
            channel_code=channel.code,
            input_id=entry.id if entry else 0,
            layer=int(entry.layer) if entry else 0,
            alarm_type="MANIFEST_INVALID",
            severity=Severity.MAJOR,
            message=f"TEST alarm, forced by {by or 'system'}",
            raised_at=at,
            is_test=True,
        )
        return self.ledger.told(alarm, "AlarmRaised", at)

    # -- what the agent knows of itself

    def raise_own(self, alarm_type: str, severity: Severity, text: str, at: float) -> list[Change]:
        """Raise or renew an alarm of the agent itself, by a path that needs neither a look nor the store."""
        known = self.ledger.of((AGENT_INPUT, alarm_type))
        if known is None:
            alarm = Alarm(self.ledger.new_id(), 0, "", AGENT_INPUT, 0, alarm_type, severity, text, at)
            return [self.ledger.told(alarm, "AlarmRaised", at)]
        if known.condition == "cleared":
            return [self.ledger.told(replace(self.ledger.again(known), message=text), "AlarmRaised", at)]
        return [self.ledger.shown(replace(known, message=text))] if known.message != text else []

    def clear_own(self, alarm_type: str, at: float) -> list[Change]:
        """Clear an alarm that `raise_own` raised."""
        known = self.ledger.of((AGENT_INPUT, alarm_type))
        return [] if known is None or known.condition == "cleared" else [self.ledger.cleared(known, at)]


__all__ = ["AGENT_INPUT", "Change", "Engine"]
