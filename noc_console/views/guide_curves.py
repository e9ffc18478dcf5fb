"""The curves of a step's chart: at once what came with the evidence, then the hour before and the sister channels."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from noc_console.catalogues import metrics
from noc_console.model import Severity
from noc_console.views.desk import Desk
from noc_console.views.guide_chart import Curve, GuideChart
from noc_console.views.guide_path import step_of, ways
from noc_console.views.guide_step_values import leaves
from noc_console.views.guide_words import is_worse_below, written
from noc_console.views.records_feed import client_of

Json = Mapping[str, Any]
_HOUR_S = 3600.0
_POINTS = 240
_MOST_SISTERS = 5
_SCALES = {"video.mos": "MOS", "loudness.integrated_lufs": "LUFS"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """One curve to fetch: whose it is, and where it is measured."""

    name: str
    input_id: int
    is_main: bool


class CurveFeed:
    """Fetches the curves of one chart at a time, once; `changed` is called when they have come."""

    def __init__(self, desk: Desk, changed: Callable[[], object]) -> None:
        self._desk, self._changed = desk, changed
        self._key: tuple[Any, ...] = ()
        self._curves: tuple[Curve, ...] = ()
        self._window = (0.0, 0.0)

    def chart(self, guide: Json, run: Json, step: Json, severity: Severity) -> GuideChart | None:
        """Return the chart of a step as far as it is known; begins to fetch the rest."""
        metric = str(step.get("chart") or "")
        found = main_answer(guide, run, metric)
        if not metric or found is None:
            return None
        name, answer = found
        end = float(answer.get("end") or run["at"])
        self._fetch(guide, run, step, answer, metric, end)
        points = tuple((float(at), float(value)) for at, value in answer.get("series") or ())
        curves = self._curves or (Curve(_code(run), points, True),)
        start = self._window[0] if self._curves else (points[0][0] if points else end - 300)
        base = answer.get("baseline") or {}
        band = (float(base["min"]), float(base["max"])) if "min" in base else None
        limit, is_below = limit_of(guide, step, name)
        known = metrics().get(metric)
        title = known.title_en if known is not None else metric
        beside = [part for part, there in (("baseline", band), ("sister channels", len(curves) > 1)) if there]
        where = f" at the {next(iter(answer['layers']))}" if len(answer.get("layers") or {}) == 1 else ""
        return GuideChart(
            f"{title}{where}" + (f", against {' and '.join(beside)}" if beside else ""),
            _SCALES.get(metric, "") or (known.unit if known is not None and known.unit != "1" else ""),
            start,
            end,
            curves,
            band,
            limit,
            is_below,
            run["raised_at"],
            severity,
            str(answer.get("why") or ""),
            _SCALES.get(metric, ""),
        )

    def _fetch(self, guide: Json, run: Json, step: Json, answer: Json, metric: str, end: float) -> None:
        key = (run["run_id"], step["id"], metric, round(end))
        if key == self._key or self._desk.agent.client is None or not answer.get("input_id"):
            return
        is_same = key[:3] == self._key[:3]
        self._key = key
        if not is_same:
            self._curves = ()
        wanted = [Wanted(_code(run), int(answer["input_id"]), True), *self._sisters(guide, run, step, answer)]
        self._desk.tasks.start(self._read(key, wanted, metric, end), self._take, _nothing)

    def _sisters(self, guide: Json, run: Json, step: Json, answer: Json) -> Iterable[Wanted]:
        names = [name for name in _names(step) if guide["questions"].get(name, {}).get("kind") == "peers"]
        rows = next((rows for name in names if (rows := run["evidence"].get(name, {}).get("rows"))), ())
        for row in list(rows)[:_MOST_SISTERS]:
            channel = self._desk.mirror.channels.get(int(row.get("channel_id") or 0))
            inputs = channel["inputs"] if channel is not None else ()
            found = next((one for one in inputs if one.get("layer") == answer.get("layer")), None)
            if found is not None:
                yield Wanted(short_code(str(row["channel"])), int(found["id"]), False)

    async def _read(
        self, key: tuple[Any, ...], wanted: Sequence[Wanted], metric: str, end: float
    ) -> tuple[tuple[Any, ...], tuple[Curve, ...], float]:
        client, start = client_of(self._desk), end - _HOUR_S
        asked = {"start": start, "end": end, "points": _POINTS}
        got = await asyncio.gather(*(client.series(one.input_id, metric, rung="*", **asked) for one in wanted))
        curves = tuple(
            Curve(one.name, tuple((float(p[0]), float(p[2])) for p in told["points"]), one.is_main)
            for one, told in zip(wanted, got, strict=True)
        )
        firsts = [curve.points[0][0] for curve in curves if curve.points]
        return key, curves, max(start, min(firsts, default=start))

    def _take(self, got: tuple[tuple[Any, ...], tuple[Curve, ...], float]) -> None:
        key, curves, start = got
        if key == self._key and any(curve.points for curve in curves if curve.is_main):
            self._curves, self._window = curves, (start, float(key[3]))
            self._changed()


def charted(guide: Json, run: Json, step: Json) -> Json:
    """Return the step whose chart is shown at a step: itself, else one that was walked and has a chart.

    The newest that points at a cause comes first, then the guide's first: what the alarm is about.
    """
    if step.get("chart") or step.get("kind") in _BARE:
        return step
    stays = [stay for stay in run["run"]["stays"] if not stay["is_undone"] and stay["left_at"] is not None]
    speaking = [stay for stay in reversed(stays) if any(sign["blames"] for sign in stay["signs"])]
    known = [step_of(guide, stay["step"]) for stay in (*speaking, *stays)]
    return next((one for one in known if main_answer(guide, run, str(one.get("chart") or ""))), step)


_BARE = ("form", "items", "sign-off", "diagnostic")


def main_answer(guide: Json, run: Json, metric: str) -> tuple[str, Json] | None:
    """Return the first question about a metric itself that has an answer, with the answer."""
    for name, question in guide["questions"].items():
        if question["kind"] == "metric" and question["metric"] == metric and name in run["evidence"]:
            return name, run["evidence"][name]
    return None


def limit_of(guide: Json, step: Json, name: str) -> tuple[tuple[float, str] | None, bool]:
    """Return the threshold a step compares a question's metric with and its words, and whether below it is ill."""
    metric = guide["questions"][name]["metric"]
    for one in (step, *guide["steps"]):
        whens = [way.get("when") for _, way in ways(one)] + [one.get("when")]
        for leaf in (leaf for when in whens for leaf in leaves(when)):
            asked = guide["questions"].get(leaf["name"], {})
            if asked.get("metric") == metric and asked.get("kind") == "metric" and _is_number(leaf["operand"]):
                limit = float(leaf["operand"])
                words = f"limit {written(leaf['name'], limit, guide['questions'])}"
                return (limit, words), is_worse_below(metric)
    return None, True


def short_code(code: str) -> str:
    """Return a channel's code without the prefix that all have."""
    return code.removeprefix("CH_TV_").removeprefix("CH_")


def _names(step: Json) -> list[str]:
    compared = [leaf["name"] for _, way in ways(step) for leaf in leaves(way.get("when"))]
    return list(dict.fromkeys([*(step.get("show") or ()), *compared]))


def _code(run: Json) -> str:
    return short_code(str(run["channel"])) or "This one"


def _is_number(operand: Any) -> bool:
    return isinstance(operand, int | float) and not isinstance(operand, bool)


def _nothing(_sentence: str) -> None:
    """A chart without its hour shows what came with the evidence."""
