"""Where an axis has its labels, and how they are written; without the chart library, for painted charts too."""

from __future__ import annotations

import math
from datetime import datetime

from noc_console.views.figures import ICT

_STEPS_S = (60, 120, 180, 300, 600, 720, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400)
_PIXELS_PER_LABEL = 150
_DAY_S = 86_400


def tick_text(value: float) -> str:
    """Return a tick's label, without a useless `.0`, with a real minus sign."""
    return f"{value:g}".replace("-", "−")


def time_ticks(start: float, end: float, width: float) -> list[float]:
    """Return times on whole steps of ICT, so few that their labels never touch."""
    wanted = (end - start) / max(width / _PIXELS_PER_LABEL, 1)
    step = next((step for step in _STEPS_S if step >= wanted), _STEPS_S[-1])
    offset = ICT.utcoffset(None).total_seconds()
    first = math.ceil((start + offset) / step) * step - offset
    return [first + index * step for index in range(int((end - first) // step) + 1)] if first <= end else []


def tick_time(at: float, span: float) -> str:
    """Return `21:32`, or with its day where the axis is longer than a day."""
    moment = datetime.fromtimestamp(at, ICT)
    return moment.strftime("%H:%M") if span <= _DAY_S else f"{moment.day} {moment:%b %H:%M}"
