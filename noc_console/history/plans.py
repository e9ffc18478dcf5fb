"""The tables of what is planned: windows that hide alarms, and changed rules; written as their events say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, Table, delete, insert, select

from noc_console.history import journal, schema
from noc_console.model import Event

PLAN_KINDS = frozenset(
    {
        "MaintenancePlanned",
        "MaintenanceChanged",
        "MaintenanceEnded",
        "MaintenanceRemoved",
        "RuleChanged",
        "RuleChangeRemoved",
    }
)
_SLICE = 2000


def project(connection: Connection, events: Iterable[Event]) -> None:
    """Write what these events plan, in the transaction the events are written in."""
    for event in events:
        if event.kind in PLAN_KINDS:
            _write(connection, event)


def rebuild(connection: Connection) -> int:
    """Write both tables anew from the journal; return how many events were read."""
    connection.execute(schema.maintenance.delete())
    connection.execute(schema.rule_changes.delete())
    count, after = 0, 0
    while events := journal.read_events(connection, after, PLAN_KINDS, _SLICE):
        project(connection, events)
        count, after = count + len(events), events[-1].seq
    return count


def windows(connection: Connection) -> tuple[Mapping[str, Any], ...]:
    """Return the windows and suppressions, oldest first."""
    return _bodies(connection, schema.maintenance)


def rule_changes(connection: Connection) -> tuple[Mapping[str, Any], ...]:
    """Return what was changed in the rules, oldest first."""
    return _bodies(connection, schema.rule_changes)


def _bodies(connection: Connection, table: Table) -> tuple[Mapping[str, Any], ...]:
    key = next(iter(table.primary_key.columns))
    return tuple(connection.execute(select(table.c.body).order_by(key)).scalars())


def _write(connection: Connection, event: Event) -> None:
    columns: tuple[str, ...]
    if event.kind.startswith("Maintenance"):
        table, name, columns = schema.maintenance, "window", ("kind", "name")
    else:
        table, name, columns = schema.rule_changes, "change", ("level", "target", "rule")
    said: Mapping[str, Any] = event.data[name]
    key = next(iter(table.primary_key.columns))
    connection.execute(delete(table).where(key == said["id"]))
    if event.kind.endswith("Removed"):
        return
    own = {column: str(said.get(column, "")) for column in columns}
    connection.execute(insert(table).values({key.name: said["id"], **own, "seq": event.seq, "body": dict(said)}))
