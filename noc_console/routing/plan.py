"""The plan of one alarm: every call that will be made while it goes on, and everybody who is left out, and why."""

from __future__ import annotations

from dataclasses import dataclass

from noc_console.routing.notice import Skip
from noc_console.routing.policy import Concern, Policy, Receiver, Route, Step
from noc_console.routing.reasons import SKIP


@dataclass(frozen=True, slots=True)
class Call:
    """One receiver to be told at a time; `key` is the same each time the plan is made."""

    key: str
    at: float
    receiver: str
    level: int
    route: Route
    why: str
    says: str
    even_acknowledged: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """All calls in order of time, and the receivers that get none."""

    calls: tuple[Call, ...]
    skips: tuple[Skip, ...]


def plan(policy: Policy, concern: Concern, began_at: float, repeats: int = 0) -> Plan:
    """Return who would be told of an alarm that began, up to and with the next repetition after `repeats`."""
    silent = _silent(policy, concern)
    if silent:
        return Plan((), tuple(_skip(name, silent) for name in policy.receivers))
    routes = policy.routes_for(concern, began_at)
    calls: dict[str, Call] = {}
    skips: list[Skip] = []
    for route in routes:
        for level, step in enumerate(route.steps):
            _one_step(policy, concern, (route, level, step), began_at, calls, skips)
        _one_repeat(policy, concern, route, began_at, repeats, calls)
    named = {one.receiver for one in calls.values()} | {one.receiver for one in skips}
    skips += _left_out(policy, bool(routes), named)
    return Plan(tuple(sorted(calls.values(), key=lambda one: (one.at, one.level))), tuple(skips))


def repeat_of(key: str) -> int:
    """Return which repetition a call's key names, 0 where it is none."""
    number = key.partition("/repeat-")[2].partition("/")[0]
    return int(number) if number.isdigit() else 0


def _silent(policy: Policy, concern: Concern) -> str:
    if policy.is_silent:
        return "notify-none"
    if concern.is_drill:
        return "drill"
    return "demo-channel" if concern.is_demo and not (policy.tells_demo or concern.is_test) else ""


def _one_step(
    policy: Policy,
    concern: Concern,
    where: tuple[Route, int, Step],
    began_at: float,
    calls: dict[str, Call],
    skips: list[Skip],
) -> None:
    step = where[2]
    for name in step.tell:
        found = [one for one in policy.receivers.values() if one.answers_to(name)]
        if not found:
            skips.append(_skip(name, "no-receiver"))
        for receiver in found:
            if not receiver.is_enabled:
                skips.append(_skip(receiver.name, "receiver-disabled"))
                continue
            call = _call(receiver, concern, where, began_at)
            calls.setdefault(call.key, call)
            if call.at > began_at + step.after_s:
                skips.append(Skip(receiver.name, "quiet-hours", "quiet hours: told when they end, if it still holds"))


def _call(receiver: Receiver, concern: Concern, where: tuple[Route, int, Step], began_at: float) -> Call:
    route, level, step = where
    at = began_at + step.after_s
    why = "route-step" if step.after_s <= 0 else "unacknowledged"
    when = "at once" if step.after_s <= 0 else f"after {step.after_s / 60:g} min"
    return Call(
        key=f"{route.name}/{level}/{receiver.name}",
        at=receiver.free_at(at, concern.severity),
        receiver=receiver.name,
        level=level,
        route=route,
        why=why,
        says=f"route {route.name}: {when}",
        even_acknowledged=step.even_acknowledged,
    )


def _one_repeat(
    policy: Policy, concern: Concern, route: Route, began_at: float, repeats: int, calls: dict[str, Call]
) -> None:
    if route.repeat_s <= 0 or not route.steps:
        return
    at = began_at + route.steps[-1].after_s + (repeats + 1) * route.repeat_s
    told = {one.receiver for one in calls.values() if one.route.name == route.name}
    for name in sorted(told):
        key = f"{route.name}/repeat-{repeats + 1}/{name}"
        says = f"route {route.name}: again every {route.repeat_s / 60:g} min until acknowledged"
        free = policy.receivers[name].free_at(at, concern.severity)
        calls[key] = Call(key, free, name, len(route.steps), route, "repeat-until-acknowledged", says)


def _left_out(policy: Policy, has_route: bool, named: set[str]) -> list[Skip]:
    reason = "not-in-route" if has_route else "no-route"
    return [_skip(name, reason) for name in policy.receivers if name not in named]


def _skip(receiver: str, reason: str) -> Skip:
    return Skip(receiver, reason, SKIP[reason])
