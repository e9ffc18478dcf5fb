"""The passing of time over conditions: what nobody measures falls, what flapped is steady, where data is missing."""

from __future__ import annotations

from dataclasses import dataclass, replace

from noc_console.alarms.conditions import Conditions
from noc_console.alarms.ledger import Change
from noc_console.alarms.watch import GAP_S

SHOWN_S = 2 * GAP_S  # a hold is frozen after GAP_S without a value, and it is said a little later
LOOK_EVERY_S = 60.0
UNSEEN_S = 600.0  # a scope nobody has looked at for so long, while its input gives data, is no longer measured


@dataclass(frozen=True, slots=True)
class RuleState:
    """Where a rule stands on one scope; `no_data_since` while its values do not come and its hold is frozen."""

    rule: str
    scope: str
    phase: str
    held_s: float
    no_data_since: float | None = None


def aged(conditions: Conditions, at: float) -> list[Change]:
    """Let time pass; every 30 s or so."""
    return [*_unseen(conditions, at), *_bursts(conditions, at), *_data(conditions, at)]


def _unseen(conditions: Conditions, at: float) -> list[Change]:
    if at - conditions.aged_at < LOOK_EVERY_S:
        return []
    conditions.aged_at = at
    memory = conditions.memory
    limits = {one: memory.newest(one) - UNSEEN_S for one in memory.seen}
    old = [key for key, watch in memory.each() if watch.at < limits.get(key[0], -UNSEEN_S) and watch.phase.is_active]
    return [change for key in old for change in conditions.fallen(key, at)]


def _bursts(conditions: Conditions, at: float) -> list[Change]:
    memory, changes = conditions.memory, []
    for spot, burst in list(memory.bursts.items()):
        if not burst.is_quiet(at):
            continue
        del memory.bursts[spot]
        alarm = conditions.ledger.of(spot)
        if alarm is None or not alarm.is_flapping:
            continue
        steady = replace(alarm, is_flapping=False, flaps_per_min=0.0)
        if memory.active.get(spot):
            changes.append(conditions.ledger.told(steady, "AlarmUpdated", at, "steady"))
        else:
            changes.append(conditions.ledger.cleared(steady, at))
    return changes


def _data(conditions: Conditions, at: float) -> list[Change]:
    """Mark the alarms whose inputs give no values: their hold is frozen, which is shown and never an alarm.

    An input looked at rung by rung is not silent: what is not seen of it any more falls after UNSEEN_S.
    """
    known, now = conditions.silent, silent(conditions, at)
    turned = known.keys() ^ now.keys()
    conditions.silent = now
    changes = []
    for spot in [spot for spot in conditions.memory.active if spot[0] in turned] if turned else ():
        alarm = conditions.ledger.of(spot)
        if alarm is not None:
            since = now.get(spot[0])
            marked = replace(alarm, no_data_since=since)
            why = "data again" if since is None else "no data"
            if marked != alarm:
                changes.append(conditions.ledger.told(marked, "AlarmUpdated", at, why))
    return changes


def states(conditions: Conditions, input_id: int, at: float) -> list[RuleState]:
    """Return where every rule of an input stands; of one that is well one line, without a scope."""
    rules, memory = conditions.rules.get(input_id), conditions.memory
    if rules is None:
        return []
    found = [
        RuleState(key[1], key[2], watch.phase.value, watch.held_s, watch.at if at - watch.at > SHOWN_S else None)
        for key, watch in memory.each()
        if key[0] == input_id
    ]
    named = {state.rule for state in found}
    seen = memory.seen.get(input_id, {})
    for rule in rules.by_key.values():
        if rule.key not in named:
            own = [last for plan, last in seen.items() if rule.key in plan.keys]
            last = max(own, default=0.0) if rule.metric else memory.newest(input_id)
            found.append(RuleState(rule.key, "", "normal", 0.0, last if at - last > SHOWN_S else None))
    return found


def silent(conditions: Conditions, at: float) -> dict[int, float]:
    """Return the inputs that give no values at all, with the time of the last one."""
    began, memory = conditions.began_at, conditions.memory
    last = {one: max(memory.newest(one), began) for one in conditions.watched}
    return {one: newest for one, newest in last.items() if at - newest > SHOWN_S}
