"""The outbox table: every notice and what became of it, as the notices' own events say; rebuilt from them at will."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, insert, select, update

from noc_console.history import journal, schema
from noc_console.model import Event

QUEUED = "NoticeQueued"
STATES = {
    "NoticeSending": "sending",
    "NoticeHeld": "held",
    "NoticeSent": "sent",
    "NoticeFailed": "failed",
    "NoticeUncertain": "uncertain",
    "NoticeDropped": "skipped",
}
OPEN_STATES = ("queued", "sending", "held")
SKIPPED = "NoticeSkipped"
KINDS = frozenset({QUEUED, SKIPPED, *STATES})
_OUTBOX = schema.outbox
_SLICE = 2000
_SHOWN = {"NoticeSent", "NoticeFailed", "NoticeUncertain", "NoticeDropped", SKIPPED}


@dataclass(frozen=True, slots=True)
class NoticeQuery:
    """Which notices to return; what is empty asks for nothing."""

    limit: int = 500
    alarm_id: int = 0
    receiver: str = ""
    state: str = ""


def project(connection: Connection, events: Iterable[Event]) -> None:
    """Write what these events say of notices, in the transaction the events are written in."""
    queued: list[dict[str, Any]] = []
    changed: list[dict[str, Any]] = []
    lines: set[tuple[int, int]] = set()
    for event in events:
        if event.kind == QUEUED:
            queued.append(_queued(event))
        elif event.kind in STATES:
            changed += _changed(event)
        if event.kind in _SHOWN:
            lines |= {(int(one), event.seq) for one in event.data.get("alarm_ids") or () if one}
    if queued:
        _insert(connection, queued)
    if changed:
        values: dict[str, Any] = {
            name: bindparam(f"b_{name}") for name in ("state", "outcome", "attempts", "done_at")
        }
        connection.execute(update(_OUTBOX).where(_OUTBOX.c.notice_id == bindparam("b_id")).values(values), changed)
    if lines:
        rows = [{"alarm_id": alarm_id, "seq": seq} for alarm_id, seq in sorted(lines)]
        connection.execute(insert(schema.alarm_events), rows)


def _insert(connection: Connection, queued: list[dict[str, Any]]) -> None:
    for begin in range(0, len(queued), _SLICE):
        some = {row["notice_id"]: row for row in queued[begin : begin + _SLICE]}
        query = select(_OUTBOX.c.notice_id).where(_OUTBOX.c.notice_id.in_(some))
        for known in connection.execute(query).scalars().all():
            del some[known]
        if some:
            connection.execute(insert(_OUTBOX), list(some.values()))


def rebuild(connection: Connection) -> int:
    """Write the outbox anew from the journal, after the alarm tables; return how many events were read."""
    connection.execute(_OUTBOX.delete())
    count, after = 0, 0
    while events := journal.read_events(connection, after, KINDS, _SLICE):
        project(connection, events)
        count, after = count + len(events), events[-1].seq
    return count


def waiting(connection: Connection) -> tuple[Mapping[str, Any], ...]:
    """Return the rows nothing has become of yet, oldest first."""
    return _rows(connection.execute(select(_OUTBOX).where(_OUTBOX.c.state.in_(OPEN_STATES)).order_by(*_order())))


def of_alarms(connection: Connection, alarm_ids: Sequence[int]) -> tuple[Mapping[str, Any], ...]:
    """Return the rows of some alarms, oldest first."""
    found: list[Mapping[str, Any]] = []
    for begin in range(0, len(alarm_ids), _SLICE):
        some = alarm_ids[begin : begin + _SLICE]
        query = select(_OUTBOX).where(_OUTBOX.c.alarm_id.in_(some)).order_by(*_order())
        found += _rows(connection.execute(query))
    return tuple(found)


def newest(connection: Connection, query: NoticeQuery) -> tuple[Mapping[str, Any], ...]:
    """Return the newest rows that fit, newest first."""
    chosen = select(_OUTBOX).order_by(_OUTBOX.c.seq.desc()).limit(query.limit)
    if query.alarm_id:
        chosen = chosen.where(_OUTBOX.c.alarm_id == query.alarm_id)
    if query.receiver:
        chosen = chosen.where(_OUTBOX.c.receiver == query.receiver)
    if query.state:
        chosen = chosen.where(_OUTBOX.c.state == query.state)
    return _rows(connection.execute(chosen))


def prune(connection: Connection, before: float) -> int:
    """Remove rows that were done before a time, but none of an open alarm: its end must find who was told.

    The journal keeps their events.
    """
    still_open = select(schema.alarms.c.alarm_id).where(schema.alarms.c.resolved.is_(False))
    old = _OUTBOX.delete().where(_OUTBOX.c.done_at < before, _OUTBOX.c.alarm_id.not_in(still_open))
    return connection.execute(old).rowcount


def _order() -> tuple[Any, ...]:
    return _OUTBOX.c.seq, _OUTBOX.c.notice_id


def _rows(found: Any) -> tuple[Mapping[str, Any], ...]:
    rows: Iterable[RowMapping] = found.mappings()
    return tuple(dict(row) for row in rows)


def _queued(event: Event) -> dict[str, Any]:
    notice = event.data["notice"]
    return {
        "notice_id": str(notice["id"]),
        "alarm_id": int(notice["alarm_id"]),
        "receiver": str(notice["receiver"]),
        "action": str(notice["action"]),
        "state": "queued",
        "reason": str(notice["reason"]),
        "outcome": "",
        "attempts": 0,
        "queued_at": event.at,
        "due_at": float(notice["due_at"]),
        "done_at": None,
        "seq": event.seq,
        "body": dict(notice),
    }


def _changed(event: Event) -> list[dict[str, Any]]:
    state = STATES[event.kind]
    return [
        {
            "b_id": str(notice_id),
            "b_state": state,
            "b_outcome": str(event.data.get("outcome") or ""),
            "b_attempts": int(event.data.get("attempts") or 0),
            "b_done_at": None if state in OPEN_STATES else event.at,
        }
        for notice_id in event.data.get("ids") or ()
    ]
