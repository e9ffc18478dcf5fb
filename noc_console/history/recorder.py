"""Writes ticks and events in the writer thread, and goes on in bounded memory when the store cannot."""

from __future__ import annotations

import errno
import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine

from noc_console.history import guide_runs, incidents, journal, outbox, plans, projections
from noc_console.history.captures import pin_for
from noc_console.history.catalogue import save_probe
from noc_console.history.engines import BUSY_MS
from noc_console.history.faults import FAULTS, Fault, fault_of, free_bytes, sentence, used_ratio
from noc_console.history.names import Names
from noc_console.history.reserve import MARGIN_BYTES, Reserve
from noc_console.history.shelf import Sealed
from noc_console.history.ticks import Samples, samples_of
from noc_console.history.values import RecordingState, Tick
from noc_console.history.window import OpenWindows
from noc_console.model import Event

log = logging.getLogger(__name__)

STOPPED, RESUMED = "RecordingStopped", "RecordingResumed"
MAX_WAITING = 100_000
MAX_WAL_BYTES = 128 * 1024**2
_BUSY_DOWN_MS = 100
_STATE_EVERY_S = 10.0


@dataclass(frozen=True, slots=True)
class Store:
    """What a recorder writes to."""

    db: Path
    engine: Engine
    names: Names
    windows: OpenWindows
    reserve: Reserve


