"""Time stamps of 33 bits as seconds that go on over the wrap, one line for all streams of an input."""

from __future__ import annotations

import math

_HZ = 90_000
_WRAP = 1 << 33


class Timeline:
    """Unwraps time stamps by the last one seen; the first one stands as it is."""

    def __init__(self) -> None:
        self._last: int | None = None

    def seconds(self, ticks: int) -> float:
        """Return a time stamp of 90 kHz in seconds, nan for -1 (there is none)."""
        if ticks < 0:
            return math.nan
        if self._last is None:
            self._last = ticks
        # ISO/IEC 13818-1, 2.4.3.7: 33 bits, so half a turn to each side is told
        whole = self._last + (ticks - self._last + _WRAP // 2) % _WRAP - _WRAP // 2
        self._last = whole
        return whole / _HZ
