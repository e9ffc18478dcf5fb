"""Answers of curves: open window, blocks, aggregates and hourly rows read as one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np
from sqlalchemy import Connection

from noc_console import catalogues
from noc_console.history import folding
from noc_console.history.names import Names
from noc_console.history.ticks import Samples
from noc_console.history.values import SeriesAnswer, SeriesQuery
from noc_console.history.window import OpenWindow, OpenWindows

MAX_POINTS = 20_000


def read_series(
    connection: Connection,
    names: Names,
    windows: OpenWindows,
    query: SeriesQuery,
    off: Sequence[tuple[float, float]],
    now: float,
) -> SeriesAnswer:
    """Return one curve; an unknown series is an answer without points."""
    metric = catalogues.metrics().get(query.metric)
    unit = metric.unit if metric else ""
    if not query.end > query.start:
        return SeriesAnswer(unit)
    points = min(max(query.points, 1), MAX_POINTS)
    asked = replace(query, points=points)
    pieces = [
        piece
        for series in names.of_input(query.input, query.metric, query.rung)
        for piece in _pieces(connection, windows, asked, series)
    ]
    whole = folding.cut(folding.joined(pieces), query.start, query.end)
    rows = folding.fold(whole, query.start, query.end, points)
    known_end = max(query.start, min(query.end, now))
    return SeriesAnswer(unit, rows, folding.gaps(whole.times, (query.start, known_end), 0.0, off))


def _pieces(connection: Connection, windows: OpenWindows, query: SeriesQuery, series: int) -> Iterator[folding.Piece]:
    yield from _open_pieces(windows.windows.values(), windows.span_s, query, series)


def _open_pieces(
    opened: Iterable[OpenWindow], span_s: int, query: SeriesQuery, series: int
) -> Iterator[folding.Piece]:
    for window in opened:
        if window.start < query.end and window.start + span_s > query.start:
            yield piece_of(window.between(series, series))


def piece_of(samples: Samples) -> folding.Piece:
    """Return the samples of one series as a piece."""
    return folding.samples_piece(samples.ms / 1000.0, samples.values.astype(np.float64))
