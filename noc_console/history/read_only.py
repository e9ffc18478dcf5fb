"""A history that is only read: a capsule's or a backup's, in a copy of its own that SQLite itself will not change."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from sqlalchemy import Connection

from noc_console.errors import KnownError
from noc_console.history import backup, journal, shelf
from noc_console.history.captures import Captures
from noc_console.history.engines import sqlite_engine
from noc_console.history.faults import FAULTS, fault_of, sentence
from noc_console.history.history import History
from noc_console.history.migrate import migrate
from noc_console.history.names import Name
from noc_console.history.opening import found_in, limits_in
from noc_console.history.reading import Shelves
from noc_console.history.recorder import Recorder
from noc_console.history.sealing import resolution_of
from noc_console.history.ticks import Samples
from noc_console.history.upkeep import Upkeep
from noc_console.history.values import RecordingState, Tick
from noc_console.model import Event
from noc_console.settings import Settings

STATE = "read_only"


class NothingChanges(KnownError):
    """Something was to be written to a history that is only read."""


class ReadOnlyHistory(History):
    """Answers everything a history answers; what would change it is refused with its sentence."""

    sentence = "This is evidence: nothing can be changed."

    async def commit(self, tick: Tick | None, events: Sequence[Event]) -> tuple[Event, ...]:
        """Override: nothing is written."""
        raise NothingChanges(self.sentence)

    async def settle(self) -> None:
        """Override: there is nothing to do."""

    async def keep_capture(self, body: bytes, media_type: str, capture_class: str) -> str:
        """Override: nothing is kept."""
        raise NothingChanges(self.sentence)

    async def _change(self, work: Callable[[Connection], object]) -> object:  # type: ignore[override]
        raise NothingChanges(self.sentence)

    async def close(self) -> None:
        """Override: nothing waits to be written."""
        self._writer.shutdown()
        self._readers.shutdown()
        self._copies.close()
        self._store.engine.dispose()

    async def newest(self, at: float, within_s: float) -> list[tuple[Name, float, float]]:
        """Return the newest value of every series not older than `within_s` at a time: name, Unix seconds, value."""
        return await self._read(lambda c: list(_newest(c, self._shelves(), (at - within_s, at))))


def copied(source: Path, target: Path) -> Path:
    """Copy a history as it stands and bring the copy to our shape; the source is only read.

    Raises `KnownError` in the operator's words.
    """
    if not source.is_file():
        raise KnownError(f"There is no history at {source}.")
    wal = source.with_name(source.name + "-wal")
    if wal.exists() and wal.stat().st_size:
        backup.backup(source, target)  # somebody writes it, or did when it ended
    else:
        _copy_bytes(source, target)  # SQLite would put files of its own beside it
    migrated(target, source.name)
    return target


def _copy_bytes(source: Path, target: Path) -> None:
    try:
        shutil.copyfile(source, target)
    except OSError as error:
        raise KnownError(f"{source.name} cannot be copied to be read: {error.strerror}.") from None


def migrated(db: Path, name: str) -> None:
    """Bring a copy to our shape; `name` is what the operator calls it. Raises `KnownError`."""
    engine = sqlite_engine(db)
    try:
        migrate(engine, name)
    except FAULTS as error:
        said = sentence(fault_of(error, db), db).removeprefix("Not recorded: ")
        raise KnownError(f"{name} cannot be opened: {said}") from None
    finally:
        engine.dispose()


def last_moment(db: Path) -> float:
    """Return the time of the newest row of a history, Unix seconds, 0 where there is none."""
    engine = sqlite_engine(db, is_read_only=True, pool_size=1)
    try:
        with engine.connect() as connection, connection.begin():
            return journal.last_at(connection)
    finally:
        engine.dispose()


async def open_read_only(settings: Settings, kept: Path, now: Callable[[], float], words: str) -> ReadOnlyHistory:
    """Open a history for reading; `kept` is its folder of captures, `words` what is said to who would change it."""
    return await asyncio.to_thread(_open, settings, kept, now, words)


def _open(settings: Settings, kept: Path, now: Callable[[], float], words: str) -> ReadOnlyHistory:
    engine = sqlite_engine(settings.db, is_read_only=True)
    try:
        found = found_in(engine, settings)
    except FAULTS as error:
        engine.dispose()
        said = sentence(fault_of(error, settings.db), settings.db).removeprefix("Not recorded: ")
        raise KnownError(f"The history cannot be read: {said}") from None
    recorder = Recorder(found.store, found.seq, settings.aggregates_d)
    recorder.gaps, recorder.sealed = found.gaps, found.sealed
    recorder.state = RecordingState(STATE, found.last_at, words, settings.aggregates_d)
    captures = Captures(kept, settings.captures_bytes)
    history = ReadOnlyHistory(recorder, Upkeep(recorder, limits_in(settings)), captures, None, found.journal_id, now)
    history.sentence = words
    return history


def _newest(
    connection: Connection, shelves: Shelves, span: tuple[float, float]
) -> Iterator[tuple[Name, float, float]]:
    latest: dict[int, tuple[int, float]] = {}
    for samples in _samples(connection, shelves, span):
        keep = (samples.ms >= span[0] * 1000) & (samples.ms <= span[1] * 1000)
        found = zip(
            samples.series[keep].tolist(), samples.ms[keep].tolist(), samples.values[keep].tolist(), strict=True
        )
        for series, ms, value in found:
            if series not in latest or ms >= latest[series][0]:
                latest[series] = (ms, value)
    for series, (ms, value) in latest.items():
        name = shelves.names.name_of(series)
        if name is not None:
            yield name, ms / 1000, value


def _samples(connection: Connection, shelves: Shelves, span: tuple[float, float]) -> Iterable[Samples]:
    """Yield what was measured as it was measured: sealed windows first, then the open ones."""
    start, end = span
    for window in shelves.sealed:
        if window.step_s or window.start > end or window.end < start:
            continue
        after = -1
        while rows := shelf.rows_from(connection, window, after, 500):
            some = shelf.read_rows(connection, window, [row.series for row in rows])
            for row in rows:
                resolution = resolution_of(shelves.names, row.series)
                yield shelf.block_samples(some, row, window.start, resolution)
            after = rows[-1].series
    for opened in shelves.opened.values():
        if opened.start <= end and opened.start + shelves.span_s >= start:
            yield opened.between(0, max(opened.last_series(), 0))
