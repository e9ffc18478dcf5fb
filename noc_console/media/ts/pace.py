"""When each packet of a file is due, in seconds since its beginning: by the PCR of the first PID that has one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_HZ = 27_000_000
_WRAP = (1 << 33) * 300
_LONGEST_STEP_S = 1.0  # more is a jump of the clock, not time that passed
_USUAL_BPS = 8_000_000.0


class Pace:
    """Walks along a stream block by block; between two PCRs time passes evenly, a jump of the clock takes none."""

    def __init__(self) -> None:
        self._pid = -1
        self._last = -1
        self._since = 0
        self._now = self._clock = 0.0
        self._packet_s = 188 * 8 / _USUAL_BPS

    def times(self, block: NDArray[np.uint8]) -> NDArray[np.float64]:
        """Return the due time of each packet (n, 188) of the next block."""
        count = len(block)
        has_clock = (block[:, 3] & 0x20 != 0) & (block[:, 4] >= 7) & (block[:, 5] & 0x10 != 0) & (block[:, 0] == 0x47)
        rows = np.flatnonzero(has_clock)
        pids = ((block[rows, 1].astype(np.int64) & 0x1F) << 8) | block[rows, 2]
        if self._pid < 0 and len(rows):
            self._pid = int(pids[0])
        rows = rows[pids == self._pid]
        anchors, at = [-1], [self._now]
        for row, value in zip(rows.tolist(), _values(block[rows]).tolist(), strict=True):
            passed = row - anchors[-1]
            at.append(self._clock_at(value, passed, at[-1]))
            anchors.append(row)
            self._since = 0
        left = count - 1 - anchors[-1]
        self._since += left
        self._now = at[-1] + left * self._packet_s
        return np.interp(np.arange(count), [*anchors, count - 1], [*at, self._now])

    def _clock_at(self, value: int, passed: int, before: float) -> float:
        """Return when a packet with this PCR is due, `passed` packets after one that was due at `before`."""
        step_s = (value - self._last) % _WRAP / _HZ if self._last >= 0 else 0.0
        packets = passed + self._since
        if 0 < step_s <= _LONGEST_STEP_S and packets:
            self._packet_s = step_s / packets
            at = max(before, self._clock + step_s)
        else:
            at = before + passed * self._packet_s
        self._last, self._clock = value, at
        return at


def _values(packets: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Return PCR values in ticks of 27 MHz (ISO/IEC 13818-1, 2.4.3.5)."""
    field = packets[:, 6:12].astype(np.int64)
    base = (field[:, 0] << 25) | (field[:, 1] << 17) | (field[:, 2] << 9) | (field[:, 3] << 1) | (field[:, 4] >> 7)
    values: NDArray[np.int64] = base * 300 + (((field[:, 4] & 1) << 8) | field[:, 5])
    return values
