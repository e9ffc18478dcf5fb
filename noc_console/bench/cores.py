"""Puts the bench's processes on cores of their own, so that the measured one does not share with its peer."""

from __future__ import annotations

import os


def pin(index: int) -> int:
    """Bind this process, and what it starts from now on, to one core; return its number, -1 where impossible."""
    count = os.cpu_count() or 1
    core = index % count
    try:
        os.sched_setaffinity(0, {core})
    except (AttributeError, OSError):
        return -1
    return core
