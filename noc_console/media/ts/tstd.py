"""The buffers of the system target decoder (ISO/IEC 13818-1, 2.4.2; TR 101 290, 3.3, 3.9, 3.10).

Transport buffers are followed packet by packet where the bitrate is constant: they hold 512 bytes, empty at a rate
that depends on the stream, must not overflow (3.3) and must be empty once a second (3.9). The delay through all
buffers is the DTS of a PES packet minus the clock of its programme when it arrives: negative is an underflow (3.3).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from noc_console.media.es.format import Audio, Video
from noc_console.media.ts.packets import PACKET, PIDS

SIZE = 512
OVERFLOW, NEVER_EMPTY = 1, 2
# 13818-1, 2.4.2.3: leak rates of the transport buffers in bit/s
SYSTEM_BPS, AUDIO_BPS, AUDIO_MANY_BPS = 1_000_000, 2_000_000, 5_529_600
# TR 101 290, 3.10; 13818-1, 2.4.2.6: one second, ten for ISO/IEC 14496 and H.265 video
DELAY_S, LONG_DELAY_S = 1.0, 10.0
_MILLI = 1000  # fill is counted in thousandths of a byte, so that it is exact
_FULL = SIZE * _MILLI
_ONE = PACKET * _MILLI

Ints = NDArray[np.int64]

# kbit/s at each level: ITU-T H.264, table A-1 (times 1.2 for high profiles); H.265, table A.9, main tier
_AVC = {30: 10_000, 31: 14_000, 32: 20_000, 40: 20_000, 41: 50_000, 42: 50_000, 50: 135_000, 51: 240_000, 52: 240_000}
_HEVC = {30: 6_000, 31: 10_000, 40: 12_000, 41: 20_000, 50: 25_000, 51: 40_000, 52: 60_000, 60: 60_000}
_MPEG2 = {"low": 4_000, "main": 15_000, "high-1440": 60_000, "high": 80_000}
_ROOM = 1.2


def leak_bps(found: Audio | Video | None, kind: int) -> float:
    """Return how fast the transport buffer of a stream empties; 0 where that is not known."""
    if isinstance(found, Video):
        return video_leak_bps(found.codec, found.level)
    if kind == 2:
        is_many = isinstance(found, Audio) and found.codec.startswith("aac") and found.channels > 2
        return AUDIO_MANY_BPS if is_many else AUDIO_BPS
    return 0.0


def longest_delay_s(found: Audio | Video | None, kind: int) -> float:
    """Return the longest delay through the buffers; a picture of unknown codec may have the longer one."""
    is_old = isinstance(found, Video) and found.codec.startswith("mpeg")
    return LONG_DELAY_S if kind == 1 and not is_old else DELAY_S


def video_leak_bps(codec: str, level: str) -> float:
    """Return 1.2 times the highest bitrate of a level, 0 where it is not known."""
    number = round(float(level) * 10) if level.replace(".", "", 1).isdigit() else 0
    if codec == "h264":
        return _AVC.get(number, 0) * 1000 * 1.2 * _ROOM
    if codec == "hevc":
        return _HEVC.get(number, 0) * 1000 * 1.1 * _ROOM
    return _MPEG2.get(level.lower(), 0) * 1000 * _ROOM


@dataclass(frozen=True, slots=True)
class BufferErrors:
    """Transport buffers that ran over (OVERFLOW, value in bytes) or were not empty for long (value in seconds)."""

    index: Ints
    pid: Ints
    what: Ints
    value: NDArray[np.float64]


@dataclass(slots=True)
class _Fill:
    """A transport buffer before its last packet: fill, the packet's index, and the last index it was empty at."""

    before: int
    index: int
    empty_at: int
    told_at: int = -1


class TransportBuffers:
    """Follows the transport buffers that can run over at all: those that empty more slowly than the stream runs."""

    def __init__(self) -> None:
        self._judged = np.zeros(PIDS, bool)
        self._leaks: dict[int, int] = {}
        self._fills: dict[int, _Fill] = {}
        self._per_second = 0.0

    def set(self, packets_per_s: float, leaks_bps: Mapping[int, float]) -> None:
        """Set the rate of the stream and the leak rates by PID; none where the bitrate is not constant."""
        self._per_second = packets_per_s
        leaks = {}
        if packets_per_s > 0:
            for pid, leak in leaks_bps.items():
                each = round(leak / 8 / packets_per_s * _MILLI)
                if 0 < each < _ONE:
                    leaks[pid] = each
        if leaks.keys() != self._leaks.keys():
            self._judged[:] = False
            self._judged[list(leaks)] = True
            self._fills = {pid: fill for pid, fill in self._fills.items() if pid in leaks}
        self._leaks = leaks

    def feed(self, pid: NDArray[np.uint16], begin: int) -> BufferErrors | None:
        """Take packets whose first one has the index `begin`."""
        if not self._leaks:
            return None
        rows = np.flatnonzero(self._judged[pid])
        if not len(rows):
            return None
        pids = pid[rows]
        order = np.argsort(pids, kind="stable")
        rows, pids = rows[order], pids[order]
        starts = np.flatnonzero(np.r_[True, pids[1:] != pids[:-1]]).tolist()
        parts = []
        for start, end in zip(starts, [*starts[1:], len(pids)], strict=True):
            parts += self._run(int(pids[start]), begin + rows[start:end])
        if not parts:
            return None
        parts.sort()
        index, who, what, value = (np.array(column) for column in zip(*parts, strict=True))
        return BufferErrors(index, who, what, value.astype(np.float64))

    def _run(self, pid: int, index: Ints) -> list[tuple[int, int, int, float]]:
        fill = self._fills.get(pid)
        if fill is None:
            first = int(index[0])
            fill = self._fills[pid] = _Fill(0, first, first)
            index = index[1:]
            if not len(index):
                return []
        change = _ONE - self._leaks[pid] * np.diff(index, prepend=fill.index)
        total = np.cumsum(change)
        before = np.maximum(fill.before + total, total - np.minimum.accumulate(total))
        found = []
        if int(before.max()) + _ONE > _FULL:
            over = np.flatnonzero(before + _ONE > _FULL)
            found = [(int(index[row]), pid, OVERFLOW, float(before[row] + _ONE) / _MILLI) for row in over.tolist()]
        empty = np.flatnonzero(before == 0)
        found += self._not_empty(pid, fill, index, empty)
        fill.before, fill.index = int(before[-1]), int(index[-1])
        return found

    def _not_empty(self, pid: int, fill: _Fill, index: Ints, empty: Ints) -> list[tuple[int, int, int, float]]:
        """TR 101 290, 3.9: the buffer is empty at least once a second; a longer time counts once."""
        marks = [*index[empty].tolist(), int(index[-1])]
        found, since = [], fill.empty_at
        for mark in marks:
            if mark - since > self._per_second and fill.told_at != since:
                fill.told_at = since
                first = int(index[np.searchsorted(index, since + self._per_second, "right")])
                found.append((first, pid, NEVER_EMPTY, (first - since) / self._per_second))
            since = mark
        fill.empty_at = int(index[empty[-1]]) if len(empty) else fill.empty_at
        return found
