"""How many seconds of each input are kept for evidence, out of one memory budget: by tier, by bitrate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

GOAL_S = 22.0  # 20 s before an alarm, and what passes until the evidence is asked for
LEAST_S = 2.0  # what the analysis itself needs while the worker is busy
_WEIGHTS = {1: 4.0, 2: 2.0, 3: 1.0}


@dataclass(frozen=True, slots=True)
class Wish:
    """One input: how fast it fills its ring, in bytes a second, and the tier of its channel."""

    bytes_per_s: float
    tier: int = 2


def seconds_each(wishes: Sequence[Wish], budget_bytes: float) -> list[float]:
    """Return the seconds of each input: the goal where memory allows, else tier 1 : 2 : 3 as 4 : 2 : 1.

    Nobody gets less than the analysis needs, even where that is more than the budget.
    """
    weights = [_WEIGHTS.get(wish.tier, 1.0) for wish in wishes]

    def shares(level: float) -> list[float]:
        return [min(GOAL_S, max(LEAST_S, level * weight)) for weight in weights]

    low, high = 0.0, GOAL_S
    for _ in range(40):
        middle = (low + high) / 2
        cost = sum(wish.bytes_per_s * share for wish, share in zip(wishes, shares(middle), strict=True))
        low, high = (middle, high) if cost <= budget_bytes else (low, middle)
    return shares(low)
