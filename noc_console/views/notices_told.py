"""Who was told of the alarm a drawer shows: asked when it comes into the drawer, and again now and then."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from noc_console.views import notices_calls as calls
from noc_console.views.desk import Desk
from noc_console.views.drawer_sheet import Entry, Head, Plain
from noc_console.views.notices_values import told_entries

_EVERY_S = 10.0
_MOST_KEPT = 50
_HEAD = Head("Who was told and why")


class ToldOf:
    """Remembers the newest answers by alarm."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._known: dict[int, tuple[float, Any]] = {}
        self._busy: asyncio.Task[None] | None = None

    def entries(self, alarm: Mapping[str, Any]) -> list[Entry]:
        """Return the section of an alarm; asks the agent when the answer is missing or old."""
        alarm_id = int(alarm["id"])
        at, answer = self._known.get(alarm_id, (-_EVERY_S, None))
        if self._desk.mirror.monotonic() - at >= _EVERY_S:
            self._ask(alarm_id)
        if answer is None:
            return [_HEAD, Plain("Loading" if self._desk.agent.client is not None else "No agent is linked.")]
        if isinstance(answer, str):
            return [_HEAD, Plain(answer)]
        return told_entries(answer[0], answer[1], self._desk.mirror.now())

    def _ask(self, alarm_id: int) -> None:
        if self._desk.agent.client is None or (self._busy is not None and not self._busy.done()):
            return

        def take(answer: Any) -> None:
            if len(self._known) >= _MOST_KEPT:
                self._known.pop(next(iter(self._known)))
            self._known[alarm_id] = (self._desk.mirror.monotonic(), answer)

        self._busy = self._desk.tasks.start(calls.told_of(self._desk, alarm_id), take, take)
