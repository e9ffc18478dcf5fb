"""The policy: routes that match alarms, their steps in time, and the receivers that steps name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from noc_console.model import Severity
from noc_console.routing.hours import Hours


@dataclass(frozen=True, slots=True)
class Concern:
    """What routes look at in an alarm and its channel."""

    severity: Severity
    alarm_type: str = ""
    event_type: str = ""
    layer: int = 0
    channel_id: int = 0
    channel_code: str = ""
    channel_class: str = ""
    tier: int = 0
    labels: frozenset[str] = frozenset()
    is_demo: bool = False
    is_test: bool = False
    is_drill: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """Whom to tell so long after the alarm was raised: names or roles of receivers."""

    after_s: float
    tell: tuple[str, ...]
    even_acknowledged: bool = False


@dataclass(frozen=True, slots=True)
class Route:
    """Which alarms go which way; an empty set matches everything.

    `repeat_s` above 0 tells everybody again after the last step until somebody acknowledges. `group_by` names
    fields of the alarm: notices to the same person that agree in them become one message, the first after
    `wait_s`, further ones at most every `interval_s`. `goes_on`: routes after this one are looked at too.
    """

    name: str
    steps: tuple[Step, ...] = ()
    severities: frozenset[Severity] = frozenset()
    tiers: frozenset[int] = frozenset()
    layers: frozenset[int] = frozenset()
    labels: frozenset[str] = frozenset()
    classes: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset()
    alarm_types: frozenset[str] = frozenset()
    event_types: frozenset[str] = frozenset()
    hours: Hours | None = None
    repeat_s: float = 0.0
    group_by: tuple[str, ...] = ("severity", "alarm_type")
    wait_s: float = 0.0
    interval_s: float = 30.0
    goes_on: bool = False

    def matches(self, concern: Concern, at: float) -> bool:
        """Say whether an alarm that begins at this time goes this way."""
        return (
            (not self.severities or concern.severity in self.severities)
            and (not self.tiers or concern.tier in self.tiers)
            and (not self.layers or concern.layer in self.layers)
            and (not self.labels or bool(self.labels & concern.labels))
            and (not self.classes or concern.channel_class in self.classes)
            and (not self.channels or concern.channel_code in self.channels)
            and (not self.alarm_types or concern.alarm_type in self.alarm_types)
            and (not self.event_types or concern.event_type in self.event_types)
            and (self.hours is None or self.hours.contains(at))
        )


@dataclass(frozen=True, slots=True)
class Receiver:
    """A receiver as the policy sees it: what it is called, and when it wants to be left in peace.

    One that hears acknowledgements stops paging by itself when somebody is on it. In quiet hours what is less severe
    than `quiet_below` waits until they end, and is forgotten if it clears.
    """

    name: str
    roles: frozenset[str] = frozenset()
    is_enabled: bool = True
    quiet: tuple[Hours, ...] = ()
    quiet_below: Severity = Severity.CRITICAL
    is_grouped: bool = False
    hears_acknowledge: bool = False

    def answers_to(self, name: str) -> bool:
        """Say whether a step that names this means the receiver."""
        return name == self.name or name in self.roles

    def free_at(self, at: float, severity: Severity) -> float:
        """Return when the receiver may be told, which is at once unless it is quiet there."""
        if severity.rank >= self.quiet_below.rank:
            return at
        free = at
        for _ in range(2 * len(self.quiet)):  # one span may end inside another
            free = max((one.end_after(free) for one in self.quiet), default=free)
        return free


@dataclass(frozen=True, slots=True)
class Policy:
    """Everything that decides who hears what: routes in order, receivers, and whether this agent tells at all."""

    routes: tuple[Route, ...] = ()
    receivers: Mapping[str, Receiver] = field(default_factory=dict)
    is_silent: bool = False
    agent: str = "local"
    tells_demo: bool = False

    def routes_for(self, concern: Concern, at: float) -> tuple[Route, ...]:
        """Return the routes an alarm goes: the first that matches, and further ones where it goes on."""
        found: list[Route] = []
        for route in self.routes:
            if route.matches(concern, at):
                found.append(route)
                if not route.goes_on:
                    break
        return tuple(found)
