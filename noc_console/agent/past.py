"""The looks of the past, put together again from samples and from when findings began and ended."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass, field
from heapq import merge

from noc_console.alarms.presence import BEGAN, ENDED
from noc_console.alarms.rules import Ratio, Rule, Sum
from noc_console.history import History, SeriesQuery
from noc_console.model import Channel, Event, Finding, Input, Observation

_SLICE_S = 4 * 3600.0
_POINTS = 20_000
_RASTER_S = 6.0  # where nothing says when a scope was looked at
_SCOPE_METRICS: Mapping[str, str] = {
    "playlist": "playlist.fetch_s",
    "segment": "segment.download_s",
    "master": "ladder.rungs",
    "mpd": "ladder.rungs",
    "set": "ladder.edge_spread",
}
_SCOPE_OF: Mapping[str, str] = {"http": "http", "segment": "segment", "playlist": "playlist", "clock": "clock"}
_BREAKS = frozenset({"RecordingStopped", "RecordingResumed", "JournalRestarted"})
_PAGE = 5000
Stretch = tuple[float, float]


@dataclass(slots=True)
class Presences:
    """When each finding was present: by input, scope and finding, stretches in order."""

    stretches: dict[tuple[int, str, str], list[Stretch]] = field(default_factory=dict)
    _open: dict[tuple[int, str, str], float] = field(default_factory=dict)

    def hear(self, event: Event) -> None:
        """Take one event of the journal, in order; an end of the agent ends what was present."""
        if event.kind in _BREAKS:
            at = float(event.data.get("start") or event.at)
            for key in list(self._open):
                self._end(key, at)
            return
        for scope, finding, at in event.data.get("items", ()):
            key = (event.input_id, str(scope), str(finding))
            if event.kind == BEGAN:
                self._open.setdefault(key, float(at))
            else:
                self._end(key, float(at))

    def closed(self, at: float) -> Presences:
        """End what is still present at the end of the time that is read."""
        for key in list(self._open):
            self._end(key, at)
        return self

    def _end(self, key: tuple[int, str, str], at: float) -> None:
        start = self._open.pop(key, None)
        if start is not None:
            self.stretches.setdefault(key, []).append((start, at))


async def presences(history: History, end: float) -> Presences:
    """Read from the journal which findings were present when."""
    found, after = Presences(), 0
    kinds = frozenset({BEGAN, ENDED}) | _BREAKS
    while events := await history.events(after, kinds, _PAGE):
        for event in events:
            found.hear(event)
        after = events[-1].seq
    return found.closed(end)


async def looks_of(
    history: History, channel: Channel, rule: Rule, span: Stretch, found: Presences
) -> list[Observation]:
    """Return what a rule would have been given of a channel in a time, in the order of time."""
    looks: list[Observation] = []
    for one in channel.inputs:
        if rule.metric:
            looks += [look async for look in _measured(history, one, rule, span)]
        else:
            looks += await _seen(history, one, rule, span, found)
    return sorted(looks, key=lambda look: look.at)


async def _measured(history: History, one: Input, rule: Rule, span: Stretch) -> AsyncIterator[Observation]:
    kind = _SCOPE_OF.get(rule.metric.partition(".")[0], rule.metric.partition(".")[0])
    for rung in history.rungs(one.id, rule.metric):
        scope = f"{kind}/{rung}" if rung else kind
        async for at, low, mean, high, count in _points(history, one.id, rule.metric, rung, span):
            for value in _values(rule, low, mean, high, count):
                yield Observation(one.id, scope, at, {rule.metric: value})


def _values(rule: Rule, low: float, mean: float, high: float, count: int) -> Iterable[float]:
    """Return the values a point stands for: of a folded one the worst, or for shares as many as there were."""
    if count <= 1:
        return (mean,)
    if isinstance(rule.policy, Ratio):
        bad = round(mean * count)
        return (1.0,) * bad + (0.0,) * (count - bad)
    if isinstance(rule.policy, Sum):
        return (mean * count,)
    if rule.absolute:
        return (max(low, high, key=abs),)
    return (low,) if rule.below is not None else (high,)


async def _seen(history: History, one: Input, rule: Rule, span: Stretch, found: Presences) -> list[Observation]:
    by_scope: dict[str, list[tuple[str, list[Stretch]]]] = {}
    for (input_id, scope, finding), stretches in found.stretches.items():
        inside = [(a, b) for a, b in stretches if b > span[0] and a < span[1]]
        if input_id == one.id and inside and rule.is_about(finding):
            by_scope.setdefault(scope, []).append((finding, inside))
    looks: list[Observation] = []
    for scope, present in sorted(by_scope.items()):
        times = await _times(history, one.id, scope, span)
        edges = sorted({edge for _, some in present for stretch in some for edge in stretch})
        for at in dict.fromkeys(merge(times, edges)):
            here = tuple(Finding(name, name) for name, some in present if any(a <= at < b for a, b in some))
            looks.append(Observation(one.id, scope, at, {}, here))
    return looks


async def _times(history: History, input_id: int, scope: str, span: Stretch) -> list[float]:
    kind, _, rung = scope.partition("/")
    metric = _SCOPE_METRICS.get(kind, "")
    times = [at async for at, *_ in _points(history, input_id, metric, rung, span)] if metric else []
    if times:
        return times
    return [span[0] + n * _RASTER_S for n in range(int((span[1] - span[0]) / _RASTER_S))]


async def _points(
    history: History, input_id: int, metric: str, rung: str, span: Stretch
) -> AsyncIterator[tuple[float, float, float, float, int]]:
    start, end = span
    while start < end:
        stop = min(start + _SLICE_S, end)
        answer = await history.series(SeriesQuery(input_id, metric, start, stop, rung, _POINTS))
        for point in answer.points:
            yield point
        start = stop
