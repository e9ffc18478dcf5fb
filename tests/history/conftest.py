"""A history in a folder of its own, with a clock played by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from noc_console.history import History, Tick, open_history
from noc_console.settings import Settings

START = 1_790_006_400.0  # a whole two-hour window in UTC


@dataclass
class Clock:
    at: float = START

    def __call__(self) -> float:
        return self.at


@dataclass
class Desk:
    """Opens histories on one file and closes what a test left open."""

    settings: Settings
    clock: Clock = field(default_factory=Clock)
    opened: list[History] = field(default_factory=list)

    async def open(self) -> History:
        self.opened.append(await open_history(self.settings, self.clock))
        return self.opened[-1]

    async def close(self) -> None:
        while self.opened:
            await self.opened.pop().close()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(db=tmp_path / "local.db", event_reserve_bytes=64 * 1024, captures_bytes=1000)


@pytest.fixture
async def desk(settings: Settings):
    desk = Desk(settings)
    yield desk
    await desk.close()


def tick(at: float, *samples: tuple[int, float, float]) -> Tick:
    series, times, values = zip(*samples, strict=True)
    return Tick(at, np.array(series, "u4"), np.array(times), np.array(values, "f4"))


async def measure(history: History, series: int, samples: Sequence[tuple[float, float]], clock: Clock) -> None:
    """Commit samples one a tick, at their own times."""
    for at, value in samples:
        clock.at = at
        await history.commit(tick(at, (series, at, value)), ())


@pytest.fixture
def make_tick():
    return tick


@pytest.fixture
def play():
    return measure
