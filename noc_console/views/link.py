"""Keeps the mirror true: finds the agent, asks its board by long poll, and comes back after every loss."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from noc_console.errors import KnownError
from noc_console.views import figures
from noc_console.views.desk import AgentDoor
from noc_console.views.endpoint import Source
from noc_console.views.state import BoardMirror, Link

if TYPE_CHECKING:
    from noc_console.net.api_client import ApiClient

WAIT_S = 10.0
_BACKOFF_S = (0.3, 0.5, 1.0, 2.0, 4.0)
_PING_EVERY_S = 10.0
_CALM_S = 0.1
"""A pause between two answers: the screen draws ten times a second at most."""


class AgentLink:
    """One task: `run` until cancelled. `tell` is given one sentence when our own agent died and is back."""

    def __init__(
        self, source: Source, mirror: BoardMirror, door: AgentDoor, tell: Callable[[str], object] | None = None
    ) -> None:
        self._source, self._mirror, self._door, self._tell = source, mirror, door, tell
        self._died = ""
        self._failures = 0
        self._hurry = asyncio.Event()
        self._pinged = 0.0

    async def run(self) -> None:
        """Find, follow, lose, and find again, a little later each time."""
        while True:
            try:
                await self._follow()
            except KnownError as error:
                self._lose(str(error))
            await self._pause()

    def try_now(self) -> None:
        """Do not wait for the next attempt."""
        self._hurry.set()

    async def _follow(self) -> None:
        endpoint = await self._source.find()
        from noc_console.net.api_client import ApiClient

        async with ApiClient(endpoint.url, endpoint.token) as client:
            try:
                await self._read(client)
            except (KeyError, TypeError, ValueError):
                raise KnownError("What answers there is not an agent this console understands.") from None
            finally:
                self._door.client = None

    async def _read(self, client: ApiClient) -> None:
        mirror, since = self._mirror, 0
        while True:
            began = time.monotonic()
            is_ping = since == 0 or began - self._pinged > _PING_EVERY_S
            board = await client.board(since, 0.0 if is_ping else WAIT_S)
            if board["boot"] != mirror.boot and since:
                since = 0
                continue
            # the first answer carries everything; the second tells how far away the agent is
            took_s = time.monotonic() - began
            if is_ping and since:
                self._pinged = time.monotonic()
            mirror.take(board, took_s * 1000 if is_ping and since else None)
            self._door.client, self._failures, since = client, 0, board["rev"]
            self._say_recovered()
            await asyncio.sleep(_CALM_S)

    def _lose(self, text: str) -> None:
        self._failures += 1
        ended = self._source.why_ended()
        if ended and self._mirror.link is Link.LINKED:
            self._died = f"{ended} at {figures.clock(self._mirror.now())} ICT"
        why = f"{ended}; it is being started again." if ended else text
        if self._mirror.link is Link.STARTING and self._failures < 3:
            return
        self._mirror.lose(why)

    def _say_recovered(self) -> None:
        """Say once what happened: whoever looked away must not miss it."""
        if self._died and self._tell is not None:
            self._tell(f"{self._died} and was started again. What was recorded before is there.")
        self._died = ""

    async def _pause(self) -> None:
        seconds = _BACKOFF_S[min(self._failures, len(_BACKOFF_S)) - 1]
        self._hurry.clear()
        try:
            await asyncio.wait_for(self._hurry.wait(), seconds)
        except TimeoutError:
            return
