"""The case: what is known of one alarm by those who tell; one event or the time goes in, notices come out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from noc_console.model import Event, Severity
from noc_console.routing import texts
from noc_console.routing.notice import Action, Notice, Skip
from noc_console.routing.plan import Call, Plan, plan, repeat_of
from noc_console.routing.policy import Concern, Policy
from noc_console.routing.reasons import SKIP, TELL

_PAUSING = {"AlarmShelved": "shelved", "AlarmSuppressed": "suppressed"}
_RELEASING = frozenset({"AlarmUnshelved", "AlarmReleased"})
_PAUSED_STATES = {"shelved": "shelved", "suppressed": "suppressed", "out_of_service": "suppressed"}


@dataclass(frozen=True, slots=True)
class Case:
    """One open alarm: when its present raise began, what was called, and who was told which severity.

    `told` maps receivers to the severity they heard last; `paused` names why nobody is told now.
    """

    alarm: Mapping[str, Any]
    concern: Concern
    began_at: float
    done: frozenset[str] = frozenset()
    told: Mapping[str, str] = field(default_factory=dict)
    count: int = 0
    repeats: int = 0
    paused: str = ""
    is_over: bool = False

    @property
    def is_acknowledged(self) -> bool:
        """Whether somebody is on it."""
        return bool(self.alarm.get("acknowledged"))


@dataclass(frozen=True, slots=True)
class Decision:
    """What one step gives: the case after it, the notices, and who was left out."""

    case: Case
    notices: tuple[Notice, ...] = ()
    skips: tuple[Skip, ...] = ()


def step(case: Case | None, event: Event, concern: Concern, policy: Policy) -> Decision:
    """Return what an alarm's event means for those who may be told; deterministic, the event brings the time."""
    alarm: Mapping[str, Any] = event.data["alarm"]
    if is_over(alarm):
        known = case or Case(alarm, concern, event.at, is_over=True)
        return _ended(replace(known, alarm=alarm), event.at, policy)
    if case is None or case.is_over:
        fresh = Case(alarm, concern, event.at, count=case.count if case else 0, paused=_paused(event, alarm, ""))
        return _begun(fresh, event.at, policy)
    known = replace(case, alarm=alarm, paused=_paused(event, alarm, case.paused))
    if concern.severity.rank > case.concern.severity.rank:
        worse = replace(known, concern=concern, began_at=event.at, done=frozenset(), repeats=0)
        return due(worse, event.at, policy)
    decided = due(known, event.at, policy)
    return _acknowledged(decided, event.at, policy) if known.is_acknowledged > case.is_acknowledged else decided


def due(case: Case, at: float, policy: Policy, made: Plan | None = None) -> Decision:
    """Return the notices whose time has come; several calls to one receiver become one notice."""
    if case.is_over or case.paused:
        return Decision(case)
    now: dict[str, list[Call]] = {}
    for call in open_calls(case, policy, made):
        if call.at <= at:
            now.setdefault(call.receiver, []).append(call)
    notices = []
    for calls in now.values():
        case, notice = told(case, calls, at, policy)
        notices.append(notice)
    return Decision(case, tuple(notices))


def next_at(case: Case, policy: Policy) -> float | None:
    """Return when the next call of a case is due, None when nothing more will happen by itself."""
    if case.is_over or case.paused:
        return None
    return min((call.at for call in open_calls(case, policy)), default=None)


def open_calls(case: Case, policy: Policy, made: Plan | None = None) -> tuple[Call, ...]:
    """Return the calls still to be made as things stand; `made` is the case's plan where it is known already."""
    found = (made or planned(case, policy)).calls
    return tuple(
        call for call in found if call.key not in case.done and not (case.is_acknowledged and _waits_for_nobody(call))
    )


def planned(case: Case, policy: Policy) -> Plan:
    """Return the whole plan of a case under a policy."""
    return plan(policy, case.concern, case.began_at, case.repeats)


def without(case: Case, keys: Iterable[str]) -> Case:
    """Return the case with calls that will not be made any more."""
    return replace(case, done=case.done | frozenset(keys))


def is_over(alarm: Mapping[str, Any]) -> bool:
    """Say whether there is nothing left to tell: the condition has cleared, or a person closed the alarm."""
    return alarm.get("condition") == "cleared" or bool(alarm.get("resolved"))


def concern_of(alarm: Mapping[str, Any], channel: Concern | None) -> Concern:
    """Return what routes look at in an alarm; `channel` gives tier, class and labels."""
    known = channel or Concern(Severity.INDETERMINATE)
    return replace(
        known,
        severity=Severity(alarm["severity"]),
        alarm_type=str(alarm.get("alarm_type", "")),
        event_type=str(alarm.get("event_type", "")),
        layer=int(alarm.get("layer") or 0),
        channel_id=int(alarm.get("channel_id") or 0),
        channel_code=str(alarm.get("channel_code", "")),
        is_test=bool(alarm.get("test")),
    )


def _waits_for_nobody(call: Call) -> bool:
    return call.why != "route-step" and not call.even_acknowledged


