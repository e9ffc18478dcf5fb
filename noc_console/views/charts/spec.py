"""What a chart shows, as data: unit, scale, limits and curves; no Qt and no thresholds of its own."""

from __future__ import annotations

from dataclasses import dataclass

from noc_console.model import Severity

_LOW = 56.0
"""Pixels below which five labels would stand in each other."""


@dataclass(frozen=True, slots=True)
class Limit:
    """A threshold drawn dashed; `value` is in the chart's unit. Grey until a series is beyond it."""

    value: float
    label: str
    severity: Severity
    is_lower: bool = False
    """Values below it are wrong, not those above."""


@dataclass(frozen=True, slots=True)
class CurveSpec:
    """One series of a chart and what the legend calls it."""

    name: str
    metric: str
    rung: str = ""
    input_id: int = 0
    is_judged: bool = True
    """The chart's limits are about it; else it is only drawn beside those they are about."""

    @property
    def key(self) -> tuple[int, str, str]:
        """The series as the agent knows it."""
        return (self.input_id, self.rung, self.metric)


@dataclass(frozen=True, slots=True)
class ChartSpec:
    """One chart of the stack; `tops` are the only upper ends its axis may have, so that scales stay familiar."""

    title: str
    unit: str
    tops: tuple[float, ...]
    curves: tuple[CurveSpec, ...] = ()
    limits: tuple[Limit, ...] = ()
    scale: float = 1.0
    digits: int = 1
    is_bars: bool = False
    is_centred: bool = False
    """The axis goes from minus `top` to `top`, as for a drift."""
    low: float = 0.0
    """Lower end of the axis where that is not 0, as for a MOS or a loudness."""

    def top_for(self, greatest: float) -> float:
        """Return the smallest permitted upper end that holds a value."""
        return next((top for top in self.tops if top >= greatest), self.tops[-1])

    def digits_at(self, top: float) -> int:
        """Return how many digits a value needs on an axis up to `top`."""
        span = top - self.low_for(top)
        return max(self.digits, 3 if span < 0.1 else 2 if span <= 2 else 0)

    def low_for(self, top: float) -> float:
        """Return the lower end of an axis."""
        return -top if self.is_centred else self.low

    def ticks(self, top: float, height: float = 200.0) -> tuple[float, ...]:
        """Return the labelled values of an axis up to `top`: at most five, the ends and the middle on a low chart."""
        if height < _LOW:
            return (-top, 0.0, top) if self.is_centred else (self.low, (self.low + top) / 2, top)
        if self.is_centred:
            return (-top, -top / 2, 0.0, top / 2, top)
        span = top - self.low
        parts = 3 if span % 3 == 0 else 4
        return tuple(self.low + span * part / parts for part in range(parts + 1))
