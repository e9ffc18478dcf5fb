"""PCR accuracy by byte position (TR 101 290, 2.4): how far each PCR is off a line of constant bitrate, in ns."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from noc_console.media.ts.clock import PCR_HZ
from noc_console.media.ts.pcr import Steps

FRESH = 40  # PCRs of a PID that are judged together
CONTEXT = 20  # PCRs before them that help to find the line
LEAST = 10
# a stream whose PCRs are typically further off the line than this has no constant bitrate
VARIABLE_NS = 100_000.0
LIMIT_NS = 500.0
_NS = 1e9 / PCR_HZ
_NARROWEST = 40.0
_ONE_PACKET, _NEARLY = 0.9, 0.02

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Judged:
    """PCRs that are off by more than the limit, with their error in ns; none of a variable bitrate."""

    index: Ints
    pid: Ints
    at: Floats
    error_ns: Floats


@dataclass(slots=True)
class _Track:
    """One run of PCRs of a PID without loss or jump: position, unwrapped value, time; how many wait to be judged."""

    run: int
    index: list[Ints] = field(default_factory=list)
    value: list[Ints] = field(default_factory=list)
    at: list[Floats] = field(default_factory=list)
    last: int = 0
    size: int = 0
    waiting: int = 0


@dataclass(slots=True)
class _Window:
    pid: int
    fresh: int
    index: Ints
    value: Ints
    at: Floats


class Accuracy:
    """Collects PCRs by PID, and judges them by forties; all sums are of absolute errors."""

    def __init__(self, limit_ns: float = LIMIT_NS) -> None:
        self._limit_ns = limit_ns
        self._tracks: dict[int, _Track] = {}
        self._due: list[_Window] = []
        self.worst: dict[int, float] = {}
        self.over: dict[int, int] = {}
        self.newest: dict[int, float] = {}
        self.constant: dict[int, bool] = {}
        self.told: list[tuple[int, int, bool]] = []  # packet index, PID, whether its bitrate was constant there

    def feed(self, steps: Steps) -> Judged | None:
        """Take PCRs; return those that could be judged."""
        pcrs = steps.pcrs
        # a window must not reach over a jump or over lost packets
        breaks = ~steps.has_before | steps.is_jump | pcrs.is_flagged
        edges = np.concatenate((steps.starts, [len(pcrs)])).tolist()
        for first, last in pairwise(edges):
            self._take(int(pcrs.pid[first]), steps, breaks, first, last)
        return self._judge()

    def finish(self) -> Judged | None:
        """The input ends: judge what waits."""
        for pid, track in self._tracks.items():
            self._close(pid, track)
        self._tracks.clear()
        return self._judge()

    def _take(self, pid: int, steps: Steps, breaks: NDArray[np.bool_], first: int, last: int) -> None:
        pcrs = steps.pcrs
        run = pcrs.run[first:last]
        split = breaks[first:last].copy()
        split[1:] |= run[1:] != run[:-1]
        track = self._tracks.get(pid)
        if track is not None and run[0] != track.run:
            split[0] = True
        cuts = [first, *(first + np.flatnonzero(split)).tolist(), last]
        for begin, end in pairwise(cuts):
            if end == begin:
                continue
            if track is None or split[begin - first]:
                if track is not None:
                    self._close(pid, track)
                track = self._tracks[pid] = _Track(int(pcrs.run[begin]))
            self._extend(pid, track, steps, begin, end)

    def _extend(self, pid: int, track: _Track, steps: Steps, begin: int, end: int) -> None:
        pcrs = steps.pcrs
        delta = steps.step[begin:end].copy()
        if not track.size:
            delta[0] = 0
        value = track.last + np.cumsum(delta)
        track.index.append(pcrs.index[begin:end])
        track.value.append(value)
        track.at.append(pcrs.at[begin:end])
        track.last = int(value[-1])
        track.size += end - begin
        track.waiting += end - begin
        if track.waiting >= FRESH:
            self._cut(pid, track)

    def _cut(self, pid: int, track: _Track) -> None:
        index, value, at = np.concatenate(track.index), np.concatenate(track.value), np.concatenate(track.at)
        begin = len(index) - track.waiting
        while begin + FRESH <= len(index):
            low, high = max(0, begin - CONTEXT), begin + FRESH
            self._due.append(_Window(pid, FRESH, index[low:high], value[low:high], at[low:high]))
            begin = high
        low = max(0, begin - CONTEXT)
        track.index, track.value, track.at = [index[low:]], [value[low:]], [at[low:]]
        track.waiting = len(index) - begin

    def _close(self, pid: int, track: _Track) -> None:
        if not track.waiting or track.size < LEAST:
            return
        index, value, at = np.concatenate(track.index), np.concatenate(track.value), np.concatenate(track.at)
        low = max(0, len(index) - track.waiting - CONTEXT)
        if len(index) - low >= LEAST:
            self._due.append(_Window(pid, track.waiting, index[low:], value[low:], at[low:]))

    def _judge(self) -> Judged | None:
        if not self._due:
            return None
        due, self._due = self._due, []
        width = FRESH + CONTEXT
        errors, slope, there = deviations(due, width)
        is_constant = _median(np.abs(errors), there) <= VARIABLE_NS
        fresh = there & (np.arange(width) >= width - np.array([window.fresh for window in due])[:, None])
        sizes = np.where(fresh & ~_is_shifted(errors, slope[:, None]), np.abs(errors), -1.0)
        worst, over = np.maximum(sizes.max(axis=1), 0.0).tolist(), (sizes > LIMIT_NS).sum(axis=1).tolist()
        for window, so, most, count in zip(due, is_constant.tolist(), worst, over, strict=True):
            self.constant[window.pid] = so
            self.told.append((int(window.index[-1]), window.pid, so))
            if so:
                self.worst[window.pid] = max(self.worst.get(window.pid, 0.0), most)
                self.newest[window.pid] = max(self.newest.get(window.pid, 0.0), most)
                self.over[window.pid] = self.over.get(window.pid, 0) + count
        rows, columns = np.nonzero(fresh & is_constant[:, None] & (sizes > self._limit_ns))
        if not len(rows):
            return None
        back = columns - width
        index = np.array([due[row].index[at] for row, at in zip(rows.tolist(), back.tolist(), strict=True)], np.int64)
        at = np.array([due[row].at[at] for row, at in zip(rows.tolist(), back.tolist(), strict=True)])
        pid = np.array([due[row].pid for row in rows.tolist()], np.int64)
        return Judged(index, pid, at, errors[rows, columns])


def deviations(windows: list[_Window], width: int) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """Return the error of each PCR in ns (a row per window, right-aligned), ns per packet, and which are there.

    The line is the median of slopes over half a window, then least squares over what lies near it: a tenth of wrong
    PCRs must not move it.
    """
    x, y = np.zeros((len(windows), width)), np.zeros((len(windows), width))
    there = np.zeros((len(windows), width), bool)
    for row, window in enumerate(windows):
        size = len(window.index)
        x[row, width - size :] = window.index - window.index[-1]
        y[row, width - size :] = (window.value - window.value[-1]) * _NS
        there[row, width - size :] = True
    return *_off_line(x, y, there), there


def _is_shifted(errors: Floats, packet_ns: Floats) -> NDArray[np.bool_]:
    """Say which PCRs are off by whole packets: packets are missing or too many before them, the PCR is right."""
    packets = errors / np.where(packet_ns > 0, packet_ns, np.inf)
    return (np.abs(packets) > _ONE_PACKET) & (np.abs(packets - np.rint(packets)) < _NEARLY)


def _off_line(x: Floats, y: Floats, there: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    slope = _typical_slope(x, y, there)
    error = _centred(y - slope[:, None] * x, there)
    for _ in range(2):
        typical = _median(np.abs(error), there)
        near = there & (np.abs(error) <= np.maximum(4 * typical, _NARROWEST)[:, None])
        error, slope = _refit(x, y, near)
    return np.where(there, error, 0.0), slope


def _typical_slope(x: Floats, y: Floats, there: NDArray[np.bool_]) -> Floats:
    count = there.sum(axis=1)
    width = x.shape[1]
    half = count // 2
    rows, columns = np.arange(len(x))[:, None], np.arange(width)[None, :]
    to = np.minimum(columns + half[:, None], width - 1)
    valid = there & (columns + half[:, None] < width)
    across = np.where(valid, x[rows, to] - x, 1.0)
    return _median((y[rows, to] - y) / across, valid)


def _median(values: Floats, there: NDArray[np.bool_]) -> Floats:
    """The median of what is there, row by row, without a warning for what is not."""
    ordered = np.sort(np.where(there, values, np.inf), axis=1)
    count = there.sum(axis=1)
    rows = np.arange(len(values))
    middle: Floats = (ordered[rows, (count - 1) // 2] + ordered[rows, count // 2]) / 2
    return middle


def _centred(error: Floats, there: NDArray[np.bool_]) -> Floats:
    return error - _median(error, there)[:, None]


def _refit(x: Floats, y: Floats, near: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    count = np.maximum(near.sum(axis=1), 1)
    mean_x, mean_y = np.where(near, x, 0).sum(axis=1) / count, np.where(near, y, 0).sum(axis=1) / count
    off_x = x - mean_x[:, None]
    off_y = y - mean_y[:, None]
    spread = np.where(near, off_x * off_x, 0).sum(axis=1)
    slope = np.where(near, off_x * off_y, 0).sum(axis=1) / np.where(spread > 0, spread, 1.0)
    error: Floats = off_y - slope[:, None] * off_x
    return error, slope
