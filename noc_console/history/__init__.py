"""local.db and the captures beside it: what was measured, what happened, what is configured."""

from noc_console.history.baseline import Baseline, baseline_of
from noc_console.history.history import History
from noc_console.history.opening import open_history
from noc_console.history.values import (
    RecordingState,
    SeriesAnswer,
    SeriesQuery,
    Template,
    Tick,
    TickRow,
    TopRow,
)

__all__ = [
    "Baseline",
    "History",
    "RecordingState",
    "SeriesAnswer",
    "SeriesQuery",
    "Template",
    "Tick",
    "TickRow",
    "TopRow",
    "baseline_of",
    "open_history",
]
