"""PCR beside the clock of this machine: arrival jitter in milliseconds, and how fast the two clocks drift apart.

Arrival times of an ordinary machine are good to milliseconds only; accuracy in nanoseconds is `accuracy`'s.
"""

from __future__ import annotations

from collections import deque

import numpy as np

from noc_console.media.ts.clock import PCR_HZ
from noc_console.media.ts.pcr import Steps

_LEAST_S = 30.0
_MOST = 300


class _Track:
    """One PID: arrival minus PCR (from its first one), the span of it in this second, its least by second."""

    def __init__(self) -> None:
        self.offset = 0.0
        self.low = np.inf
        self.high = -np.inf
        self.history: deque[tuple[float, float]] = deque(maxlen=_MOST)


class ArrivalClock:
    """Holds arrivals beside PCRs, second by second."""

    def __init__(self) -> None:
        self._tracks: dict[int, _Track] = {}

    def feed(self, steps: Steps) -> None:
        """Take PCRs with their arrival times."""
        pcrs = steps.pcrs
        follows = steps.has_before & ~steps.is_jump & ~pcrs.is_flagged
        late = np.where(follows, steps.gap - steps.step / PCR_HZ, 0.0)
        ends = [*steps.starts[1:].tolist(), len(pcrs)]
        for begin, end in zip(steps.starts.tolist(), ends, strict=True):
            self._take(int(pcrs.pid[begin]), late[begin:end], bool(follows[begin:end].all()))

    def _take(self, pid: int, late: np.ndarray, follows: bool) -> None:
        track = self._tracks.setdefault(pid, _Track())
        if not follows:
            track.history.clear()
            track.low, track.high = np.inf, -np.inf
        offsets = track.offset + np.cumsum(late)
        track.low = min(track.low, float(offsets.min()))
        track.high = max(track.high, float(offsets.max()))
        track.offset = float(offsets[-1])

    def close(self, at: float) -> dict[int, tuple[float, float | None]]:
        """Return jitter (s) and drift (ppm, None within half a minute) of each PID in the second that ends."""
        found: dict[int, tuple[float, float | None]] = {}
        for pid, track in self._tracks.items():
            if not track.high >= track.low:
                continue
            track.history.append((at, track.low))
            found[pid] = (track.high - track.low, _drift(track.history))
            track.low = track.high = track.offset
        return found


def _drift(history: deque[tuple[float, float]]) -> float | None:
    """Return how many ppm the PCR runs ahead of this machine's clock."""
    length = history[-1][0] - history[0][0]
    if length < _LEAST_S:
        return None
    part = max(1, len(history) // 4)
    points = list(history)
    # the least late packet of many is the one the network delayed least
    begin, end = min(points[:part], key=_offset), min(points[-part:], key=_offset)
    if not end[0] > begin[0]:
        return None
    return -(end[1] - begin[1]) / (end[0] - begin[0]) * 1e6


def _offset(point: tuple[float, float]) -> float:
    return point[1]
