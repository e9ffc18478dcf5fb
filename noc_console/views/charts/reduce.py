"""Samples become what a screen can show: least and greatest of each pixel column, gaps never joined."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_EMPTY: Floats = np.empty(0)


@dataclass(frozen=True, slots=True)
class Window:
    """The stretch of time on screen, Unix seconds, and how many pixel columns show it."""

    start: float
    end: float
    width: int

    @property
    def column_s(self) -> float:
        """Seconds in one pixel column."""
        return max(self.end - self.start, 1e-3) / max(self.width, 1)


@dataclass(frozen=True, slots=True)
class Line:
    """What is handed to the plot: times and values, NaN where the line breaks."""

    x: Floats = field(default_factory=lambda: _EMPTY)
    y: Floats = field(default_factory=lambda: _EMPTY)
    is_broken: bool = False


@dataclass(frozen=True, slots=True)
class Columns:
    """Least and greatest value by pixel column, columns numbered from the epoch so that they never move."""

    column_s: float
    first: int
    low: Floats
    high: Floats
    seen_until: float

    def fits(self, window: Window) -> bool:
        """Tell whether these columns can be slid to the window instead of being made again."""
        first = int(window.start // self.column_s)
        same_width = abs(self.column_s - window.column_s) < 1e-9 * self.column_s
        return same_width and 0 <= first - self.first < len(self.low)


def reduced(at: Floats, low: Floats, high: Floats, window: Window) -> Columns:
    """Return the columns of a window made from sorted samples."""
    first = int(window.start // window.column_s)
    empty = np.full(window.width + 1, np.nan)
    return _filled(Columns(window.column_s, first, empty, empty.copy(), -np.inf), at, low, high)


def slid(columns: Columns, at: Floats, low: Floats, high: Floats, window: Window) -> Columns:
    """Return the columns moved on to a later window; only the samples not seen before are read."""
    first = int(window.start // columns.column_s)
    shift = first - columns.first
    if shift:
        pad = np.full(shift, np.nan)
        lows, highs = np.concatenate((columns.low[shift:], pad)), np.concatenate((columns.high[shift:], pad))
    else:
        lows, highs = columns.low, columns.high
    return _filled(Columns(columns.column_s, first, lows, highs, columns.seen_until), at, low, high)


def _filled(columns: Columns, at: Floats, low: Floats, high: Floats) -> Columns:
    if not len(at):
        return columns
    # the newest column seen before may have been half full: read it again from its start
    oldest = max(columns.first, _number(columns.seen_until, columns.column_s)) * columns.column_s
    begin = int(np.searchsorted(at, oldest))
    fresh = at[begin:]
    if not len(fresh):
        return columns
    number = np.floor_divide(fresh, columns.column_s).astype(np.int64) - columns.first
    number = np.clip(number, 0, len(columns.low) - 1)
    starts = np.concatenate(([0], np.flatnonzero(number[1:] != number[:-1]) + 1))
    at_columns = number[starts]
    lows, highs = columns.low.copy(), columns.high.copy()
    lows[at_columns] = np.fmin.reduceat(low[begin:], starts)
    highs[at_columns] = np.fmax.reduceat(high[begin:], starts)
    return Columns(columns.column_s, columns.first, lows, highs, float(fresh[-1]))


def _number(at: float, column_s: float) -> int:
    return int(at // column_s) if np.isfinite(at) else -(2**62)


def line_of_columns(columns: Columns, gap_s: float) -> Line:
    """Return the line through the columns, two points each, broken where samples stayed away for a gap."""
    filled = np.flatnonzero(~np.isnan(columns.low))
    if not len(filled):
        return Line()
    x = np.repeat((filled + columns.first + 0.5) * columns.column_s, 2)
    y = np.empty(len(x))
    y[0::2], y[1::2] = columns.low[filled], columns.high[filled]
    return broken(x, y, max(gap_s, 2.5 * columns.column_s))


def broken(x: Floats, y: Floats, gap_s: float) -> Line:
    """Return the line with a NaN between two points that are further apart than a gap."""
    holes = np.flatnonzero(x[1:] - x[:-1] > gap_s) + 1
    if not len(holes):
        return Line(x, y, bool(np.isnan(y).any()))
    return Line(np.insert(x, holes, x[holes - 1]), np.insert(y, holes, np.nan), True)


def crossing(line: Line, limit: float, *, is_upper: bool = True) -> Line:
    """Return only the part of a line beyond its limit, cut where it crosses."""
    if not len(line.x):
        return line
    sign = 1.0 if is_upper else -1.0
    over = (line.y - limit) * sign
    beyond = over > 0
    if not beyond.any():
        return Line()
    swap = np.flatnonzero((beyond[1:] != beyond[:-1]) & np.isfinite(over[1:]) & np.isfinite(over[:-1]))
    part = over[swap] / (over[swap] - over[swap + 1])
    x = np.insert(line.x, swap + 1, line.x[swap] + part * (line.x[swap + 1] - line.x[swap]))
    y = np.insert(np.where(beyond, line.y, np.nan), swap + 1, limit)
    # one NaN between two pieces is enough: the plot splits its path at each of them
    is_finite = np.isfinite(y)
    keep = is_finite | np.concatenate(([False], is_finite[:-1]))
    return Line(x[keep], y[keep], True)
