"""The tables of incidents: the newest state of each as its events say, its tasks, and the events it is told by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select

from noc_console.history import journal, schema
from noc_console.model import Event

INCIDENT_KINDS = frozenset(
    {
        "IncidentOpened",
        "IncidentChanged",
        "IncidentNoted",
        "IncidentMitigated",
        "IncidentClosed",
        "IncidentReopened",
        "TaskAdded",
        "TaskChanged",
        "TaskDone",
        "ReviewHeld",
        "CapsuleMade",
    }
)
_INCIDENTS, _TASKS, _EVENTS = schema.incidents, schema.incident_tasks, schema.incident_events
_SLICE = 2000


def project(connection: Connection, events: Iterable[Event]) -> None:
    """Write the incidents of these events, in the transaction the events are written in."""
    for event in events:
        if event.kind in INCIDENT_KINDS and "incident" in event.data:
            _write(connection, event, event.data["incident"])


def rebuild(connection: Connection) -> int:
    """Write the tables anew from the journal; return how many events were read."""
    for table in (_INCIDENTS, _TASKS, _EVENTS):
        connection.execute(table.delete())
    count, after = 0, 0
    while events := journal.read_events(connection, after, INCIDENT_KINDS, _SLICE):
        project(connection, events)
        count, after = count + len(events), events[-1].seq
    return count


def listed(connection: Connection, states: Iterable[str], limit: int) -> tuple[Mapping[str, Any], ...]:
    """Return incidents of some states (none: all), newest first."""
    query = select(_INCIDENTS.c.body).order_by(_INCIDENTS.c.opened_at.desc(), _INCIDENTS.c.incident_id.desc())
    wanted = tuple(states)
    query = query.where(_INCIDENTS.c.state.in_(wanted)) if wanted else query
    return tuple(connection.execute(query.limit(limit)).scalars())


def incident(connection: Connection, incident_id: int) -> Mapping[str, Any] | None:
    """Return one incident, None when there is none of that number."""
    query = select(_INCIDENTS.c.body).where(_INCIDENTS.c.incident_id == incident_id)
    found: Mapping[str, Any] | None = connection.execute(query).scalar()
    return found


def last_id(connection: Connection) -> int:
    """Return the highest number given, 0 where there is none."""
    return connection.execute(select(func.max(_INCIDENTS.c.incident_id))).scalar() or 0


def open_tasks(connection: Connection, limit: int) -> tuple[Mapping[str, Any], ...]:
    """Return what is promised and not done, over all incidents, the soonest due first."""
    query = (
        select(_TASKS, _INCIDENTS.c.title)
        .join(_INCIDENTS, _INCIDENTS.c.incident_id == _TASKS.c.incident_id)
        .where(_TASKS.c.done_at.is_(None))
        .order_by(_TASKS.c.due_at.is_(None), _TASKS.c.due_at, _TASKS.c.incident_id, _TASKS.c.task_id)
        .limit(limit)
    )
    return tuple(dict(row) for row in connection.execute(query).mappings())


def events_of(connection: Connection, incident_id: int) -> tuple[Event, ...]:
    """Return the incident's own events in order."""
    return journal.events_of(connection, select(_EVENTS.c.seq).where(_EVENTS.c.incident_id == incident_id))


def _write(connection: Connection, event: Event, said: Mapping[str, Any]) -> None:
    incident_id = int(said["id"])
    connection.execute(insert(_EVENTS).values(incident_id=incident_id, seq=event.seq))
    for table in (_INCIDENTS, _TASKS):
        connection.execute(delete(table).where(table.c.incident_id == incident_id))
    row: dict[str, Any] = {name: str(said[name]) for name in ("title", "severity", "state", "commander")}
    row |= {"incident_id": incident_id, "opened_at": said["opened_at"], "closed_at": said["closed_at"]}
    connection.execute(insert(_INCIDENTS).values(**row, seq=event.seq, body=dict(said)))
    tasks = [
        {"incident_id": incident_id, "task_id": task["id"], **{key: task[key] for key in _TASK_FACTS}}
        for task in said["tasks"]
    ]
    if tasks:
        connection.execute(insert(_TASKS), tasks)


_TASK_FACTS = ("text", "owner", "due_at", "done_at")
