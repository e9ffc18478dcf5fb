"""What a drawer asks the agent about its alarm, when it is shown and now and then: who was told, what happened."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any

from noc_console.views import notices_calls as calls
from noc_console.views.alarm_history import history_entries
from noc_console.views.desk import Desk
from noc_console.views.drawer_sheet import Entry, Head, Plain
from noc_console.views.notices_values import told_entries

_EVERY_S = 10.0
_MOST_KEPT = 50
Ask = Callable[[Desk, int], Coroutine[Any, Any, Any]]
Show = Callable[[Any, float], Sequence[Entry]]


class Asked:
    """One section of a drawer; remembers the newest answers by alarm."""

    def __init__(self, desk: Desk, head: str, ask: Ask, show: Show) -> None:
        self._desk = desk
        self._head = Head(head)
        self._ask_agent, self._show = ask, show
        self._known: dict[int, tuple[float, Any]] = {}
        self._busy: asyncio.Task[None] | None = None

    def entries(self, alarm: Mapping[str, Any]) -> list[Entry]:
        """Return the section of an alarm; asks the agent when the answer is missing or old."""
        alarm_id = int(alarm["id"])
        at, answer = self._known.get(alarm_id, (-_EVERY_S, None))
        if self._desk.mirror.monotonic() - at >= _EVERY_S:
            self._ask(alarm_id)
        if answer is None:
            return [self._head, Plain("Loading" if self._desk.agent.client is not None else "No agent is linked.")]
        if isinstance(answer, str):
            return [self._head, Plain(answer)]
        return list(self._show(answer, self._desk.mirror.now()))

    def _ask(self, alarm_id: int) -> None:
        if self._desk.agent.client is None or (self._busy is not None and not self._busy.done()):
            return

        def take(answer: Any) -> None:
            if len(self._known) >= _MOST_KEPT:
                self._known.pop(next(iter(self._known)))
            self._known[alarm_id] = (self._desk.mirror.monotonic(), answer)

        self._busy = self._desk.tasks.start(self._ask_agent(self._desk, alarm_id), take, take)


def _told(answer: Any, now: float) -> Sequence[Entry]:
    return told_entries(answer[0], answer[1], now)


def told_of(desk: Desk) -> Asked:
    """Return the section that says who was told of an alarm and why."""
    return Asked(desk, "Who was told and why", calls.told_of, _told)


def history_of(desk: Desk) -> Asked:
    """Return the section that says what happened to an alarm."""
    return Asked(desk, "History", calls.history, history_entries)
