"""How a line stands to the limits of its chart: which are crossed, which hold now, and the part beyond them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from noc_console.views.charts.reduce import Line, crossing
from noc_console.views.charts.spec import Limit


def greatest(line: Line) -> float:
    """Return the largest value of a line, 0 without one."""
    return float(np.nanmax(line.y)) if len(line.y) and not np.isnan(line.y).all() else 0.0


def crossed(limits: Iterable[Limit], line: Line) -> list[Limit]:
    """Return the limits that some part of a line is beyond."""
    if not len(line.y) or np.isnan(line.y).all():
        return []
    high, low = float(np.nanmax(line.y)), float(np.nanmin(line.y))
    return [limit for limit in limits if (low < limit.value if limit.is_lower else high > limit.value)]


def worst_now(limits: Iterable[Limit], line: Line) -> Limit | None:
    """Return the gravest limit that the newest value is beyond."""
    if not len(line.y) or not np.isfinite(line.y[-1]):
        return None
    last = float(line.y[-1])
    broken = [limit for limit in limits if (last < limit.value if limit.is_lower else last > limit.value)]
    return max(broken, key=lambda limit: limit.severity.rank, default=None)


def beyond(limits: Sequence[Limit], line: Line) -> Line:
    """Return the part of a line that is over the lowest upper limit or under the highest lower one."""
    upper = min((limit.value for limit in limits if not limit.is_lower), default=None)
    lower = max((limit.value for limit in limits if limit.is_lower), default=None)
    over = crossing(line, upper) if upper is not None else Line()
    under = crossing(line, lower, is_upper=False) if lower is not None else Line()
    if not len(over.x) or not len(under.x):
        return over if len(over.x) else under
    gap = np.array([np.nan])
    # two pieces in one: a NaN keeps them apart, wherever they lie in time
    return Line(np.concatenate((over.x, over.x[-1:], under.x)), np.concatenate((over.y, gap, under.y)), True)
