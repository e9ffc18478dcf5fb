"""Asks the agent for what a list shows, again every few seconds, and says whether it is loading or away."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from noc_console.errors import KnownError
from noc_console.views.desk import Desk
from noc_console.views.figures import clock

if TYPE_CHECKING:
    from noc_console.net.api_client import ApiClient

Ask = Callable[["ApiClient"], Coroutine[Any, Any, Any]]


class Feed:
    """One question; `take` gets each answer. `poll` is called with the screen's refresh."""

    def __init__(self, desk: Desk, ask: Ask, take: Callable[[Any], object], every_s: float = 3.0) -> None:
        self._desk, self._ask, self._take, self._every_s = desk, ask, take, every_s
        self._asked_at = -1e9
        self._busy: asyncio.Task[None] | None = None
        self._answered_at = 0.0
        self._fault = ""

    def poll(self) -> None:
        """Ask when it is time."""
        at = self._desk.mirror.monotonic()
        is_busy = self._busy is not None and not self._busy.done()
        if is_busy or self._desk.agent.client is None or at - self._asked_at < self._every_s:
            return
        self._asked_at = at
        self._busy = self._desk.tasks.start(self._fetch(), self._on_answer, self._on_fault)

    def hurry(self) -> None:
        """Ask at the next poll."""
        self._asked_at = -1e9

    def notice(self, empty: str) -> str:
        """Return the line of an empty list: loading, refused, or that there is nothing."""
        if self._fault:
            return self._fault
        return empty if self._answered_at else "Loading"

    def age_note(self) -> str:
        """Return that the answer is old, with its time; empty while all is well."""
        if not self._answered_at or not (self._desk.mirror.is_lost or self._fault):
            return ""
        return f"as of {clock(self._answered_at)} ICT, the agent does not answer"

    async def _fetch(self) -> Any:
        return await self._ask(client_of(self._desk))

    def _on_answer(self, answer: Any) -> None:
        self._answered_at, self._fault = self._desk.mirror.now(), ""
        self._take(answer)

    def _on_fault(self, sentence: str) -> None:
        self._fault = sentence


def client_of(desk: Desk) -> ApiClient:
    """Return the way to the agent. Raises KnownError without one."""
    if desk.agent.client is None:
        raise KnownError("No agent is linked.")
    return desk.agent.client
