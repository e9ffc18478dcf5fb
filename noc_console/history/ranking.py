"""The worst series of a window, from hourly rows and the running totals of the open hours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from sqlalchemy import Connection

from noc_console.history.reading import HOUR_S, Shelves
from noc_console.history.values import TopRow

MAX_ROWS = 1000
Order = Literal["max", "min", "mean"]


@dataclass(frozen=True, slots=True)
class TopQuery:
    """Which metric, when, how many, and by what: largest maximum, smallest minimum, largest mean."""

    metric: str
    start: float
    end: float
    n: int
    order: Order = "max"


def read_top(connection: Connection, shelves: Shelves, query: TopQuery) -> tuple[TopRow, ...]:
    """Return the first series of the asked order."""
    ids, (n, total, low, high) = _sums(connection, shelves, query)
    seen = np.flatnonzero(n)
    rank = {"max": -high[seen], "min": low[seen], "mean": -total[seen] / n[seen]}[query.order]
    order = seen[np.argsort(rank, kind="stable")][: min(query.n, MAX_ROWS)]
    return _rows(shelves, ids, (n, total, low, high), order)


def read_all(connection: Connection, shelves: Shelves, query: TopQuery) -> tuple[TopRow, ...]:
    """Return every series of a metric that was measured in the window, in no order."""
    ids, hours = _sums(connection, shelves, query)
    return _rows(shelves, ids, hours, np.flatnonzero(hours[0]))


Hours = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def _sums(connection: Connection, shelves: Shelves, query: TopQuery) -> tuple[np.ndarray, Hours]:
    ids = np.array(shelves.names.of_metric(query.metric), np.int64)
    n, total = np.zeros(len(ids)), np.zeros(len(ids))
    low, high = np.full(len(ids), np.inf), np.full(len(ids), -np.inf)
    for hours in (_stored(connection, shelves, query, ids), _running(shelves, query, ids)):
        n += hours[0]
        total += hours[1]
        low, high = np.minimum(low, hours[2]), np.maximum(high, hours[3])
    return ids, (n, total, low, high)


def _rows(shelves: Shelves, ids: np.ndarray, hours: Hours, order: np.ndarray) -> tuple[TopRow, ...]:
    n, total, low, high = hours
    rows = []
    for at in order.tolist():
        name = shelves.names.name_of(int(ids[at]))
        if name is not None:
            mean = float(total[at] / n[at])
            rows.append(TopRow(name.input, name.rung, float(low[at]), mean, float(high[at]), int(n[at])))
    return tuple(rows)


def _stored(connection: Connection, shelves: Shelves, query: TopQuery, ids: np.ndarray) -> Hours:
    first, end = int(query.start // HOUR_S) * HOUR_S, _stored_end(shelves, query)
    if first >= end:
        return _none(len(ids))
    found = connection.exec_driver_sql(
        "SELECT s.series_id, sum(h.n), sum(h.total), min(h.low), max(h.high) FROM series s"
        " CROSS JOIN hourly h ON h.series_id = s.series_id AND h.hour >= ? AND h.hour < ?"
        " WHERE s.metric = ? GROUP BY s.series_id",
        (first, end, query.metric),
    ).all()
    hours = _none(len(ids))
    if found:
        columns = np.array(found, np.float64).T
        at = np.searchsorted(ids, columns[0].astype(np.int64))
        for into, column in zip(hours, columns[1:], strict=True):
            into[at] = column
    return hours


def _running(shelves: Shelves, query: TopQuery, ids: np.ndarray) -> Hours:
    n, total, low, high = _none(len(ids))
    end = _stored_end(shelves, query)
    stored = {hour for w in shelves.sealed for hour in range(w.start, w.end, HOUR_S) if hour < end}
    opened = {hour: totals for hour, totals in shelves.hours.items() if hour not in stored}
    for hour, totals in (opened | dict(shelves.whole_hours)).items():
        if hour + HOUR_S <= query.start or hour >= query.end:
            continue
        known = np.flatnonzero(ids < len(totals.n))
        at = ids[known]
        n[known] += totals.n[at]
        total[known] += totals.total[at]
        low[known] = np.minimum(low[known], totals.low[at])
        high[known] = np.maximum(high[known], totals.high[at])
    return n, total, low, high


def _stored_end(shelves: Shelves, query: TopQuery) -> float:
    # the newest sealed hours are in memory, without a hole up to the open ones
    return min(query.end, min(shelves.whole_hours, default=query.end))


def _none(size: int) -> Hours:
    return np.zeros(size), np.zeros(size), np.full(size, np.inf), np.full(size, -np.inf)
