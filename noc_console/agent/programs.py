"""The Inspector's view of the same things (requirements 1.8): programmes, flows and the day in numbers."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from noc_console.agent import loudness_report
from noc_console.agent.channels import ChannelDesk
from noc_console.agent.clock import Clock
from noc_console.agent.reads import Span
from noc_console.agent.recorder import Recorder
from noc_console.agent.refusals import BadRequest
from noc_console.agent.wire import picture_of
from noc_console.board import Board
from noc_console.catalogues import metrics
from noc_console.history import SeriesQuery
from noc_console.model import Channel, Severity

_DAY_S = 86_400.0
_POINTS = 1440
_TOP = 10
_MOST_ALARMS = 100_000
_UNMEASURED = ("mos", "loudness_lufs")  # no picture or sound is decoded yet: no data, never 0


@dataclass(slots=True)
class Programs:
    """Bare shapes for clients written against the Inspector's API."""

    clock: Clock
    channels: ChannelDesk
    board: Board
    recorder: Recorder

    def listed(self) -> list[dict[str, Any]]:
        """Return the programmes by code (R-149)."""
        return [_program(one) for one in sorted(self.channels.by_id.values(), key=lambda channel: channel.code)]

    def one(self, program_id: int) -> dict[str, Any]:
        """Return one programme with what its picture is (R-150)."""
        channel = self.channels.find(program_id)
        picture = picture_of(self.board.channel(channel.id, self.clock.now()))
        more = {"codec": picture["codec"], "resolution": picture["resolution"]}
        return {**_program(channel), **more, "loudness_lufs": None, "tr101290_errors": None}

    def alarms(self, program_id: int) -> list[dict[str, Any]]:
        """Return a programme's open alarms (R-151)."""
        channel = self.channels.find(program_id)
        return [
            {
                "type": alarm["type"],
                "severity": str(alarm["severity"]).upper(),
                "message": alarm["message"],
                "timestamp": alarm["timestamp"],
            }
            for alarm in self.board.alarms()
            if alarm["channel_id"] == channel.id
        ]

    async def metrics(self, program_id: int, start: float | None, end: float | None) -> dict[str, Any]:
        """Return each measured series of a programme's lowest input, worst over its rungs (R-152)."""
        channel = self.channels.find(program_id)
        span = self._bounds(Span(start, end))
        answer: dict[str, Any] = {name: [] for name in _UNMEASURED}
        lowest = min(channel.inputs, key=lambda one: one.layer, default=None)
        shown = self.board.channel(channel.id, self.clock.now()) or {"inputs": ()}
        for entry in shown["inputs"]:
            if lowest is None or entry["id"] != lowest.id:
                continue
            for key in entry["metrics"]:
                answer[metrics()[key].alias or key] = await self._values(lowest.id, key, span)
        return answer

    def flows(self) -> list[dict[str, Any]]:
        """Return the groups of inputs: what they speak and which host they come from (R-154)."""
        counts: Counter[tuple[str, str]] = Counter()
        for channel in self.channels.by_id.values():
            counts.update({(one.kind.value.upper(), urlsplit(one.url).netloc) for one in channel.inputs})
        return [
            {"id": number, "name": f"{kind}_{host}", "type": kind, "programs_count": count}
            for number, ((kind, host), count) in enumerate(sorted(counts.items()), 1)
        ]

    async def daily(self, date: datetime.date | None) -> dict[str, Any]:
        """Return one UTC day in numbers (R-155)."""
        today = datetime.datetime.fromtimestamp(self.clock.now(), datetime.UTC).date()
        day = date or today
        start = datetime.datetime(day.year, day.month, day.day, tzinfo=datetime.UTC).timestamp()
        rows = await self.recorder.ask(self.recorder.history.alarms(start, start + _DAY_S, 0, _MOST_ALARMS))
        real = [row for row in rows if not row.get("test")]
        severities = Counter(str(row["severity"]) for row in real)
        return {
            "date": day.isoformat(),
            "programs_monitored": sum(one.is_enabled for one in self.channels.by_id.values()),
            "critical_alerts": severities[Severity.CRITICAL],
            "major_alerts": severities[Severity.MAJOR],
            "top_errors": _top(real),
        }

    async def loudness(self, start: float | None, end: float | None) -> list[dict[str, Any]]:
        """Return the loudness of each programme's sounds by code (R-156); blank where no sound was measured."""
        span = loudness_report.Span(*self._bounds(Span(start, end)))
        channels = sorted(self.channels.by_id.values(), key=lambda channel: channel.code)
        return await loudness_report.loudness_rows(self.recorder, channels, span)

    async def _values(self, input_id: int, metric: str, span: tuple[float, float]) -> list[dict[str, Any]]:
        query = SeriesQuery(input_id, metric, *span, rung="*", points=_POINTS)
        answer = await self.recorder.ask(self.recorder.history.series(query))
        return [{"time": _iso(point[0]), "value": round(point[2], 6)} for point in answer.points]

    def _bounds(self, span: Span) -> tuple[float, float]:
        end = self.clock.now() if span.end is None else span.end
        start = end - _DAY_S if span.start is None else span.start
        if end <= start:
            raise BadRequest("The window ends before it begins.")
        return start, end


def _program(channel: Channel) -> dict[str, Any]:
    status = "monitoring" if channel.is_enabled else "disabled"
    return {"id": channel.id, "name": channel.name, "status": status, "mos": None}


def _top(rows: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
    counts = Counter((str(row["alarm_type"]), str(row["channel_code"])) for row in rows)
    return [{"type": kind, "channel": code, "count": count} for (kind, code), count in counts.most_common(_TOP)]


def _iso(at: float) -> str:
    moment = datetime.datetime.fromtimestamp(at, datetime.UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
