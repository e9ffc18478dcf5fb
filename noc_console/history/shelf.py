"""Where blocks lie: rows found by window and series, and the list of sealed windows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import Connection, select

from noc_console.history import schema
from noc_console.history.blocks import raster_piece, unpack_stats, unpack_times, unpack_values
from noc_console.history.folding import Piece, samples_piece
from noc_console.history.packing import Ints
from noc_console.history.ticks import Samples

_RASTER = 1 << 31


@dataclass(frozen=True, slots=True)
class Sealed:
    """One sealed window; `step_s` is 0 where values are as measured, else their raster."""

    start: int
    span_s: int
    step_s: int
    samples: int
    size_bytes: int

    @property
    def end(self) -> int:
        """The first second after the window."""
        return self.start + self.span_s


@dataclass(frozen=True, slots=True)
class BlockRow:
    """One row of the blocks table; `times` is None where another series of the window holds them."""

    series: int
    times_of: int
    stats: bytes
    times: bytes | None
    vals: bytes

    def __len__(self) -> int:
        """Return the bytes of the three columns."""
        return len(self.stats) + len(self.times or b"") + len(self.vals)


def block_id(window_start: int, series: int, is_raster: bool) -> int:
    """Return the key of a block: minute, raster flag, series; new windows append at the end of the table."""
    return (window_start // 60 << 32) + (_RASTER if is_raster else 0) + series


def write_rows(connection: Connection, start: int, is_raster: bool, rows: Iterable[BlockRow]) -> None:
    """Write blocks of one window; the same ones written before are replaced."""
    values = [(block_id(start, row.series, is_raster), row.times_of, row.stats, row.times, row.vals) for row in rows]
    if values:
        connection.exec_driver_sql(
            "INSERT OR REPLACE INTO blocks (block_id, times_of, stats, times, vals) VALUES (?,?,?,?,?)", values
        )


def read_rows(connection: Connection, window: Sealed, series: Sequence[int]) -> Mapping[int, BlockRow]:
    """Return the blocks of some series in one window, with the rows that hold their times."""
    found = {row.series: row for row in _rows(connection, window, series)}
    missing = {row.times_of for row in found.values() if row.times is None} - found.keys()
    return found | {row.series: row for row in _rows(connection, window, sorted(missing))}


def rows_from(connection: Connection, window: Sealed, after: int, limit: int) -> list[BlockRow]:
    """Return the next blocks of a window in order of series, those above `after`."""
    is_raster = bool(window.step_s)
    low, high = block_id(window.start, after, is_raster), block_id(window.start, 2**31 - 1, is_raster)
    query = (
        "SELECT block_id, times_of, stats, times, vals FROM blocks"
        " WHERE block_id > ? AND block_id <= ? ORDER BY block_id LIMIT ?"
    )
    return [_row(found) for found in connection.exec_driver_sql(query, (low, high, limit))]


def stats_of(connection: Connection, windows: Sequence[Sealed], series: int) -> Piece:
    """Return the five-minute statistics of one series in many windows."""
    starts = {block_id(w.start, series, bool(w.step_s)): w.start for w in windows}
    ids = list(starts)
    rows: list[tuple[int, bytes]] = []
    for at in range(0, len(ids), 500):
        some = ids[at : at + 500]
        marks = ",".join("?" * len(some))
        query = f"SELECT block_id, stats FROM blocks WHERE block_id IN ({marks}) ORDER BY block_id"  # noqa: S608
        found = connection.exec_driver_sql(query, tuple(some))
        rows += [(starts[number], stats) for number, stats in found]
    return unpack_stats(rows)


def samples_in(connection: Connection, window: Sealed, series: int, resolution: float) -> Piece | None:
    """Return the values of one series in one window, as measured or by their raster."""
    rows = read_rows(connection, window, (series,))
    if series not in rows:
        return None
    row = rows[series]
    ms = times_of(rows, row, window.start)
    if window.step_s:
        return raster_piece(ms, row.vals, resolution, window.step_s)
    return samples_piece(ms / 1000.0, unpack_values(row.vals, resolution))


def times_of(rows: Mapping[int, BlockRow], row: BlockRow, start: int) -> Ints:
    """Return the times of a block, from the row that holds them."""
    held = row.times if row.times is not None else rows[row.times_of].times
    if held is None:
        raise ValueError("a block without times")
    return unpack_times(held, start * 1000)


def block_samples(rows: Mapping[int, BlockRow], row: BlockRow, start: int, resolution: float) -> Samples:
    """Return a block of values as measured as samples."""
    ms = times_of(rows, row, start)
    values = unpack_values(row.vals, resolution).astype(np.float32)
    return Samples(np.full(len(ms), row.series, np.uint32), ms, values)


def read_windows(connection: Connection) -> tuple[Sealed, ...]:
    """Return the sealed windows, oldest first."""
    rows = connection.execute(select(schema.windows).order_by(schema.windows.c.start))
    return tuple(Sealed(*row) for row in rows)


def write_window(connection: Connection, window: Sealed) -> None:
    """Say that a window is sealed, or what its blocks are now."""
    table = schema.windows
    connection.execute(table.delete().where(table.c.start == window.start))
    connection.execute(
        table.insert().values(
            start=window.start,
            span_s=window.span_s,
            step_s=window.step_s,
            samples=window.samples,
            bytes=window.size_bytes,
        )
    )


def _rows(connection: Connection, window: Sealed, series: Sequence[int]) -> Iterator[BlockRow]:
    for at in range(0, len(series), 500):
        ids = tuple(block_id(window.start, number, bool(window.step_s)) for number in series[at : at + 500])
        marks = ",".join("?" * len(ids))
        query = f"SELECT block_id, times_of, stats, times, vals FROM blocks WHERE block_id IN ({marks})"  # noqa: S608
        for found in connection.exec_driver_sql(query, ids):
            yield _row(found)


def _row(found: Sequence[object]) -> BlockRow:
    number, times_of, stats, times, vals = found
    return BlockRow(int(number) & (_RASTER - 1), times_of, stats, times, vals)  # type: ignore[call-overload, arg-type]
