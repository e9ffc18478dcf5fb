"""Cuts a local.db down to one incident: its channels, its time, its events, without secrets, in a file of its own."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import Connection, insert, select

from noc_console.history import (
    captures,
    catalogue,
    guide_runs,
    incidents,
    journal,
    outbox,
    plans,
    projections,
    schema,
    shelf,
)
from noc_console.history.capsule_scrub import Scrub, scrub_of
from noc_console.history.engines import sqlite_engine
from noc_console.history.migrate import migrate
from noc_console.history.names import Names
from noc_console.history.sealing import Sealer, resolution_of
from noc_console.history.shelf import BlockRow, Sealed
from noc_console.history.ticks import Samples, pack_tick, unpack_tick
from noc_console.history.window import OpenWindow, joined
from noc_console.incidents.evidence import pieces
from noc_console.incidents.incident import Incident
from noc_console.model import Channel, Event

META = "capsule"
#: Of the agent as a whole: they say nothing of an incident, or name what others sent.
_OTHERS = frozenset(
    {"TrapReceived", "AlertReceived", "IncomingRefused", "ReceiverTried", "NmsReached", "BackupMade", "BackupFailed"}
    | {
        "ReceiverSecretChanged",
        "IncomingSecretChanged",
        "NotifyConfigChanged",
        "IncomingConfigChanged",
        "CapsuleMade",
    }
)
_STARTED = "GuideStarted"
_MOST_EVENTS = 200_000
_SLICE = 2000
_SLACK_S = 120.0


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which cut: the incident, [start, end) in Unix seconds, and what is written into the file about itself."""

    incident: Incident
    start: float
    end: float
    about: Mapping[str, Any]


@dataclass(slots=True)
class Cut:
    """What came of it: the events as they stand in the file, the captures to go along, and what was left out."""

    events: tuple[Event, ...] = ()
    bodies: dict[str, bytes] = field(default_factory=dict)
    redacted: dict[str, str] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    scrub: Scrub = field(default_factory=Scrub)


def cut(source: Connection, kept: captures.Captures, wanted: Wanted, target: Path, most_bytes: int) -> Cut:
    """Write the cut to a new file; captures beyond `most_bytes` in all are left out and said so."""
    channels = catalogue.read_channels(source)
    ours = [one for one in channels if one.id in wanted.incident.channels]
    done = Cut(scrub=scrub_of(channels))
    events = tuple(_events(source, wanted))
    _take_captures(kept, events, done, most_bytes)
    done.events = tuple(_clean(one, done) for one in events)
    engine = sqlite_engine(target)
    try:
        migrate(engine, target.name)
        with engine.begin() as connection:
            _write_catalogue(source, connection, ours, done.scrub)
            _write_events(connection, done.events)
            _write_captures(source, connection, done)
            _write_samples(source, connection, [i.id for one in ours for i in one.inputs], wanted)
            _write_meta(source, connection, wanted)
    finally:
        engine.dispose()
    _settle(target)
    return done


# -- events


def _events(source: Connection, wanted: Wanted) -> Iterator[Event]:
    incident = wanted.incident
    query = journal.TimeQuery(wanted.start, wanted.end, incident.channels, _OTHERS, _MOST_EVENTS)
    found = {one.seq: one for one in journal.events_between(source, query)}
    found |= {one.seq: one for one in incidents.events_of(source, incident.id)}
    for alarm_id in incident.alarms:
        told = projections.alarm_events(source, alarm_id)
        found |= {one.seq: one for one in told if one.at < wanted.end and one.kind not in _OTHERS}
    known = {alarm_id for one in found.values() if one.channel_id for alarm_id in _alarms_of(one)}
    for seq in sorted(found):
        if _belongs(found[seq], wanted, known | set(incident.alarms)):
            yield found[seq]


def _belongs(event: Event, wanted: Wanted, alarms: set[int]) -> bool:
    """Say whether an event is about the incident's channels, its alarms or itself, or about the agent as a whole."""
    own = event.data.get("incident")
    if event.kind in _OTHERS:
        return False
    if isinstance(own, Mapping):
        return bool(own.get("id") == wanted.incident.id)
    named = _alarms_of(event)
    if event.channel_id:
        return event.channel_id in wanted.incident.channels
    return not named or not named.isdisjoint(alarms)


