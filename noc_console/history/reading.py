"""Answers of curves: open window, blocks, rasters and hourly rows read as one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from sqlalchemy import Connection

from noc_console import catalogues
from noc_console.history import folding, shelf
from noc_console.history.blocks import STAT_S
from noc_console.history.names import Names
from noc_console.history.sealing import resolution_of
from noc_console.history.shelf import Sealed
from noc_console.history.ticks import Samples
from noc_console.history.values import SeriesAnswer, SeriesQuery
from noc_console.history.window import HourTotals, OpenWindow, joined

MAX_POINTS = 20_000
HOUR_S = 3600


@dataclass(frozen=True, slots=True)
class Shelves:
    """Everything there is to read at one moment; `off` are the stretches that were not recorded.

    The open windows are taken before the list of the sealed ones, so a window on its way between is in both.
    """

    names: Names
    span_s: int
    opened: Mapping[int, OpenWindow]
    hours: Mapping[int, HourTotals]
    whole_hours: Mapping[int, HourTotals]
    sealed: Sequence[Sealed]
    off: Sequence[tuple[float, float]]
    now: float


def read_series(connection: Connection, shelves: Shelves, query: SeriesQuery) -> SeriesAnswer:
    """Return one curve; an unknown series is an answer without points."""
    metric = catalogues.metrics().get(query.metric)
    unit = metric.unit if metric else ""
    if not query.end > query.start:
        return SeriesAnswer(unit)
    asked = replace(query, points=min(max(query.points, 1), MAX_POINTS))
    names = shelves.names.of_input(query.input, query.metric, query.rung)
    pieces = [piece for series in names for piece in _pieces(connection, shelves, asked, series)]
    whole = folding.cut(folding.joined(pieces), query.start, query.end)
    rows = folding.fold(whole, query.start, query.end, asked.points)
    known_end = max(query.start, min(query.end, shelves.now))
    return SeriesAnswer(unit, rows, folding.gaps(whole, query.start, known_end, shelves.off))


def _pieces(connection: Connection, shelves: Shelves, query: SeriesQuery, series: int) -> Iterator[folding.Piece]:
    sealed = [w for w in shelves.sealed if w.start < query.end and w.end > query.start]
    oldest = shelves.sealed[0].start if shelves.sealed else 0
    if query.start < oldest:
        yield _hourly(connection, series, query.start, min(query.end, oldest))
    is_coarse = (query.end - query.start) / query.points >= STAT_S
    quick = [w for w in sealed if is_coarse and w.start not in shelves.opened]
    yield shelf.stats_of(connection, quick, series)
    resolution = resolution_of(shelves.names, series)
    for window in sealed:
        if not is_coarse and window.start not in shelves.opened:
            piece = shelf.samples_in(connection, window, series, resolution)
            if piece is not None:
                yield piece
    for opened in shelves.opened.values():
        if opened.start < query.end and opened.start + shelves.span_s > query.start:
            yield _open_piece(connection, shelves, opened, series, query)


def _open_piece(
    connection: Connection, shelves: Shelves, window: OpenWindow, series: int, query: SeriesQuery
) -> folding.Piece:
    samples = window.between(series, series, query.start, query.end)
    also = next((w for w in shelves.sealed if w.start == window.start and not w.step_s), None)
    rows = shelf.read_rows(connection, also, (series,)) if also is not None else {}
    if series in rows:
        resolution = resolution_of(shelves.names, series)
        before = shelf.block_samples(rows, rows[series], window.start, resolution)
        samples = joined((before, samples))
    return piece_of(samples)


def _hourly(connection: Connection, series: int, start: float, end: float) -> folding.Piece:
    query = "SELECT hour, n, low, high, total FROM hourly WHERE series_id = ? AND hour >= ? AND hour < ?"
    found = connection.exec_driver_sql(query + " ORDER BY hour", (series, int(start) - HOUR_S, int(end))).all()
    hour, n, low, high, total = np.array(found, np.float64).reshape(-1, 5).T
    return folding.Piece(hour + HOUR_S / 2, np.full(len(n), HOUR_S / 2), n, low, high, total)


def piece_of(samples: Samples) -> folding.Piece:
    """Return the samples of one series as a piece."""
    return folding.samples_piece(samples.ms / 1000.0, samples.values.astype(np.float64))
