"""The journal and its blocks: a real recording of the lab, spread over a day of a hundred channels."""

from __future__ import annotations

import asyncio
import os
import resource
import sqlite3
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from noc_console.bench import Row
from noc_console.bench.recording import Replay, from_file, from_lab
from noc_console.history import History, SeriesQuery, Tick, TopRow, open_history
from noc_console.settings import Settings

START = 1_790_035_200.0  # midnight UTC
HOUR = 3600
TREND = "segment.download_s"
_ROUNDS = 60


def run(options: Mapping[str, str]) -> list[Row]:
    """Measure sizes, writing and reading.

    Options: `recording` (a local.db recorded by an agent; else the lab is recorded for `seconds`), `channels`,
    `hours`, `folder`, `network_s` (mean delay added to timings: loopback alone would flatter).
    """
    with tempfile.TemporaryDirectory(dir=options.get("folder")) as folder:
        path = options.get("recording")
        seconds = float(options.get("seconds", "100"))
        recording = from_file(Path(path)) if path else from_lab(Path(folder), seconds)
        replay = Replay(recording, int(options.get("channels", "100")), float(options.get("network_s", "0.04")))
        return asyncio.run(_measure(Path(folder), replay, int(options.get("hours", "24"))))


async def _measure(folder: Path, replay: Replay, hours: int) -> list[Row]:
    settings = Settings(db=folder / "bench" / "local.db")
    clock = [START]
    history = await open_history(settings, lambda: clock[0])
    numbers = np.array([history.series_id(*name) for name in replay.names], np.uint32)
    rows = [_source(replay)]
    rows += await _write_by_second(history, replay, numbers, clock)
    await _write_rest(history, replay, numbers, clock, hours)
    clock[0] += 120
    await history.settle()
    sealed = history.sealed
    samples, size = sum(w.samples for w in sealed), sum(w.size_bytes for w in sealed)
    per_sample = size / samples
    rows.append(Row("bytes per sealed sample, times and five-minute statistics in", "<= 2", f"{per_sample:.2f}",
                    per_sample <= 2, f"{samples:,} samples of {len(numbers):,} series, {hours} h"))  # fmt: skip
    rows.append(await _top(history, clock, "while running"))
    await history.close()
    rows += _tables(settings.db, samples)
    _more_days(settings.db)
    rows += await _reopened(settings, clock, replay)
    rows += _plain(folder / "plain.db", replay, numbers)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return [*rows, Row("peak memory of the process, replay included", "-", f"{peak} MiB", None)]


def _source(replay: Replay) -> Row:
    what = f"{replay.recording.channels} channels recorded for {replay.recording.seconds:.0f} s"
    rate = f"{replay.per_second:.0f} samples/s"
    return Row("load", "-", rate, None, f"{what}, spread over {replay.channels} with jitter and noise")


async def _write_by_second(
    history: History, replay: Replay, numbers: np.ndarray[Any, Any], clock: list[float]
) -> list[Row]:
    """One window as the agent writes it, a tick a second, until it is sealed and its ticks are gone."""
    before, spent, taken, count = _written(), time.process_time(), [], 0
    for tick in replay.ticks(START, START + 2 * HOUR, 1.0, numbers):
        clock[0] = tick.at
        began = time.perf_counter()
        await history.commit(tick, ())
        taken.append(time.perf_counter() - began)
        count += len(tick.series)
    clock[0] += 61
    await history.settle()
    written = (_written() - before) / count
    late = np.quantile(np.array(taken) * 1000, [0.5, 0.99, 1.0])
    cpu = (time.process_time() - spent) / (2 * HOUR)
    return [
        Row("bytes written per sample, journal, WAL and sealing", "<= 150", f"{written:.1f}", written <= 150,
            f"{count:,} samples in ticks of 1 s, bytes of write calls of the process"),
        Row("commit of a tick, median / p99 / worst", "-", "{:.1f} / {:.1f} / {:.1f} ms".format(*late), None,
            "back to back, so the slices of earlier sealing are in it"),
        Row("processor share of recording at this load", "-", f"{cpu:.2%}", None, "of one core, replay included"),
    ]  # fmt: skip


async def _write_rest(
    history: History, replay: Replay, numbers: np.ndarray[Any, Any], clock: list[float], hours: int
) -> None:
    """The other hours in ticks of 30 s: the blocks come out the same, the bench ends today."""
    for tick in replay.ticks(START + 2 * HOUR, START + hours * HOUR, 30.0, numbers):
        clock[0] = tick.at
        await history.commit(tick, ())


async def _top(history: History, clock: list[float], when: str) -> Row:
    taken: list[float] = []
    found: tuple[TopRow, ...] = ()
    for _ in range(_ROUNDS):
        began = time.perf_counter()
        found = await history.top(TREND, clock[0] - 24 * HOUR, clock[0], 10)
        taken.append((time.perf_counter() - began) * 1000)
    series = len(history._store.names.of_metric(TREND))
    return _timed(f"top 10 over 24 h, {when}", 5.0, taken, f"{series} series of {TREND}, {len(found)} found")


