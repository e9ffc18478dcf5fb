"""Who looked a guide through last, in which version: an event each, the newest of each guide counts."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from noc_console.agent.guide_library import GuideLibrary
from noc_console.agent.recorder import Recorder
from noc_console.agent.refusals import BadRequest
from noc_console.errors import KnownError
from noc_console.model import Event

REVIEWED = "GuideReviewed"
_MOST = 1000
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Reviews:
    """The newest review of each guide."""

    recorder: Recorder
    library: GuideLibrary
    tell: Callable[..., Awaitable[None]]
    newest: dict[str, dict[str, Any]] = field(default_factory=dict)

    async def load(self) -> None:
        """Take up the reviews of before."""
        try:
            events = await self.recorder.history.newest_events(0, frozenset({REVIEWED}), _MOST)
        except KnownError as error:
            _log.warning("reviews of guides cannot be read: %s", error)
            return
        for event in events:
            self.newest.setdefault(str(event.data["guide"]), _row(event))

    async def review(self, guide_id: str, by: str) -> dict[str, Any]:
        """Write down that somebody has looked a guide through as it is now."""
        if not by.strip():
            raise BadRequest("Say who you are first: a review carries a name.")
        guide = self.library.find(guide_id).guide
        event = Event(
            REVIEWED, self.recorder.clock.now(), data={"guide": guide.id, "version": guide.version, "by": by}
        )
        await self.tell(event)
        self.newest[guide.id] = _row(event)
        return self.newest[guide.id]

    def listed(self) -> list[dict[str, Any]]:
        """Return every guide in force as a row, with its newest review."""
        return [{**row, "reviewed": self.newest.get(row["guide"])} for row in self.library.listed()]


def _row(event: Event) -> dict[str, Any]:
    return {"at": event.at, "by": str(event.data["by"]), "version": int(event.data["version"])}
