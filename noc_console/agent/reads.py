"""What was: curves, the journal in order, worst of a window, pieces of evidence."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any, Literal

from noc_console.agent.bell import Bell
from noc_console.agent.clock import Clock
from noc_console.agent.recorder import Recorder
from noc_console.agent.refusals import BadRequest, Conflict, NotFound
from noc_console.agent.wire import event_json
from noc_console.catalogues import metrics
from noc_console.history import SeriesQuery

Order = Literal["max", "min"]
_DAY_S = 86_400.0
_MOST_TICKS = 600
_BAND = ("low", "mean", "high", "n", "covered_s")


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time in Unix seconds; without an end it reaches to now, without a start one hour back."""

    start: float | None = None
    end: float | None = None


@dataclass(slots=True)
class Reads:
    """The reading side of the history; nothing here changes anything."""

    clock: Clock
    recorder: Recorder
    bell: Bell

    async def series(self, input_id: int, metric: str, rung: str, span: Span, points: int) -> dict[str, Any]:
        """Return a curve in at most the asked points, and where there is nothing."""
        _known_metric(metric)
        start, end = self._bounds(span)
        query = SeriesQuery(input_id, metric, start, end, rung, points)
        answer = await self.recorder.ask(self.recorder.history.series(query))
        return {"unit": answer.unit, "points": answer.points, "gaps": answer.gaps}

    async def baseline(self, input_id: int, metric: str, rung: str, end: float | None) -> dict[str, Any]:
        """Return the band a metric was in during the last 24 h, null where less than an hour of it is known."""
        _known_metric(metric)
        until = self.clock.now() if end is None else end
        found = await self.recorder.ask(self.recorder.history.baseline(input_id, metric, rung, until))
        told = None if found is None else {name: getattr(found, name) for name in _BAND}
        return {"metric": metric, "unit": metrics()[metric].unit, "end": until, "band": told}

    async def top(self, metric: str, span: Span, n: int, order: Order) -> dict[str, Any]:
        """Return the series of a metric with the highest (or lowest) values of a window."""
        _known_metric(metric)
        start, end = self._bounds(span)
        rows = await self.recorder.ask(self.recorder.history.top(metric, start, end, n, order == "max"))
        fields = ("input", "rung", "min", "mean", "max", "n")
        top = [{name: getattr(row, name) for name in fields} for row in rows]
        return {"metric": metric, "unit": metrics()[metric].unit, "start": start, "end": end, "top": top}

    async def journal(
        self, after: str, kinds: tuple[str, ...], limit: int, wait_s: float, ticks: bool
    ) -> dict[str, Any]:
        """Return events after a cursor, waiting for the first one when there is none yet."""
        seq = self._seq(after)
        until = self.clock.now() + wait_s
        while True:
            events = await self.recorder.ask(self.recorder.history.events(seq, frozenset(kinds), limit))
            left = until - self.clock.now()
            if events or left <= 0 or not await self.bell.news(left):
                break
        last = events[-1].seq if events else seq
        answer: dict[str, Any] = {
            "journal": self.recorder.history.journal_id,
            "next": f"{self.recorder.history.journal_id}:{last}",
            "events": [event_json(event) for event in events],
        }
        if ticks:
            answer["ticks"] = await self._ticks(seq)
        return answer

    async def capture(self, digest: str) -> bytes:
        """Return a piece of evidence by the hash of its content."""
        content = await self.recorder.ask(self.recorder.history.capture(digest))
        if content is None:
            raise NotFound("There is no such capture, or it has aged out.")
        return content

    async def _ticks(self, seq: int) -> list[dict[str, Any]]:
        rows = await self.recorder.ask(self.recorder.history.ticks(seq, _MOST_TICKS))
        return [{"seq": row.seq, "at": row.at, "body": base64.b64encode(row.body).decode()} for row in rows]

    def _seq(self, cursor: str) -> int:
        if not cursor:
            return 0
        journal, _, text = cursor.rpartition(":")
        if not (text.isascii() and text.isdigit()) or len(text) > 18:
            raise BadRequest("The cursor is not of the form JOURNAL:SEQ.")
        if journal and journal != self.recorder.history.journal_id:
            raise Conflict("The journal has begun anew: read it from the start.")
        return int(text)

    def _bounds(self, span: Span) -> tuple[float, float]:
        end = self.clock.now() if span.end is None else span.end
        start = end - 3600 if span.start is None else span.start
        if end <= start:
            raise BadRequest("The window ends before it begins.")
        return start, end


def _known_metric(metric: str) -> None:
    if metric not in metrics():
        raise NotFound("There is no such metric in the catalogue.")
