"""The alarms of the last hours as the history has them, asked for when the board tells of a change."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from noc_console.errors import KnownError
from noc_console.views import channel_calls as calls
from noc_console.views.desk import Desk

Json = Mapping[str, Any]
_EVERY_S, _IDLE_S = 3.0, 30.0
_HOUR_S = 3600.0


class PastAlarms:
    """Holds the newest answer of GET /alarms for a window; `poll` asks again when it may have changed."""

    def __init__(self, desk: Desk, span_s: float = 2 * _HOUR_S) -> None:
        self._desk = desk
        self._span_s = span_s
        self._asked_at = -_IDLE_S
        self._is_due = True
        self._busy: asyncio.Task[None] | None = None
        self.by_id: dict[int, dict[str, Any]] = {}
        self.load: Json = {}
        self.revision = 0

    def widen(self, span_s: float) -> None:
        """Reach further back from the next answer on."""
        if span_s > self._span_s:
            self._span_s, self._is_due = span_s, True

    def poll(self, *, is_changed: bool) -> None:
        """Ask for the window again: soon after a change, else every half minute."""
        self._is_due = self._is_due or is_changed
        at = self._desk.mirror.monotonic()
        if self._desk.agent.client is None or (self._busy is not None and not self._busy.done()):
            return
        if at - self._asked_at < (_EVERY_S if self._is_due else _IDLE_S):
            return
        self._asked_at, self._is_due = at, False
        self._busy = self._desk.tasks.start(self._fetch(), self._take, self._ignore)

    def closed_since(self, at: float) -> list[Json]:
        """Return the alarms resolved after a time, newest first."""
        found = [one for one in self.by_id.values() if one["resolved"] and float(one["resolved_at"] or 0) > at]
        return sorted(found, key=lambda one: -float(one["resolved_at"]))

    async def _fetch(self) -> tuple[list[dict[str, Any]], Json]:
        client = self._desk.agent.client
        if client is None:
            return [], {}
        now = self._desk.mirror.now()
        found = await calls.alarms_between(client, now - self._span_s, now + 1)
        try:
            return found, await calls.alarm_load(client)
        except KnownError:
            return found, {}  # the list is worth more than its figures

    def _take(self, answer: tuple[list[dict[str, Any]], Json]) -> None:
        found, self.load = answer
        self.by_id = {int(one["id"]): one for one in found}
        self.revision += 1

    def _ignore(self, _sentence: str) -> None:
        # the frame's banner already says that the agent is away; what is held stays on the screen
        self._is_due = True
