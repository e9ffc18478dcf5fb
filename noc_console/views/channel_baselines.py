"""The normal range of each curve on the channel page: asked of the agent when it is first shown, and every 5 min."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from noc_console.views import channel_calls as calls
from noc_console.views.channel_calls import SeriesKey
from noc_console.views.charts.bands import Band
from noc_console.views.charts.spec import CurveSpec
from noc_console.views.desk import Desk

_EVERY_S = 300.0
_AT_ONCE = 4
_MOST_KEPT = 200


class BaselineFeed:
    """Bands by curve; `poll` is called by the frame timer and starts at most one batch."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._known: dict[SeriesKey, Band | None] = {}
        self._asked_at: dict[SeriesKey, float] = {}
        self._busy: asyncio.Task[None] | None = None
        self.revision = 0

    def bands(self, curves: Sequence[CurveSpec]) -> dict[CurveSpec, Band]:
        """Return what is known of these curves, in the unit of the series."""
        found = {curve: self._known.get(curve.key) for curve in curves}
        return {curve: band for curve, band in found.items() if band is not None}

    def forget(self) -> None:
        """Hold nothing: another agent's series have the same numbers."""
        self._known, self._asked_at = {}, {}

    def poll(self, curves: Sequence[CurveSpec]) -> None:
        """Ask for the bands of curves not known yet, and for those that have aged."""
        if self._desk.agent.client is None or (self._busy is not None and not self._busy.done()):
            return
        now = self._desk.mirror.monotonic()
        due = {curve.key for curve in curves if now - self._asked_at.get(curve.key, -_EVERY_S) >= _EVERY_S}
        if not due:
            return
        if len(self._asked_at) > _MOST_KEPT:
            self.forget()
        self._asked_at |= dict.fromkeys(due, now)
        self._busy = self._desk.tasks.start(self._ask(sorted(due)), None, self._on_failed)

    async def _ask(self, keys: Sequence[SeriesKey]) -> None:
        client = self._desk.agent.client
        if client is None:
            return
        known = self._known  # what comes after `forget` is put where nobody looks
        for first in range(0, len(keys), _AT_ONCE):
            batch = keys[first : first + _AT_ONCE]
            found = await asyncio.gather(*(calls.baseline(client, key) for key in batch))
            known.update(zip(batch, found, strict=True))
        self.revision += 1

    def _on_failed(self, _sentence: str) -> None:
        """Draw without bands: the charts have their own words for a lost agent."""
