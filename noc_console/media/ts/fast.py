"""The compiled twin of `packets.read_heads`: one loop over the headers, the same results to the bit."""

from __future__ import annotations

import numba
import numpy as np

from noc_console.media.ts.packets import BAD_SYNC, ERROR, JUMP, NULL_PID, PIDS, Bytes, Continuity, Heads


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
