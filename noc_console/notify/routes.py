"""Routes as the operator writes them: minutes, words and hours, made into the values of the policy."""

from __future__ import annotations

from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, field_validator

from noc_console.model import Severity
from noc_console.notify.receiver import Line, Name
from noc_console.routing.hours import parse_hours
from noc_console.routing.policy import Route, Step

Words = Annotated[tuple[Line, ...], Field(max_length=200)]
Minutes = Annotated[float, Field(ge=0, le=7 * 24 * 60)]
_GROUPS = ("severity", "alarm_type", "channel_code", "layer", "input_id", "event_type")


class StepForm(BaseModel, frozen=True):
    """Whom to tell so many minutes after the alarm was raised."""

    model_config = ConfigDict(extra="forbid")

    after_min: Minutes = 0.0
    tell: Annotated[tuple[Name, ...], Field(min_length=1, max_length=50)]
    even_acknowledged: bool = False


class RouteForm(BaseModel, frozen=True):
    """Which alarms go this way, and its steps; what is left out matches everything."""

    model_config = ConfigDict(extra="forbid")

    name: Name
    severities: tuple[Severity, ...] = ()
    tiers: tuple[Annotated[int, Field(ge=1, le=9)], ...] = ()
    layers: tuple[Annotated[int, Field(ge=0, le=5)], ...] = ()
    labels: Words = ()
    classes: Words = ()
    channels: Words = ()
    alarm_types: Words = ()
    event_types: Words = ()
    hours: Line = ""
    days: Words = ()
    steps: Annotated[tuple[StepForm, ...], Field(max_length=20)] = ()
    repeat_min: Minutes = 0.0
    group_by: Words = ("severity", "alarm_type")
    wait_s: Annotated[float, Field(ge=0, le=3600)] = 0.0
    interval_s: Annotated[float, Field(ge=0, le=86400)] = 30.0
    goes_on: bool = False

    @field_validator("severities", mode="before")
    @classmethod
    def _lower(cls, words: Any) -> Any:
        return [one.lower() if isinstance(one, str) else one for one in words] if isinstance(words, list) else words

    @field_validator("group_by")
    @classmethod
    def _known_groups(cls, words: tuple[str, ...]) -> tuple[str, ...]:
        for one in words:
            if one not in _GROUPS:
                raise ValueError(f"{one} cannot be grouped by, only {', '.join(_GROUPS)}")
        return words

    def route(self, zone: ZoneInfo) -> Route:
        """Return the route; `KnownError` when its hours make no sense."""
        days_only = "00:00-24:00" if self.days else ""
        span = self.hours or days_only
        return Route(
            name=self.name,
            steps=tuple(sorted((_step(one) for one in self.steps), key=lambda step: step.after_s)),
            severities=frozenset(self.severities),
            tiers=frozenset(self.tiers),
            layers=frozenset(self.layers),
            labels=frozenset(self.labels),
            classes=frozenset(self.classes),
            channels=frozenset(self.channels),
            alarm_types=frozenset(self.alarm_types),
            event_types=frozenset(self.event_types),
            hours=parse_hours(span, self.days, zone) if span else None,
            repeat_s=self.repeat_min * 60,
            group_by=self.group_by,
            wait_s=self.wait_s,
            interval_s=self.interval_s,
            goes_on=self.goes_on,
        )

    def row(self) -> dict[str, Any]:
        """Return the route as plain JSON, without what has its default."""
        return self.model_dump(mode="json", exclude_defaults=True)


def _step(form: StepForm) -> Step:
    return Step(form.after_min * 60, form.tell, form.even_acknowledged)
