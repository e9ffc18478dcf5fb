"""What is measured against the rules: one watch per rule and scope, folded into one alarm per input and type."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from noc_console.alarms.alarm import Alarm
from noc_console.alarms.evidence import Evidence, evidence_of, message
from noc_console.alarms.flapping import Burst
from noc_console.alarms.ledger import Change, Ledger, Spot, unanswered
from noc_console.alarms.memory import Key, Memory
from noc_console.alarms.rules import Count, Hold, Policy, Ratio, Rule, Sum
from noc_console.alarms.ruleset import Ruleset
from noc_console.alarms.watch import NORMAL, Phase, Tally, Watch, counted, held, rated, summed
from noc_console.model import Channel, Observation, Severity


class Conditions:
    """Looks in, changed alarms out; the passing of time is in `ageing`."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.memory = Memory()
        self.watched: Mapping[int, tuple[Channel, int]] = {}
        self.profile = "operator"
        self.rules: dict[int, Ruleset] = {}
        self.silent: dict[int, float] = {}  # inputs without data, as last said
        self.began_at = 0.0
        self.aged_at = float("-inf")

    # -- what is watched

    def use(self, input_id: int, rules: Ruleset) -> None:
        """Judge an input by these rules from now on."""
        self.rules[input_id] = rules

    def watch(self, watched: Mapping[int, tuple[Channel, int]], at: float) -> list[Change]:
        """Watch these inputs and no others; what rules that are gone have held up falls."""
        self.began_at = self.began_at or at
        self.watched = watched
        for input_id in [one for one in self.rules if one and one not in watched]:
            del self.rules[input_id]
            self.memory.seen.pop(input_id, None)
        changes = []
        for place, watches in list(self.memory.watches.items()):
            rules = self.rules.get(place[0])
            for key in [key for key in watches if rules is None or key not in rules.by_key]:
                changes += self.fallen((place[0], key, place[1]), at, is_final=rules is None)
        gone = [one for one in self.ledger.alarms.values() if one.input_id and one.input_id not in watched]
        closing = [self.ledger.cleared(alarm, at, "no longer watched", is_final=True) for alarm in gone]
        return [*changes, *closing]

    def hold_up(self, alarms: Iterable[Alarm], at: float) -> None:
        """Take what held alarms up before a restart; what is remembered beyond that is of alarms closed since."""
        memory, held_up = self.memory, set()
        for alarm in alarms:
            spot = (alarm.input_id, alarm.alarm_type)
            for rule, scope in alarm.members:
                key = (alarm.input_id, rule, scope)
                held_up.add(key)
                if not memory.known(key).phase.is_active:
                    memory.remember(key, Watch(Phase.RAISED, 0.0, at))
                memory.active.setdefault(spot, {})[key] = None
            if alarm.is_flapping and spot not in memory.bursts:
                memory.bursts[spot] = Burst((), at, True)
        for spot, members in list(memory.active.items()):
            if spot not in memory.called_false:
                for key in [key for key in members if key not in held_up]:
                    memory.forget(key)
                    del members[key]

    def call_false(self, alarm: Alarm) -> None:
        """Keep quiet about a condition until it has cleared."""
        spot = (alarm.input_id, alarm.alarm_type)
        if self.memory.active.get(spot):
            self.memory.called_false.add(spot)

    # -- one look

    def judge(self, look: Observation) -> list[Change]:
        """Return what one look changes, in order."""
        input_id = look.input_id
        rules = self.rules.get(input_id)
        if rules is None:
            return []
        changes: list[Change] = []
        watches = self.memory.watches.get((input_id, look.scope))
        metrics = look.metrics
        plan = rules.plan(metrics)
        self.memory.seen.setdefault(input_id, {})[plan] = look.at
        for metric, rule in plan.pairs:
            value = metrics[metric]
            if rule.needs_every_value:
                changes += self._judged_every(rule, look, value)
            elif rule.is_broken(value) or (watches and rule.key in watches):
                changes += self._judged_value(rule, look, value)
        if look.findings or watches:
            for rule in rules.about(look.findings, watches or ()):
                changes += self._judged_findings(rule, look)
        return changes

    def _judged_value(self, rule: Rule, look: Observation, value: float) -> list[Change]:
        key = (look.input_id, rule.key, look.scope)
        before = self.memory.known(key)
        after = _stepped(before, rule.policy, rule.is_broken(value), rule.is_clear(value), look.at)
        if after is before:
            return []
        if not rule.is_clear(value) or key not in self.memory.facts:  # what is said is the last bad value
            self.memory.facts[key] = evidence_of(rule, value, self.profile)
        return self._moved(key, rule, after, before, look.at)

    def _judged_every(self, rule: Rule, look: Observation, value: float) -> list[Change]:
        """Judge a value under a rule that must also remember good ones."""
        if isinstance(rule.policy, Ratio | Sum):
            return self._judged_tally(rule, rule.policy, look, value)
        return self._judged_value(rule, look, self._over_time(rule, look, value))

    def _judged_tally(self, rule: Rule, policy: Ratio | Sum, look: Observation, value: float) -> list[Change]:
        """Count a value in its window: a share is that of the whole input, a sum that of its scope."""
        is_share = isinstance(policy, Ratio)
        key = (look.input_id, rule.key, "" if is_share else look.scope)
        tally = self.memory.tallies.get(key)
        if tally is None:
            tally = self.memory.tallies[key] = Tally()
        tally.add(float(value > 0) if is_share else value, look.at, policy.window_s)
        before = self.memory.known(key)
        if before is NORMAL and not tally.bad:
            return []
        if isinstance(policy, Ratio):
            after, shown = rated(before, policy, tally, look.at), tally.share
        else:
            after, shown = summed(before, policy, tally, value, look.at), tally.bad
        if after is before:
            return []
        self.memory.facts[key] = evidence_of(rule, shown, self.profile)
        return self._moved(key, rule, after, before, look.at)

    def _judged_findings(self, rule: Rule, look: Observation) -> list[Change]:
        finding = rule.found(look) if look.findings else None
        key = (look.input_id, rule.key, look.scope)
        before = self.memory.known(key)
        if finding is None and (before is NORMAL or (rule.unknown_with and rule.unknown_with in look.metrics)):
            return []
        after = _stepped(before, rule.policy, finding is not None, finding is None, look.at)
        if finding is not None:
            self.memory.facts[key] = Evidence.of(finding, self.profile)
        return self._moved(key, rule, after, before, look.at)

    def _over_time(self, rule: Rule, look: Observation, value: float) -> float:
        """Return what a rule judges beside the last values: how far it fell, or the mean of them."""
        key = (look.input_id, rule.key, look.scope)
        over_s = rule.drop.over_s if rule.drop else rule.mean.over_s if rule.mean else 0.0
        kept = (one for one in self.memory.drops.get(key, ()) if look.at - one[0] <= over_s)
        recent = self.memory.drops[key] = (*kept, (look.at, value))
        if rule.drop:
            return recent[0][1] - value
        return sum(one[1] for one in recent) / len(recent)

    # -- what a moved watch means for the alarm

    def _moved(self, key: Key, rule: Rule, after: Watch, before: Watch, at: float) -> list[Change]:
        self.memory.remember(key, after)
        if not after.phase.is_active and not before.phase.is_active:
            return []
        members = self.memory.active.setdefault((key[0], rule.alarm), {})
        if after.phase.is_active:
            members[key] = None
        else:
            members.pop(key, None)
        return self._folded(key, rule.alarm, after, at)

    def _folded(self, key: Key, alarm_type: str, after: Watch, at: float) -> list[Change]:
        """Fold one member's move into the one alarm of its input and type."""
        spot = (key[0], alarm_type)
        alarm = self.ledger.of(spot)
        members = self.memory.members(spot)
        if not members:
            self.memory.active.pop(spot, None)
        if spot in self.memory.called_false and alarm is None:
            if not members:
                self.memory.called_false.discard(spot)
            return []
        if alarm is None:
            return [self._raised(key, spot, members, at)] if after.phase.is_active else []
        if not members:
            return self._gone(alarm, spot, at)
        if alarm.condition == "cleared":
            return [self._raised_again(alarm, spot, members, at)]
        is_again = alarm.condition == "clearing" and after.phase is Phase.RAISED
        if is_again:
            alarm = self._flapped(replace(alarm, occurrences=alarm.occurrences + 1), spot, at)
        return self._updated(alarm, members, at)

    def _raised(self, key: Key, spot: Spot, members: tuple[Key, ...], at: float) -> Change:
        channel, layer = self.watched.get(key[0], (None, 0))
        fact = self.memory.facts.get(key, Evidence())
        alarm = Alarm(
            id=self.ledger.new_id(),
            channel_id=channel.id if channel else 0,
            channel_code=channel.code if channel else "",
            input_id=key[0],
            layer=layer,
            alarm_type=spot[1],
            severity=fact.severity or Severity.INDETERMINATE,
            message="",
            raised_at=at,
            members=tuple(one[1:] for one in members),
        )
        alarm = self._flapped(alarm, spot, at)
        return self.ledger.told(self._shown(alarm, members), "AlarmRaised", at)

    def _raised_again(self, alarm: Alarm, spot: Spot, members: tuple[Key, ...], at: float) -> Change:
        again = replace(self.ledger.again(alarm), members=tuple(one[1:] for one in members))
        return self.ledger.told(self._shown(self._flapped(again, spot, at), members), "AlarmRaised", at)

    def _flapped(self, alarm: Alarm, spot: Spot, at: float) -> Alarm:
        burst = self.memory.bursts[spot] = self.memory.bursts.get(spot, Burst()).activated(at)
        return replace(
            alarm, is_flapping=burst.is_flapping, flaps_per_min=burst.per_min if burst.is_flapping else 0.0
        )

    def _gone(self, alarm: Alarm, spot: Spot, at: float) -> list[Change]:
        """Take that nothing holds an alarm up: cleared, or as good as cleared while it flaps."""
        if alarm.condition == "cleared":
            return []
        burst = self.memory.bursts[spot] = self.memory.bursts.get(spot, Burst()).gone(at)
        if not burst.is_flapping:
            return [self._cleared(alarm, at)]
        return [self.ledger.told(replace(alarm, condition="clearing", members=()), "AlarmUpdated", at, "flapping")]

    def _cleared(self, alarm: Alarm, at: float) -> Change:
        for rule, scope in alarm.members:
            self.memory.facts.pop((alarm.input_id, rule, scope), None)
        return self.ledger.cleared(alarm, at)

    def _updated(self, alarm: Alarm, members: tuple[Key, ...], at: float) -> list[Change]:
        is_raised = any(self.memory.known(key).phase is Phase.RAISED for key in members)
        known = self.ledger.alarms[alarm.id]
        alarm = replace(
            alarm,
            members=tuple(one[1:] for one in members),
            condition="raised" if is_raised else "clearing",
            no_data_since=None,
        )
        alarm = self._shown(alarm, members)
        if alarm.severity.rank > known.severity.rank:
            return [self.ledger.told(unanswered(alarm), "AlarmUpdated", at, "severity")]
        if (alarm.condition, alarm.members, alarm.is_flapping) != (
            known.condition,
            known.members,
            known.is_flapping,
        ):
            why = "flapping" if alarm.is_flapping and not known.is_flapping else ""
            return [self.ledger.told(alarm, "AlarmUpdated", at, why)]
        return [self.ledger.shown(alarm)] if alarm != known else []

    def _shown(self, alarm: Alarm, members: tuple[Key, ...]) -> Alarm:
        facts = [self.memory.facts[key] for key in members if key in self.memory.facts]
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

    def fallen(self, key: Key, at: float, *, is_final: bool = False) -> list[Change]:
        """Let one member of an alarm fall without having seen it good; a final one says nothing of the alarm."""
        spot = next((one for one, keys in self.memory.active.items() if one[0] == key[0] and key in keys), None)
        self.memory.forget(key)
        if spot is None:
            return []
        del self.memory.active[spot][key]
        return [] if is_final else self._folded(key, spot[1], NORMAL, at)


def _stepped(watch: Watch, policy: Policy, is_broken: bool, is_clear: bool, at: float) -> Watch:
    match policy:
        case Hold():
            return held(watch, policy, is_broken, is_clear, at)
        case Count():
            return counted(watch, policy, not is_clear if watch.phase.is_active else is_broken, at)
        case Ratio() | Sum():
            raise TypeError("shares and sums are judged by their tally")
