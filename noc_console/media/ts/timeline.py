"""Where packets stand in time: by their arrival (live), or by the PCR (`clock.Clock`)."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


class Timeline(Protocol):
    """Seconds by packet index, up to a horizon."""

    @property
    def horizon(self) -> int:
        """The packets before this index have a time."""

    @property
    def now(self) -> float:
        """The newest time known, NaN where there is none."""

    def at(self, index: Ints) -> Floats:
        """Return the times of some packets before the horizon."""

    def seconds(self, begin: int, end: int) -> list[tuple[int, float]]:
        """Return where seconds that the stream closes by itself begin in [begin, end): packet, and time."""

    def closed(self, place: int) -> None:
        """Take note that the second before packet `place` was closed."""

    def forget(self, before: int) -> None:
        """Let go of times that are needed no longer."""


class Arrival:
    """Arrival times of the packets of the newest block; they never fall."""

    def __init__(self) -> None:
        self._first = 0
        self._times = np.zeros(0)
        self._now = float("nan")

    @property
    def horizon(self) -> int:
        """The packets before this index have a time."""
        return self._first + len(self._times)

    @property
    def now(self) -> float:
        """The newest arrival."""
        return self._now

    def take(self, first: int, times: Floats) -> None:
        """Take the times of a block whose first packet has the index `first`."""
        self._first = first
        if not len(times):
            self._times = np.zeros(0)
            return
        least = times[0] if np.isnan(self._now) else self._now
        self._times = np.maximum(np.maximum.accumulate(times), least)
        self._now = float(self._times[-1])

    def at(self, index: Ints) -> Floats:
        """Return the times of some packets of the newest block."""
        return self._times[index - self._first]

    def seconds(self, begin: int, end: int) -> list[tuple[int, float]]:
        """Live, whoever owns the clock closes the seconds."""
        del begin, end
        return []

    def closed(self, place: int) -> None:
        """Nothing is closed here."""

    def forget(self, before: int) -> None:
        """Nothing is kept beyond a block."""
