"""Which charts the channel page shows of picture and sound, and the four kinds of view a channel has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

from noc_console.model import Severity
from noc_console.views.channel_charts import chart_specs, short_names
from noc_console.views.channel_limits import SHIPPED, Limits
from noc_console.views.charts.spec import ChartSpec, CurveSpec, Limit
from noc_console.views.meter_bars import HIGH_LUFS, LOW_LUFS, TARGET_LUFS

Json = Mapping[str, Any]
_MOST = 4
_CRITICAL_MOS = 2.0
"""Where the rule for MOS becomes critical."""
_LOWEST_MOS = 1.0
"""A quality under the critical limit must not fall off the chart."""
_MBIT_TOPS = (0.4, 0.8, 1.2, 2.0, 4.0, 8.0, 12.0, 16.0, 24.0, 40.0, 80.0, 160.0)
_RATIO_TOPS = (0.2, 0.4, 0.8, 1.0)
_SECOND_TOPS = (4.0, 8.0, 20.0, 40.0, 80.0, 120.0, 400.0, 1_200.0, 4_000.0, 40_000.0, 400_000.0)


class Aspect(StrEnum):
    """What the channel page is about at the moment."""

    ALL = "Overview"
    DELIVERY = "Delivery"
    PICTURE = "Picture"
    SOUND = "Sound"


def is_measured(one: Json | None) -> bool:
    """Say whether picture or sound of an input have been measured."""
    return bool(one is not None and (rungs_with(one, "video.mos") or rungs_with(one, "audio.momentary_lufs")))


def rungs_with(one: Json, metric: str) -> list[str]:
    """Return the rungs of an input that have a metric, the largest first."""
    found = [rung for rung in one["rungs"] if metric in rung["metrics"]]
    return [str(rung["rung"]) for rung in sorted(found, key=lambda rung: -(rung.get("bandwidth_bps") or 0))]


def specs_of(
    aspect: Aspect, one: Json | None, alarms: Iterable[Json], limits: Limits = SHIPPED
) -> tuple[ChartSpec, ...]:
    """Return the four charts of an aspect; what is not measured says so in its place."""
    delivery = chart_specs(one, alarms, limits)
    if aspect is Aspect.DELIVERY or (aspect is Aspect.ALL and not is_measured(one)):
        return delivery
    quality, loudness = _mos(one, limits), _loudness(one, limits)
    if aspect is Aspect.PICTURE:
        return (quality, _blockiness(one, limits), _luma(one), _bitrate(one))
    if aspect is Aspect.SOUND:
        return (loudness, _true_peak(one, limits), _silence(one, limits), _phase(one))
    is_stream = one is not None and one["kind"] == "ts"
    # bitrate and what carries it: downloads of a playlist, errors of a stream
    return (quality, loudness, delivery[2], delivery[0] if is_stream else delivery[1])


def _mos(one: Json | None, limits: Limits) -> ChartSpec:
    judged: tuple[Limit, ...] = ()
    if limits.mos is not None:
        judged = (
            Limit(limits.mos, f"major {limits.mos:g}", Severity.MAJOR, is_lower=True),
            Limit(_CRITICAL_MOS, f"critical {_CRITICAL_MOS:.1f}", Severity.CRITICAL, is_lower=True),
        )
    curves = _curves(one, "video.mos", "video.mos")
    return ChartSpec("Picture quality, an estimate", "MOS est.", (5.0,), curves, judged, digits=2, low=_LOWEST_MOS)


def _loudness(one: Json | None, limits: Limits) -> ChartSpec:
    rungs = rungs_with(one, "audio.momentary_lufs") if one is not None else []
    input_id = int(one["id"]) if one is not None else 0
    curves: list[CurveSpec] = []
    for rung in rungs[:1]:
        curves = [
            CurveSpec("60 s", "audio.loudness_lufs", rung, input_id),
            CurveSpec("S 3 s", "audio.short_term_lufs", rung, input_id, is_judged=False),
            CurveSpec("M 0.4 s", "audio.momentary_lufs", rung, input_id, is_judged=False),
        ]
    curves += [CurveSpec(f"60 s {rung}", "audio.loudness_lufs", rung, input_id) for rung in rungs[1:3]]
    off = limits.loudness_lu
    judged: tuple[Limit, ...] = ()
    if off is not None:
        judged = (
            Limit(TARGET_LUFS + off, f"upper −{-(TARGET_LUFS + off):g}", Severity.MAJOR),
            Limit(TARGET_LUFS - off, f"lower −{-(TARGET_LUFS - off):g}", Severity.MAJOR, is_lower=True),
        )
    return ChartSpec("Loudness", "LUFS", (HIGH_LUFS,), tuple(curves), judged, low=LOW_LUFS)


def _blockiness(one: Json | None, limits: Limits) -> ChartSpec:
    judged = _one_limit(limits.blockiness, "minor {:g}", Severity.MINOR)
    curves = _curves(one, "video.blockiness_ratio", "video.mos")
    return ChartSpec("Blockiness", "blocks", _RATIO_TOPS, curves, judged, digits=2)


def _luma(one: Json | None) -> ChartSpec:
    mean = _curves(one, "video.luma_mean_ratio", "video.mos", "mean")[:1]
    contrast = _curves(one, "video.luma_deviation_ratio", "video.mos", "contrast")[:1]
    return ChartSpec("Luma", "luma", (1.0,), (*mean, *contrast), digits=2)


def _bitrate(one: Json | None) -> ChartSpec:
    return ChartSpec(
        "Video bitrate", "Mbit/s", _MBIT_TOPS, _curves(one, "video.bitrate_bps", "video.mos"), scale=1e-6
    )


def _true_peak(one: Json | None, limits: Limits) -> ChartSpec:
    judged = _one_limit(limits.true_peak_dbtp, "minor {:g} dBTP", Severity.MINOR)
    curves = _curves(one, "audio.true_peak_dbtp", "audio.momentary_lufs")
    return ChartSpec("True peak", "dBTP", (6.0,), curves, judged, low=-30.0)


def _silence(one: Json | None, limits: Limits) -> ChartSpec:
    judged = _one_limit(limits.silence_s, "critical {:g} s", Severity.CRITICAL)
    curves = _curves(one, "audio.silence_s", "audio.momentary_lufs")
    return ChartSpec("Silent for", "silent s", _SECOND_TOPS, curves, judged)


def _phase(one: Json | None) -> ChartSpec:
    curves = _curves(one, "audio.phase_correlation", "audio.momentary_lufs")
    return ChartSpec("Left against right", "phase", (1.0,), curves, digits=2, is_centred=True)


def _one_limit(value: float | None, text: str, severity: Severity) -> tuple[Limit, ...]:
    label = text.format(value).replace("-", "−") if value is not None else ""
    return (Limit(value, label, severity),) if value is not None else ()


def _curves(one: Json | None, metric: str, sign: str, name: str = "") -> tuple[CurveSpec, ...]:
    """Return a curve for each rung that is measured; `sign` is the metric that tells so."""
    if one is None:
        return ()
    rungs = rungs_with(one, sign)[:_MOST]
    names = short_names(rungs)
    return tuple(CurveSpec(name or names[rung], metric, rung, int(one["id"])) for rung in rungs)
