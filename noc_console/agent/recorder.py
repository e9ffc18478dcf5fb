"""What is measured and what happened goes to the history here: samples with the tick, events at once."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from noc_console.agent.clock import Clock
from noc_console.agent.refusals import Unavailable
from noc_console.errors import KnownError
from noc_console.history import History, Tick
from noc_console.model import Channel, Event

MAX_PENDING = 2_000_000
T = TypeVar("T")
Part = tuple[npt.NDArray[np.uint32], npt.NDArray[np.float64], npt.NDArray[np.float32]]
_log = logging.getLogger(__name__)


class Decider(Protocol):
    """Who decides what else is written with events, and hears of them when they are durable."""

    def decide(self, events: Sequence[Event], /) -> Sequence[Event]:
        """Return further events for the same transaction."""

    def kept(self, events: Sequence[Event], /) -> None:
        """Take what is in the journal now."""


@dataclass(slots=True)
class Recorder:
    """The agent's one way to its history; says when recording stops and when it goes on.

    `told` is called with every event once it is in the journal, ours and the history's own alike. `notices`
    decides who is told of the events: that is written with them.
    """

    history: History
    clock: Clock
    told: Callable[[Event], None]
    notices: Decider | None = None
    dropped_samples: int = 0
    _parts: list[Part] = field(default_factory=list)
    _pending: int = 0

    def add(
        self, series: npt.NDArray[np.uint32], at: npt.NDArray[np.float64], value: npt.NDArray[np.float32]
    ) -> None:
        """Take samples for the next tick; beyond two million waiting ones they are dropped and counted."""
        if self._pending + len(series) > MAX_PENDING:
            self.dropped_samples += len(series)
            return
        self._parts.append((series, at, value))
        self._pending += len(series)

    def add_one(self, input_id: int, rung: str, metric: str, value: float) -> None:
        """Take one sample of the agent's own."""
        series = self.history.series_id(input_id, rung, metric)
        now = self.clock.now()
        self.add(np.array([series], np.uint32), np.array([now]), np.array([value], np.float32))

    async def tick(self, events: Sequence[Event] = ()) -> None:
        """Write all samples since the last tick, and events nobody waits for."""
        parts, self._parts, self._pending = self._parts, [], 0
        if parts:
            series, times, values = (np.concatenate(column) for column in zip(*parts, strict=True))
            tick: Tick | None = Tick(self.clock.now(), series, times, values)
        else:
            tick = None
        self._tell(await self.history.commit(tick, events))

    async def keep(self, events: Sequence[Event]) -> tuple[Event, ...]:
        """Write events durably; they wait in memory, in order, while the store cannot."""
        more = self.notices.decide(events) if self.notices else ()
        kept = await self.history.commit(None, [*events, *more])
        if self.notices:
            self.notices.kept(kept)
        self._tell(kept)
        return kept

    async def ask(self, question: Awaitable[T]) -> T:
        """Return what the history answers; a store that cannot answer is Unavailable."""
        try:
            return await question
        except KnownError as error:
            raise Unavailable(str(error)) from None

    async def save_channel(self, channel: Channel, event: Callable[[Channel], Event]) -> Channel:
        """Write a channel and then the event that says so; return it with its ids."""
        saved = await self.ask(self.history.save_channel(channel))
        await self.keep([event(saved)])
        return saved

    async def remove_channel(self, channel: Channel, event: Event) -> None:
        """Remove a channel and write the event that says so."""
        await self.ask(self.history.remove_channel(channel.id))
        await self.keep([event])

    def _tell(self, events: Iterable[Event]) -> None:
        for event in events:
            self.told(event)
