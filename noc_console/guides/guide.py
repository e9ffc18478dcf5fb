"""A guide as a value: playbook, runbook or checklist, with its questions, timers and steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from noc_console.guides.questions import AnyQuestion
from noc_console.guides.shape import NO_TEXT, STRICT, Many, Minutes, Name, StepId, Words
from noc_console.guides.steps import AnyStep

GuideId = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9]*(-[A-Z0-9]+)+$", max_length=60)]
Kind = Literal["playbook", "runbook", "checklist"]
SeverityName = Literal["", "warning", "minor", "major", "critical"]
# response classes P0, P1, P2 (operator's playbooks, section 1)
RESPOND_MIN: Mapping[str, float] = {"critical": 5, "major": 15, "minor": 30}


@dataclass(frozen=True, slots=True, kw_only=True)
class Timer:
    """What happens when a run is still open so many minutes after the alarm (or the start, without an alarm)."""

    after_min: Minutes
    do: Literal["offer", "remind", "notify", "escalate"] = "escalate"
    to: Many = ()
    text: Words
    step: str = ""

    __pydantic_config__ = STRICT


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """When a checklist is due, in the site's time, and when its absence is told."""

    at: Annotated[
        tuple[Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")], ...], Field(min_length=1)
    ]
    days: tuple[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], ...] = ()
    role: str = ""
    remind_after_min: Minutes = 15

    __pydantic_config__ = STRICT


@dataclass(frozen=True, slots=True, kw_only=True)
class Guide:
    """One file of the playbooks, checked: every name in it is known and every step can be reached."""

    id: Annotated[GuideId, Field(alias="guide")]
    version: Annotated[int, Field(ge=1)]
    kind: Kind
    title: Words
    summary: Words = NO_TEXT
    alarms: Many = ()
    severity: SeverityName = ""
    respond_within_min: Minutes | None = None
    contacts: Many = ()
    see: Many = ()
    minutes: Minutes | None = None
    schedule: Schedule | None = None
    timers: tuple[Timer, ...] = ()
    questions: Mapping[Name, Annotated[AnyQuestion, Field(discriminator="kind")]] = field(default_factory=dict)
    steps: Annotated[tuple[Annotated[AnyStep, Field(discriminator="kind")], ...], Field(min_length=1, max_length=200)]

    __pydantic_config__ = STRICT

    def step(self, id: StepId) -> AnyStep:
        """Return the step of that id; KeyError where there is none."""
        for step in self.steps:
            if step.id == id:
                return step
        raise KeyError(id)

    @property
    def respond_s(self) -> float | None:
        """Seconds in which somebody should have answered: the guide's own, else its severity's response class."""
        minutes = self.respond_within_min or RESPOND_MIN.get(self.severity)
        return None if minutes is None else minutes * 60
