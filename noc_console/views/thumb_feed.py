"""Fetches small pictures while a screen asks for them: the newest of all channels, and the last minute of one."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from noc_console.views.thumb_store import Thumb, ThumbStore, Told, strip_of, told_of

if TYPE_CHECKING:
    from noc_console.views.desk import Desk

_EVERY_S = 1.0
_STRIP_EVERY_S = 2.5
_AFTER_FAILURE_S = 5.0


class ThumbFeed:
    """`poll` is called by the screens that show pictures, with every frame; nothing is asked when nobody calls."""

    def __init__(self) -> None:
        self.store = ThumbStore()
        self._busy: asyncio.Task[None] | None = None
        self._due_at = 0.0

    def poll(self, desk: Desk) -> None:
        """Ask for what is newer than what is held, once a second."""
        client, now = desk.agent.client, desk.mirror.monotonic()
        if desk.mirror.boot != self.store.boot and self.store.boot:
            self.store.forget()
            self._due_at = 0.0
        if client is None or now < self._due_at or (self._busy is not None and not self._busy.done()):
            return
        self._due_at = now + _EVERY_S
        self.store.keep_only(desk.mirror.channels)
        self._busy = desk.tasks.start(self._ask(desk), self._take, self._failed)

    async def _ask(self, desk: Desk) -> Told | None:
        client = desk.agent.client
        if client is None:
            return None
        body = await client.get_bytes(f"/thumbnails?since={self.store.next_seq}")
        # a first answer has megabytes, which would keep a key waiting
        return await asyncio.to_thread(told_of, body)

    def _take(self, told: Told | None) -> None:
        if told is not None:
            self.store.take(told)

    def _failed(self, _sentence: str) -> None:
        """Ask later: the link's own banner says what is wrong."""
        self._due_at += _AFTER_FAILURE_S


class StripFeed:
    """The pictures of one channel's last minute; `poll` with another channel forgets those before."""

    def __init__(self) -> None:
        self.channel_id = 0
        self.frames: tuple[Thumb, ...] = ()
        self.is_loaded = False
        self.revision = 0
        self._due_at = 0.0
        self._busy: asyncio.Task[None] | None = None

    def poll(self, desk: Desk, channel_id: int) -> None:
        """Ask for a channel's strip, and again every few seconds."""
        now = desk.mirror.monotonic()
        if channel_id != self.channel_id:
            self.forget()
            self.channel_id = channel_id
        if desk.agent.client is None or not channel_id or now < self._due_at:
            return
        if self._busy is not None and not self._busy.done():
            return
        self._due_at = now + _STRIP_EVERY_S
        self._busy = desk.tasks.start(self._ask(desk, channel_id), None, self._failed)

    def forget(self) -> None:
        """Hold nothing: another channel, or another agent."""
        self.channel_id, self.frames, self.is_loaded, self._due_at, self._busy = 0, (), False, 0.0, None
        self.revision += 1

    async def _ask(self, desk: Desk, channel_id: int) -> None:
        client = desk.agent.client
        if client is None:
            return
        body = await client.get_bytes(f"/channels/{channel_id}/thumbnails")
        frames = await asyncio.to_thread(strip_of, body)
        if channel_id == self.channel_id:
            self.frames, self.is_loaded = frames, True
            self.revision += 1

    def _failed(self, _sentence: str) -> None:
        """Keep what is shown: the link's own banner says what is wrong."""
