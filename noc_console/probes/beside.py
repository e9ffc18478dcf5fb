"""Reads what is huge in a thread beside the loop, so that one hostile playlist does not hold up every channel."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

_HUGE_BYTES = 256 * 1024
_Result = TypeVar("_Result")


async def beside(size_bytes: int, work: Callable[[], _Result]) -> _Result:
    """Return what `work` gives: at once for a usual size, out of a thread for a huge one."""
    return work() if size_bytes < _HUGE_BYTES else await asyncio.to_thread(work)
