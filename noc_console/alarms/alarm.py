"""An alarm: one condition on one input, with everything the operator and the journal know of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from noc_console.model import Severity


@dataclass(frozen=True, slots=True)
class Note:
    """What somebody wrote about an alarm."""

    at: float
    by: str
    text: str


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a parent alarm and its children are one: where the fault lies, how sure that is (0 to 1), and why.

    `is_made` where the parent has no condition of its own but was made to hold its children.
    """

    key: str
    verdict: str
    confidence: float
    evidence: tuple[str, ...] = ()
    is_made: bool = False


@dataclass(frozen=True, slots=True)
class Shelf:
    """Hidden by an operator for a time."""

    at: float
    by: str
    reason: str
    until: float


@dataclass(frozen=True, slots=True)
class Alarm:
    """The state of one alarm; its identity is (input, alarm type) as long as it is open.

    `condition` is raised, clearing or cleared. `members` are the (rule, scope) pairs that hold it up. An alarm whose
    condition has cleared may stay open: latched until acknowledged, or shelved. `foreign` is the condition's key in
    another system that raised the alarm; the identity of such an alarm is this key.
    """

    id: int
    channel_id: int
    channel_code: str
    input_id: int
    layer: int
    alarm_type: str
    severity: Severity
    message: str
    raised_at: float
    value: float | None = None
    threshold: float | None = None
    unit: str = ""
    condition: str = "raised"
    occurrences: int = 1
    members: tuple[tuple[str, str], ...] = ()
    findings: tuple[str, ...] = ()
    cleared_at: float | None = None
    acknowledged_by: str = ""
    acknowledged_at: float | None = None
    owner: str = ""
    notes: tuple[Note, ...] = ()
    resolved_by: str = ""
    resolved_at: float | None = None
    is_false: bool = False
    is_test: bool = False
    evidence: str = ""
    acknowledged_until: float | None = None
    acknowledgement_expired_at: float | None = None
    is_latched: bool = False
    shelf: Shelf | None = None
    suppressed_by: int | None = None
    suppression: str = ""
    maintenance_id: int | None = None
    maintenance: str = ""
    reclassified_as: int | None = None
    is_flapping: bool = False
    flaps_per_min: float = 0.0
    no_data_since: float | None = None
    parent_id: int | None = None
    children: tuple[int, ...] = ()
    cause: Cause | None = None
    foreign: str = ""

    @property
    def is_acknowledged(self) -> bool:
        """Whether somebody has answered and the answer has not expired."""
        return self.acknowledged_at is not None

    @property
    def state(self) -> str:
        """The state of ISA-18.2: the strongest of those that apply."""
        if not self.is_open:
            return "normal"
        if self.maintenance_id is not None:
            return "out_of_service"
        if self.shelf is not None:
            return "shelved"
        if self.suppressed_by is not None or self.parent_id is not None:
            return "suppressed"
        if self.condition == "cleared":
            return "latched" if self.is_latched else "returned"
        return "acknowledged" if self.is_acknowledged else "unacknowledged"

    @property
    def hidden_by(self) -> tuple[str, ...]:
        """One sentence for each thing that hides the alarm; being folded under a parent is one of them."""
        found = []
        if self.shelf is not None:
            found.append(f"shelved by {self.shelf.by} until {_iso(self.shelf.until)}: {self.shelf.reason}")
        if self.maintenance_id is not None:
            found.append(f"maintenance {self.maintenance_id}: {self.maintenance}")
        if self.suppressed_by is not None:
            found.append(f"suppression {self.suppressed_by}: {self.suppression}")
        if self.parent_id is not None:
            found.append(f"folded under {self.parent_id}")
        return tuple(found)

    @property
    def is_open(self) -> bool:
        """Open until resolved, by a person or because the condition cleared."""
        return self.resolved_at is None

    @property
    def rungs(self) -> tuple[str, ...]:
        """The rungs the condition holds on; empty where it concerns the whole input."""
        return tuple(sorted({scope.partition("/")[2] for _, scope in self.members} - {""}))

    def noted(self, at: float, by: str, text: str) -> Alarm:
        """Return the alarm with one more note; an empty text adds none."""
        return replace(self, notes=(*self.notes, Note(at, by, text))) if text else self


def _iso(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
