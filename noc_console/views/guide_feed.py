"""Follows one walk: the whole of it first, then by long poll whatever anybody does to it."""

from __future__ import annotations

import asyncio
from typing import Any

from PySide6.QtCore import QObject, Signal

from noc_console.views import guide_calls as calls
from noc_console.views.desk import Desk
from noc_console.views.records_feed import client_of

_AGAIN_S = 2.0


class RunFeed(QObject):
    """Holds the walk and its guide; `poll` is called with the screen's refresh and keeps one question open."""

    changed = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.run_id = 0
        self.wanted = 0
        """What was asked for: a walk, or below 0 the alarm whose walk it is."""
        self.run: dict[str, Any] | None = None
        self.guide: dict[str, Any] | None = None
        self.fault = ""
        self.newest_version = 0
        self._busy: asyncio.Task[None] | None = None
        self._not_before = 0.0
        self._boot = ""

    def open(self, run_id: int) -> None:
        """Follow another walk, or below 0 that of an alarm."""
        if run_id in (self.run_id, self.wanted) and self.run is not None:
            return
        self._cancel()
        self.wanted, self.run_id = run_id, max(run_id, 0)
        self.run, self.guide, self.fault = None, None, ""
        self._not_before = 0.0
        self.poll()

    def poll(self) -> None:
        """Ask when nobody is asking; after another start of the agent from the beginning."""
        if self._boot != self._desk.mirror.boot:
            self._boot = self._desk.mirror.boot
            self._cancel()
        is_busy = self._busy is not None and not self._busy.done()
        if is_busy or not self.wanted or self._desk.agent.client is None:
            return
        if self._desk.mirror.monotonic() < self._not_before:
            return
        work = self._whole(self.wanted) if self.run is None else self._news(self.run_id, int(self.run["rev"]))
        self._busy = self._desk.tasks.start(work, self._on_answer, self._on_fault)

    def take(self, run: dict[str, Any]) -> None:
        """Take a walk as it came back from a deed; an older one than is known is not taken."""
        if run["run_id"] == self.run_id and (self.run is None or run["rev"] >= self.run["rev"] or run["ended_at"]):
            self.run, self.fault = run, ""
            self._cancel()
            self.changed.emit()

    def _cancel(self) -> None:
        if self._busy is not None and not self._busy.done():
            self._busy.cancel()
        self._busy = None

    async def _whole(self, wanted: int) -> tuple[int, dict[str, Any], dict[str, Any] | None]:
        client = client_of(self._desk)
        run, guide = await (calls.begun(self._desk, -wanted) if wanted < 0 else calls.whole(client, wanted))
        return wanted, run, guide

    async def _news(self, run_id: int, since: int) -> tuple[int, dict[str, Any], dict[str, Any] | None]:
        return self.wanted, await calls.news(client_of(self._desk), run_id, since), None

    def _on_answer(self, answer: tuple[int, dict[str, Any], dict[str, Any] | None]) -> None:
        wanted, run, guide = answer
        if wanted != self.wanted:
            return
        self.run_id, self.guide = int(run["run_id"]), guide or self.guide
        is_news = self.run is None or run["rev"] != self.run["rev"] or bool(self.fault)
        self.run, self.fault = run, ""
        if is_news:
            self.changed.emit()

    def _on_fault(self, sentence: str) -> None:
        self.fault = sentence
        self._not_before = self._desk.mirror.monotonic() + _AGAIN_S
        self.changed.emit()
