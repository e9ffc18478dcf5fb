"""The one clock of an agent: wall time at start plus monotonic, never backwards."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

STEP_LIMIT_S = 2.0


@dataclass(slots=True)
class Clock:
    """Tell the time as Unix seconds UTC that never run backwards, whatever is done to the wall clock.

    After a step the agent keeps its own count: order and durations stay right, and the step is an event.
    """

    wall: Callable[[], float] = time.time
    steady: Callable[[], float] = time.monotonic
    origin: float = field(init=False)
    _offset: float = field(default=0.0, init=False)

    def __post_init__(self) -> None:
        """Take the wall time once; everything later is counted from it."""
        self.origin = self.wall() - self.steady()

    def now(self) -> float:
        """Return the agent's time in Unix seconds."""
        return self.origin + self.steady()

    def drift_s(self) -> float:
        """Return how far the wall clock is ahead of the agent's own count."""
        return self.wall() - self.now()

    def step_s(self) -> float:
        """Return the size of a step of the wall clock since the last call, 0.0 when none was over 2 s."""
        drift = self.drift_s()
        step = drift - self._offset
        if abs(step) <= STEP_LIMIT_S:
            return 0.0
        self._offset = drift
        return step
