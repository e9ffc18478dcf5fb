"""The ledger: events of many senders written together, each sender going on when its own are durable."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from noc_console.model import Event

Keep = Callable[[Sequence[Event]], Awaitable[object]]


@dataclass(slots=True, eq=False)
class _Page:
    events: list[Event] = field(default_factory=list)
    is_written: bool = False


class Ledger:
    """While one page is written the next one fills: many notices cost one turn of the disk."""

    def __init__(self, keep: Keep) -> None:
        self._keep = keep
        self._page = _Page()
        self._turn = asyncio.Lock()

    async def write(self, events: Sequence[Event]) -> None:
        """Return when the events are durable, in the order they were given."""
        if not events:
            return
        mine = self._page
        mine.events += events
        async with self._turn:
            if mine.is_written:
                return
            self._page = _Page()
            mine.is_written = True
            await asyncio.shield(asyncio.ensure_future(self._kept(mine)))

    async def _kept(self, page: _Page) -> None:
        await self._keep(page.events)
