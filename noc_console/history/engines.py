"""How a database is opened: SQLite in WAL mode with our own transactions, or any SQLAlchemy URL."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import QueuePool

PAGE_BYTES = 8192
BUSY_MS = 1000


def sqlite_engine(path: Path, *, is_read_only: bool = False, pool_size: int = 4) -> Engine:
    """Return an engine on a SQLite file; a new file is readable by its owner only."""
    if not is_read_only and not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    # a read-only open must not create -wal and -shm in a folder that cannot be written
    mode = "ro" if is_read_only else "rw"

    def connect() -> sqlite3.Connection:
        uri = f"{path.resolve().as_uri()}?mode={mode}"
        found = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
        _prepare(found, is_read_only)
        return found

    engine = create_engine("sqlite://", creator=connect, poolclass=QueuePool, pool_size=pool_size, max_overflow=2)
    event.listen(engine, "begin", _begin)
    return engine


def any_engine(url: str) -> Engine:
    """Return an engine for a SQLAlchemy URL; the catalogue, journal and projections run on it."""
    return create_engine(url, pool_pre_ping=True)


def _prepare(connection: sqlite3.Connection, is_read_only: bool) -> None:
    settings = [f"PRAGMA busy_timeout={BUSY_MS}", "PRAGMA foreign_keys=ON", "PRAGMA cache_size=-16000"]
    if not is_read_only:
        settings = [
            f"PRAGMA page_size={PAGE_BYTES}",
            *settings,
            "PRAGMA journal_mode=WAL",
            "PRAGMA synchronous=NORMAL",
            "PRAGMA wal_autocheckpoint=1000",
            "PRAGMA journal_size_limit=33554432",
        ]
    try:
        for sentence in settings:
            connection.execute(sentence)
    except sqlite3.Error:
        connection.close()
        raise


def _begin(connection: Connection) -> None:
    # pysqlite's own BEGIN comes late and never before DDL: we say it ourselves
    mode: Any = connection.get_execution_options().get("begin", "DEFERRED")
    connection.exec_driver_sql(f"BEGIN {mode}")
