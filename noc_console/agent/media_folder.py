"""The private folder in which stretches wait for a decoder: in memory where there is room, and never left behind."""

from __future__ import annotations

import fcntl
import logging
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_MEMORY = Path("/dev/shm")  # noqa: S108 - the folder made in it is private, of a random name
_PREFIX = "noc-console-media-"
_LOCK = "lock"
_ORPHAN_S = 60.0
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class MediaFolder:
    """A folder of mode 0700 that is ours as long as we hold its lock, which ends with the process at the latest."""

    path: Path
    _lock: int

    def path_of(self, name: str) -> Path:
        """Return where a stretch lies."""
        return self.path / name

    def remove(self, name: str) -> None:
        """Remove a stretch that has been decoded, or will not be."""
        with suppress(OSError):
            (self.path / name).unlink(missing_ok=True)

    def sweep(self, is_known: Callable[[str], bool]) -> int:
        """Remove what nobody knows of and nobody writes any more, left by a worker that died; return how many."""
        before, removed = time.time() - _ORPHAN_S, 0
        for entry in _entries(self.path):
            if entry.name != _LOCK and not is_known(entry.name) and _touched_at(entry) < before:
                self.remove(entry.name)
                removed += 1
        return removed

    def close(self) -> None:
        """Remove the folder with everything in it."""
        shutil.rmtree(self.path, ignore_errors=True)
        os.close(self._lock)


def open_folder(budget_bytes: int, told: Path | None = None) -> MediaFolder:
    """Make a folder for so many bytes of stretches, and remove those of agents that were killed; raises OSError.

    It is made in /dev/shm where twice the budget is free there, else among the temporary files; `told` overrides.
    """
    for place in {_MEMORY, Path(tempfile.gettempdir()), *((told,) if told else ())}:
        _remove_orphans(place)
    return _made(told or (_MEMORY if _has_room(_MEMORY, 2 * budget_bytes) else Path(tempfile.gettempdir())))


def _made(place: Path) -> MediaFolder:
    path = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=place))
    # locked before it has its name: a folder whose lock is free is nobody's
    draft = path / (_LOCK + ".new")
    lock = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    draft.rename(path / _LOCK)
    return MediaFolder(path, lock)


def _has_room(place: Path, size_bytes: int) -> bool:
    try:
        found = os.statvfs(place)
    except OSError:
        return False
    return os.access(place, os.W_OK) and found.f_bavail * found.f_frsize >= size_bytes


def _remove_orphans(place: Path) -> None:
    for entry in _entries(place):
        if entry.name.startswith(_PREFIX) and _is_orphan(Path(entry.path)):
            _log.info("the stretches an ended agent left in %s are removed", entry.path)
            shutil.rmtree(entry.path, ignore_errors=True)


def _is_orphan(path: Path) -> bool:
    try:
        found = path.lstat()
        if found.st_uid != os.getuid() or path.is_symlink():
            return False
        lock = os.open(path / _LOCK, os.O_RDWR | os.O_NOFOLLOW)
    except FileNotFoundError:
        return time.time() - found.st_mtime > _ORPHAN_S
    except OSError:
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    finally:
        os.close(lock)
    return True


def _touched_at(entry: os.DirEntry[str]) -> float:
    try:
        return entry.stat(follow_symlinks=False).st_mtime
    except OSError:
        return float("inf")


def _entries(place: Path) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(place) as found:
            yield from list(found)
    except OSError:
        return
