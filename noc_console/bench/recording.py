"""A short recording of the lab, spread over more channels and hours with jitter and noise."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from noc_console import catalogues
from noc_console.errors import KnownError
from noc_console.history import Tick, journal
from noc_console.history.engines import sqlite_engine
from noc_console.history.names import Name, Names

_COUNTERS = ("playlist.media_sequence", "segment.sequence")
_TIMINGS = ("segment.download_s", "segment.ttfb_s", "segment.body_s", "playlist.fetch_s", "playlist.ttfb_s")
_JITTER_S = 0.008
_GAMMA = 4.0
_NOISE = 0.04


@dataclass(frozen=True, slots=True)
class Recording:
    """Samples of some channels in some seconds; `groups` number what was observed together."""

    names: tuple[Name, ...]
    series: npt.NDArray[np.int64]  # index into names
    times: npt.NDArray[np.float64]  # seconds from the start
    values: npt.NDArray[np.float64]
    groups: npt.NDArray[np.int64]
    seconds: float

    @property
    def channels(self) -> int:
        """How many inputs were recorded."""
        return len({name.input for name in self.names})


def from_lab(folder: Path, seconds: float) -> Recording:
    """Record the demo channels of the lab with an agent of our own for some seconds."""
    db = folder / "recorded.db"
    command = [sys.executable, "-m", "noc_console", "agent", "--db", str(db), "--port", "0", "--demo", "yes"]
    agent = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        agent.wait(seconds + 30)  # it starts its lab first
    except subprocess.TimeoutExpired:
        agent.send_signal(signal.SIGTERM)
        agent.wait(20)
    return from_file(db)


def from_file(db: Path) -> Recording:
    """Read the ticks not yet sealed of an agent's history; `KnownError` when there are too few."""
    engine = sqlite_engine(db, is_read_only=True)
    with engine.connect() as connection, connection.begin():
        names = Names()
        names.load(connection)
        parts = list(journal.read_samples(connection))
    engine.dispose()
    if len(parts) < 20:
        raise KnownError(f"{db} holds {len(parts)} ticks: record for at least 20 s.")
    series = np.concatenate([part.series for part in parts]).astype(np.int64)
    times = np.concatenate([part.ms for part in parts]) / 1000.0
    values = np.concatenate([part.values for part in parts]).astype(np.float64)
    inside = times > times.max() - (times.max() - times.min()) * 0.85  # the start is busier than the day after
    return _recording(names, series[inside], times[inside], values[inside])


def _recording(
    names: Names, series: npt.NDArray[np.int64], times: npt.NDArray[np.float64], values: npt.NDArray[np.float64]
) -> Recording:
    known, index = np.unique(series, return_inverse=True)
    found = tuple(name for name in map(names.name_of, known.tolist()) if name is not None)
    inputs = np.array([name.input for name in found])[index]
    _, groups = np.unique(np.column_stack((inputs, np.round(times * 1000))), axis=0, return_inverse=True)
    start = float(times.min())
    length = float(np.ceil((times.max() - start) / 6.0) * 6.0)
    return Recording(found, index, times - start, values, groups.reshape(-1), length)


class Replay:
    """The recording again and again on more channels; constants stay constant, the rest varies.

    `network_s` is the mean delay added to every timing, spread by a gamma distribution.
    """

    def __init__(self, recording: Recording, channels: int, network_s: float) -> None:
        self.recording = recording
        self.channels = channels
        self._network_s = network_s
        self._noise = np.random.default_rng(2026)
        inputs = sorted({name.input for name in recording.names})
        self._copies = [(number, inputs[number % len(inputs)]) for number in range(channels)]
        self.names: list[tuple[int, str, str]] = []
        self._parts = [self._part(number, source) for number, source in self._copies]
        self.per_second = sum(len(part[0]) for part in self._parts) / recording.seconds

    def ticks(self, start: float, end: float, step_s: float, numbers: npt.NDArray[np.uint32]) -> Iterator[Tick]:
        """Yield the ticks of [start, end); `numbers` are the history's numbers of `names`."""
        length = self.recording.seconds
        at = start
        while at < end:
            series, times, values = self._round(at, int((at - start) // length))
            bounds = np.arange(at, min(at + length, end) + step_s, step_s)
            edges = np.searchsorted(times, bounds)
            for low, high, until in zip(edges[:-1].tolist(), edges[1:].tolist(), bounds[1:].tolist(), strict=True):
                if high > low:
                    part = slice(low, high)
                    yield Tick(until, numbers[series[part]], times[part], values[part].astype(np.float32))
            at += length

    def _part(
        self, number: int, source: int
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        recording = self.recording
        mine = np.array([name.input == source for name in recording.names])
        renumbered = np.full(len(recording.names), -1)
        renumbered[mine] = np.arange(mine.sum()) + len(self.names)
        self.names += [(number + 1, n.rung, n.metric) for n in recording.names if n.input == source]
        chosen = np.flatnonzero(mine[recording.series])
        return renumbered[recording.series[chosen]], chosen, np.full(len(chosen), number)

    def _round(
        self, at: float, number: int
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        recording, noise = self.recording, self._noise
        series = np.concatenate([part[0] for part in self._parts])
        chosen = np.concatenate([part[1] for part in self._parts])
        copy = np.concatenate([part[2] for part in self._parts])
        groups = int(recording.groups.max()) + 1
        jitter = noise.normal(0.0, _JITTER_S, (self.channels, groups)) + 0.037 * np.arange(self.channels)[:, None]
        # what was observed together stays together, to the millisecond
        times = np.round(at + recording.times[chosen] + jitter[copy, recording.groups[chosen]], 3)
        values = self._values(chosen, number)
        order = np.argsort(times, kind="stable")
        return series[order], times[order], values[order]

    def _values(self, chosen: npt.NDArray[np.int64], number: int) -> npt.NDArray[np.float64]:
        recording = self.recording
        keys = [name.metric for name in recording.names]
        spread = np.zeros(len(keys))
        np.maximum.at(spread, recording.series, recording.values)
        low = np.full(len(keys), np.inf)
        np.minimum.at(low, recording.series, recording.values)
        resolution = np.array([catalogues.metrics()[key].resolution for key in keys])
        # small whole numbers (status, counts) keep the values that were seen
        is_noisy = (spread - low > 0) & ((resolution < 1) | (spread > 1000))
        is_counter = np.array([key in _COUNTERS for key in keys])
        series = recording.series[chosen]
        factor = 1 + self._noise.normal(0.0, _NOISE, len(chosen)) * (is_noisy & ~is_counter)[series]
        step = np.where(is_counter, np.maximum(spread - low, 0) + 1, 0)
        # loopback answers in a millisecond; a network adds delay, and entropy with it
        is_timing = np.array([key in _TIMINGS for key in keys])[series]
        delay = self._noise.gamma(_GAMMA, self._network_s / _GAMMA, len(chosen)) * is_timing
        values: npt.NDArray[np.float64] = recording.values[chosen] * factor + number * step[series] + delay
        return values