def _alarms_of(event: Event) -> set[int]:
    data = event.data
    said = [one.get("alarm_id") for key in ("alarm", "notice") if isinstance(one := data.get(key), Mapping)]
    listed = data.get("alarm_ids")
    said += list(listed) if isinstance(listed, list | tuple) else []
    return {int(one) for one in (*said, data.get("alarm_id")) if isinstance(one, int) and one}


def _clean(event: Event, done: Cut) -> Event:
    data = done.scrub.value(dict(event.data))
    if event.kind == _STARTED and isinstance(text := event.data.get("text"), str):
        data["text"] = done.scrub.known(text)  # a guide's own words: read again as YAML when the walk is shown
    return replace(event, data=_renamed(data, done.redacted) if done.redacted else data)


def _renamed(value: Any, names: Mapping[str, str]) -> Any:
    """Return a value with the hashes of pieces that were redacted replaced by those of what is kept."""
    if isinstance(value, str):
        return names.get(value, value)
    if isinstance(value, dict):
        return {key: _renamed(one, names) for key, one in value.items()}
    return [_renamed(one, names) for one in value] if isinstance(value, list) else value


def _write_events(connection: Connection, events: Sequence[Event]) -> None:
    for begin in range(0, len(events), _SLICE):
        some = events[begin : begin + _SLICE]
        journal.write_events(connection, some)
        for table in (projections, outbox, plans, guide_runs, incidents):
            table.project(connection, some)


# -- captures


def _take_captures(kept: captures.Captures, events: Sequence[Event], done: Cut, most_bytes: int) -> None:
    """Read the pieces events name; a playlist with a secret in it goes without, under its new hash."""
    left = most_bytes
    for piece in pieces(events):
        body = kept.read(piece.hash)
        clean = done.scrub.body(body) if body is not None else b""
        if body is None or len(clean) > left:
            done.missing.append(piece.hash)
            continue
        left -= len(clean)
        digest = captures.hash_of(clean)
        done.bodies[digest] = clean
        if digest != piece.hash:
            done.redacted[piece.hash] = digest


def _write_captures(source: Connection, connection: Connection, done: Cut) -> None:
    known = {done.redacted.get(key, key): key for key in (*done.redacted, *done.bodies)}
    facts = captures.facts(source, list(known.values()))
    for digest, body in done.bodies.items():
        told = facts.get(known[digest], {"media_type": "application/octet-stream", "capture_class": "other"})
        row = {name: told[name] for name in ("media_type", "capture_class")}
        row |= {"hash": digest, "size_bytes": len(body), "created_at": 0.0, "pinned": True}
        connection.execute(insert(schema.captures).values(**row))


# -- catalogue


def _write_catalogue(source: Connection, connection: Connection, channels: Sequence[Channel], scrub: Scrub) -> None:
    ids = [one.id for one in channels]
    bare = {one.id: scrub.text(one.url) for channel in channels for one in channel.inputs}
    for table in (schema.probes, schema.templates):
        _copy(connection, table, source.execute(select(table)).mappings())
    rows = source.execute(select(schema.channels).where(schema.channels.c.channel_id.in_(ids))).mappings()
    _copy(connection, schema.channels, ({**row, "input_url": scrub.text(row["input_url"])} for row in rows))
    found = source.execute(select(schema.inputs).where(schema.inputs.c.channel_id.in_(ids))).mappings()
    empty: dict[str, Any] = {"headers": {}, "query": "", "ca_file": "", "pin": "", "hosts": []}
    _copy(connection, schema.inputs, ({**row, "url": bare[row["input_id"]], "access": empty} for row in found))


def _copy(connection: Connection, table: Any, rows: Any) -> None:
    values = [dict(row) for row in rows]
    if values:
        connection.execute(insert(table), values)


# -- samples


