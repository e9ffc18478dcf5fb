"""Open windows to blocks, in slices short enough that no tick waits for them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from sqlalchemy import Connection

from noc_console import catalogues
from noc_console.history import journal, shelf
from noc_console.history.blocks import STAT_S, pack_stats, pack_times, pack_values, raster_of
from noc_console.history.names import Names
from noc_console.history.recorder import Recorder
from noc_console.history.shelf import BlockRow, Sealed
from noc_console.history.ticks import Samples
from noc_console.history.window import OpenWindow, joined

GRACE_S = 60.0
SLICE_SERIES = 200
SLICE_TICKS = 500


@dataclass(slots=True)
class Sealer:
    """Seals one window: remembers which series already wrote the times that others share."""

    window: OpenWindow
    names: Names
    samples: int = 0
    size_bytes: int = 0
    holders: dict[bytes, int] = field(default_factory=dict)

    def seal(self, connection: Connection, samples: Samples) -> None:
        """Write the blocks and hourly rows of these series; the samples are all of theirs in the window."""
        rows, hours = [], []
        for one in by_series(samples):
            row, summary = self._block(one)
            rows.append(row)
            hours += summary
        shelf.write_rows(connection, self.window.start, False, rows)
        write_hours(connection, hours)
        self.samples += len(samples)
        self.size_bytes += sum(map(len, rows))

    def _block(self, one: Samples) -> tuple[BlockRow, list[tuple[int | float, ...]]]:
        series, start_ms = int(one.series[0]), self.window.start * 1000
        values = one.values.astype(np.float64)
        stats = pack_stats(raster_of(one.ms, values, STAT_S * 1000), start_ms)
        holder = self.holders.setdefault(one.ms.tobytes(), series)
        times = pack_times(one.ms, start_ms) if holder == series else None
        row = BlockRow(series, holder, stats, times, pack_values(values, resolution_of(self.names, series)))
        hourly = raster_of(one.ms, values, 3_600_000)
        columns = (hourly.ms // 1000, hourly.n, hourly.low, hourly.high, hourly.mean * hourly.n)
        rows = zip(*(column.tolist() for column in columns), strict=True)
        return row, [(series, *found) for found in rows]


def seal_windows(recorder: Recorder, starts: Sequence[int]) -> Iterator[None]:
    """Seal windows whose time is over, one slice at each step; their tick rows go last."""
    windows = recorder.store.windows
    upto = recorder.seq
    done: list[tuple[OpenWindow, Sealed]] = []
    for start in starts:
        window = windows.windows[start]
        before = next((found for found in recorder.sealed if found.start == start), None)
        if before is not None and before.step_s:
            windows.take([start], [start])  # a day too late: the window holds no values as measured any more
            continue
        sealer = Sealer(window, recorder.store.names)
        for part in _parts(recorder, window, before):
            with recorder.transaction() as connection:
                for samples in part:
                    sealer.seal(connection, samples)
            yield
        span = max(windows.span_s, before.span_s if before else 0)
        done.append((window, Sealed(start, span, 0, sealer.samples, sealer.size_bytes)))
    yield from _finish(recorder, done, upto)


def by_series(samples: Samples) -> Iterator[Samples]:
    """Yield the samples of each series by themselves."""
    edges = np.flatnonzero(np.diff(samples.series)) + 1
    for low, high in zip([0, *edges.tolist()], [*edges.tolist(), len(samples)], strict=True):
        if high > low:
            yield Samples(samples.series[low:high], samples.ms[low:high], samples.values[low:high])


def resolution_of(names: Names, series: int) -> float:
    """Return the resolution a series is kept with, 0 (bit by bit) for a metric the catalogue does not know."""
    name = names.name_of(series)
    metric = catalogues.metrics().get(name.metric) if name else None
    return metric.resolution if metric else 0.0


def write_hours(connection: Connection, rows: Sequence[tuple[int | float, ...]]) -> None:
    """Write hourly rows (series, hour, n, low, high, total); the same hour written before is replaced."""
    if rows:
        connection.exec_driver_sql(
            "INSERT OR REPLACE INTO hourly (series_id, hour, n, low, high, total) VALUES (?,?,?,?,?,?)",
            list(rows),
        )


def _parts(recorder: Recorder, window: OpenWindow, before: Sealed | None) -> Iterator[list[Samples]]:
    if before is not None:
        # Blocks share times, so a window that got samples after it was sealed is written anew in one go.
        yield list(_merged(recorder, window, before))
        return
    for first in range(0, window.last_series() + 1, SLICE_SERIES):
        samples = window.between(first, first + SLICE_SERIES - 1)
        if len(samples):
            yield [samples]


def _merged(recorder: Recorder, window: OpenWindow, before: Sealed) -> Iterator[Samples]:
    connection = recorder.connection()
    with connection.begin():
        rows = {row.series: row for row in shelf.rows_from(connection, before, -1, 2**31)}
    names = recorder.store.names
    last = max(window.last_series(), max(rows, default=-1))
    for series in range(last + 1):
        parts = [window.between(series, series)]
        if series in rows:
            resolution = resolution_of(names, series)
            parts.insert(0, shelf.block_samples(rows, rows[series], window.start, resolution))
        samples = joined(parts)
        if len(samples):
            yield samples


def _finish(recorder: Recorder, done: Sequence[tuple[OpenWindow, Sealed]], upto: int) -> Iterator[None]:
    if not done:
        return
    before = max(sealed.end for _, sealed in done)
    again = {found.start for found in recorder.sealed} & {sealed.start for _, sealed in done}
    with recorder.transaction() as connection:
        for _, sealed in done:
            shelf.write_window(connection, sealed)
        journal.write_meta(connection, "sealed_upto", str(upto))
        journal.write_meta(connection, "sealed_before", str(before))
        recorder.sealed = shelf.read_windows(connection)
    windows = recorder.store.windows
    # a window that got more samples meanwhile stays open and is sealed again
    windows.take([window.start for window, _ in done if windows.windows.get(window.start) is window], again)
    yield
    removed = SLICE_TICKS
    while removed == SLICE_TICKS:
        with recorder.transaction() as connection:
            removed = journal.remove_ticks(connection, upto, before, SLICE_TICKS)
        yield
