"""What gets old: values as measured to a 30 s raster, rasters away, hourly rows away; all in slices."""

from __future__ import annotations

import logging
from collections.abc import Iterator

from noc_console.history import shelf
from noc_console.history.blocks import pack_raster, pack_times, raster_of, unpack_values
from noc_console.history.recorder import Recorder
from noc_console.history.sealing import resolution_of
from noc_console.history.shelf import BlockRow, Sealed

log = logging.getLogger(__name__)

STEP_S = 30
SLICE_ROWS = 200
_HOURLY_SERIES = 200


def age_window(recorder: Recorder, window: Sealed) -> Iterator[None]:
    """Write a window's blocks anew by a raster of 30 s, then remove the values as measured."""
    holders: dict[bytes, int] = {}
    times: dict[int, BlockRow] = {}
    after, size = -1, 0
    while True:
        with recorder.transaction() as connection:
            rows = shelf.rows_from(connection, window, after, SLICE_ROWS)
            times |= {row.series: row for row in rows if row.times is not None}
            known = times | {row.series: row for row in rows}
            aged = list(_all_aged(recorder, window, known, rows, holders))
            shelf.write_rows(connection, window.start, True, aged)
        size += sum(map(len, aged))
        yield
        if len(rows) < SLICE_ROWS:
            break
        after = rows[-1].series
    with recorder.transaction() as connection:
        shelf.write_window(connection, Sealed(window.start, window.span_s, STEP_S, window.samples, size))
        recorder.sealed = shelf.read_windows(connection)
    yield
    low, high = (shelf.block_id(window.start, series, False) for series in (0, 2**31 - 1))
    yield from _remove(recorder, low, high)


def drop_window(recorder: Recorder, window: Sealed) -> Iterator[None]:
    """Remove a window for good; the hourly rows stay."""
    with recorder.transaction() as connection:
        connection.exec_driver_sql("DELETE FROM windows WHERE start = ?", (window.start,))
        recorder.sealed = shelf.read_windows(connection)
    yield
    low, high = shelf.block_id(window.start, 0, False), shelf.block_id(window.start, 2**31 - 1, True)
    yield from _remove(recorder, low, high)


def sweep(recorder: Recorder, hours_before: float) -> Iterator[None]:
    """Remove hourly rows older than this, and blocks an earlier run did not come to remove."""
    for first in range(0, recorder.store.names.last() + 1, _HOURLY_SERIES):
        with recorder.transaction() as connection:
            connection.exec_driver_sql(
                "DELETE FROM hourly WHERE series_id BETWEEN ? AND ? AND hour < ?",
                (first, first + _HOURLY_SERIES - 1, int(hours_before)),
            )
        yield
    for window in recorder.sealed:
        if window.step_s:
            low, high = (shelf.block_id(window.start, series, False) for series in (0, 2**31 - 1))
            yield from _remove(recorder, low, high)
    if recorder.sealed:
        yield from _remove(recorder, 0, shelf.block_id(recorder.sealed[0].start, 0, False) - 1)


def _all_aged(
    recorder: Recorder,
    window: Sealed,
    known: dict[int, BlockRow],
    rows: list[BlockRow],
    holders: dict[bytes, int],
) -> Iterator[BlockRow]:
    for row in rows:
        try:
            yield _aged(recorder, window, known, row, holders)
        except (ValueError, KeyError):
            # one damaged block must not keep the whole window from ageing
            log.warning("a damaged block of series %d at %d was left out", row.series, window.start)


def _aged(
    recorder: Recorder, window: Sealed, known: dict[int, BlockRow], row: BlockRow, holders: dict[bytes, int]
) -> BlockRow:
    resolution = resolution_of(recorder.store.names, row.series)
    ms = shelf.times_of(known, row, window.start)
    raster = raster_of(ms, unpack_values(row.vals, resolution), STEP_S * 1000)
    holder = holders.setdefault(raster.ms.tobytes(), row.series)
    times = pack_times(raster.ms, window.start * 1000) if holder == row.series else None
    return BlockRow(row.series, holder, row.stats, times, pack_raster(raster, resolution))


def _remove(recorder: Recorder, low: int, high: int) -> Iterator[None]:
    removed = SLICE_ROWS
    while removed == SLICE_ROWS:
        with recorder.transaction() as connection:
            query = "SELECT block_id FROM blocks WHERE block_id BETWEEN ? AND ? ORDER BY block_id LIMIT ?"
            ids = [row[0] for row in connection.exec_driver_sql(query, (low, high, SLICE_ROWS))]
            removed = len(ids)
            if ids:
                connection.exec_driver_sql("DELETE FROM blocks WHERE block_id BETWEEN ? AND ?", (ids[0], ids[-1]))
        yield