class Recorder:
    """The only writer of ticks and events; every method but `state` and `waiting` runs in the writer thread."""

    def __init__(self, store: Store, seq: int, kept_days: float) -> None:
        self.store = store
        self.state = RecordingState(kept_days=kept_days)
        self.seq = seq
        self.waiting: tuple[Event, ...] = ()
        self.gaps: tuple[tuple[float, float], ...] = ()
        self.sealed: tuple[Sealed, ...] = ()
        self.forecast_bytes = 0
        self._meta: dict[str, str] = {}
        self._connection: Connection | None = None
        self._fault: Fault | None = None
        self._measured_at = float("-inf")
        self._dropped_before = 0
        self._wal = store.db.with_name(store.db.name + "-wal")
        self._inode = store.db.stat().st_ino

    def note(self, values: Mapping[str, str]) -> None:
        """Write these lines of the meta table with the next transaction."""
        self._meta |= values

    def commit(self, tick: Tick | None, events: Sequence[Event], at: float) -> tuple[Event, ...]:
        """Write a tick and events; return the events numbered, then our own that came of it."""
        samples = samples_of(tick) if tick is not None and len(tick.series) else None
        lost = len(tick.series) - len(samples) if tick is not None and samples is not None else 0
        numbered = tuple(self._numbered(event) for event in events)
        self._wait(numbered)
        own = self._write_or_stop(samples, at) if self._fault is None else self._write_or_resume(samples, at)
        self._drop(lost)
        self._measure(at)
        return (*numbered, *own)

    def connection(self) -> Connection:
        """Return the writer's connection, opened anew after a fault."""
        if self._connection is None:
            self._connection = self.store.engine.connect().execution_options(begin="IMMEDIATE")
        return self._connection

    def pragma(self, text: str) -> None:
        """Set something outside a transaction on the writer's connection."""
        raw = self.connection().connection.dbapi_connection
        if raw is not None:
            raw.cursor().execute(f"PRAGMA {text}")

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Write something that can be made anew, so it need not reach the disk at once."""
        self._set_pragmas(is_durable=False)
        connection = self.connection()
        with connection.begin():
            yield connection

    def write_probe(self, name: str, port: int) -> None:
        """Write the agent's own row (R-176); a store that cannot is told by the next commit."""
        try:
            with self.transaction() as connection:
                save_probe(connection, name, port, self.state.since)
        except FAULTS:
            self.let_go()

    def let_go(self) -> None:
        """Close the writer's connection; the next use opens another."""
        if self._connection is not None:
            found, self._connection = self._connection, None
            try:
                found.invalidate()
                found.close()
            except FAULTS:
                log.debug("a broken connection could not be closed", exc_info=True)

    def _write_or_stop(self, samples: Samples | None, at: float) -> tuple[Event, ...]:
        try:
            self._write(samples, at)
        except FAULTS as error:
            return self._stop(error, samples, at)
        return ()

    def _stop(self, error: Exception, samples: Samples | None, at: float) -> tuple[Event, ...]:
        self.let_go()
        self._fault = fault_of(error, self.store.db)
        text = sentence(self._fault, self.store.db)
        log.warning("%s (%s)", text, error)
        self.state = replace(self.state, state="not_recorded", since=at, text=text)
        self._dropped_before = self.state.dropped_samples
        self._drop(len(samples) if samples is not None else 0)
        stopped = self._numbered(Event(STOPPED, at, data={"start": at, "text": text, "fault": str(self._fault)}))
        self._wait((stopped,))
        if self._fault is Fault.FULL:
            self.store.reserve.free()
        self._write_events_only(at)
        return (stopped,)

    def _write_or_resume(self, samples: Samples | None, at: float) -> tuple[Event, ...]:
        if self._fault is Fault.FULL and not self._has_room():
            self._drop(len(samples) if samples is not None else 0)
            self._write_events_only(at)
            return ()
        resumed = self._numbered(Event(RESUMED, at, data=self._gap(at)))
        before = self.waiting
        self._wait((resumed,))
        try:
            self._write(samples, at)
        except FAULTS as error:
            self.let_go()
            self.waiting = before
            self._fail_again(error, samples)
            return ()
        log.info("recording again")
        self._end_gap(at)
        return (resumed,)

    def _fail_again(self, error: Exception, samples: Samples | None) -> None:
        fault = fault_of(error, self.store.db)
        if fault is not self._fault:
            self._fault = fault
            self.state = replace(self.state, text=sentence(fault, self.store.db))
            if fault is Fault.FULL:
                self.store.reserve.free()
        self._drop(len(samples) if samples is not None else 0)

    def _write_events_only(self, at: float) -> None:
        if not self.waiting:
            return
        try:
            self._write(None, at)
        except FAULTS:
            self.let_go()

    def _write(self, samples: Samples | None, at: float) -> None:
        events, new, meta = self.waiting, self.store.names.unwritten(), dict(self._meta)
        if samples is None and not (events or new or meta):
            return
        self._see_that_it_is_there()
        connection = self.connection()
        self._set_pragmas(is_durable=bool(events or meta))
        with connection.begin():
            self.store.names.write(connection, new)
            for key, value in meta.items():
                journal.write_meta(connection, key, value)
            journal.write_events(connection, events)
            projections.project(connection, events)
            outbox.project(connection, events)
            plans.project(connection, events)
            incidents.project(connection, events)
            guide_runs.project(connection, events)
            pin_for(connection, events)
            if samples is not None and len(samples):
                self.seq += 1
                journal.write_tick(connection, self.seq, at, samples)
        self._wrote(samples, len(new), meta)

    def _see_that_it_is_there(self) -> None:
        # SQLite goes on writing to a file that was unlinked, and nobody would ever read it
        if self.store.db.stat().st_ino != self._inode:
            raise FileNotFoundError(errno.ENOENT, "the file was replaced", str(self.store.db))

    def _wrote(self, samples: Samples | None, new: int, meta: Mapping[str, str]) -> None:
        self.waiting = ()
        self.store.names.written(new)
        self._meta = {key: value for key, value in self._meta.items() if meta.get(key) != value}
        if samples is not None and len(samples):
            self.store.windows.add(samples)

    def _set_pragmas(self, *, is_durable: bool) -> None:
        if self.store.engine.dialect.name == "sqlite":
            self.pragma(f"synchronous={'FULL' if is_durable else 'NORMAL'}")
            self.pragma(f"busy_timeout={BUSY_MS if self._fault is None else _BUSY_DOWN_MS}")

    def _wait(self, events: tuple[Event, ...]) -> None:
        waiting = (*self.waiting, *events)
        if len(waiting) > MAX_WAITING:
            log.error("more than %d events wait for the store: the oldest are lost", MAX_WAITING)
        self.waiting = waiting[-MAX_WAITING:]

    def _numbered(self, event: Event) -> Event:
        self.seq += 1
        return replace(event, seq=self.seq)

    def _has_room(self) -> bool:
        return self.store.reserve.hold() and free_bytes(self.store.db) >= MARGIN_BYTES

    def _gap(self, at: float) -> dict[str, Any]:
        dropped = self.state.dropped_samples - self._dropped_before
        return {"start": self.state.since, "end": at, "dropped_samples": dropped, "text": self.state.text}

    def _end_gap(self, at: float) -> None:
        self.gaps = (*self.gaps, (self.state.since, at))
        self._fault = None
        self.state = replace(self.state, state="ok", since=at, text="")

    def _drop(self, count: int) -> None:
        if count:
            self.state = replace(self.state, dropped_samples=self.state.dropped_samples + count)

    def _measure(self, at: float) -> None:
        if at - self._measured_at < _STATE_EVERY_S and at >= self._measured_at:
            return
        self._measured_at = at
        self._watch_wal()
        self.state = replace(
            self.state,
            disk_ratio=used_ratio(self.store.db),
            db_bytes=_size(self.store.db) + _size(self._wal),
            forecast_bytes=self.forecast_bytes,
        )

    def _watch_wal(self) -> None:
        if self._fault is not None or _size(self._wal) <= MAX_WAL_BYTES:
            return
        try:
            self.pragma("wal_checkpoint(PASSIVE)")
        except FAULTS:
            self.let_go()


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
