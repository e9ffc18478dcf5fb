"""The journal's rows: one per tick, one per event, one order."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, func, insert, select

from noc_console.history import schema
from noc_console.history.ticks import Samples, pack_tick, unpack_tick
from noc_console.history.values import TickRow
from noc_console.model import Event

TICK = "Tick"
_ROWS = schema.journal
_SLACK_S = 120.0  # what a worker saw is written later than it happened, by seconds
log = logging.getLogger(__name__)


def last_seq(connection: Connection) -> int:
    """Return the highest sequence number ever given, also where its row is gone."""
    newest = connection.execute(select(func.max(_ROWS.c.seq))).scalar() or 0
    return max(newest, int(read_meta(connection, "removed_upto", "0")))


def last_at(connection: Connection) -> float:
    """Return the time of the newest row, 0 in an empty journal."""
    query = select(_ROWS.c.at).order_by(_ROWS.c.seq.desc()).limit(1)
    return float(connection.execute(query).scalar() or 0.0)


def read_meta(connection: Connection, key: str, default: str = "") -> str:
    """Return one line of the meta table."""
    query = select(schema.meta.c.value).where(schema.meta.c.key == key)
    return connection.execute(query).scalar() or default


def write_meta(connection: Connection, key: str, value: str) -> None:
    """Set one line of the meta table."""
    connection.execute(schema.meta.delete().where(schema.meta.c.key == key))
    connection.execute(insert(schema.meta).values(key=key, value=value))


def write_tick(connection: Connection, seq: int, at: float, samples: Samples) -> None:
    """Write all samples of one tick as one row."""
    newest = float(samples.ms.max()) / 1000
    row = (seq, at, TICK, 0, 0, newest, pack_tick(samples, at))
    connection.exec_driver_sql(
        "INSERT INTO journal (seq, at, kind, channel_id, input_id, newest, body) VALUES (?,?,?,?,?,?,?)", row
    )


def write_events(connection: Connection, events: Iterable[Event]) -> None:
    """Write events, one row each, with the sequence numbers they carry."""
    rows = [_row(event) for event in events]
    if rows:
        connection.execute(insert(_ROWS), rows)


def read_events(connection: Connection, after: int, kinds: frozenset[str], limit: int) -> tuple[Event, ...]:
    """Return events in order of sequence; an empty set of kinds means all."""
    query = select(_ROWS).where(_ROWS.c.seq > after).order_by(_ROWS.c.seq).limit(limit)
    query = query.where(_ROWS.c.kind.in_(kinds - {TICK}) if kinds else _ROWS.c.kind != TICK)
    return tuple(_event(row) for row in connection.execute(query))


def newest_events(connection: Connection, before: int, kinds: frozenset[str], limit: int) -> tuple[Event, ...]:
    """Return the newest events of some kinds below a sequence number (0: all there are), newest first."""
    query = select(_ROWS).where(_ROWS.c.kind.in_(kinds)).order_by(_ROWS.c.seq.desc()).limit(limit)
    query = query.where(_ROWS.c.seq < before) if before else query
    return tuple(_event(row) for row in connection.execute(query))


def events_of(connection: Connection, seqs: Select[tuple[int]]) -> tuple[Event, ...]:
    """Return the events whose sequence numbers a query names, in order."""
    query = select(_ROWS).where(_ROWS.c.seq.in_(seqs)).order_by(_ROWS.c.seq)
    return tuple(_event(row) for row in connection.execute(query))


@dataclass(frozen=True, slots=True)
class TimeQuery:
    """Events of [start, end) about some channels and about none; the kinds in `without` are not told."""

    start: float
    end: float
    channels: tuple[int, ...]
    without: frozenset[str] = frozenset()
    limit: int = 5000


def events_between(connection: Connection, query: TimeQuery) -> tuple[Event, ...]:
    """Return the events of a time in order, the newest of them where there are more than the limit."""
    first, last = seq_at(connection, query.start - _SLACK_S), seq_at(connection, query.end + _SLACK_S)
    chosen = select(_ROWS).where(_ROWS.c.seq >= first, _ROWS.c.seq < last, _ROWS.c.kind != TICK)
    chosen = chosen.where(_ROWS.c.at >= query.start, _ROWS.c.at < query.end)
    chosen = chosen.where(_ROWS.c.kind.not_in(query.without), _ROWS.c.channel_id.in_((0, *query.channels)))
    rows = connection.execute(chosen.order_by(_ROWS.c.seq.desc()).limit(query.limit))
    return tuple(_event(row) for row in rows)[::-1]


def seq_at(connection: Connection, at: float) -> int:
    """Return the first sequence number not before a time, by halving: rows are nearly in order of time."""
    low = connection.execute(select(func.min(_ROWS.c.seq))).scalar() or 0
    high = (connection.execute(select(func.max(_ROWS.c.seq))).scalar() or 0) + 1
    while low < high:
        middle = (low + high) // 2
        query = select(_ROWS.c.seq, _ROWS.c.at).where(_ROWS.c.seq >= middle).order_by(_ROWS.c.seq).limit(1)
        row = connection.execute(query).one_or_none()
        if row is None or row.at >= at:
            high = middle
        else:
            low = row.seq + 1
    return low


def read_ticks(connection: Connection, after: int = 0, limit: int = 0) -> Iterator[TickRow]:
    """Yield the tick rows that are still there; limit 0 means all."""
    query = select(_ROWS.c.seq, _ROWS.c.at, _ROWS.c.body).where(_ROWS.c.seq > after, _ROWS.c.kind == TICK)
    query = query.order_by(_ROWS.c.seq)
    for row in connection.execute(query.limit(limit) if limit else query):
        yield TickRow(row.seq, row.at, row.body)


def read_samples(connection: Connection) -> Iterator[Samples]:
    """Yield the samples of every tick row not yet sealed, in order: the open window after a restart."""
    upto = int(read_meta(connection, "sealed_upto", "0"))
    before = float(read_meta(connection, "sealed_before", "0"))
    query = select(_ROWS.c.body).where(_ROWS.c.kind == TICK)
    query = query.where((_ROWS.c.seq > upto) | (_ROWS.c.newest >= before)).order_by(_ROWS.c.seq)
    for body in connection.execute(query).scalars():
        try:
            yield unpack_tick(body)
        except ValueError:
            log.warning("a damaged tick was left out")


def remove_ticks(connection: Connection, upto: int, before: float, limit: int) -> int:
    """Remove at most `limit` sealed tick rows: seq <= upto, newest sample before `before`; return how many."""
    chosen = select(_ROWS.c.seq).where(_ROWS.c.seq <= upto, _ROWS.c.kind == TICK, _ROWS.c.newest < before)
    seqs: Sequence[int] = connection.execute(chosen.order_by(_ROWS.c.seq).limit(limit)).scalars().all()
    if seqs:
        write_meta(connection, "removed_upto", str(max(seqs[-1], int(read_meta(connection, "removed_upto", "0")))))
        connection.execute(
            _ROWS.delete().where(
                _ROWS.c.seq.between(seqs[0], seqs[-1]), _ROWS.c.kind == TICK, _ROWS.c.newest < before
            )
        )
    return len(seqs)


def _row(event: Event) -> dict[str, Any]:
    body = json.dumps(dict(event.data), ensure_ascii=False, separators=(",", ":"), default=str)
    return {
        "seq": event.seq,
        "at": event.at,
        "kind": event.kind,
        "channel_id": event.channel_id,
        "input_id": event.input_id,
        "newest": 0.0,
        "body": body.encode("utf-8", "replace"),
    }


def _event(row: Any) -> Event:
    return Event(row.kind, row.at, row.channel_id, row.input_id, json.loads(row.body), row.seq)
