"""The operator's verbs on alarms, and what is known of alarms open and closed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from noc_console.agent.channels import ChannelDesk
from noc_console.agent.clock import Clock
from noc_console.agent.flow import Flow
from noc_console.agent.recorder import Recorder
from noc_console.agent.refusals import NotFound
from noc_console.agent.wire import event_json
from noc_console.alarms.engine import Change
from noc_console.alarms.wire import to_json


@dataclass(slots=True)
class AlarmDesk:
    """One command path, one event each, for view, API and script alike."""

    clock: Clock
    flow: Flow
    recorder: Recorder
    channels: ChannelDesk

    def active(self) -> list[dict[str, Any]]:
        """Return the open alarms, worst first, then newest."""
        return self.flow.board.alarms()

    async def known(
        self, start: float | None, end: float | None, channel_id: int | None, limit: int
    ) -> list[dict[str, Any]]:
        """Return the alarms raised in a time, newest first."""
        until = end if end is not None else self.clock.now() + 1
        history = self.recorder.history
        rows = await self.recorder.ask(history.alarms(start or 0.0, until, channel_id or 0, limit))
        return [dict(row) for row in rows]

    async def one(self, alarm_id: int) -> dict[str, Any]:
        """Return one alarm as it stands, open or closed."""
        known = self.flow.engine.alarms.get(alarm_id)
        if known is not None:
            return to_json(known)
        row = await self.recorder.ask(self.recorder.history.alarm(alarm_id))
        if row is None:
            raise NotFound(f"There is no alarm {alarm_id}.")
        return dict(row)

    async def history(self, alarm_id: int) -> list[dict[str, Any]]:
        """Return what happened to one alarm, in order."""
        await self.one(alarm_id)
        events = await self.recorder.ask(self.recorder.history.alarm_events(alarm_id))
        return [event_json(event) for event in events]

    async def acknowledge(self, alarm_id: int, by: str, note: str) -> dict[str, Any]:
        """Take ownership of an alarm."""
        return await self._do(lambda at: self.flow.engine.acknowledge(alarm_id, by, note, at))

    async def note(self, alarm_id: int, by: str, note: str) -> dict[str, Any]:
        """Write a note beside an alarm."""
        return await self._do(lambda at: self.flow.engine.note(alarm_id, by, note, at))

    async def resolve(self, alarm_id: int, by: str, note: str, is_false: bool) -> dict[str, Any]:
        """Close an alarm by hand."""
        return await self._do(lambda at: self.flow.engine.resolve(alarm_id, by, note, is_false, at))

    async def test(self, channel_id: int, by: str) -> dict[str, Any]:
        """Raise an alarm marked TEST on a channel."""
        channel = self.channels.find(channel_id)
        return await self._do(lambda at: self.flow.engine.test(channel, at, by))

    async def _do(self, verb: Callable[[float], Change]) -> dict[str, Any]:
        (alarm,) = await self.flow.act(lambda: [verb(self.clock.now())])
        return to_json(alarm)
