"""Evidence: the playlists as fetched when an alarm is raised, kept by content hash, named by an event."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from noc_console.agent.recorder import Recorder
from noc_console.agent.supervisor import Supervisor
from noc_console.errors import KnownError
from noc_console.model import Event

_MOST_WAITING = 1000
_MOST_SCOPES = 4
_PATIENCE_S = 5.0
_CLASS = "playlist"
_TYPE = "text/plain; charset=utf-8"
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Evidence:
    """Collects what an alarm was raised on, before anybody opens it."""

    recorder: Recorder
    supervisor: Supervisor
    _raised: asyncio.Queue[Event] = field(default_factory=lambda: asyncio.Queue(_MOST_WAITING))

    def heard(self, event: Event) -> None:
        """Take an event of the journal; raised alarms of inputs get evidence, in a flood the first thousand."""
        is_worth = event.kind == "AlarmRaised" and event.input_id and not event.data["alarm"].get("test")
        if is_worth and not self._raised.full():
            self._raised.put_nowait(event)

    async def run(self) -> None:
        """Collect for one alarm after the other until cancelled."""
        while True:
            event = await self._raised.get()
            try:
                await self._collect(event)
            except KnownError as error:
                _log.info("no evidence for alarm %s: %s", event.data["alarm"]["alarm_id"], error)

    async def _collect(self, event: Event) -> None:
        alarm = event.data["alarm"]
        kept = []
        for scope in scopes_of(scope for _, scope in alarm["members"]):
            kept += await self._keep(event.input_id, scope)
        if kept:
            data = {"alarm_id": alarm["alarm_id"], "captures": [one["hash"] for one in kept], "items": kept}
            now = self.recorder.clock.now()
            await self.recorder.keep([Event("EvidenceKept", now, event.channel_id, event.input_id, data)])

    async def _keep(self, input_id: int, scope: str) -> list[dict[str, Any]]:
        """Keep the last two different bodies of a scope; a scope without any gives nothing."""
        command = {"verb": "playlist", "input_id": input_id, "scope": scope}
        found: Mapping[str, Any] = await self.supervisor.ask(self.supervisor.slot_of(input_id), command, _PATIENCE_S)
        kept = []
        for body in found.get("bodies") or ():
            content = str(body["text"]).encode("utf-8", "replace")
            digest = await self.recorder.history.keep_capture(content, _TYPE, _CLASS)
            kept.append({"hash": digest, "scope": scope, "url": body["url"], "at": body["at"]})
        return kept


def scopes_of(members: Iterable[str]) -> list[str]:
    """Return the playlists that looks of these scopes were about: a segment's is that of its rung."""
    found: dict[str, None] = {}
    for scope in members:
        kind, _, rung = scope.partition("/")
        if rung:
            found[f"playlist/{rung}"] = None
        found["mpd" if kind == "mpd" else "master"] = None
    if "master" in found:
        found["mpd"] = None
    return sorted(found, key=lambda scope: "/" not in scope)[:_MOST_SCOPES]
