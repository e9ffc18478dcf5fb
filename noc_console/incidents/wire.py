"""The incident object of the API and the journal: to JSON and back, losing nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

from noc_console.incidents.incident import Impact, Incident, Note, Review, State, Task, Times
from noc_console.model import Severity


def to_json(incident: Incident) -> dict[str, Any]:
    """Return the incident as plain JSON."""
    return asdict(incident) | {"severity": str(incident.severity), "state": str(incident.state)}


def from_json(said: Mapping[str, Any]) -> Incident:
    """Return the incident of a row or an event; what is unknown to us is passed over."""
    own = {name: said[name] for name in _names(Incident) if name in said}
    own |= {"severity": Severity(said["severity"]), "state": State(said["state"])}
    own |= {name: tuple(said.get(name) or ()) for name in ("alarms", "channels")}
    impact = _of(Impact, said.get("impact") or {})
    own["impact"] = Impact(tuple(impact.get("channels") or ()), impact.get("viewers", ""), impact.get("minutes"))
    own["times"] = Times(**_of(Times, said.get("times") or {}))
    own["review"] = Review(**_of(Review, said.get("review") or {}))
    own["tasks"] = tuple(Task(**_of(Task, one)) for one in said.get("tasks") or ())
    own["notes"] = tuple(Note(**_of(Note, one)) for one in said.get("notes") or ())
    return Incident(**own)


def _of(kind: type, said: Mapping[str, Any]) -> dict[str, Any]:
    return {name: said[name] for name in _names(kind) if name in said}


def _names(kind: type) -> list[str]:
    return [one.name for one in fields(kind)]
