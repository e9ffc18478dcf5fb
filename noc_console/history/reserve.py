"""Disk space kept back, so that events can still be written when the disk is full."""

from __future__ import annotations

import os
from pathlib import Path

from noc_console.history.faults import free_bytes

MARGIN_BYTES = 4 * 1024**2


class Reserve:
    """A file of real blocks beside the database; removing it gives the database room."""

    def __init__(self, db: Path, size_bytes: int) -> None:
        self._db = db
        self._path = db.with_name(db.name + ".reserve")
        self._size = size_bytes

    def hold(self) -> bool:
        """Take the space when it is there with a margin; return whether it is held."""
        if not self._size or self.is_held():
            return True
        if free_bytes(self._db) < self._size + MARGIN_BYTES:
            return False
        try:
            file = os.open(self._path, os.O_CREAT | os.O_RDWR | os.O_TRUNC, 0o600)
            try:
                os.posix_fallocate(file, 0, self._size)
            finally:
                os.close(file)
        except OSError:
            self.free()
            return False
        return True

    def is_held(self) -> bool:
        """Return whether the whole space is kept back."""
        try:
            return self._path.stat().st_size >= self._size
        except OSError:
            return False

    def free(self) -> None:
        """Give the space to the database."""
        try:
            self._path.unlink(missing_ok=True)
        except OSError:
            return
