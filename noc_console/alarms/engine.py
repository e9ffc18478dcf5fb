"""Observations to alarms: every look goes through the rules of its channel; what changed comes out as events."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from noc_console.alarms import commands
from noc_console.alarms.alarm import Alarm, to_json
from noc_console.alarms.evidence import Evidence, evidence_of, message
from noc_console.alarms.rules import Count, Hold, Ratio, Rule, Template, effective, shipped_rules
from noc_console.alarms.watch import NORMAL, Phase, Watch, counted, held, rated
from noc_console.model import Channel, Event, Observation, Severity

UNSEEN_S = 600.0  # a scope nobody has looked at for so long, while its input gives data, is no longer measured
TEST_S = 60.0
AGENT_INPUT = 0  # the agent's own measurements


@dataclass(frozen=True, slots=True)
class Change:
    """An alarm as it is now, and the event that says why; no event where only the shown value moved."""

    alarm: Alarm
    event: Event | None


Key = tuple[int, str, str]  # input, rule, scope


class Engine:
    """The alarm logic of one agent: fed with looks and commands, asked for nothing else; owns no clock."""

    def __init__(self, next_id: int = 1) -> None:
        self.alarms: dict[int, Alarm] = {}
        self._next_id = next_id
        self._open: dict[tuple[int, str], int] = {}
        self._watches: dict[Key, Watch] = {}
        self._active: dict[tuple[int, str], set[Key]] = {}
        self._false: set[tuple[int, str]] = set()  # called false: quiet until the condition has cleared
        self._facts: dict[Key, Evidence] = {}
        self._drops: dict[Key, tuple[tuple[float, float], ...]] = {}
        self._seen: dict[int, float] = {}
        self._channels: dict[int, tuple[Channel, int]] = {}
        self._by_metric: dict[int, Mapping[str, tuple[Rule, ...]]] = {}
        self._by_finding: dict[int, tuple[Rule, ...]] = {}
        self._use(AGENT_INPUT, shipped_rules())

    def configure(self, channels: Iterable[Channel], templates: Mapping[str, Template], at: float) -> list[Change]:
        """Take the catalogue as it is now; alarms of inputs that are gone or not watched any more are closed."""
        self._channels = {
            one.id: (channel, int(one.layer))
            for channel in channels
            if channel.is_enabled and channel.is_alarmed
            for one in channel.inputs
        }
        for input_id, (channel, _) in self._channels.items():
            template = templates.get(channel.template) or Template(channel.template)
            self._use(input_id, effective(template))
        gone = [one for one in self.alarms.values() if one.input_id and one.input_id not in self._channels]
        for key in [key for key in self._watches if key[0] and key[0] not in self._channels]:
            self._forget(key)
        return [self._close(alarm, at, "system", "AlarmCleared", "no longer watched") for alarm in gone]

    def restore(self, alarms: Iterable[Alarm], at: float) -> None:
        """Take the open alarms of the history; each is held up by its members until they are seen to be good."""
        for alarm in alarms:
            self.alarms[alarm.id] = alarm
            self._open[alarm.input_id, alarm.alarm_type] = alarm.id
            self._next_id = max(self._next_id, alarm.id + 1)
            for rule, scope in alarm.members:
                key = (alarm.input_id, rule, scope)
                self._watches[key] = Watch(Phase.RAISED, 0.0, at)
                self._active.setdefault((alarm.input_id, alarm.alarm_type), set()).add(key)

    def judge(self, look: Observation) -> list[Change]:
        """Return what one look changes, in order. The caller keeps the events before it shows the alarms."""
        rules = self._by_metric.get(look.input_id)
        if rules is None or (look.input_id and look.input_id not in self._channels):
            return []
        self._seen[look.input_id] = max(look.at, self._seen.get(look.input_id, 0.0))
        changes: list[Change] = []
        for metric, value in look.metrics.items():
            for rule in rules.get(metric, ()):
                changes += self._judged_value(rule, look, value)
        for rule in self._by_finding[look.input_id]:
            changes += self._judged_findings(rule, look)
        return changes

    def sweep(self, at: float) -> list[Change]:
        """End test alarms, and what holds an alarm up on a scope that is not measured any more; every 30 s or so."""
        changes = [
            self._close(alarm, at, "system", "AlarmCleared", "test over")
            for alarm in list(self.alarms.values())
            if alarm.is_test and at - alarm.raised_at >= TEST_S
        ]
        for key, watch in list(self._watches.items()):
            seen = self._seen.get(key[0], 0.0)
            if watch.phase.is_active and seen - max(watch.at, 0.0) > UNSEEN_S:
                changes += self._moved(key, self._rule(key), NORMAL, watch, at)
        return changes

    def acknowledge(self, alarm_id: int, by: str, note: str, at: float) -> Change:
        """Take ownership of an alarm; KnownError when it is not open."""
        return self._done(commands.acknowledge(self._find(alarm_id), by, note, at), "AlarmAcknowledged", at)

    def note(self, alarm_id: int, by: str, note: str, at: float) -> Change:
        """Write a note beside an alarm; KnownError when it is not open or the note is empty."""
        return self._done(commands.note(self._find(alarm_id), by, note, at), "AlarmNoted", at)

    def resolve(self, alarm_id: int, by: str, note: str, is_false: bool, at: float) -> Change:
        """Close an alarm by hand; refused while the condition holds unless it is called false with a reason."""
        alarm = commands.resolve(self._find(alarm_id), by, note, is_false, at)
        if self._active.get((alarm.input_id, alarm.alarm_type)):
            self._false.add((alarm.input_id, alarm.alarm_type))
        return self._done(alarm, "AlarmResolved", at)

    def test(self, channel: Channel, at: float, by: str) -> Change:
        """Raise an alarm marked TEST on a channel; it ends by itself after a minute."""
        entry = channel.inputs[0] if channel.inputs else None
        alarm = Alarm(
            id=self._new_id(),
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
        return self._done(alarm, "AlarmRaised", at)

    def raise_own(self, alarm_type: str, severity: Severity, text: str, at: float) -> list[Change]:
        """Raise or renew an alarm of the agent itself, by a path that needs neither a look nor the store."""
        known = self._open.get((AGENT_INPUT, alarm_type))
        if known is not None:
            same = replace(self.alarms[known], message=text)
            self.alarms[known] = same
            return [Change(same, None)]
        alarm = Alarm(self._new_id(), 0, "", AGENT_INPUT, 0, alarm_type, severity, text, at)
        self._open[AGENT_INPUT, alarm_type] = alarm.id
        return [self._done(alarm, "AlarmRaised", at)]

    def clear_own(self, alarm_type: str, at: float) -> list[Change]:
        """Clear an alarm that `raise_own` raised."""
        known = self._open.get((AGENT_INPUT, alarm_type))
        return [] if known is None else [self._close(self.alarms[known], at, "system", "AlarmCleared")]

    # -- one rule, one look

    def _judged_value(self, rule: Rule, look: Observation, value: float) -> list[Change]:
        scope = "" if isinstance(rule.policy, Ratio) else look.scope
        key = (look.input_id, rule.key, scope)
        before = self._watches.get(key, NORMAL)
        if rule.drop:
            value = self._dropped(key, rule.drop.over_s, look.at, value)
        after = _stepped(before, rule, rule.is_broken(value), rule.is_clear(value), value, look.at)
        if after is before:
            return []
        self._facts[key] = evidence_of(rule, value, after, before)
        return self._moved(key, rule, after, before, look.at)

    def _judged_findings(self, rule: Rule, look: Observation) -> list[Change]:
        finding = rule.found(look) if look.findings else None
        key = (look.input_id, rule.key, look.scope)
        before = self._watches.get(key, NORMAL)
        if finding is None and before is NORMAL:
            return []
        after = _stepped(before, rule, finding is not None, finding is None, 0.0, look.at)
        if finding is not None:
            self._facts[key] = Evidence.of(finding)
        return self._moved(key, rule, after, before, look.at)

    def _dropped(self, key: Key, over_s: float, at: float, value: float) -> float:
        memory = (*(one for one in self._drops.get(key, ()) if at - one[0] <= over_s), (at, value))
        self._drops[key] = memory
        return memory[0][1] - value

    # -- what a moved watch means for the alarm

    def _moved(self, key: Key, rule: Rule, after: Watch, before: Watch, at: float) -> list[Change]:
        if after == NORMAL:
            self._watches.pop(key, None)
        else:
            self._watches[key] = after
        if not after.phase.is_active and not before.phase.is_active:
            return []
        members = self._active.setdefault((key[0], rule.alarm), set())
        (members.add if after.phase.is_active else members.discard)(key)
        return self._folded(key, rule, after, at)

    def _folded(self, key: Key, rule: Rule, after: Watch, at: float) -> list[Change]:
        """Fold one member's move into the one alarm of its input and type."""
        alarm_id = self._open.get((key[0], rule.alarm))
        members = self._members(key[0], rule.alarm)
        if alarm_id is None and (key[0], rule.alarm) in self._false:
            if not members:
                self._false.discard((key[0], rule.alarm))
            return []
        if alarm_id is None:
            return [self._raised(key, rule, members, at)] if after.phase.is_active else []
        alarm = self.alarms[alarm_id]
        if not members:
            return [self._close(alarm, at, "system", "AlarmCleared")]
        again = alarm.condition == "clearing" and after.phase is Phase.RAISED
        return self._updated(replace(alarm, occurrences=alarm.occurrences + again), members, at)

    def _raised(self, key: Key, rule: Rule, members: tuple[Key, ...], at: float) -> Change:
        channel, layer = self._channels.get(key[0], (None, 0))
        fact = self._facts.get(key, Evidence())
        alarm = Alarm(
            id=self._new_id(),
            channel_id=channel.id if channel else 0,
            channel_code=channel.code if channel else "",
            input_id=key[0],
            layer=layer,
            alarm_type=rule.alarm,
            severity=fact.severity or Severity.INDETERMINATE,
            message="",
            raised_at=at,
            members=tuple(one[1:] for one in members),
        )
        self._open[key[0], rule.alarm] = alarm.id
        return self._done(self._shown(alarm, members), "AlarmRaised", at)

    def _updated(self, alarm: Alarm, members: tuple[Key, ...], at: float) -> list[Change]:
        raised = any(self._watches[key].phase is Phase.RAISED for key in members)
        known = self.alarms[alarm.id]
        alarm = replace(
            alarm,
            members=tuple(one[1:] for one in members),
            condition="raised" if raised else "clearing",
        )
        alarm = self._shown(alarm, members)
        if (alarm.condition, alarm.severity, alarm.members) != (
            known.condition,
            known.severity,
            known.members,
        ):
            return [self._done(alarm, "AlarmUpdated", at)]
        self.alarms[alarm.id] = alarm
        return [Change(alarm, None)] if alarm != known else []

    def _shown(self, alarm: Alarm, members: tuple[Key, ...]) -> Alarm:
        facts = [self._facts[key] for key in members if key in self._facts]
        if not facts:
            return alarm
        worst = max(facts, key=lambda fact: fact.rank)
        higher = max(alarm.severity, worst.severity or alarm.severity, key=lambda one: one.rank)
        return replace(
            alarm,
            severity=higher,
            message=message(worst, len({scope for _, _, scope in members if "/" in scope})),
            value=worst.value,
            threshold=worst.limit,
            unit=worst.unit,
            findings=tuple(sorted({fact.finding for fact in facts} - {""})),
        )

    def _close(self, alarm: Alarm, at: float, by: str, kind: str, why: str = "") -> Change:
        for rule, scope in alarm.members:
            self._forget((alarm.input_id, rule, scope))
        closed = replace(alarm, condition="cleared", cleared_at=at, resolved_at=at, resolved_by=by, members=())
        return self._done(closed.noted(at, by, why), kind, at)

    def _done(self, alarm: Alarm, kind: str, at: float) -> Change:
        if alarm.is_open:
            self.alarms[alarm.id] = alarm
        else:
            self.alarms.pop(alarm.id, None)
            if self._open.get((alarm.input_id, alarm.alarm_type)) == alarm.id:
                del self._open[alarm.input_id, alarm.alarm_type]
        event = Event(kind, at, alarm.channel_id, alarm.input_id, {"alarm": to_json(alarm)})
        return Change(alarm, event)

    # -- small look-ups

    def _use(self, input_id: int, rules: Iterable[Rule]) -> None:
        table: dict[str, list[Rule]] = {}
        for rule in rules:
            if rule.metric:
                table.setdefault(rule.metric, []).append(rule)
        self._by_metric[input_id] = {metric: tuple(some) for metric, some in table.items()}
        self._by_finding[input_id] = tuple(rule for rule in rules if rule.findings)

    def _rule(self, key: Key) -> Rule:
        every = (
            *self._by_finding[key[0]],
            *(rule for some in self._by_metric[key[0]].values() for rule in some),
        )
        return next(rule for rule in every if rule.key == key[1])

    def _members(self, input_id: int, alarm_type: str) -> tuple[Key, ...]:
        return tuple(sorted(self._active.get((input_id, alarm_type), ())))

    def _forget(self, key: Key) -> None:
        self._watches.pop(key, None)
        self._facts.pop(key, None)
        self._drops.pop(key, None)
        for (input_id, _), members in self._active.items():
            if input_id == key[0]:
                members.discard(key)

    def _find(self, alarm_id: int) -> Alarm:
        return commands.find(self.alarms, alarm_id)

    def _new_id(self) -> int:
        self._next_id += 1
        return self._next_id - 1


def _stepped(watch: Watch, rule: Rule, is_broken: bool, is_clear: bool, value: float, at: float) -> Watch:
    match rule.policy:
        case Hold():
            return held(watch, rule.policy, is_broken, is_clear, at)
        case Count():
            return counted(watch, rule.policy, not is_clear if watch.phase.is_active else is_broken, at)
        case Ratio():
            return rated(watch, rule.policy, value > 0, at)
