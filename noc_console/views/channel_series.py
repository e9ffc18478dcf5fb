"""Keeps the traces of the channel page: fetches the window once, then only what came since, one batch at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from noc_console.views import channel_calls as calls
from noc_console.views.channel_calls import SeriesKey
from noc_console.views.charts.spec import CurveSpec
from noc_console.views.charts.trace import Gap, Trace
from noc_console.views.desk import Desk

AT_ONCE = 4
_POINTS = 2400
_LEAST_S, _MOST_S = 1.0, 30.0
_IDLE_S = 10.0


@dataclass(frozen=True, slots=True)
class _Want:
    key: SeriesKey
    start: float
    end: float
    is_tail: bool


@dataclass(frozen=True, slots=True)
class _Got:
    want: _Want
    points: list[list[float]]
    gaps: tuple[Gap, ...]


class SeriesFeed:
    """Fills traces by (input, rung, metric); `poll` is called by the frame timer and starts at most one batch."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.traces: dict[CurveSpec, Trace] = {}
        self.failure = ""
        self.revision = 0
        self._span_s = 900.0
        self._busy: asyncio.Task[None] | None = None
        self._round = 0
        self._asked_at: dict[SeriesKey, float] = {}
        self._seen: dict[SeriesKey, Any] = {}

    def show(self, curves: Sequence[CurveSpec], span_s: float) -> None:
        """Hold these curves over this many seconds; those already held for the span are kept."""
        if span_s != self._span_s:
            self.forget()
            self._span_s = span_s
        wanted = set(curves)
        self.traces = {curve: trace for curve, trace in self.traces.items() if curve in wanted}
        for curve in curves:
            self.traces.setdefault(curve, Trace())

    def forget(self) -> None:
        """Hold nothing: another channel, span or agent."""
        self._round += 1
        self.traces, self.failure = {}, ""
        self._asked_at, self._seen = {}, {}

    def poll(self, now: float, one: Mapping[str, Any]) -> None:
        """Fetch what is missing, and the tails of the series whose newest value on the board is another one."""
        if self._desk.agent.client is None or (self._busy is not None and not self._busy.done()):
            return
        newest = {"": one["metrics"], **{rung["rung"]: rung["metrics"] for rung in one["rungs"]}}
        wants = [want for curve, trace in self.traces.items() if (want := self._want(curve, trace, now, newest))]
        if wants:
            work = self._fetch(wants)
            self._busy = self._desk.tasks.start(work, self._taker(self._round), self._on_failed)

    def _want(self, curve: CurveSpec, trace: Trace, now: float, newest: dict[str, Any]) -> _Want | None:
        key = curve.key
        asked = self._asked_at.get(key, 0.0)
        if not trace.is_loaded:
            if now - asked < _LEAST_S:
                return None
            self._asked_at[key] = now
            return _Want(key, now - self._span_s, now, False)
        value = newest.get(curve.rung, {}).get(curve.metric)
        pause = min(max(self._span_s / 1200, _LEAST_S), _MOST_S)
        is_new = value != self._seen.get(key)
        if now - asked < (pause if is_new else max(pause, _IDLE_S)):
            return None
        self._asked_at[key], self._seen[key] = now, value
        return _Want(key, max(trace.last_at, now - self._span_s), now, True)

    async def _fetch(self, wants: list[_Want]) -> list[_Got]:
        client = self._desk.agent.client
        if client is None:
            return []
        got: list[_Got] = []
        for first in range(0, len(wants), AT_ONCE):
            batch = wants[first : first + AT_ONCE]
            asked = [calls.series(client, want.key, want.start, want.end, _POINTS) for want in batch]
            got += [_Got(want, *one) for want, one in zip(batch, await asyncio.gather(*asked), strict=True)]
        return got

    def _taker(self, round_: int) -> Any:
        def take(got: list[_Got]) -> None:
            if round_ == self._round:
                self._take(got)

        return take

    def _take(self, got: list[_Got]) -> None:
        self.failure = ""
        by_key = {one.want.key: one for one in got}
        for curve, trace in self.traces.items():
            one = by_key.get(curve.key)
            if one is None:
                continue
            if one.want.is_tail:
                trace.extend(one.points, one.gaps)
                trace.trim(one.want.end - self._span_s)
            else:
                trace.replace(one.points, one.gaps)
        self.revision += 1

    def _on_failed(self, sentence: str) -> None:
        self.failure = sentence
