"""The alarm table: what the alarm events say, newest state of each alarm, rebuilt from the journal at will."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from noc_console.history import journal, schema
from noc_console.model import Event

ALARM_KINDS = frozenset(
    {
        "AlarmRaised",
        "AlarmUpdated",
        "AlarmCleared",
        "AlarmAcknowledged",
        "AlarmResolved",
        "AlarmNoted",
        "AlarmShelved",
        "AlarmUnshelved",
        "AlarmSuppressed",
        "AlarmReleased",
    }
)
_ALARMS = schema.alarms
_SLICE = 2000


def project(connection: Connection, events: Iterable[Event]) -> None:
    """Write the alarms of these events, in the transaction the events are written in."""
    told = [(int(event.data["alarm"]["alarm_id"]), event) for event in events if _is_alarm(event)]
    if told:
        lines = [{"alarm_id": alarm_id, "seq": event.seq} for alarm_id, event in told]
        connection.execute(insert(schema.alarm_events), lines)
    newest = dict(told)
    for alarm_id, event in newest.items():
        row = _row(alarm_id, event)
        changed = connection.execute(update(_ALARMS).where(_ALARMS.c.alarm_id == alarm_id).values(row))
        if not changed.rowcount:
            connection.execute(insert(_ALARMS).values(row))


def rebuild(connection: Connection) -> int:
    """Write the alarm table anew from the journal; return how many events were read."""
    connection.execute(_ALARMS.delete())
    connection.execute(schema.alarm_events.delete())
    count, after = 0, 0
    while events := journal.read_events(connection, after, ALARM_KINDS, _SLICE):
        project(connection, events)
        count, after = count + len(events), events[-1].seq
    return count


def open_alarms(connection: Connection) -> tuple[Mapping[str, Any], ...]:
    """Return the alarm objects nobody has resolved, oldest first."""
    query = select(_ALARMS.c.body).where(_ALARMS.c.resolved.is_(False)).order_by(_ALARMS.c.alarm_id)
    return tuple(connection.execute(query).scalars())


def find_alarms(
    connection: Connection, start: float, end: float, channel_id: int, limit: int
) -> tuple[Mapping[str, Any], ...]:
    """Return the alarms raised in [start, end), newest first; channel 0 means all."""
    query = select(_ALARMS.c.body).where(_ALARMS.c.raised_at >= start, _ALARMS.c.raised_at < end)
    if channel_id:
        query = query.where(_ALARMS.c.channel_id == channel_id)
    query = query.order_by(_ALARMS.c.raised_at.desc(), _ALARMS.c.alarm_id.desc()).limit(limit)
    return tuple(connection.execute(query).scalars())


def alarm(connection: Connection, alarm_id: int) -> Mapping[str, Any] | None:
    """Return one alarm object."""
    found: Mapping[str, Any] | None = connection.execute(
        select(_ALARMS.c.body).where(_ALARMS.c.alarm_id == alarm_id)
    ).scalar()
    return found


def alarms_of(connection: Connection, alarm_ids: Sequence[int]) -> tuple[Mapping[str, Any], ...]:
    """Return the alarm objects of these numbers, oldest first."""
    found: list[Mapping[str, Any]] = []
    for begin in range(0, len(alarm_ids), _SLICE):
        some = alarm_ids[begin : begin + _SLICE]
        query = select(_ALARMS.c.body).where(_ALARMS.c.alarm_id.in_(some))
        found += connection.execute(query.order_by(_ALARMS.c.alarm_id)).scalars()
    return tuple(found)


def alarm_events(connection: Connection, alarm_id: int) -> tuple[Event, ...]:
    """Return the events of one alarm in order."""
    seqs = select(schema.alarm_events.c.seq).where(schema.alarm_events.c.alarm_id == alarm_id)
    return journal.events_of(connection, seqs)


def last_alarm_id(connection: Connection) -> int:
    """Return the highest alarm number ever used, 0 where there is none."""
    return connection.execute(select(func.max(_ALARMS.c.alarm_id))).scalar() or 0


def _is_alarm(event: Event) -> bool:
    return event.kind in ALARM_KINDS and "alarm" in event.data


def _row(alarm_id: int, event: Event) -> dict[str, Any]:
    said = dict(event.data["alarm"])
    return {
        "alarm_id": alarm_id,
        "channel_id": said.get("channel_id"),
        "input_id": said.get("input_id"),
        "alarm_type": str(said.get("alarm_type", "")),
        "severity": str(said.get("severity", "")),
        "message": str(said.get("message", "")),
        "acknowledged": bool(said.get("acknowledged")),
        "acknowledged_by": str(said.get("acknowledged_by") or ""),
        "acknowledged_at": said.get("acknowledged_at"),
        "resolved": bool(said.get("resolved")),
        "resolved_at": said.get("resolved_at"),
        "raised_at": float(said.get("raised_at") or event.at),
        "cleared_at": said.get("cleared_at"),
        "created_at": str(said.get("created_at") or ""),
        "seq": event.seq,
        "body": said,
    }
