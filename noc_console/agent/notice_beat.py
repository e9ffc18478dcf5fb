"""The notices' beat: timers of escalation, the configuration's file, and the alarm when something cannot be told."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field

from noc_console.agent.core import Agent
from noc_console.model import Severity
from noc_console.routing.texts import duration

_BEAT_S = 0.25
_FILE_S = 2.0
_HELD_EVERY_S = 2.0
_PRUNE_EVERY_S = 86400.0
_ALARM = "NOTIFY_HELD"
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class NoticeBeat:
    """What must be done again and again so that everybody is told."""

    agent: Agent
    _file_at: float = 0.0
    _held_at: float = 0.0
    _pruned_at: float = 0.0
    _is_held: bool = field(default=True)  # one may be open from an earlier run

    async def run(self) -> None:
        """Beat until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.agent.notices.sender.run())
            while True:
                try:
                    await self._beat()
                except Exception:  # noqa: BLE001 - a bug in routing must not end the agent that measures
                    _log.exception("the notices' beat failed")
                await asyncio.sleep(_BEAT_S)

    async def _beat(self) -> None:
        notices, now = self.agent.notices, self.agent.clock.now()
        await notices.call()
        if now - self._file_at >= _FILE_S:
            self._file_at = now
            await notices.look_at_file()
        if now - self._held_at >= _HELD_EVERY_S:
            self._held_at = now
            await self._mind_held(now)
        if now - self._pruned_at >= _PRUNE_EVERY_S:
            self._pruned_at = now
            await notices.prune()

    async def _mind_held(self, now: float) -> None:
        engine, flow = self.agent.engine, self.agent.flow
        found = self.agent.notices.sender.held_since()
        if found is not None and now - found[0] > self.agent.settings.notify_held_s:
            since, receiver = found
            text = f"Notices for {receiver} have waited for {duration(now - since)}."
            self._is_held = True
            await flow.act(lambda: engine.raise_own(_ALARM, Severity.WARNING, text, now))
        elif self._is_held:
            self._is_held = False
            await flow.act(lambda: engine.clear_own(_ALARM, now))
