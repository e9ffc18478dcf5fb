"""Watches a URL through the agent: one quick look for a first proposal, and a minute for the true one."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QObject, Signal

from noc_console.errors import KnownError
from noc_console.views import channel_calls as calls
from noc_console.views.desk import Desk

WATCH_S = 60.0
_ASK_EVERY_S = 0.5


@dataclass(frozen=True, slots=True)
class Seen:
    """What an inspection has found: kind, ladder, findings; empty before the first look has ended."""

    result: dict[str, Any] = field(default_factory=dict)
    proposal: dict[str, Any] = field(default_factory=dict)
    is_final: bool = False


class Watching(QObject):
    """Runs one watch at a time; a newer `start` makes an older one silent.

    `seen` brings a Seen, `progressed` how far it is (0 to 1) and what is being done, `failed` one sentence.
    """

    seen = Signal(object)
    progressed = Signal(float, str)
    failed = Signal(str)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._running: list[asyncio.Task[None]] = []

    @property
    def is_running(self) -> bool:
        """Say whether a watch is under way."""
        return any(not task.done() for task in self._running)

    def start(self, url: str, seconds: float = WATCH_S) -> None:
        """Look once and, beside it, watch for a minute."""
        self.stop()
        tasks = self._desk.tasks
        self._running = [
            tasks.start(self._look(url, 0.0, is_final=False), None, self._on_quick_failed),
            tasks.start(self._look(url, seconds, is_final=True), None, self.failed.emit),
        ]

    def stop(self) -> None:
        """Hear no more of what is running."""
        for task in self._running:
            task.cancel()
        self._running = []

    async def _look(self, url: str, seconds: float, *, is_final: bool) -> None:
        client = self._desk.agent.client
        if client is None:
            raise KnownError("No agent is linked: nothing can be inspected.")
        job = await calls.begin_inspection(client, url, seconds)
        while True:
            state = await calls.inspection(client, job)
            if state["state"] == "failed":
                raise KnownError(str(state["message"]) or "The inspection failed.")
            if is_final:
                self.progressed.emit(float(state["progress"]), str(state["message"]))
            if state["state"] == "done":
                self.seen.emit(Seen(state["result"] or {}, state["proposal"] or {}, is_final))
                return
            await asyncio.sleep(_ASK_EVERY_S)

    def _on_quick_failed(self, _sentence: str) -> None:
        """Leave the word to the long watch: it fails for the same reason, and speaks once."""
