"""Questions on one metric: a statistic of a window, the day before the alarm, the time since the last sample."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from noc_console.agent.guide_answer import Told, unknown
from noc_console.agent.guide_asked import Asked
from noc_console.agent.guide_place import AGENT
from noc_console.agent.guide_readings import (
    DAY_S,
    LOOKBACK_S,
    Curve,
    Point,
    Read,
    Usual,
    shown,
    stale_after_s,
    statistic_of,
)
from noc_console.catalogues import metrics
from noc_console.guides.answers import Answer
from noc_console.guides.questions import OfAge, OfBaseline, OfMetric
from noc_console.model import Input

OnMetric = OfMetric | OfBaseline | OfAge
_OF_HOURS: Mapping[str, Callable[[Usual], float]] = {
    "mean": lambda usual: usual.mean,
    "min": lambda usual: usual.low,
    "max": lambda usual: usual.high,
    "spread": lambda usual: usual.high - usual.low,
    "count": lambda usual: float(usual.samples),
}


def needs(question: OnMetric, asked: Asked) -> Iterable[Curve]:
    """Return the curves an answer is made from; asked again when these were read, those that are needed then."""
    entry, _ = asked.entry_at(question.layer, question.metric)
    if entry is None:
        return ()
    match question:
        case OfMetric():
            others = [
                _window(question, one) for one in asked.place.inputs if one.id != entry.id and entry is not AGENT
            ]
            return (_window(question, entry), _day(question, entry, asked), *others)
        case OfBaseline():
            known = _usual(question, entry, asked)
            return (
                ()
                if known and question.statistic in _OF_HOURS
                else (_day(question, entry, asked, question.window_s),)
            )
        case OfAge():
            close = Curve(entry.id, question.metric)
            is_silent = close in asked.reads and not asked.reads[close].points
            return (close, Curve(entry.id, question.metric, DAY_S)) if is_silent else (close,)


def told_of(question: OnMetric, asked: Asked) -> Told:
    """Return the answer; unknown, never 0, where there is no sample or the newest is too old."""
    entry, why = asked.entry_at(question.layer, question.metric)
    if entry is None:
        return unknown(why, question.kind, metric=question.metric)
    match question:
        case OfMetric():
            return _metric(question, entry, asked)
        case OfBaseline():
            return _baseline(question, entry, asked)
        case OfAge():
            return _age(question, entry, asked)


def _metric(question: OfMetric, entry: Input, asked: Asked) -> Told:
    answer = window_answer(question, entry, asked)
    layers = {}
    for one in asked.place.inputs if entry is not AGENT else ():
        if asked.reads[_window(question, one)].points:
            layers[one.layer.name.lower()] = window_value(question, one, asked)[0]
    return Told(
        replace(answer, layers=layers if len(layers) > 1 else {}),
        question.kind,
        question.metric,
        question.statistic,
        entry.id,
        int(entry.layer),
        baseline=_normal(question, entry, asked),
    )


def window_answer(question: OfMetric, entry: Input, asked: Asked) -> Answer:
    """Return a statistic of one input's metric over the newest window, with a small chart of it."""
    read = asked.reads[_window(question, entry)]
    value, samples, why = window_value(question, entry, asked)
    start, unit = read.at - question.window_s, unit_of(question.metric)
    if not samples:
        return Answer(None, why, start=start, end=read.at, unit=unit, provenance=_origin(entry))
    unit = {"count": "1", "slope": f"{unit}/s"}.get(question.statistic, unit)
    chart = shown(_points(question, read))
    return Answer(value, why, samples, start, read.at, unit, chart, _origin(entry))


def window_value(question: OfMetric, entry: Input, asked: Asked) -> tuple[float | None, int, str]:
    """Return a statistic over the newest window, its samples, and why there is none; what was made is kept."""
    read = asked.reads[_window(question, entry)]
    usual_s = asked.usual_s(entry)
    key = (question.window_s, question.statistic, usual_s)
    if key not in read.made:
        read.made[key] = _made(question, read, usual_s)
    found: tuple[float | None, int, str] = read.made[key]
    return found


