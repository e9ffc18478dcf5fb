"""A guide asks for somebody by name or role: the same receivers, the same case, one more reason."""

from __future__ import annotations

from collections.abc import Iterable

from noc_console.model import Event, Severity
from noc_console.routing import case as cases
from noc_console.routing.case import Case, Decision
from noc_console.routing.notice import Notice, Skip
from noc_console.routing.plan import Call
from noc_console.routing.policy import Concern, Policy, Receiver, Route
from noc_console.routing.reasons import SKIP

CALLING = frozenset({"GuideEscalated", "ChecklistOverdue"})  # somebody must hear of these, whoever it is
KINDS = CALLING | {"GuideNotified", "GuideReminded", "GuideApprovalAsked", "ChecklistDue"}
_ROUTE = Route("guide")
_BEYOND = 100_000


def case_of(event: Event, channel: Concern | None) -> Case:
    """Return a case for what has no open alarm: the event brings what there is to tell as `alarm`."""
    alarm = event.data["alarm"]
    count = _BEYOND + int(event.data.get("number") or 0)  # numbers of notices no case has given
    return Case(alarm, cases.concern_of(alarm, channel), float(alarm.get("raised_at") or event.at), count=count)


def asked(case: Case, event: Event, policy: Policy) -> Decision:
    """Return the notices to those the event names in `to`.

    Where nobody has such a name or role, of an escalation those hear whom the policy would have told by now.
    """
    if event.data.get("muted"):
        return Decision(case)
    silent = "notify-none" if policy.is_silent else "drill" if case.concern.is_drill else ""
    if case.concern.is_demo and not (policy.tells_demo or case.concern.is_test):
        silent = silent or "demo-channel"
    names = [str(name) for name in event.data.get("to") or ()]
    if silent:
        return Decision(case, skips=_skips(names, silent))
    found = _named(names, policy) or (_by_policy(case, event.at, policy) if event.kind in CALLING else [])
    notices: list[Notice] = []
    for receiver in found:
        case, notice = cases.told(case, [_call(receiver, event, case.concern.severity)], event.at, policy)
        notices.append(notice)
    return Decision(case, tuple(notices), () if found else _skips(names, "no-receiver"))


def _call(receiver: Receiver, event: Event, severity: Severity) -> Call:
    key = f"guide/{event.data.get('key', '')}/{receiver.name}"
    says = f"the guide {event.data.get('guide', '')} asks for you: {event.data.get('text', '')}"
    return Call(key, receiver.free_at(event.at, severity), receiver.name, 0, _ROUTE, "guide", says)


def _named(names: Iterable[str], policy: Policy) -> list[Receiver]:
    wanted = tuple(names)
    everybody = policy.receivers.values()
    return [one for one in everybody if one.is_enabled and any(one.answers_to(name) for name in wanted)]


def _by_policy(case: Case, at: float, policy: Policy) -> list[Receiver]:
    due = {call.receiver: None for call in cases.planned(case, policy).calls if call.at <= at}
    return [policy.receivers[name] for name in due]


def _skips(names: Iterable[str], reason: str) -> tuple[Skip, ...]:
    return tuple(Skip(name, reason, SKIP[reason]) for name in names)
