"""The compiled twins of the loops over packets (`kernels.Kernels`): the same results to the bit."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from noc_console.media.ts import tstd
from noc_console.media.ts.packets import BAD_SYNC, ERROR, JUMP, NULL_PID, PIDS, Bytes, Continuity, Heads
from noc_console.media.ts.rows import PesHeads


@numba.njit(cache=True, nogil=True, boundscheck=False)
def _scan(block, pids, flags, counter, last, breaks, before):  # type: ignore[no-untyped-def]
    count = 0
    for row in range(block.shape[0]):
        first = block[row, 1]
        third = block[row, 3]
        pid = (np.int64(first & 0x1F) << 8) | block[row, 2]
        mark = ((third >> 4) & 1) | ((first >> 5) & 2) | ((first & 0x80) >> 5)
        if third & 0xC0:
            mark |= 8
        if third & 0x20 and block[row, 4] > 0:
            field = block[row, 5]
            mark |= (field & 0x10) | ((field & 0x80) >> 2) | ((field & 0x40) << 1)
        if block[row, 0] != 0x47:
            mark |= BAD_SYNC
        pids[row] = pid
        flags[row] = mark
        if pid == NULL_PID or mark & (ERROR | BAD_SYNC):
            continue
        now = np.int64(third & 0x0F)
        then = np.int64(counter[pid])
        if then >= 0 and ((now - then) & 0x0F) != (mark & 1) and not mark & JUMP:
            breaks[count] = row
            before[count] = last[pid]
            count += 1
        counter[pid] = now
        last[pid] = row
    return count


def read_heads(block: Bytes, memory: Continuity) -> Heads:
    """Return the heads of packets (n, 188), and let `memory` move on to their end."""
    size = len(block)
    pids, flags = np.empty(size, np.uint16), np.empty(size, np.uint8)
    last = np.full(PIDS, -1, np.int64)
    breaks, before = np.empty(size, np.int64), np.empty(size, np.int64)
    count = _scan(block, pids, flags, memory.counter, last, breaks, before)
    seen = np.flatnonzero(last >= 0)
    return Heads(pids, flags, breaks[:count].copy(), before[:count].copy(), seen.astype(np.uint16), last[seen])


@numba.njit(cache=True, nogil=True, boundscheck=False)
def _heads(block, rows, kept, stream_id, pts, dts):  # type: ignore[no-untyped-def]
    count = 0
    for at in range(rows.shape[0]):
        row = rows[at]
        begin: Any = 4
        if block[row, 3] & 0x20:
            begin = np.int64(block[row, 4]) + 5
        if begin > 179:
            continue
        if block[row, begin] or block[row, begin + 1] or block[row, begin + 2] != 1 or block[row, begin + 3] < 0xBC:
            continue
        told = block[row, begin + 7] >> 6 if block[row, begin + 6] & 0xC0 == 0x80 else 0
        room: Any = min(179 - begin, np.int64(block[row, begin + 8]))
        shown = np.int64(-1)
        if told >= 2 and room >= 5:
            shown = _stamp(block, row, begin + 9)
        decoded = shown
        if told == 3 and room >= 10 and shown >= 0:
            decoded = _stamp(block, row, begin + 14)
        kept[count], stream_id[count], pts[count], dts[count] = row, block[row, begin + 3], shown, decoded
        count += 1
    return count


@numba.njit(cache=True, nogil=True, boundscheck=False)
def _stamp(block, row, at):  # type: ignore[no-untyped-def]
    high = (np.int64(block[row, at] >> 1) & 7) << 30
    low = (np.int64(block[row, at + 1]) << 22) | ((np.int64(block[row, at + 2]) >> 1) << 15)
    return high | low | (np.int64(block[row, at + 3]) << 7) | (np.int64(block[row, at + 4]) >> 1)


def pes_heads(block: Bytes, rows: NDArray[np.int64]) -> PesHeads:
    """Return the PES heads among rows whose payload starts a unit."""
    size = len(rows)
    kept, pts, dts = np.empty(size, np.int64), np.empty(size, np.int64), np.empty(size, np.int64)
    stream_id = np.empty(size, np.uint8)
    count = _heads(block, rows, kept, stream_id, pts, dts)
    return PesHeads(kept[:count], stream_id[:count], pts[:count], dts[:count])


@numba.njit(cache=True, nogil=True, boundscheck=False)
def _follow(pid, first, begin, place, leak, before, index, empty_at, told_at, second, out):  # type: ignore[no-untyped-def]
    count = 0
    for row in range(first, pid.shape[0]):
        if count > out.shape[0] - 2:
            return count, row
        at = place[pid[row]]
        if at < 0:
            continue
        now = begin + row
        if index[at] < 0:
            index[at] = empty_at[at] = now
            continue
        fill = before[at] + 188_000 - leak[at] * (now - index[at])
        index[at] = now
        if fill <= 0:
            fill = 0
        before[at] = fill
        if fill + 188_000 > 512_000:
            out[count, 0], out[count, 1], out[count, 2], out[count, 3] = now, pid[row], 1, fill + 188_000
            count += 1
        if now - empty_at[at] > second and told_at[at] != empty_at[at]:
            out[count, 0], out[count, 1], out[count, 2], out[count, 3] = now, pid[row], 2, now - empty_at[at]
            told_at[at] = empty_at[at]
            count += 1
        if fill == 0:
            empty_at[at] = now
    return count, pid.shape[0]


def follow_buffers(pid: NDArray[np.uint16], begin: int, fills: tstd.Fills, per_second: float) -> tstd.Found:
    """Follow the buffers over some packets."""
    out = np.empty((256, 4), np.int64)
    found: tstd.Found = []
    row, before, index, empty_at = 0, fills.before, fills.index, fills.empty_at
    while row < len(pid):
        count, row = _follow(
            pid, row, begin, fills.place, fills.leak, before, index, empty_at, fills.told_at, per_second, out
        )
        for at, one, what, value in out[:count].tolist():
            found.append((at, one, what, value / 1000 if what == tstd.OVERFLOW else value / per_second))
    return found
