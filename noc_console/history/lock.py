"""One agent per local.db: a lock file that names the process which holds it."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from noc_console.errors import KnownError


class FileLock:
    """Holds `local.db.lock` as long as the process lives; the system frees it when the process dies."""

    def __init__(self, db: Path) -> None:
        """Take the lock, or raise `KnownError` with the holder's process id."""
        self._path = lock_path(db)
        self._file = _open(self._path)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            holder = holder_of(db)
            os.close(self._file)
            raise KnownError(
                f"{db} is in use by another agent (process {holder or 'unknown'}); "
                "attach to that one or choose another file with --db."
            ) from None
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, f"{os.getpid()}\n".encode(), 0)

    def release(self) -> None:
        """Give the lock back; the file stays, so that two openers never lock two files of one name."""
        os.close(self._file)


def lock_path(db: Path) -> Path:
    """Return where the lock of a database lies."""
    return db.with_name(db.name + ".lock")


def holder_of(db: Path) -> int:
    """Return the process id written in the lock file, 0 where there is none."""
    try:
        return int(lock_path(db).read_text() or 0)
    except (OSError, ValueError):
        return 0


def _open(path: Path) -> int:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    except OSError as error:
        raise KnownError(
            f"{path.parent} cannot be written ({error.strerror}); choose another file with --db."
        ) from None
