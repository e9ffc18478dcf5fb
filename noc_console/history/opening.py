"""Opens local.db: lock, damage set aside, migrations, the open window rebuilt, an unclean end noticed."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, Engine

from noc_console.errors import KnownError
from noc_console.history import journal, shelf
from noc_console.history.captures import Captures
from noc_console.history.engines import sqlite_engine
from noc_console.history.faults import FAULTS, Fault, fault_of, sentence
from noc_console.history.history import History
from noc_console.history.lock import FileLock
from noc_console.history.migrate import migrate
from noc_console.history.names import Names
from noc_console.history.recorder import RESUMED, Recorder, Store
from noc_console.history.reserve import Reserve
from noc_console.history.shelf import Sealed
from noc_console.history.upkeep import Limits, Upkeep, limits_of
from noc_console.history.window import OpenWindows
from noc_console.model import Event
from noc_console.settings import Settings

RESTARTED, DAMAGED = "JournalRestarted", "HistoryDamaged"


@dataclass(frozen=True, slots=True)
class Found:
    """What the file said when it was opened."""

    store: Store
    journal_id: str
    is_clean: bool
    seq: int
    last_at: float
    gaps: tuple[tuple[float, float], ...]
    sealed: tuple[Sealed, ...]


async def open_history(settings: Settings, now: Callable[[], float]) -> History:
    """Open the history of an agent, or raise `KnownError` saying in one sentence why it cannot be.

    A damaged file is moved aside and a new one begun. After an unclean end the journal has a new id.
    """
    return await asyncio.to_thread(_open, settings, now)


def _open(settings: Settings, now: Callable[[], float]) -> History:
    lock = FileLock(settings.db)
    try:
        return _locked_open(settings, lock, now)
    except BaseException:
        lock.release()
        raise


def _locked_open(settings: Settings, lock: FileLock, now: Callable[[], float]) -> History:
    at = now()
    events: list[Event] = []
    try:
        found = _load_with_room(settings)
    except FAULTS as error:
        if fault_of(error, settings.db) is not Fault.DAMAGED:
            raise KnownError(_refusal(error, settings.db)) from None
        moved = set_aside(settings.db, at)
        text = f"{settings.db.name} was damaged; it is kept as {moved.name} and a new history was begun."
        events.append(Event(DAMAGED, at, data={"text": text, "moved_to": str(moved)}))
        found = _load(settings)
    return _history(settings, lock, now, found, events)


def _history(
    settings: Settings, lock: FileLock, now: Callable[[], float], found: Found, events: list[Event]
) -> History:
    at = now()
    recorder = Recorder(found.store, found.seq, settings.aggregates_d)
    recorder.gaps, recorder.sealed = found.gaps, found.sealed
    journal_id = found.journal_id if found.is_clean and found.journal_id else secrets.token_hex(8)
    recorder.note({"clean": "0", "journal_id": journal_id})
    if found.journal_id:
        events += _since_last(found, at)
        if found.last_at:
            recorder.gaps = (*recorder.gaps, (found.last_at, at))
    found.store.reserve.hold()
    told = recorder.commit(None, events, at)
    recorder.write_probe(settings.name, settings.port)
    kept = Captures(settings.db.parent / "captures", settings.captures_bytes)
    upkeep = Upkeep(recorder, limits_in(settings))
    recorder.forecast_bytes = upkeep.forecast()
    history = History(recorder, upkeep, kept, lock, journal_id, now)
    history.opened_with = told
    return history


def limits_in(settings: Settings) -> Limits:
    """Return how long what is kept, as the settings say."""
    return limits_of(
        settings.request_values_h, settings.aggregates_d, settings.hourly_months, settings.captures_bytes
    )


def _since_last(found: Found, at: float) -> list[Event]:
    gap = {"start": found.last_at or at, "end": at, "dropped_samples": 0}
    if found.is_clean:
        return [Event(RESUMED, at, data={**gap, "text": "The agent was not running."})]
    text = "The agent ended without closing its history; what was measured since is not recorded."
    return [Event(RESTARTED, at, data={**gap, "text": text, "journal_before": found.journal_id})]


def _load_with_room(settings: Settings) -> Found:
    try:
        return _load(settings)
    except FAULTS as error:
        if fault_of(error, settings.db) is not Fault.FULL:
            raise
        Reserve(settings.db, settings.event_reserve_bytes).free()
        return _load(settings)


def _load(settings: Settings) -> Found:
    engine = sqlite_engine(settings.db)
    try:
        migrate(engine, settings.db.name)
        return found_in(engine, settings)
    except BaseException:
        engine.dispose()
        raise


def found_in(engine: Engine, settings: Settings) -> Found:
    """Read what a store of our shape holds: names, the open windows, where its journal ends."""
    with engine.connect() as connection, connection.begin():
        names, windows = Names(), OpenWindows(int(settings.seal_h * 3600))
        names.load(connection)
        windows.restore(journal.read_samples(connection))
        reserve = Reserve(settings.db, settings.event_reserve_bytes)
        return Found(
            Store(settings.db, engine, names, windows, reserve),
            journal.read_meta(connection, "journal_id"),
            journal.read_meta(connection, "clean", "1") == "1",
            journal.last_seq(connection),
            journal.last_at(connection),
            read_gaps(connection),
            shelf.read_windows(connection),
        )


def read_gaps(connection: Connection) -> tuple[tuple[float, float], ...]:
    """Return the stretches that were not recorded, as the journal tells them."""
    kinds = frozenset({RESUMED, RESTARTED})
    events = journal.read_events(connection, 0, kinds, 100_000)
    return tuple((float(e.data["start"]), float(e.data["end"])) for e in events if {"start", "end"} <= e.data.keys())


def set_aside(db: Path, at: float) -> Path:
    """Rename a damaged file and its WAL, never delete them; return where the file is now."""
    stamp = datetime.fromtimestamp(at, UTC).strftime("%Y%m%dT%H%M%SZ")
    target = db.with_name(f"{db.name}.damaged-{stamp}")
    number = 1
    while target.exists():
        number += 1
        target = db.with_name(f"{db.name}.damaged-{stamp}-{number}")
    for suffix in ("", "-wal", "-shm"):
        found = db.with_name(db.name + suffix)
        if found.exists():
            found.rename(target.with_name(target.name + suffix))
    return target


def _refusal(error: Exception, db: Path) -> str:
    said = sentence(fault_of(error, db), db).removeprefix("Not recorded: ")
    return f"The history cannot be opened: {said}"
