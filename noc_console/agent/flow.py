"""The way of a look: rules judge it, what they decide is kept in the journal, and only then the board shows it."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from noc_console.agent.bell import Bell
from noc_console.agent.recorder import Recorder
from noc_console.alarms.alarm import Alarm
from noc_console.alarms.engine import Change, Engine
from noc_console.alarms.presence import Presence
from noc_console.alarms.wire import to_json
from noc_console.board import Board
from noc_console.model import Event, Observation

MAX_WAITING = 200_000
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Flow:
    """One order for everything that changes alarms: looks, the passing of time, and the operator's commands."""

    engine: Engine
    recorder: Recorder
    board: Board
    bell: Bell
    presence: Presence = field(default_factory=Presence)
    dropped: int = 0
    #: Channels a drill is running on: their alarms are marked.
    drilled: frozenset[int] = frozenset()
    _waiting: deque[Observation] = field(default_factory=deque)
    _filled: asyncio.Event = field(default_factory=asyncio.Event)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    def take(self, looks: Iterable[Observation]) -> None:
        """Take what workers saw; when judging cannot keep up the oldest looks are dropped and counted."""
        self._waiting.extend(looks)
        while len(self._waiting) > MAX_WAITING:
            self._waiting.popleft()
            self.dropped += 1
        if self._waiting:
            self._filled.set()

    async def run(self) -> None:
        """Judge and show looks as they come."""
        while True:
            await self._filled.wait()
            self._filled.clear()
            looks = tuple(self._waiting)
            self._waiting.clear()
            for begin in range(0, len(looks), 256):
                await self._judge(looks[begin : begin + 256])
                await asyncio.sleep(0)

    async def _judge(self, looks: tuple[Observation, ...]) -> None:
        async with self._turn:
            changes = [change for look in looks for change in self._judged(look)]
            changes = self._settled(changes, looks[-1].at)
            await self._keep(changes)
            for look in looks:
                self.board.observe(look)
                self.presence.observe(look)
            self._show(changes)
        self.bell.ring(urgent=any(change.event for change in changes))

    def _judged(self, look: Observation) -> list[Change]:
        try:
            return self.engine.judge(look)
        except Exception:  # noqa: BLE001 - the fan-out: a bug in one rule must not stop the others
            _log.exception("the rules failed on a look at %s of input %d", look.scope, look.input_id)
            return []

    def _settled(self, changes: list[Change], at: float) -> list[Change]:
        try:
            return self.engine.settle(changes, at)
        except Exception:  # noqa: BLE001 - the fan-out: a bug in the search for causes must not hide an alarm
            _log.exception("what follows from %d changes could not be worked out", len(changes))
            return changes

    async def act(self, decide: Callable[[], Iterable[Change]], *also: Event) -> list[Alarm]:
        """Do what a command or the time decides: kept first, then shown. Further events are kept with it."""
        async with self._turn:
            changes = self._settled(list(decide()), self.recorder.clock.now())
            await self._keep(changes, *also)
            self._show(changes)
        if changes or also:
            self.bell.ring(urgent=True)
        return [change.alarm for change in changes]

    async def tell(self, *events: Event) -> None:
        """Keep events that change no alarm."""
        await self.act(list, *events)

    async def _keep(self, changes: Iterable[Change], *also: Event) -> None:
        events = [*also, *(change.event for change in changes if change.event)]
        if events:
            await self.recorder.keep(events)

    def _show(self, changes: Iterable[Change]) -> None:
        for change in changes:
            self.show(change.alarm)

    def show(self, alarm: Alarm) -> None:
        """Put an alarm on the board that is in the journal already."""
        self.board.set_alarm({**to_json(alarm), "drill": alarm.channel_id in self.drilled})
