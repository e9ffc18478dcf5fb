"""The buffers of the system target decoder (ISO/IEC 13818-1, 2.4.2; TR 101 290, 3.3, 3.9, 3.10).

Transport buffers are followed packet by packet where the bitrate is constant: they hold 512 bytes, empty at a rate
that depends on the stream, must not overflow (3.3) and must be empty once a second (3.9). The delay through all
buffers is the DTS of a PES packet minus the clock of its programme when it arrives: negative is an underflow (3.3).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

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
_APART, _LONG_EMPTY = 1 << 46, 1 << 40

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
class Fills:
    """The transport buffers that are followed: a row for each, `place` is the row of a PID (-1: not followed).

    `leak` is in thousandths of a byte per packet of the stream; `before` is the fill when the last packet came, in
    thousandths, `index` that packet, `empty_at` the last one that found the buffer empty, `told_at` the one after
    which a lasting fill was told.
    """

    pids: Ints
    place: NDArray[np.int16]
    leak: Ints
    before: Ints
    index: Ints
    empty_at: Ints
    told_at: Ints


Found = list[tuple[int, int, int, float]]
Follow = Callable[[NDArray[np.uint16], int, Fills, float], Found]


class TransportBuffers:
    """Follows the transport buffers that can run over at all: those that empty more slowly than the stream runs."""

    def __init__(self, follow_buffers: Follow) -> None:
        self._follow = follow_buffers
        self._fills: Fills | None = None
        self._per_second = 0.0

    def set(self, packets_per_s: float, leaks_bps: Mapping[int, float]) -> None:
        """Set the rate of the stream and the leak rates by PID; none where the bitrate is not constant."""
        self._per_second = packets_per_s
        if not packets_per_s > 0 or not leaks_bps:
            self._fills = None
            return
        pids = np.array(sorted(leaks_bps), np.int64)
        leak = np.rint(np.array([leaks_bps[pid] for pid in pids.tolist()]) / 8 / packets_per_s * _MILLI).astype(
            np.int64
        )
        judged = (leak > 0) & (leak < _ONE)
        pids, leak = pids[judged], leak[judged]
        if self._fills is not None and np.array_equal(self._fills.pids, pids):
            self._fills.leak[:] = leak
        else:
            self._fills = _new_fills(pids, leak, self._fills) if len(pids) else None

    def feed(self, pid: NDArray[np.uint16], begin: int) -> BufferErrors | None:
        """Take packets whose first one has the index `begin`."""
        if self._fills is None or not len(pid):
            return None
        found = self._follow(pid, begin, self._fills, self._per_second)
        if not found:
            return None
        found.sort()
        index, who, what, value = (np.array(column) for column in zip(*found, strict=True))
        return BufferErrors(index, who, what, value.astype(np.float64))


def _new_fills(pids: Ints, leak: Ints, old: Fills | None) -> Fills:
    place = np.full(PIDS, -1, np.int16)
    place[pids] = np.arange(len(pids))
    columns = [np.full(len(pids), value, np.int64) for value in (0, -1, -1, -1)]
    if old is not None:
        was = old.place[pids]
        for column, before in zip(columns, (old.before, old.index, old.empty_at, old.told_at), strict=True):
            column[was >= 0] = before[was[was >= 0]]
    return Fills(pids, place, leak, *columns)


def follow(pid: NDArray[np.uint16], begin: int, fills: Fills, per_second: float) -> Found:
    """Follow the buffers over some packets, all PIDs at once."""
    key = _sorting_table(fills).take(pid)
    counts = np.bincount(key, minlength=len(fills.pids))[: len(fills.pids)]
    groups = np.flatnonzero(counts)
    if not len(groups):
        return []
    edges = np.concatenate(([0], np.cumsum(counts[groups])))
    starts, ends = edges[:-1], edges[1:] - 1
    rows = np.argsort(key, kind="stable")[: edges[-1]]
    fresh = fills.index[groups] < 0
    fills.empty_at[groups[fresh]] = begin + rows[starts[fresh]]
    before = _fill_before(rows, begin, groups, starts, fills)
    found: Found = []
    over = np.flatnonzero(before > _FULL - _ONE)
    if len(over):
        pids = fills.pids[groups[np.searchsorted(edges, over, "right") - 1]]
        fill = ((before[over] + _ONE) / _MILLI).tolist()
        places = zip((begin + rows[over]).tolist(), pids.tolist(), fill, strict=True)
        found = [(at, one, OVERFLOW, value) for at, one, value in places]
    for group in np.flatnonzero(begin + rows[ends] - fills.empty_at[groups] > per_second).tolist():
        part = slice(starts[group], ends[group] + 1)
        index = begin + rows[part]
        found += _not_empty(int(groups[group]), index, np.flatnonzero(before[part] == 0), fills, per_second)
    empty = np.maximum.reduceat(np.where(before == 0, rows, -1), starts)
    fills.empty_at[groups[empty >= 0]] = begin + empty[empty >= 0]
    fills.before[groups], fills.index[groups] = before[ends], begin + rows[ends]
    return found


def _sorting_table(fills: Fills) -> NDArray[Any]:
    """Return the rows by PID as small as can be, which sorts fastest; what is not followed is the highest."""
    return fills.place.astype(np.uint8) if len(fills.pids) < 255 else fills.place.view(np.uint16)


def _fill_before(rows: Ints, begin: int, groups: Ints, starts: Ints, fills: Fills) -> Ints:
    """Return the fill that each packet finds: the walk of arrivals and leaks, never below zero."""
    change = np.empty(len(rows), np.int64)
    np.subtract(rows[1:], rows[:-1], out=change[1:])
    was = fills.index[groups]
    change[starts] = 0
    change *= np.repeat(-fills.leak[groups], np.diff(starts, append=len(rows)))
    change += _ONE
    first = _ONE - fills.leak[groups] * (begin + rows[starts] - was)
    change[starts] = np.where(was < 0, 0, np.maximum(first, -_LONG_EMPTY))
    # one running minimum over all groups: each lies far below the one before it
    sums = np.add.reduceat(change, starts)
    change[starts[1:]] -= sums[:-1] + _APART
    total = np.cumsum(change)
    lowest = total.copy()
    lowest[starts] = np.minimum(lowest[starts], -fills.before[groups] - np.arange(len(groups)) * _APART)
    np.minimum.accumulate(lowest, out=lowest)
    total -= lowest
    return total


def _not_empty(place: int, index: Ints, empty: Ints, fills: Fills, per_second: float) -> Found:
    """TR 101 290, 3.9: the buffer is empty at least once a second; a longer time counts once."""
    marks = np.r_[fills.empty_at[place], index[empty], index[-1]]
    found: Found = []
    for row in np.flatnonzero(np.diff(marks) > per_second).tolist():
        since = int(marks[row])
        if fills.told_at[place] != since:
            fills.told_at[place] = since
            first = int(index[np.searchsorted(index, since + per_second, "right")])
            found.append((first, int(fills.pids[place]), NEVER_EMPTY, (first - since) / per_second))
    return found
