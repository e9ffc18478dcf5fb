"""Keeps the report and the counted errors of one transport stream, asked for every two seconds while in sight."""

from __future__ import annotations

import asyncio
from typing import Any

from noc_console.views import ts_calls as calls
from noc_console.views.desk import Desk

_EVERY_S = 2.0


class TsFeed:
    """`report` is None until it was answered; `failure` is the agent's sentence when it was not."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.report: dict[str, Any] | None = None
        self.packets: list[dict[str, Any]] | None = None
        self.failure = ""
        self.revision = 0
        self._indicator = ""
        self._round = 0
        self._asked_at = 0.0
        self._busy: asyncio.Task[None] | None = None

    def forget(self) -> None:
        """Know nothing: another input is coming."""
        self._round += 1
        self.report, self.packets, self.failure = None, None, ""
        self._indicator, self._asked_at, self._busy = "", 0.0, None
        self.revision += 1

    def ask_for(self, indicator: str) -> None:
        """Ask for the errors of one indicator from now on, of all when empty."""
        self._round += 1
        self._indicator, self._asked_at, self._busy = indicator, 0.0, None

    def poll(self, channel_id: int, input_id: int) -> None:
        """Ask when it is time; at most one question is under way."""
        now = self._desk.mirror.monotonic()
        if self._desk.agent.client is None or (self._busy is not None and not self._busy.done()):
            return
        if self._asked_at and now - self._asked_at < _EVERY_S:
            return
        self._asked_at = now
        self._busy = self._desk.tasks.start(self._fetch(channel_id, input_id, self._round), None, self._fail)

    async def _fetch(self, channel_id: int, input_id: int, round_: int) -> None:
        client = self._desk.agent.client
        if client is None:
            return
        report = await calls.report(client, channel_id, input_id)
        packets = await calls.packets(client, channel_id, input_id, self._indicator)
        if round_ == self._round:
            self.report, self.packets, self.failure = report, packets, ""
            self.revision += 1

    def _fail(self, sentence: str) -> None:
        self.failure = sentence
        self.revision += 1