def _write_samples(source: Connection, connection: Connection, inputs: Sequence[int], wanted: Wanted) -> None:
    table = schema.series
    rows = source.execute(select(table).where(table.c.input_id.in_(inputs))).mappings().all()
    _copy(connection, table, rows)
    series = np.array(sorted(row["series_id"] for row in rows), np.uint32)
    names = Names()
    names.load(connection)
    _write_ticks(source, connection, series, wanted)
    for window in shelf.read_windows(source):
        if window.start < wanted.end and window.end > wanted.start:
            _write_window(source, connection, _Shelf(window, names, series.tolist()), wanted)


@dataclass(frozen=True, slots=True)
class _Shelf:
    window: Sealed
    names: Names
    series: list[int]


def _write_ticks(source: Connection, connection: Connection, series: Any, wanted: Wanted) -> None:
    """Write what was not sealed yet, tick by tick."""
    upto, before = (float(journal.read_meta(source, key, "0")) for key in ("sealed_upto", "sealed_before"))
    rows = schema.journal
    first = journal.seq_at(source, wanted.start - _SLACK_S)
    last = journal.seq_at(source, wanted.end + _SLACK_S)
    query = select(rows.c.seq, rows.c.at, rows.c.newest, rows.c.body).where(rows.c.kind == journal.TICK)
    query = query.where(rows.c.seq >= first, rows.c.seq < last).order_by(rows.c.seq)
    for row in source.execute(query):
        if row.seq <= upto and row.newest < before:
            continue
        samples = _within(_of_series(unpack_tick(row.body), series), wanted)
        if len(samples):
            body = pack_tick(samples, row.at)
            values = {"seq": row.seq, "at": row.at, "kind": journal.TICK, "channel_id": 0, "input_id": 0}
            newest = float(samples.ms.max()) / 1000
            connection.execute(insert(rows).values(**values, newest=newest, body=body))


def _write_window(source: Connection, connection: Connection, shelf_of: _Shelf, wanted: Wanted) -> None:
    """Write a sealed window: values as measured are cut to the time, a raster of older ones goes whole."""
    window = shelf_of.window
    rows = shelf.read_rows(source, window, shelf_of.series)
    own = [rows[one] for one in shelf_of.series if one in rows]
    if not own:
        return
    if window.step_s:
        whole = [BlockRow(r.series, r.series, r.stats, _times(rows, r), r.vals) for r in own]
        shelf.write_rows(connection, window.start, True, whole)
        shelf.write_window(connection, replace(window, size_bytes=sum(map(len, whole))))
        return
    parts = [
        _within(shelf.block_samples(rows, row, window.start, resolution_of(shelf_of.names, row.series)), wanted)
        for row in own
    ]
    sealer = Sealer(OpenWindow(window.start), shelf_of.names)
    samples = joined(tuple(part for part in parts if len(part)))
    if len(samples):
        sealer.seal(connection, samples)
    shelf.write_window(connection, Sealed(window.start, window.span_s, 0, sealer.samples, sealer.size_bytes))


def _times(rows: Mapping[int, BlockRow], row: BlockRow) -> bytes | None:
    return row.times if row.times is not None else rows[row.times_of].times


def _of_series(samples: Samples, series: Any) -> Samples:
    keep = np.isin(samples.series, series)
    return Samples(samples.series[keep], samples.ms[keep], samples.values[keep])


def _within(samples: Samples, wanted: Wanted) -> Samples:
    keep = (samples.ms >= wanted.start * 1000) & (samples.ms < wanted.end * 1000)
    return Samples(samples.series[keep], samples.ms[keep], samples.values[keep])


# -- the file


def _write_meta(source: Connection, connection: Connection, wanted: Wanted) -> None:
    for key in ("journal_id", "sealed_upto", "sealed_before"):
        value = journal.read_meta(source, key)
        if value:
            journal.write_meta(connection, key, value)
    journal.write_meta(connection, "clean", "1")
    journal.write_meta(connection, META, json.dumps(wanted.about, sort_keys=True))


def _settle(target: Path) -> None:
    """Make it one file that is read without any other beside it, with nothing left of what was removed."""
    connection = sqlite3.connect(target)
    try:
        connection.execute("PRAGMA journal_mode=DELETE")
        connection.execute("VACUUM")
    finally:
        connection.close()