def _paused(event: Event, alarm: Mapping[str, Any], before: str) -> str:
    """Return why nobody is told now; the alarm's own state says it best, else the kind of the event."""
    if "state" in alarm:
        return paused_by(alarm)
    if event.kind in _PAUSING:
        return _PAUSING[event.kind]
    return "" if event.kind in _RELEASING else before


def paused_by(alarm: Mapping[str, Any]) -> str:
    """Return the reason for which an alarm in this state is told to nobody, empty where there is none."""
    state = str(alarm.get("state", ""))
    if state == "suppressed" and alarm.get("parent_id"):
        return "folded"
    return _PAUSED_STATES.get(state, "")


def _begun(case: Case, at: float, policy: Policy) -> Decision:
    made = planned(case, policy)
    skips = made.skips
    decided = due(case, at, policy, made)
    if case.paused:
        names = {call.receiver for call in open_calls(case, policy)}
        skips = (*skips, *(Skip(name, case.paused, SKIP[case.paused]) for name in sorted(names)))
    return replace(decided, skips=skips)


def _ended(case: Case, at: float, policy: Policy) -> Decision:
    if case.is_over:
        return Decision(case)
    reason = "closed-by-hand" if case.alarm.get("condition") != "cleared" else "cleared"
    notices = []
    for receiver in case.told:
        notices.append(_notice(case, receiver, Action.RESOLVE, (at, reason, TELL[reason]), (), policy))
        case = replace(case, count=case.count + 1)
    over = replace(case, is_over=True, told={}, done=frozenset())
    return Decision(over, tuple(notices))


def _acknowledged(decided: Decision, at: float, policy: Policy) -> Decision:
    """Return the decision with a word to those that would go on paging by themselves."""
    case, notices = decided.case, list(decided.notices)
    when = (at, "acknowledged", TELL["acknowledged"])
    for receiver in case.told:
        known = policy.receivers.get(receiver)
        if known is not None and known.hears_acknowledge:
            notices.append(_notice(case, receiver, Action.UPDATE, when, (), policy))
            case = replace(case, count=case.count + 1)
    return replace(decided, case=case, notices=tuple(notices))


def told(case: Case, calls: list[Call], at: float, policy: Policy) -> tuple[Case, Notice]:
    """Return the case after one receiver was called, and its notice: a raise to whom it is new, else more."""
    last = calls[-1]
    receiver = last.receiver
    before = case.told.get(receiver)
    severity = str(case.concern.severity)
    if before is None:
        action, why = Action.RAISE, last.why
    elif before != severity:
        action, why = Action.UPDATE, "severity-rose"
    else:
        action, why = Action.ESCALATE, last.why
    notice = _notice(case, receiver, action, (at, why, last.says), calls, policy)
    return (
        replace(
            case,
            done=case.done | {call.key for call in calls},
            told={**case.told, receiver: severity},
            count=case.count + 1,
            repeats=max([case.repeats, *(_repeat(case, call, at) for call in calls)]),
        ),
        notice,
    )


def _repeat(case: Case, call: Call, at: float) -> int:
    """Return how many repetitions are behind us after a call; those missed while nobody ran are not made up for."""
    number = repeat_of(call.key)
    if not number:
        return 0
    return max(number, int((at - case.began_at - call.route.steps[-1].after_s) // call.route.repeat_s))


def _notice(
    case: Case,
    receiver: str,
    action: Action,
    when: tuple[float, str, str],
    calls: Iterable[Call],
    policy: Policy,
) -> Notice:
    at, reason, says = when
    alarm, calls = case.alarm, tuple(calls)
    known = policy.receivers.get(receiver)
    data: dict[str, Any] = {
        "alarm": dict(alarm),
        "agent": policy.agent,
        "calls": [call.key for call in calls],
        "says": says,
        "severity_was": case.told.get(receiver, ""),
    }
    if known is not None and known.is_grouped:
        data |= _group(case, action, calls)
    return Notice(
        id=f"{alarm['alarm_id']}-{int(alarm.get('raised_at') or 0)}-{case.count + 1}",
        alarm_id=int(alarm["alarm_id"]),
        receiver=receiver,
        action=action,
        dedup_key=dedup_key(alarm, policy.agent),
        subject=texts.subject(alarm, action, at - float(alarm.get("raised_at") or at), reason),
        text=texts.body(alarm, action, policy.agent, says),
        due_at=at + (calls[-1].route.wait_s if calls and "group" in data else 0.0),
        reason=reason,
        data=data,
    )


def _group(case: Case, action: Action, calls: tuple[Call, ...]) -> dict[str, Any]:
    if not calls:
        return {"group": str(action), "interval_s": 0.0}
    route = calls[-1].route
    values = [f"{name}={case.alarm.get(name, '')}" for name in route.group_by]
    return {"group": " ".join([route.name, str(action), *values]), "interval_s": route.interval_s}


def dedup_key(alarm: Mapping[str, Any], agent: str) -> str:
    """Return the name of an alarm for receivers that fold repeats: the same for all its notices, for ever."""
    raised = int(alarm.get("raised_at") or 0)
    place = texts.one_line(alarm.get("channel_code") or "agent")
    return f"noc-console/{agent}/{place}/{alarm.get('alarm_type', '')}/{alarm['alarm_id']}-{raised}"
