"""Loudness over 20 min: a value for every 5 min of what was recorded, its spread and slope: natural or persistent."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from noc_console.probes.diagnostics.values import Impossible, Kit, Point, Result, Row, Target

SPAN_S, PART_S = 1200.0, 300.0
TARGET_LUFS, TOLERANCE_LU = -23.0, 2.0
NATURAL_LU = 4.0  # programme material that keeps its target moves about so much
_METRIC = "audio.short_term_lufs"
_SILENT_LUFS = -70.0  # EBU R 128: below the absolute gate
_LEAST_SHARE = 0.2


async def examine(target: Target, kit: Kit) -> Result:
    """Return mean, extremes, spread and deviation (LU from the target) of the worst sound of the input.

    Where its sound is not measured that of the channel's next input is taken.
    """
    if target.entry is None:
        raise Impossible("There is no input to look at.")
    kit.progress(0.2, "Reading what was recorded")
    found = await kit.ask.points(target.entry, _METRIC, SPAN_S)
    for other in target.others:
        found = found or await kit.ask.points(other, _METRIC, SPAN_S)
    judged_ = [judged(rung, points, kit.now()) for rung, points in found.items()]
    told = [one for one in judged_ if one.fields["mean_lufs"] is not None]
    if not told:
        raise Impossible("No loudness was recorded in the last 20 min: the sound is not measured.")
    return max(told, key=lambda one: abs(one.fields["deviation_lu"] or 0.0))


def judged(rung: str, points: Sequence[Point], at: float) -> Result:
    """Return what the samples of one sound (at, LUFS) of the last 20 min say; means are of energy."""
    parts = [_part(points, at - SPAN_S + number * PART_S) for number in range(int(SPAN_S // PART_S))]
    had = [value for value in parts if value is not None]
    if not had:
        return Result(dict.fromkeys(_FIELDS), f"{rung}: nothing was recorded.")
    mean, low, high = _energy_mean(had), min(had), max(had)
    deviation, slope = mean - TARGET_LUFS, _slope(parts)
    fields: dict[str, float | None] = {
        "is_ok": float(abs(deviation) <= TOLERANCE_LU),
        "mean_lufs": mean,
        "min_lufs": low,
        "max_lufs": high,
        "spread_lu": high - low,
        "deviation_lu": deviation,
        "points": float(len(had)),
    }
    rows: list[Row] = [
        {"what": "5 min", "from": at - SPAN_S + number * PART_S, "lufs": None if value is None else round(value, 2)}
        for number, value in enumerate(parts)
    ]
    return Result(fields, _text(rung, fields, slope), rows)


_FIELDS = ("is_ok", "mean_lufs", "min_lufs", "max_lufs", "spread_lu", "deviation_lu", "points")


def _text(rung: str, fields: Mapping[str, float | None], slope: float | None) -> str:
    spread, deviation, points = fields["spread_lu"] or 0.0, fields["deviation_lu"] or 0.0, int(fields["points"] or 0)
    head = f"{rung}: {fields['mean_lufs']:.1f} LUFS over {5 * points} min, spread {spread:.1f} LU"
    drift = f", {slope:+.1f} LU per 10 min" if slope is not None and abs(slope) >= 1.0 else ""
    if points < SPAN_S // PART_S:
        return f"{head}{drift}; only {points} of 4 parts were recorded."
    if abs(deviation) <= TOLERANCE_LU:
        return f"{head}{drift}: within the target, {'natural' if spread <= NATURAL_LU else 'but it swings'}."
    if (
        spread > NATURAL_LU
        and min(abs((fields[name] or 0.0) - TARGET_LUFS) for name in ("min_lufs", "max_lufs")) <= 2
    ):
        return f"{head}{drift}: it comes and goes, as programme material does: natural, not persistent."
    return f"{head}{drift}: {deviation:+.1f} LU off the target all the time: persistent."


def _part(points: Sequence[Point], start: float) -> float | None:
    values = [value for at, value in points if start <= at < start + PART_S and value > _SILENT_LUFS]
    times = [at for at, _ in points if start <= at < start + PART_S]
    if not values or max(times) - min(times) < _LEAST_SHARE * PART_S:
        return None
    return _energy_mean(values)


def _energy_mean(values: Sequence[float]) -> float:
    return 10 * math.log10(sum(10 ** (value / 10) for value in values) / len(values))


def _slope(parts: Sequence[float | None]) -> float | None:
    """Return how the loudness drifts in LU per 10 min, None with fewer than three parts."""
    had = [(number * PART_S, value) for number, value in enumerate(parts) if value is not None]
    if len(had) < 3:
        return None
    middle = sum(at for at, _ in had) / len(had)
    level = sum(value for _, value in had) / len(had)
    below = sum((at - middle) ** 2 for at, _ in had)
    return sum((at - middle) * (value - level) for at, value in had) / below * 600
