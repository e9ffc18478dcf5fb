"""The errors of the last hour by priority and minute, fetched for the inputs in sight, a few at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from noc_console.views import channel_calls as calls
from noc_console.views.desk import Desk

MINUTES = 60
PRIORITIES = (1, 2, 3)
_AT_ONCE = 6
_EVERY_S = 30.0
_MOST_A_ROUND = 24

Counts = NDArray[np.float64]
Key = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Hour:
    """Errors a minute, oldest first, NaN where nothing was measured; `end` is the end of the last minute."""

    counts: Counts
    end: float

    @property
    def total(self) -> int:
        """All errors of the hour."""
        return int(np.nansum(self.counts))


@dataclass(slots=True)
class TsHistory:
    """Hours by (input, priority); `poll` is called by the frame timer with the inputs in sight."""

    desk: Desk
    hours: dict[Key, Hour] = field(default_factory=dict)
    revision: int = 0
    failure: str = ""
    _asked_at: dict[Key, float] = field(default_factory=dict)
    _busy: asyncio.Task[None] | None = None
    _boot: str = ""

    def poll(self, inputs: Sequence[int]) -> None:
        """Ask for what is missing or old; at most one round is under way."""
        mirror = self.desk.mirror
        if mirror.boot != self._boot:
            self.hours, self._asked_at, self._boot = {}, {}, mirror.boot
        if self.desk.agent.client is None or (self._busy is not None and not self._busy.done()):
            return
        now = mirror.now()
        wanted = [(one, priority) for one in inputs for priority in PRIORITIES]
        due = [key for key in wanted if now - self._asked_at.get(key, 0.0) >= _EVERY_S][:_MOST_A_ROUND]
        if due:
            self._asked_at.update(dict.fromkeys(due, now))
            self._busy = self.desk.tasks.start(self._fetch(due, now), self._take, self._fail)

    async def _fetch(self, due: Sequence[Key], now: float) -> Mapping[Key, Hour]:
        client = self.desk.agent.client
        found: dict[Key, Hour] = {}
        if client is None:
            return found
        end = (now // 60 + 1) * 60
        start = end - 60 * MINUTES
        for first in range(0, len(due), _AT_ONCE):
            batch = due[first : first + _AT_ONCE]
            asked = [
                calls.series(client, (one, "", f"ts.p{priority}_errors"), start, now, MINUTES)
                for one, priority in batch
            ]
            for key, (points, _) in zip(batch, await asyncio.gather(*asked), strict=True):
                found[key] = Hour(by_minute(points, start), end)
        return found

    def _take(self, found: Mapping[Key, Hour]) -> None:
        self.hours.update(found)
        self.revision, self.failure = self.revision + 1, ""

    def _fail(self, sentence: str) -> None:
        self.failure, self.revision = sentence, self.revision + 1


def by_minute(points: Sequence[Sequence[float]], start: float) -> Counts:
    """Return errors a minute from points `[at, min, mean, max, n]` of errors a second."""
    counts = np.full(MINUTES, np.nan)
    for at, _low, mean, _high, samples in points:
        minute = int((at - start) // 60)
        if 0 <= minute < MINUTES:
            counts[minute] = np.nansum((counts[minute], round(mean * samples)))
    return counts
