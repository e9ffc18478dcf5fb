"""The desk of alarm load: hears every alarm that is raised, and tells the figures of one operator."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from noc_console.agent.flow import Flow
from noc_console.alarms.load import DAY_S, Log, figures
from noc_console.alarms.wire import from_json
from noc_console.model import Event

_KEPT_S = 2 * DAY_S
_MOST_READ = 50_000


@dataclass(slots=True)
class LoadDesk:
    """What operators were told in the last two days."""

    flow: Flow
    log: Log = field(default_factory=Log)

    async def load(self) -> None:
        """Take up what the history knows of the last day."""
        now = self.flow.recorder.clock.now()
        rows = await self.flow.recorder.history.alarms(now - DAY_S, now, 0, _MOST_READ)
        for row in reversed(rows):
            self.log.hear(from_json(row), float(row["raised_at"]))

    def heard(self, event: Event) -> None:
        """Take an event of the journal."""
        if event.kind == "AlarmRaised":
            self.log.hear(from_json(event.data["alarm"]), event.at)
            self.log.forget(event.at - _KEPT_S)
        elif event.data.get("why") == "reclassified":
            self.log.take_back(int(event.data["alarm"]["alarm_id"]))

    def figures(self, operators: int = 1) -> dict[str, Any]:
        """Return the load figures with their limits."""
        standing = list(self.flow.engine.alarms.values())
        return figures(self.log.told, standing, self.flow.recorder.clock.now(), operators)
