"""One backup a day in a thread of its own; how it went is an event."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path

from noc_console.errors import KnownError
from noc_console.history import backup
from noc_console.model import Event

HOUR_UTC = 3
_SETTLED_S = 600.0


class DailyCopy:
    """Starts the day's backup when it is due and tells its outcome once; an attempt is made once a day."""

    def __init__(self, db: Path, opened_at: float) -> None:
        self._db = db
        self._not_before = opened_at + _SETTLED_S
        self._tried: date | None = max(backup.dates(db), default=None)
        self._thread = ThreadPoolExecutor(1, "history-backup")
        self._running: Future[Event] | None = None

    def step(self, at: float) -> tuple[Event, ...]:
        """Start a backup when one is due; return the event of one that has ended."""
        if self._running is not None:
            if not self._running.done():
                return ()
            done, self._running = self._running, None
            return (done.result(),)
        now = datetime.fromtimestamp(at, UTC)
        if at >= self._not_before and now.hour >= HOUR_UTC and now.date() != self._tried:
            self._tried = now.date()
            self._running = self._thread.submit(self._copy, at)
        return ()

    def close(self) -> None:
        """Wait for a running backup and end the thread."""
        self._thread.shutdown()

    def _copy(self, at: float) -> Event:
        try:
            made = backup.daily(self._db, at)
            return Event("BackupMade", at, data={"path": str(made), "size_bytes": made.stat().st_size})
        except (KnownError, OSError) as error:
            return Event("BackupFailed", at, data={"text": str(error)})
