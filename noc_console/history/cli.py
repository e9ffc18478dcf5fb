"""`noc-console db`: info, check, backup, verify."""

from __future__ import annotations

import sqlite3
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from noc_console.errors import KnownError
from noc_console.history import backup
from noc_console.history.lock import holder_of
from noc_console.settings import Settings

VERBS = ("info", "check", "backup", "verify")


def run(verb: str, path: Path | None, to: Path | None) -> int:
    """Look after a history file; return 0 when all is well, 1 when it is damaged.

    Raises `KnownError` when the file or the verb is not there.
    """
    db = path or Settings().db
    if verb not in VERBS:
        raise KnownError(f"There is no 'db {verb}': say one of {', '.join(VERBS)}.")
    if not db.is_file():
        raise KnownError(f"There is no history at {db}: name the file with --path.")
    if verb == "info":
        return _say(info(db))
    if verb == "backup":
        made = backup.backup(db, to) if to else backup.daily(db, time.time())
        return _say([f"{made}: {made.stat().st_size} bytes"])
    checked = to if verb == "verify" and to else db
    found = backup.problems(checked)
    _say([f"{checked}: {line}" for line in found] or [f"{checked}: whole"])
    return 1 if found else 0


def info(db: Path) -> Iterator[str]:
    """Yield what a history file holds, one line each."""
    try:
        connection = sqlite3.connect(f"{db.resolve().as_uri()}?mode=ro", uri=True)
    except sqlite3.Error as error:
        raise KnownError(f"{db} cannot be read: {error}.") from None
    try:
        yield from _info(db, connection)
    except sqlite3.Error as error:
        raise KnownError(f"{db} cannot be read: {error}.") from None
    finally:
        connection.close()


def _info(db: Path, connection: sqlite3.Connection) -> Iterator[str]:
    yield f"file: {db} ({db.stat().st_size} bytes)"
    meta = dict(connection.execute("SELECT key, value FROM meta"))
    yield f"journal: {meta.get('journal_id', '')}"
    holder = holder_of(db)
    yield f"closed cleanly: {'yes' if meta.get('clean') == '1' else 'no'}, last opened by process {holder or '-'}"
    for table in ("channels", "inputs", "templates", "series", "alarms", "blocks", "hourly", "captures"):
        count = connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608
        yield f"{table}: {count}"
    events, ticks = connection.execute(
        "SELECT count(*) FILTER (WHERE kind <> 'Tick'), count(*) FILTER (WHERE kind = 'Tick') FROM journal"
    ).fetchone()
    yield f"events: {events}, ticks not yet sealed: {ticks}"
    start, end, samples, size = connection.execute(
        "SELECT min(start), max(start + span_s), sum(samples), sum(bytes) FROM windows"
    ).fetchone()
    if start is not None:
        since, until = (datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M UTC") for at in (start, end))
        yield f"sealed: {since} to {until}, {samples} samples in {size} bytes"
    for day in backup.dates(db):
        yield f"backup: {backup.path_of(db, day)}"


def _say(lines: Iterator[str] | list[str]) -> int:
    for line in lines:
        sys.stdout.write(line + "\n")
    return 0
