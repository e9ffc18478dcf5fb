"""The alarm object of the API and the journal: to JSON and back, losing nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import UTC, datetime
from typing import Any

from noc_console.alarms.alarm import Alarm, Cause, Note, Shelf
from noc_console.catalogues import alarm_types
from noc_console.model import Severity

_SAME = (
    "acknowledged_until",
    "acknowledgement_expired_at",
    "suppressed_by",
    "suppression",
    "maintenance_id",
    "maintenance",
    "reclassified_as",
    "flaps_per_min",
    "no_data_since",
    "parent_id",
    "foreign",
)


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
        **_state(alarm),
    }


def _state(alarm: Alarm) -> dict[str, Any]:
    """Return what ISA-18.2 and the search for first causes add to the object."""
    shelf = alarm.shelf
    hidden = alarm.hidden_by
    return {
        "state": alarm.state,
        "latched": alarm.is_latched,
        "shelved": shelf is not None,
        "shelved_by": shelf.by if shelf else "",
        "shelved_reason": shelf.reason if shelf else "",
        "shelved_at": shelf.at if shelf else None,
        "shelved_until": shelf.until if shelf else None,
        "suppressed": alarm.suppressed_by is not None,
        "out_of_service": alarm.maintenance_id is not None,
        "hidden": bool(hidden),
        "hidden_by": list(hidden),
        "flapping": alarm.is_flapping,
        "children": list(alarm.children),
        "cause": None if alarm.cause is None else {**asdict(alarm.cause), "evidence": list(alarm.cause.evidence)},
        **{name: getattr(alarm, name) for name in _SAME},
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
            "is_latched": bool(row.get("latched", False)),
            "is_flapping": bool(row.get("flapping", False)),
            "children": tuple(row.get("children", ())),
            "shelf": _shelf(row) if row.get("shelved") else None,
            "cause": _cause(row["cause"]) if row.get("cause") else None,
        }
    )


def _shelf(row: Mapping[str, Any]) -> Shelf:
    return Shelf(row["shelved_at"], row["shelved_by"], row["shelved_reason"], row["shelved_until"])


def _cause(row: Mapping[str, Any]) -> Cause:
    return Cause(row["key"], row["verdict"], row["confidence"], tuple(row["evidence"]), bool(row.get("is_made")))
