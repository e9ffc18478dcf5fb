"""The time of each packet of a stored stream: its place between two PCRs of one PID (ISO/IEC 13818-1, 2.4.2.2)."""

from __future__ import annotations

from bisect import bisect_right
from collections import deque

import numpy as np
from numpy.typing import NDArray

PCR_HZ = 27_000_000
PCR_WRAP = (1 << 33) * 300
SILENCE = 32768  # packets without a PCR of the reference PID after which time goes on at the last rate
LEAST_PACKETS = 16
_LONGEST_S = 10.0
_JUMP_S = 0.1
_STEADY = 0.01

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


def steps(values: Ints) -> Ints:
    """Return PCR differences as signed ticks, the wrap after 26.5 h undone."""
    half = PCR_WRAP // 2
    return (values + half) % PCR_WRAP - half


class Clock:
    """Stream time in seconds from the first packet; NaN as long as no PID carries a PCR.

    Between two PCRs time is linear in the packet index. A PCR that jumps moves no time: the rate before it goes on.
    """

    def __init__(self) -> None:
        self.index: list[int] = []
        self.time: list[float] = []
        self._arrays: tuple[Ints, Floats] | None = None
        self.rate = 0.0  # packets per second, 0 while unknown
        self.pid = -1
        self._anchor = (-1, 0)  # the last PCR of the reference PID: packet index, value
        self._rates: deque[float] = deque(maxlen=8)
        self._reached = 0  # where time ends for now
        self._second_at = 0

    @property
    def horizon(self) -> int:
        """The packets before this index have a time (or will never get one)."""
        return self._reached

    @property
    def now(self) -> float:
        """Time at the horizon, NaN without a clock."""
        return self.time[-1] if self.time else float("nan")

    def feed(self, index: Ints, pid: Ints, value: Ints, is_jump: NDArray[np.bool_], end: int) -> None:
        """Take the PCRs of the packets up to `end`, in order."""
        at = 0
        while at >= 0:
            at = self._follow(index, pid, value, is_jump, at)
            deadline = max(self._reached, self._anchor[0]) + SILENCE
            if at < 0 and end > deadline:
                at = self._fall_silent(index, deadline)

    def _follow(self, index: Ints, pid: Ints, value: Ints, is_jump: NDArray[np.bool_], at: int) -> int:
        """Take the PCRs of the reference PID from row `at` on; return the row to go on at after a silence, or -1."""
        if self.pid < 0 and at < len(index):
            self.pid = int(pid[at]) if index[at] <= self._reached + SILENCE else -1
        rows = at + np.flatnonzero(pid[at:] == self.pid)
        if len(rows) > 1 and self._follow_smoothly(index[rows], value[rows], is_jump[rows]):
            return -1
        for row in rows.tolist():
            place, deadline = int(index[row]), max(self._reached, self._anchor[0]) + SILENCE
            if place > deadline:
                return self._fall_silent(index, deadline)
            self._pcr(place, int(value[row]), bool(is_jump[row]))
        return -1

    def _follow_smoothly(self, index: Ints, value: Ints, is_jump: NDArray[np.bool_]) -> bool:
        """Take PCRs that all follow on, in one go; say whether they did. The result is that of one by one."""
        before, earlier = self._anchor
        if before < 0 or not self.rate or before != self._reached or is_jump.any():
            return False
        count = np.diff(index, prepend=before)
        step = steps(np.diff(value, prepend=earlier)) / PCR_HZ
        if count.max() > SILENCE or not step.min() > 0 or step.max() > _LONGEST_S:
            return False
        rate = count / step
        passed = count / np.concatenate(([self.rate], rate[:-1]))
        if np.abs(step - passed).max() > _JUMP_S:
            return False
        self.index += index.tolist()
        self.time += np.cumsum(np.concatenate(([self.time[-1]], step)))[1:].tolist()
        self._arrays = None
        self.rate = float(rate[-1])
        self._rates.extend(rate[-8:].tolist())
        self._anchor, self._reached = (int(index[-1]), int(value[-1])), int(index[-1])
        return True

    def _fall_silent(self, index: Ints, deadline: int) -> int:
        """Go on without a PCR up to the deadline; whichever PID has the next one is the reference then."""
        self._extend(deadline)
        self.pid, self._anchor = -1, (-1, 0)
        return int(np.searchsorted(index, deadline, "right"))

    def finish(self, end: int) -> None:
        """The input ends: what is behind the last PCR gets its time by the last rate."""
        if end > self._reached:
            self._extend(end)

    def at(self, index: Ints) -> Floats:
        """Return the times of some packets before the horizon."""
        if not self.index:
            return np.full(len(index), np.nan)
        return np.interp(index, *self._points())

    def seconds(self, begin: int, end: int) -> list[tuple[int, float]]:
        """Return where whole seconds begin in [begin, end): the first packet of each, and its time.

        Seconds of less than 16 packets are passed over: a stream must not buy time with false PCRs.
        """
        if not self.index or end <= begin:
            return []
        first, last = (float(one) for one in self.at(np.array([max(begin - 1, 0), end - 1], np.int64)))
        whole = np.arange(np.floor(first) + 1, np.floor(last) + 1)
        index, time = self._points()
        places = np.ceil(np.interp(whole, time, index)).astype(np.int64)
        edges, least = [], self._second_at + LEAST_PACKETS
        for place, second in zip(places.tolist(), whole.tolist(), strict=True):
            if begin <= place < end and place >= least:
                least = place + LEAST_PACKETS
                edges.append((place, second))
        return edges

    def closed(self, place: int) -> None:
        """Take note that the second before packet `place` was closed."""
        self._second_at = place

    def forget(self, before: int) -> None:
        """Let go of what is needed no longer: times of packets before an index."""
        keep = max(0, bisect_right(self.index, before) - 2)
        if keep > 64:
            del self.index[:keep], self.time[:keep]
            self._arrays = None

    def _points(self) -> tuple[Ints, Floats]:
        if self._arrays is None:
            self._arrays = np.array(self.index, np.int64), np.array(self.time, np.float64)
        return self._arrays

    def _extend(self, place: int) -> None:
        if self.rate:
            self._point(place, self.now + (place - self.index[-1]) / self.rate)
        else:
            self.index, self.time, self._arrays = [], [], None
            self._reached = place

    def _point(self, place: int, at: float) -> None:
        if not self.index or place > self.index[-1]:
            self.index.append(place)
            self.time.append(at)
            self._arrays = None
        self._reached = place

    def _pcr(self, place: int, value: int, is_jump: bool) -> None:
        before, earlier = self._anchor
        self._anchor = (place, value)
        if before < 0:
            if self.rate:
                self._point(place, self.now + (place - self.index[-1]) / self.rate)
            return
        passed = (place - before) / self.rate if self.rate else None
        step = float(steps(np.array([value - earlier]))[0]) / PCR_HZ
        if not is_jump and self._is_plausible(step, passed):
            self.rate = (place - before) / step
            self._rates.append(self.rate)
            if not self.index:
                self._begin(before)
            self._point(place, self.now + step)
        elif passed is not None:
            self._point(place, self.now + passed)

    def _begin(self, first: int) -> None:
        if first:
            self._point(0, 0.0)
        self._point(first, first / self.rate)

    def _is_plausible(self, step: float, passed: float | None) -> bool:
        if not 0 < step <= _LONGEST_S:
            return False
        if passed is None or abs(step - passed) <= _JUMP_S:
            return True
        if self._is_steady():
            return False
        return step <= max(_JUMP_S, 5 * max(passed, _JUMP_S))

    def _is_steady(self) -> bool:
        return len(self._rates) >= 4 and max(self._rates) - min(self._rates) <= _STEADY * max(self._rates)
