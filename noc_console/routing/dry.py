"""The dry run: who would be told of an alarm, when and why, and who would not, without telling anybody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from noc_console.routing import case as cases
from noc_console.routing.case import Case
from noc_console.routing.notice import Skip
from noc_console.routing.plan import Call, plan
from noc_console.routing.policy import Concern, Policy
from noc_console.routing.reasons import SKIP

_REPEATS_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Answer:
    """The routes an alarm would go, every call in order of time, and everybody left out."""

    routes: tuple[str, ...]
    told: tuple[dict[str, Any], ...]
    not_told: tuple[Skip, ...]


def would_tell(policy: Policy, concern: Concern, at: float) -> Answer:
    """Return who would be told of a new alarm that begins at a time and that nobody acknowledges."""
    made = plan(policy, concern, at)
    calls = {call.key: call for call in made.calls}
    for repeats in range(1, _REPEATS_SHOWN):
        calls |= {call.key: call for call in plan(policy, concern, at, repeats).calls}
    return Answer(_routes(policy, concern, at), _rows(calls.values(), at, set()), made.skips)


def will_tell(policy: Policy, case: Case) -> Answer:
    """Return who was told of an open alarm, who will be as things stand, and who will not."""
    made = cases.planned(case, policy)
    waiting = {call.key for call in cases.open_calls(case, policy)}
    shown, skips = [], list(made.skips)
    for call in made.calls:
        if call.key in case.done or (call.key in waiting and not case.paused):
            shown.append(call)
        else:
            reason = case.paused or "acknowledged"
            skips.append(Skip(call.receiver, reason, f"{call.says}: {SKIP[reason]}"))
    return Answer(
        _routes(policy, case.concern, case.began_at), _rows(shown, case.began_at, set(case.done)), tuple(skips)
    )


def _routes(policy: Policy, concern: Concern, at: float) -> tuple[str, ...]:
    return tuple(route.name for route in policy.routes_for(concern, at))


def _rows(calls: Any, began_at: float, done: set[str]) -> tuple[dict[str, Any], ...]:
    told: set[str] = set()
    rows = []
    found: list[Call] = sorted(calls, key=lambda call: (call.at, call.level))
    for call in found:
        rows.append(
            {
                "receiver": call.receiver,
                "at": call.at,
                "after_s": round(call.at - began_at, 3),
                "action": "escalate" if call.receiver in told else "raise",
                "route": call.route.name,
                "reason": call.why,
                "says": call.says,
                "done": call.key in done,
            }
        )
        told.add(call.receiver)
    return tuple(rows)
