"""What is normal for a curve: the band in which nine of ten of its five-minute lows and highs of a day lie."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from noc_console.history.blocks import STAT_S
from noc_console.history.values import Point

DAY_S = 86_400.0
#: As many points as a day has five-minute statistics, so that sealed windows are read by these alone.
POINTS = int(DAY_S / STAT_S)
#: Of less than an hour of values no band is told: one bad quarter of an hour would be the normal state.
LEAST_STEPS = 12
_TENTH = 10.0


@dataclass(frozen=True, slots=True)
class Baseline:
    """The normal range of a curve in its own unit, its mean, and how many values and seconds it was learned from."""

    low: float
    mean: float
    high: float
    n: int
    covered_s: float


def baseline_of(points: Sequence[Point]) -> Baseline | None:
    """Return the band of a curve's points, None where they cover less than an hour.

    A tenth of the five-minute lows may lie below it and a tenth of the highs above: two hours of trouble in a day
    (requirement R-136, 24 h) do not become normal.
    """
    if not points:
        return None
    at, low, mean, high, n = np.array(points, np.float64).T
    first = np.flatnonzero(np.diff(at // STAT_S, prepend=-1.0))
    if len(first) < LEAST_STEPS:
        return None
    lows, highs = np.minimum.reduceat(low, first), np.maximum.reduceat(high, first)
    return Baseline(
        float(np.percentile(lows, _TENTH)),
        float((mean * n).sum() / n.sum()),
        float(np.percentile(highs, 100 - _TENTH)),
        int(n.sum()),
        len(first) * float(STAT_S),
    )
