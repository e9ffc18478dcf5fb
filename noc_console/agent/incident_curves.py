"""The curves of an incident's report: the metrics its alarms were judged by, around the incident, at most six."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from noc_console.agent.recorder import Recorder
from noc_console.alarms.rulebook import shipped_rules
from noc_console.catalogues import metrics
from noc_console.history import SeriesAnswer, SeriesQuery
from noc_console.incidents.chart import Curve

Json = Mapping[str, Any]
_MOST = 6
_POINTS = 240
#: What is looked at where an alarm comes of findings, which have no values: of a playlist, of a transport stream.
_USUAL = ("playlist.age_ratio", "segment.download_s", "ts.cc_errors", "ts.bitrate_bps")


async def curves(recorder: Recorder, alarms: Sequence[Json], span: tuple[float, float]) -> list[Curve]:
    """Return the curves, worst alarms first; of an alarm whose metric was never measured there is none."""
    found: list[Curve] = []
    seen: set[tuple[int, str]] = set()
    for alarm in alarms:
        for metric in metrics_of(alarm):
            key = (int(alarm["input_id"] or 0), metric)
            if len(found) >= _MOST:
                return found
            if key in seen or not key[0]:
                continue
            seen.add(key)
            query = SeriesQuery(key[0], metric, *span, "*", _POINTS)
            answer = await recorder.ask(recorder.history.series(query))
            if answer.points:
                found.append(_curve(alarm, alarms, metric, answer, span))
    return found


def metrics_of(alarm: Json) -> Iterator[str]:
    """Yield the metrics that tell of an alarm: those its type is judged by, then the usual ones."""
    judged = {rule.metric for rule in shipped_rules() if rule.alarm == alarm["alarm_type"] and rule.metric}
    known = metrics()
    for metric in (*sorted(judged), *(() if judged else _USUAL)):
        if metric in known:
            yield metric


def _curve(
    alarm: Json, alarms: Sequence[Json], metric: str, answer: SeriesAnswer, span: tuple[float, float]
) -> Curve:
    own = [one for one in alarms if one["input_id"] == alarm["input_id"]]
    marks = [(float(one["raised_at"]), str(one["alarm_type"])) for one in own[:4]]
    title = f"{alarm['channel_code']}: {metrics()[metric].title_en}"
    gap_s = max(60.0, 3 * (span[1] - span[0]) / _POINTS)
    return Curve(title, answer.unit, *span, answer.points, marks, gap_s)
