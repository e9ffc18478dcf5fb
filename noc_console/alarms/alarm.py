"""An alarm: one condition on one input, with everything the operator and the journal know of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from typing import Any

from noc_console.catalogues import alarm_types, metrics
from noc_console.model import Severity


@dataclass(frozen=True, slots=True)
class Note:
    """What somebody wrote about an alarm."""

    at: float
    by: str
    text: str


@dataclass(frozen=True, slots=True)
class Alarm:
    """The state of one alarm; its identity is (input, alarm type) as long as it is open.

    `condition` is raised, clearing or cleared. `members` are the (rule, scope) pairs that hold it up.
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


def to_json(alarm: Alarm) -> dict[str, Any]:
    """Return the alarm object of the API: both name sets, ISO times beside Unix seconds."""
    kind = alarm_types()[alarm.alarm_type]
    created = datetime.fromtimestamp(alarm.raised_at, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return {
        "alarm_id": alarm.id,
        "id": alarm.id,
        "channel_id": alarm.channel_id,
        "channel_code": alarm.channel_code,
        "channel": alarm.channel_code,
        "input_id": alarm.input_id,
        "layer": alarm.layer,
        "alarm_type": alarm.alarm_type,
        "type": alarm.alarm_type,
        "severity": str(alarm.severity),
        "message": alarm.message,
        "condition": alarm.condition,
        "value": alarm.value,
        "threshold": alarm.threshold,
        "unit": alarm.unit,
        "rungs": list(alarm.rungs),
        "members": [list(member) for member in alarm.members],
        "findings": list(alarm.findings),
        "raised_at": alarm.raised_at,
        "since": alarm.raised_at,
        "cleared_at": alarm.cleared_at,
        "occurrences": alarm.occurrences,
        "event_type": kind.event_type,
        "probable_cause": kind.probable_cause,
        "playbook": kind.playbook,
        "acknowledged": alarm.acknowledged_at is not None,
        "acknowledged_by": alarm.acknowledged_by,
        "acknowledged_at": alarm.acknowledged_at,
        "owner": alarm.owner,
        "notes": [{"at": note.at, "by": note.by, "text": note.text} for note in alarm.notes],
        "resolved": alarm.resolved_at is not None,
        "resolved_by": alarm.resolved_by,
        "resolved_at": alarm.resolved_at,
        "is_false": alarm.is_false,
        "test": alarm.is_test,
        "evidence": alarm.evidence,
        "created_at": created,
        "timestamp": created,
    }


def from_json(row: Mapping[str, Any]) -> Alarm:
    """Return the alarm that `to_json` wrote, as it stands in the history."""
    own = {item.name for item in fields(Alarm)}
    plain = {key: value for key, value in row.items() if key in own}
    return Alarm(
        **{
            **plain,
            "id": int(row["alarm_id"]),
            "severity": Severity(row["severity"]),
            "members": tuple((rule, scope) for rule, scope in row.get("members", ())),
            "findings": tuple(row.get("findings", ())),
            "notes": tuple(Note(**note) for note in row.get("notes", ())),
            "is_test": bool(row.get("test", False)),
        }
    )


def unit_of(metric: str) -> str:
    """Return the unit a metric is shown with, empty for ratios and counts."""
    unit = metrics()[metric].unit if metric else ""
    return "" if unit == "1" else unit
