"""What an incident is: alarms grouped, who leads, what is promised, what it cost, why, and what was learned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from noc_console.model import Severity

REVIEW_AFTER_S = 24 * 3600.0
MOST_ALARMS, MOST_TASKS, MOST_NOTES = 500, 100, 200

# playbooks.md, 8
CAUSES: Mapping[str, str] = MappingProxyType(
    {
        "source": "Source",
        "encoder": "Encoder",
        "packager": "Packager",
        "origin": "Origin",
        "cdn": "CDN",
        "isp": "ISP",
        "network": "Network",
        "probe": "Probe",
        "pipeline": "Pipeline",
        "false-positive": "False positive",
    }
)


class State(StrEnum):
    """How far an incident is: it is over with `closed`; until the review is held it is `review_due`."""

    OPEN = "open"
    MITIGATED = "mitigated"
    REVIEW_DUE = "review_due"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Task:
    """Something somebody promised; times are Unix seconds, None where nothing is said."""

    id: int
    text: str
    owner: str = ""
    due_at: float | None = None
    added_at: float = 0.0
    added_by: str = ""
    done_at: float | None = None
    done_by: str = ""
    is_review: bool = False


@dataclass(frozen=True, slots=True)
class Note:
    """What somebody wrote down, with a picture where `capture` names one by its hash."""

    at: float
    by: str
    text: str
    capture: str = ""
    media_type: str = ""


@dataclass(frozen=True, slots=True)
class Impact:
    """What viewers had of it; `minutes` is None while it follows from the times."""

    channels: tuple[str, ...] = ()
    viewers: str = ""
    minutes: float | None = None


@dataclass(frozen=True, slots=True)
class Times:
    """The five moments of an incident, Unix seconds; None: taken from the alarms, or not yet."""

    start: float | None = None
    detected: float | None = None
    acknowledged: float | None = None
    mitigated: float | None = None
    ended: float | None = None


@dataclass(frozen=True, slots=True)
class Review:
    """What was learned (playbooks.md, 8); `held_at` is None until it was held."""

    happened: str = ""
    why: str = ""
    fix: str = ""
    prevention: str = ""
    due_at: float | None = None
    held_at: float | None = None
    held_by: str = ""


@dataclass(frozen=True, slots=True)
class Incident:
    """One incident; `alarms` and `channels` are ids, oldest first; `times` only what was said by hand."""

    id: int
    title: str
    severity: Severity
    opened_at: float
    opened_by: str
    state: State = State.OPEN
    commander: str = ""
    alarms: tuple[int, ...] = ()
    channels: tuple[int, ...] = ()
    cause: str = ""
    cause_text: str = ""
    ticket: str = ""
    impact: Impact = field(default_factory=Impact)
    times: Times = field(default_factory=Times)
    tasks: tuple[Task, ...] = ()
    notes: tuple[Note, ...] = ()
    review: Review = field(default_factory=Review)
    mitigated_at: float | None = None
    closed_at: float | None = None

    def task(self, task_id: int) -> Task | None:
        """Return a task by its number."""
        return next((one for one in self.tasks if one.id == task_id), None)
