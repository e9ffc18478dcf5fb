"""Puts the bench's processes on cores of their own, so that the measured one does not share with its peer."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path


def count() -> int:
    """Return how many cores the machine has."""
    return os.cpu_count() or 1


def pin(index: int) -> None:
    """Bind this process, and what it starts from now on, to one core; without effect where that is impossible."""
    with suppress(AttributeError, OSError):
        os.sched_setaffinity(0, {index % count()})


def bind(pid: int, index: int) -> None:
    """Bind all threads of another process to one core; without effect where that is impossible."""
    for thread in Path(f"/proc/{pid}/task").glob("*"):
        with suppress(AttributeError, OSError, ValueError):
            os.sched_setaffinity(int(thread.name), {index % count()})
