"""After a start: the totals of the newest sealed hours back into memory, a slice of series at a time."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from noc_console.history.recorder import Recorder
from noc_console.history.window import WHOLE_HOURS, HourTotals

HOUR_S = 3600
SLICE_SERIES = 500
_ROWS = (
    "SELECT h.series_id, h.hour, h.n, h.total, h.low, h.high FROM series s"
    " CROSS JOIN hourly h ON h.series_id = s.series_id AND h.hour >= ? AND h.hour < ?"
    " WHERE s.series_id BETWEEN ? AND ?"
)


def recall_hours(recorder: Recorder) -> Iterator[None]:
    """Read what rankings of a day need; nothing is taken over before everything is read."""
    if not recorder.sealed:
        return
    end = max(window.end for window in recorder.sealed)
    hours = {hour: _none(recorder) for hour in range(end - WHOLE_HOURS * HOUR_S, end, HOUR_S)}
    for first in range(0, recorder.store.names.last() + 1, SLICE_SERIES):
        with recorder.transaction() as connection:
            span = (end - WHOLE_HOURS * HOUR_S, end, first, first + SLICE_SERIES - 1)
            rows = np.array(connection.exec_driver_sql(_ROWS, span).all(), np.float64).reshape(-1, 6)
        for hour in np.unique(rows[:, 1]).tolist():
            _put(hours[int(hour)], rows[rows[:, 1] == hour])
        yield
    recorder.store.windows.whole_hours = hours


def _put(totals: HourTotals, rows: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> None:
    at = rows[:, 0].astype(np.int64)
    totals.n[at], totals.total[at], totals.low[at], totals.high[at] = rows[:, 2:].T


def _none(recorder: Recorder) -> HourTotals:
    room = recorder.store.names.last() + 1
    return HourTotals(
        np.zeros(room, np.int64),
        np.zeros(room, np.float64),
        np.full(room, np.inf, np.float32),
        np.full(room, -np.inf, np.float32),
    )
