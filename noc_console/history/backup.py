"""Copies of local.db made while it is written: 7 daily, 4 weekly, 12 monthly (R-189)."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path

from noc_console.errors import KnownError
from noc_console.history.faults import free_bytes
from noc_console.history.migrate import HEAD

DAILY, WEEKLY, MONTHLY = 7, 4, 12
KEEP_FREE = 0.05  # copies must never be what fills the disk
_SLICE_PAGES = 256
_SLEEP_S = 0.01


def backup(db: Path, target: Path) -> Path:
    """Copy a database as it stands at this moment, in slices, whole or not at all; return the copy's path.

    Raises `KnownError` in the operator's words when it cannot be done.
    """
    part = target.with_name(target.name + ".part")
    try:
        size = db.stat().st_size
        target.parent.mkdir(parents=True, exist_ok=True)
        if free_bytes(target) < size * 1.1:
            raise KnownError(f"No backup: {target.parent} has less than the {size} bytes the copy needs.")
        _copy(db, part)
        part.replace(target)
    except (sqlite3.Error, OSError) as error:
        part.unlink(missing_ok=True)
        raise KnownError(f"No backup of {db.name} was made: {error}.") from None
    return target


def daily(db: Path, at: float) -> Path:
    """Make today's copy in `backups/` beside the database and remove those no longer wanted.

    Raises `KnownError` when it cannot be made, or would leave less than a twentieth of the disk.
    """
    today = datetime.fromtimestamp(at, UTC).date()
    room = shutil.disk_usage(db.parent)
    if room.free - db.stat().st_size < room.total * KEEP_FREE:
        raise KnownError(f"No backup of {db.name}: it would leave less than a twentieth of the disk free.")
    made = backup(db, path_of(db, today))
    found = dates(db)
    for old in set(found) - kept(found):
        path_of(db, old).unlink(missing_ok=True)
    return made


def dates(db: Path) -> list[date]:
    """Return the days there are copies of, oldest first."""
    found = []
    for path in (db.parent / "backups").glob(f"{db.stem}-????????.db"):
        try:
            found.append(datetime.strptime(path.stem[-8:], "%Y%m%d").replace(tzinfo=UTC).date())
        except ValueError:
            continue
    return sorted(found)


def kept(days: Iterable[date]) -> set[date]:
    """Return the days whose copies stay: the newest 7, the first of each of 4 weeks and of 12 months."""
    newest = sorted(days, reverse=True)
    weeks = {day.isocalendar()[:2]: day for day in newest}
    months = {(day.year, day.month): day for day in newest}
    stays = set(newest[:DAILY])
    stays |= {weeks[key] for key in sorted(weeks, reverse=True)[:WEEKLY]}
    return stays | {months[key] for key in sorted(months, reverse=True)[:MONTHLY]}


def path_of(db: Path, day: date) -> Path:
    """Return where the copy of a day lies."""
    return db.parent / "backups" / f"{db.stem}-{day:%Y%m%d}.db"


def problems(db: Path) -> list[str]:
    """Return what is wrong with a database file in words, nothing when it is whole and ours."""
    try:
        with _opened(db) as connection:
            found = [str(row[0]) for row in connection.execute("PRAGMA integrity_check(20)")]
            revision = connection.execute("SELECT version_num FROM alembic_version").fetchone()
            if connection.execute("SELECT value FROM meta WHERE key = 'journal_id'").fetchone() is None:
                found.append("it has no journal id")
        connection.close()
    except sqlite3.Error as error:
        return [str(error)]
    if revision is None or revision[0] > HEAD:
        found.append(f"its schema is not ours ({revision and revision[0]})")
    return [line for line in found if line != "ok"]


def _copy(db: Path, target: Path) -> None:
    target.unlink(missing_ok=True)
    source, copy = _opened(db), sqlite3.connect(target)
    try:
        # An open read transaction holds the copy to this moment: else every tick written meanwhile would begin
        # it anew (sqlite3_backup_step).
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM meta").fetchone()
        source.backup(copy, pages=_SLICE_PAGES, sleep=_SLEEP_S)
        copy.execute("PRAGMA journal_mode=DELETE")
        # a copy that is opened is a restore: its journal is another one from there on
        copy.execute("UPDATE meta SET value = '0' WHERE key = 'clean'")
        copy.commit()
    finally:
        copy.close()
        source.close()


def _opened(db: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{db.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None)