async def _reopened(settings: Settings, clock: list[float], replay: Replay) -> list[Row]:
    began = time.perf_counter()
    history = await open_history(settings, lambda: clock[0])
    opened = (time.perf_counter() - began) * 1000
    named = [name for name in replay.names if name[2] == TREND]
    week: list[float] = []
    day: list[float] = []
    for name in (named * _ROUNDS)[:_ROUNDS]:
        for into, span in ((week, 7 * 24 * HOUR), (day, 24 * HOUR)):
            query = SeriesQuery(name[0], TREND, clock[0] - span, clock[0], name[1], 1000)
            began = time.perf_counter()
            answer = await history.series(query)
            into.append((time.perf_counter() - began) * 1000)
            assert answer.points
    top = await _top(history, clock, "after a restart, from rows")
    await history.close()
    return [
        top,
        _timed("7-day trend of one series, 1,000 points", 2.0, week, "each time another series, first read included"),
        _timed("24 h of one series, 1,000 points from every value", None, day, "values as measured"),
        Row("open", "-", f"{opened:.0f} ms", None, "after a clean end, window sealed"),
    ]


def _timed(what: str, goal_ms: float | None, taken: list[float], how: str) -> Row:
    median, best = float(np.median(taken)), min(taken)
    measured = f"{median:.2f} ms median, {best:.2f} ms best, {max(taken):.2f} ms worst"
    goal = "-" if goal_ms is None else f"<= {goal_ms:g} ms"
    return Row(what, goal, measured, None if goal_ms is None else median <= goal_ms, how)


def _tables(db: Path, samples: int) -> list[Row]:
    whole = db.stat().st_size
    rows = [Row("file", "-", f"{whole / 1e6:.1f} MB", None, f"{whole / samples:.2f} bytes per sample, free pages in")]
    connection = sqlite3.connect(db)
    try:
        sizes = connection.execute("SELECT name, sum(pgsize) FROM dbstat GROUP BY name ORDER BY 2 DESC").fetchall()
    except sqlite3.Error:
        columns = "length(stats) + coalesce(length(times), 0) + length(vals)"
        query = f"SELECT 'blocks, content', sum({columns}) FROM blocks"  # noqa: S608
        sizes = connection.execute(query).fetchall()
    free = connection.execute("SELECT f.freelist_count * p.page_size FROM pragma_freelist_count f, "
                              "pragma_page_size p").fetchone()[0]  # fmt: skip
    connection.close()
    for name, size in [*sizes[:6], ("free pages", free)]:
        rows.append(Row(f"table {name}", "-", f"{size / 1e6:.1f} MB", None, f"{size / samples:.3f} bytes per sample"))
    return rows


def _more_days(db: Path) -> None:
    """Put six days more of the trend's metric before the day there is, by copying its blocks."""
    connection = sqlite3.connect(db)
    with connection:
        for day in range(1, 7):
            minutes = day * 24 * 60
            connection.execute(
                "INSERT INTO blocks SELECT b.block_id - (? << 32), b.times_of, b.stats, coalesce(b.times, h.times),"
                " b.vals FROM blocks b JOIN series s ON s.series_id = (b.block_id & 0x7fffffff)"
                " LEFT JOIN blocks h ON h.block_id = (b.block_id & ~0x7fffffff) | b.times_of"
                " WHERE s.metric = ? AND b.block_id >= (? << 32)",
                (minutes, TREND, int(START) // 60),
            )
            connection.execute(
                "INSERT INTO windows SELECT start - ?, span_s, step_s, samples, bytes FROM windows WHERE start >= ?",
                (minutes * 60, int(START)),
            )
    connection.close()


def _plain(db: Path, replay: Replay, numbers: np.ndarray[Any, Any]) -> list[Row]:
    """The same samples for five minutes as rows of a clustered table, a transaction a second."""
    connection = sqlite3.connect(db, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute(
        "CREATE TABLE samples (series INTEGER, at REAL, value REAL, PRIMARY KEY (series, at)) WITHOUT ROWID"
    )
    before, spent, count = _written(), time.process_time(), 0
    for tick in replay.ticks(START, START + 300, 1.0, numbers):
        count += _insert(connection, tick)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    written, cpu = (_written() - before) / count, (time.process_time() - spent) / 300
    connection.close()
    size = db.stat().st_size / count
    how = f"peer: one clustered SQLite row per sample, {count:,} samples in 5 min"
    return [
        Row("plain rows: bytes per sample", "-", f"{size:.1f}", None, how),
        Row("plain rows: bytes written per sample", "-", f"{written:.0f}", None, how),
        Row("plain rows: processor share", "-", f"{cpu:.1%}", None, how),
    ]


def _insert(connection: sqlite3.Connection, tick: Tick) -> int:
    rows = zip(tick.series.tolist(), tick.times.tolist(), tick.values.tolist(), strict=True)
    connection.execute("BEGIN")
    connection.executemany("INSERT OR REPLACE INTO samples VALUES (?,?,?)", rows)
    connection.execute("COMMIT")
    return len(tick.series)


def _written() -> int:
    lines = Path(f"/proc/{os.getpid()}/io").read_text().splitlines()
    return int(dict(line.split(": ") for line in lines)["wchar"])
