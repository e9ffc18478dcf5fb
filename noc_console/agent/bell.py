"""Wakes those who wait for news: readers of the board and followers of the journal."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

_COALESCE_S = 0.2


@dataclass(slots=True)
class Bell:
    """Rung when something changed; an urgent ring (an alarm) is heard at once, others at most 5 times a second."""

    urgent_rings: int = 0
    is_closed: bool = False
    _any: asyncio.Event = field(default_factory=asyncio.Event)
    _urgent: asyncio.Event = field(default_factory=asyncio.Event)

    def ring(self, *, urgent: bool = False) -> None:
        """Wake everybody who waits now."""
        self._any.set()
        self._any = asyncio.Event()
        if urgent:
            self.urgent_rings += 1
            self._urgent.set()
            self._urgent = asyncio.Event()

    def close(self) -> None:
        """Wake everybody for the last time: from now on nobody waits."""
        self.is_closed = True
        self.ring(urgent=True)

    async def news(self, wait_s: float) -> bool:
        """Return whether it rang within a time; never after the end."""
        if self.is_closed:
            return False
        try:
            async with asyncio.timeout(wait_s):
                await self._any.wait()
        except TimeoutError:
            return False
        return not self.is_closed

    async def gather(self, wait_s: float = _COALESCE_S) -> None:
        """Let more changes come together, unless one of them is urgent."""
        if self.is_closed:
            return
        try:
            async with asyncio.timeout(wait_s):
                await self._urgent.wait()
        except TimeoutError:
            return
