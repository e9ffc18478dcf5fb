"""The lab's one clock: the wall's time at start plus monotonic time, so that it never steps."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], float]


def steady_clock() -> Clock:
    """Return a clock that gives Unix seconds and never goes back."""
    offset = time.time() - time.monotonic()
    return lambda: offset + time.monotonic()


def iso(at: float) -> str:
    """Return Unix seconds as ISO 8601 in UTC with milliseconds."""
    return datetime.fromtimestamp(round(at * 1000) / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
