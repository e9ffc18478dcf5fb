"""How well the estimate of picture quality orders encodes, against SSIM, on films it was not tuned on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from noc_console.bench import Row
from noc_console.bench.media_ladder import encoded, ladder
from noc_console.bench.media_pictures import HEIGHT, Film, checked_on, tuned_on
from noc_console.media.picture.mos import estimate

GOAL = 0.9
_FRAMES = 26


@dataclass(frozen=True, slots=True)
class Point:
    """One encode of a film: its estimate and its mean SSIM; `is_told` says that the decoder told the quantiser."""

    film: str
    mos: float
    ssim: float
    is_told: bool


def run(options: Mapping[str, str]) -> list[Row]:
    """Encode the ladder of every film and compare. Options: `short` (any: few rungs), `tuned` (any: those films)."""
    films = tuned_on() if options.get("tuned") else checked_on()
    points = measured(films, is_short=bool(options.get("short")))
    told = [point for point in points if point.is_told]
    how = f"{len(points)} encodes of {len(films)} films, x264, x265 and MPEG-2, several sizes; SSIM by our own numpy"
    of_each, of_told = by_film(points), by_film(told)
    mean, worst = float(np.mean(list(of_each.values()))), min(of_each, key=lambda film: of_each[film])
    return [
        Row("estimate of quality: order within a ladder, mean", f">= {GOAL:g}", f"{mean:.3f}", mean >= GOAL, how),
        Row("the worst ladder", "", f"{of_each[worst]:.3f} ({worst})", None),
        Row(
            "H.264 and MPEG-2 alone, whose quantiser is told",
            f">= {GOAL:g}",
            f"{np.mean(list(of_told.values())):.3f}",
            bool(np.mean(list(of_told.values())) >= GOAL),
            f"the worst ladder {min(of_told.values()):.3f}",
        ),
        Row(
            "all encodes of all films in one order",
            "",
            f"{spearman([point.mos for point in points], [point.ssim for point in points]):.3f}",
            None,
            "SSIM of different films is not one scale: lost grain costs more of it than lost edges",
        ),
    ]


def measured(films: Mapping[str, Film], is_short: bool = False, frames: int = _FRAMES) -> list[Point]:
    """Return the estimates of every rung of every film, on a screen of the film's own height."""
    points = []
    for name, film in films.items():
        originals = [film(number) for number in range(frames)]
        for encode in encoded(originals, ladder(is_short)):
            mos = estimate(encode.stretch, HEIGHT)
            assert mos is not None, "an encode has bits"
            is_told = not np.isnan(encode.stretch.frames["quantiser"]).all()
            points.append(Point(name, mos.total, encode.ssim, is_told))
    return points


def by_film(points: list[Point]) -> dict[str, float]:
    """Return the rank correlation of estimate and SSIM within the ladder of each film."""
    films = {point.film for point in points}
    ladders = {film: [point for point in points if point.film == film] for film in sorted(films)}
    return {film: spearman([one.mos for one in own], [one.ssim for one in own]) for film, own in ladders.items()}


def spearman(one: list[float], other: list[float]) -> float:
    """Return Spearman's rank correlation of two lists without ties."""
    mine, theirs = (np.argsort(np.argsort(np.array(values))) - (len(values) - 1) / 2 for values in (one, other))
    return float(mine @ theirs / np.sqrt((mine @ mine) * (theirs @ theirs)))
