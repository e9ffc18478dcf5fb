"""A channel at work: its newest requests and its playlists as fetched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from noc_console.agent.channels import ChannelDesk
from noc_console.agent.refusals import NotFound
from noc_console.agent.rings import Rings
from noc_console.agent.supervisor import Supervisor
from noc_console.board import Board
from noc_console.model import Input, Kind

_PATIENCE_S = 5.0


@dataclass(slots=True)
class Work:
    """What can be asked about the fetching of one channel."""

    channels: ChannelDesk
    supervisor: Supervisor
    board: Board
    rings: Rings = field(default_factory=Rings)

    def requests(self, channel_id: int, input_id: int, rung: str, limit: int) -> list[Mapping[str, Any]]:
        """Return the newest requests of an input, newest first."""
        return self.rings.newest(self._input(channel_id, input_id).id, rung, limit)

    async def playlist(self, channel_id: int, input_id: int, scope: str) -> dict[str, Any]:
        """Return a playlist as fetched, the different one before it, and the findings in it."""
        entry = self._input(channel_id, input_id)
        asked = scope or ("mpd" if entry.kind is Kind.DASH else "master")
        command = {"verb": "playlist", "input_id": entry.id, "scope": asked}
        found = await self.supervisor.ask(self.supervisor.slot_of(entry.id), command, _PATIENCE_S)
        bodies = found.get("bodies") or ()
        if not bodies:
            raise NotFound("Nothing of this scope has been fetched yet.")
        before = bodies[-2] if len(bodies) > 1 else None
        return {
            "scope": asked,
            "scopes": list(found.get("scopes", ())),
            "url": bodies[-1]["url"],
            "fetched_at": bodies[-1]["at"],
            "text": bodies[-1]["text"],
            "findings": self._findings(channel_id, entry.id, asked),
            "before": {"fetched_at": before["at"], "text": before["text"]} if before else None,
        }

    async def streamed(self, channel_id: int, input_id: int) -> dict[str, Any]:
        """Return what is known of a transport stream: source, services, PIDs, tables, counts."""
        entry = self._stream(channel_id, input_id)
        found: dict[str, Any] = await self._ask(entry, verb="ts")
        return {"input": entry.id, **found}

    async def packets(self, channel_id: int, input_id: int, indicator: str, limit: int) -> list[dict[str, Any]]:
        """Return the newest counted errors of a transport stream as packets, newest first."""
        entry = self._stream(channel_id, input_id)
        found: list[dict[str, Any]] = await self._ask(entry, verb="packets", indicator=indicator, limit=limit)
        return found

    async def _ask(self, entry: Input, **command: Any) -> Any:
        slot = self.supervisor.slot_of(entry.id)
        return await self.supervisor.ask(slot, {"input_id": entry.id, **command}, _PATIENCE_S)

    def _stream(self, channel_id: int, input_id: int) -> Input:
        inputs = self.channels.find(channel_id).inputs
        for one in inputs:
            if input_id == one.id or (not input_id and one.kind is Kind.TS):
                if one.kind is not Kind.TS:
                    raise NotFound("This input is no transport stream.")
                return one
        raise NotFound("The channel has no such transport stream.")

    def _findings(self, channel_id: int, input_id: int, scope: str) -> list[dict[str, Any]]:
        shown = self.board.channel(channel_id, 0.0) or {"inputs": ()}
        found = (finding for one in shown["inputs"] if one["id"] == input_id for finding in one["findings"])
        return [finding for finding in found if finding["scope"] == scope]

    def _input(self, channel_id: int, input_id: int) -> Input:
        channel = self.channels.find(channel_id)
        for one in channel.inputs:
            if input_id in (0, one.id):
                return one
        raise NotFound("The channel has no such input.")