def _made(question: OfMetric, read: Read, usual_s: float) -> tuple[float | None, int, str]:
    period_s = read.period_s(usual_s)
    points = _points(question, read)
    if why := silence(read, points, read.at, period_s):
        return None, 0, why
    value = statistic_of(question.statistic, points, question.metric, period_s)
    return _rounded(value), sum(point[4] for point in points), "" if value is not None else "Too few samples."


def _points(question: OfMetric, read: Read) -> tuple[Point, ...]:
    return read.points if question.statistic == "last" else read.since(read.at - question.window_s)


def silence(read: Read, points: tuple[Point, ...], at: float, period_s: float) -> str:
    """Return why nothing can be said: no sample in the window, or the newest older than two periods."""
    if read.last_at is None or not points:
        return "No sample in the window."
    age = at - read.last_at
    limit = stale_after_s(period_s)
    return f"The newest sample is {age:.0f} s old, limit {limit:.0f} s." if age > limit else ""


def _baseline(question: OfBaseline, entry: Input, asked: Asked) -> Told:
    end = asked.place.began_at
    start, unit = end - question.window_s, unit_of(question.metric)
    known = _usual(question, entry, asked)
    value: float | None
    chart: tuple[tuple[float, float], ...] = ()
    if known and question.statistic in _OF_HOURS:
        value, count = _OF_HOURS[question.statistic](known), known.samples
    else:
        points = asked.reads[_day(question, entry, asked, question.window_s)].points
        value = statistic_of(question.statistic, points, question.metric, LOOKBACK_S)
        count, chart = sum(point[4] for point in points), shown(points)
    why = "" if value is not None else "Nothing was measured in the time before the alarm."
    answer = Answer(_rounded(value), why, count, start, end, unit, chart, _origin(entry))
    return Told(answer, question.kind, question.metric, question.statistic, entry.id, int(entry.layer))


def _age(question: OfAge, entry: Input, asked: Asked) -> Told:
    close = asked.reads[Curve(entry.id, question.metric)]
    read = close if close.points else asked.reads[Curve(entry.id, question.metric, DAY_S)]
    start = asked.at - DAY_S
    if read.last_at is None:
        answer = Answer(None, "No sample in the last 24 h.", start=start, end=asked.at, unit="s")
    else:
        count = sum(point[4] for point in read.points)
        age = max(0.0, asked.at - read.last_at)
        answer = Answer(_rounded(age), "", count, start, asked.at, "s", (), _origin(entry))
    return Told(answer, question.kind, question.metric, "", entry.id, int(entry.layer))


def _usual(question: OfMetric | OfBaseline, entry: Input, asked: Asked) -> Usual | None:
    """Return what was usual in the day before the alarm where whole hours tell it, for all rungs."""
    is_day = isinstance(question, OfMetric) or question.window_s == DAY_S
    return asked.days.get(question.metric, {}).get(entry.id) if is_day and question.rung in ("", "*") else None


def _normal(question: OfMetric, entry: Input, asked: Asked) -> dict[str, float]:
    """Return what was usual in the day before the alarm, empty where nothing was measured."""
    known = _usual(question, entry, asked)
    if known is None:
        points = asked.reads[_day(question, entry, asked)].points
        if not points:
            return {}
        count = sum(point[4] for point in points)
        mean = sum(point[2] * point[4] for point in points) / count
        known = Usual(mean, min(point[1] for point in points), max(point[3] for point in points), count)
    rounded = (("mean", known.mean), ("min", known.low), ("max", known.high))
    return {**{name: float(f"{value:.6g}") for name, value in rounded}, "samples": known.samples}


def _window(question: OfMetric, entry: Input) -> Curve:
    return Curve(entry.id, question.metric, max(question.window_s, LOOKBACK_S), question.rung or "*")


def _day(question: OfMetric | OfBaseline, entry: Input, asked: Asked, span_s: float = DAY_S) -> Curve:
    return Curve(entry.id, question.metric, span_s, question.rung or "*", asked.place.began_at)


def _origin(entry: Input) -> str:
    return "this agent" if entry is AGENT else f"input {entry.id}, {entry.layer.name.lower()}"


def unit_of(metric: str) -> str:
    """Return the catalogue's unit of a metric."""
    known = metrics().get(metric)
    return known.unit if known else ""


def _rounded(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.6g}")
