"""Which charts the channel page shows for an input: playlist age, segment download, bitrate, TTFB."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from noc_console.model import Severity
from noc_console.views.channel_limits import SHIPPED, Limits
from noc_console.views.charts.overlay import Mark
from noc_console.views.charts.spec import ChartSpec, CurveSpec, Limit
from noc_console.views.ts_charts import health_specs

Json = Mapping[str, Any]
MOST_CURVES = 5
RANGES = (
    ("5 min", 300.0),
    ("15 min", 900.0),
    ("1 h", 3600.0),
    ("6 h", 21600.0),
    ("24 h", 86400.0),
    ("7 d", 604800.0),
)
# the ages at which a playlist counts as stale are the probe's own
_AGE = (Limit(1.5, "major 1.5", Severity.MAJOR), Limit(3.0, "critical 3.0", Severity.CRITICAL))
_AGE_TOPS = (4.0, 8.0, 16.0, 40.0, 80.0, 400.0)
_SECOND_TOPS = (4.0, 8.0, 12.0, 16.0, 24.0, 32.0, 64.0, 128.0)
_MBIT_TOPS = (0.4, 0.8, 1.2, 2.0, 4.0, 8.0, 12.0, 16.0, 24.0, 40.0, 80.0, 160.0)
_PHASE_TOPS = (0.02, 0.04, 0.08, 0.2, 0.4, 0.8, 2.0, 4.0, 8.0, 16.0, 32.0, 80.0)


def chart_specs(one: Json | None, alarms: Iterable[Json], limits: Limits = SHIPPED) -> tuple[ChartSpec, ...]:
    """Return the four charts of an input; without one they are there and say: not measured."""
    if one is not None and one["kind"] == "ts":
        return health_specs(one, limits)
    rungs = sorted(measured_rungs(one), key=lambda rung: -(rung["bandwidth_bps"] or 0)) if one is not None else []
    input_id = int(one["id"]) if one is not None else 0
    video = [rung for rung in rungs if rung["kind"] == "video"][:MOST_CURVES] or rungs[:MOST_CURVES]
    names = short_names([rung["rung"] for rung in rungs])

    def curves(metric: str, shown: list[Any]) -> tuple[CurveSpec, ...]:
        return tuple(CurveSpec(names[rung["rung"]], metric, rung["rung"], input_id) for rung in shown)

    return (
        ChartSpec(
            "Playlist age",
            "age ×",
            _AGE_TOPS,
            _ages(one, curves("playlist.age_ratio", rungs[:MOST_CURVES])),
            _AGE if limits.is_age_judged else (),
        ),
        ChartSpec(
            "Segment download",
            "load s",
            _SECOND_TOPS,
            curves("segment.download_s", video),
            _download_limits(one, list(alarms), limits),
            digits=2,
        ),
        ChartSpec("Bitrate", "Mbit/s", _MBIT_TOPS, curves("segment.bitrate_bps", video), scale=1e-6),
        ChartSpec(
            "First byte and whole request",
            "TTFB s",
            _PHASE_TOPS,
            _phases(video[:1], input_id),
            digits=2,
            is_bars=True,
        ),
    )


def measured_rungs(one: Json) -> list[Any]:
    """Return the rungs that are measured; I-frame variants are only listed (RFC 8216 4.3.4.3)."""
    return [rung for rung in one["rungs"] if rung["kind"] != "iframe"]


def short_names(labels: Iterable[str]) -> dict[str, str]:
    """Return each rung's name without its bitrate where that is still unique."""
    labels = list(labels)
    heads = [label.partition("@")[0] for label in labels]
    return {label: head if heads.count(head) == 1 else label for label, head in zip(labels, heads, strict=True)}


def alarm_marks(alarms: Iterable[Json]) -> tuple[Mark, ...]:
    """Return a mark for each alarm of the channel."""
    return tuple(
        Mark(float(one["raised_at"]), titled(one), Severity(one["severity"]), bool(one["acknowledged"]))
        for one in alarms
        if Severity(one["severity"]).rank >= Severity.WARNING.rank
    )


def titled(alarm: Json) -> str:
    """Return an alarm's type, with TEST before it where it was raised on purpose."""
    return f"TEST {alarm['type']}" if alarm.get("test") else str(alarm["type"])


def _ages(one: Json | None, by_rung: tuple[CurveSpec, ...]) -> tuple[CurveSpec, ...]:
    """Return the curves of the age: one for an MPD, which all rungs share, else one a rung."""
    if one is not None and one["kind"] == "dash":
        return (CurveSpec("MPD", "playlist.age_ratio", "", int(one["id"])),)
    return by_rung


def _phases(first: list[Any], input_id: int) -> tuple[CurveSpec, ...]:
    return tuple(
        CurveSpec(name, metric, rung["rung"], input_id)
        for rung in first
        for name, metric in (("total", "segment.download_s"), ("TTFB", "segment.ttfb_s"))
    )


def _download_limits(one: Json | None, alarms: list[Json], known: Limits) -> tuple[Limit, ...]:
    """Return the rule's limit, that of an open alarm before it, and the length of a segment where that is far."""
    slow = [alarm for alarm in alarms if alarm["type"] == "SEGMENT_SLOW" and alarm.get("threshold")]
    value = float(slow[0]["threshold"]) if slow else known.download_s
    limits = [Limit(value, f"major {value:.1f} s", Severity.MAJOR)] if value else []
    length = float((one or {}).get("metrics", {}).get("segment.duration_s") or 0.0)
    if length > (value or 0.0) * 1.2:
        limits.append(Limit(round(length, 1), f"segment length {length:.1f} s", Severity.CRITICAL))
    return tuple(limits)
