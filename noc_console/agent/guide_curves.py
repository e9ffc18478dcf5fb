"""Questions on one metric: a statistic of a window, the day before the alarm, the time since the last sample."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from noc_console.agent.guide_answer import Told, unknown
from noc_console.agent.guide_asked import Asked
from noc_console.agent.guide_place import AGENT
from noc_console.agent.guide_readings import LOOKBACK_S, Curve, Point, Read, shown, stale_after_s, statistic_of
from noc_console.catalogues import metrics
from noc_console.guides.answers import Answer
from noc_console.guides.questions import OfAge, OfBaseline, OfMetric
from noc_console.model import Input

DAY_S = 86_400.0
OnMetric = OfMetric | OfBaseline | OfAge


def needs(question: OnMetric, asked: Asked) -> Iterable[Curve]:
    """Return the curves an answer is made from."""
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
            return (_day(question, entry, asked, question.window_s),)
        case OfAge():
            return (Curve(entry.id, question.metric), Curve(entry.id, question.metric, DAY_S))


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
            layers[one.layer.name.lower()] = _rounded(window_answer(question, one, asked).value)
    return Told(
        replace(answer, layers=layers if len(layers) > 1 else {}),
        question.kind,
        question.metric,
        question.statistic,
        entry.id,
        int(entry.layer),
        baseline=_normal(asked.reads[_day(question, entry, asked)]),
    )


def window_answer(question: OfMetric, entry: Input, asked: Asked) -> Answer:
    """Return a statistic of one input's metric over the newest window."""
    read = asked.reads[_window(question, entry)]
    start, unit = asked.at - question.window_s, unit_of(question.metric)
    period_s = read.period_s(asked.usual_s(entry))
    points = read.since(start) if question.statistic != "last" else read.points
    if why := silence(read, points, asked.at, period_s):
        return Answer(None, why, start=start, end=asked.at, unit=unit, provenance=_origin(entry))
    value = statistic_of(question.statistic, points, question.metric, period_s)
    return Answer(
        _rounded(value),
        "" if value is not None else "Too few samples.",
        sum(point[4] for point in points),
        start,
        asked.at,
        unit
        if question.statistic not in ("count", "slope")
        else {"count": "1", "slope": f"{unit}/s"}[question.statistic],
        shown(points),
        _origin(entry),
    )


def silence(read: Read, points: tuple[Point, ...], at: float, period_s: float) -> str:
    """Return why nothing can be said: no sample in the window, or the newest older than two periods."""
    if read.last_at is None or not points:
        return "No sample in the window."
    age = at - read.last_at
    limit = stale_after_s(period_s)
    return f"The newest sample is {age:.0f} s old, limit {limit:.0f} s." if age > limit else ""


def _baseline(question: OfBaseline, entry: Input, asked: Asked) -> Told:
    read = asked.reads[_day(question, entry, asked, question.window_s)]
    end = asked.place.began_at
    start, unit = end - question.window_s, unit_of(question.metric)
    value = statistic_of(question.statistic, read.points, question.metric, LOOKBACK_S)
    why = "" if value is not None else "Nothing was measured in the time before the alarm."
    count = sum(point[4] for point in read.points)
    answer = Answer(_rounded(value), why, count, start, end, unit, shown(read.points), _origin(entry))
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


def _normal(read: Read) -> dict[str, float]:
    """Return what was usual in the day before the alarm, empty where nothing was measured."""
    if not read.points:
        return {}
    count = sum(point[4] for point in read.points)
    mean = sum(point[2] * point[4] for point in read.points) / count
    low, high = min(point[1] for point in read.points), max(point[3] for point in read.points)
    rounded = {name: float(f"{value:.6g}") for name, value in (("mean", mean), ("min", low), ("max", high))}
    return {**rounded, "samples": count}


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
