"""Payloads of a PID's packets put together to PES packets, with numpy; what is cut at the end waits for the next."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from noc_console.probes.decode.keys import may_be_key

PACKET = 188
Bytes = NDArray[np.uint8]
Ints = NDArray[np.int64]
_TRIED = 4
MOST_PES_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Pes:
    """One PES packet: its elementary stream bytes (empty: not wanted), and what the heads say.

    `pts` and `dts` are ticks of 90 kHz, -1 where there is none. `is_random` is the random_access_indicator.
    """

    data: bytes
    size: int
    pts: int
    dts: int
    is_random: bool
    is_damaged: bool
    is_scrambled: bool = False


@dataclass(slots=True)
class Assembly:
    """The PES packet under way on one PID, between two blocks of packets.

    `is_unaligned` says that its packets begin in the middle of pictures.
    """

    counter: int = -1
    pending: bytes = b""
    is_open: bool = False
    is_random: bool = False
    is_damaged: bool = False
    is_scrambled: bool = False
    is_unaligned: bool = False
    lost: int = 0


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is wanted of a PID: the `codec` of its pictures (empty: sound), and whether key pictures are enough."""

    codec: str = ""
    is_sparse: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """Whole packets: rows of 188 bytes, their PIDs, and where the payload of each begins (188: none)."""

    rows: Bytes
    pids: NDArray[np.uint16]
    skip: NDArray[np.int16]

    @classmethod
    def of(cls, rows: Bytes) -> Block:
        """Return the block of packets (n, 188)."""
        pids = np.asarray(((rows[:, 1] & 0x1F).astype(np.uint16) << 8) | rows[:, 2], np.uint16)
        control = rows[:, 3] & 0x30
        skip = np.full(len(rows), 4, np.int16)
        adapted = np.flatnonzero(control & 0x20)
        skip[adapted] = np.minimum(5 + rows[adapted, 4].astype(np.int16), PACKET)
        bad = (control & 0x10 == 0) | (rows[:, 1] & 0x80 != 0) | (rows[:, 0] != 0x47)
        skip[bad] = PACKET
        return cls(rows, pids, skip)


def whole(block: Block, pid: int, memory: Assembly, wanted: Wanted, is_end: bool) -> list[Pes]:
    """Return the PES packets of a PID that are complete; with `is_end` also the last one.

    Where key pictures are enough only those that begin like one keep their bytes.
    """
    mine = np.flatnonzero((block.pids == pid) & (block.skip < PACKET))
    if not len(mine):
        return _close(memory) if is_end else []
    mine, breaks = _followed(block.rows, mine, memory)
    rows, mine_skip = block.rows[mine], block.skip[mine]
    starts = np.flatnonzero(rows[:, 1] & 0x40)
    if wanted.codec and not memory.is_unaligned:
        memory.is_unaligned = any(
            _is_unaligned(rows[at, mine_skip[at] :].tobytes()) for at in starts[:_TRIED].tolist()
        )
    is_sparse = wanted.is_sparse and not memory.is_unaligned
    found: list[Pes] = []
    edges = [*starts.tolist(), len(rows)]
    if edges[0] > 0 and memory.is_open:
        memory.is_damaged |= bool(breaks[: edges[0]].any())
        memory.pending = (memory.pending + _joined(rows, mine_skip, 0, edges[0]))[:MOST_PES_BYTES]
    is_second = False  # what follows a key picture may be the other field of it
    for begin, end in pairwise(edges):
        found += _close(memory)
        is_last = end == len(rows)
        skip = int(mine_skip[begin])
        is_random = skip > 5 and bool(rows[begin, 5] & 0x40)
        if is_sparse:
            head = rows[begin, skip:].tobytes()
            is_candidate = is_random or may_be_key(wanted.codec, head, 9 + head[8] if len(head) > 8 else 0)
            was_second, is_second = is_second, is_candidate and wanted.codec == "avc1"
            if not (is_last or is_candidate or was_second):
                size = int((PACKET - mine_skip[begin:end].astype(np.int64)).sum())
                found.append(_told(head, size, bool(breaks[begin + 1 : end].any()), bool(rows[begin, 3] & 0xC0)))
                continue
        memory.is_open, memory.is_random = True, is_random
        memory.is_scrambled = bool(rows[begin, 3] & 0xC0)
        memory.is_damaged = bool(breaks[begin + 1 : end].any())
        memory.pending = _joined(rows, mine_skip, begin, end)
    if is_end or _is_complete(memory.pending):
        found += _close(memory)
    return found


def _is_unaligned(head: bytes) -> bool:
    """Say whether the payload of a PES packet begins without a start code."""
    start = head[9 + head[8] : 13 + head[8]] if len(head) > 8 else b""
    return len(start) == 4 and start[:3] != b"\x00\x00\x01" and start != b"\x00\x00\x00\x01" and start[:3] != bytes(3)


def _followed(rows: Bytes, mine: Ints, memory: Assembly) -> tuple[Ints, NDArray[np.bool_]]:
    """Return the rows of a PID without legal repeats, and where the continuity counter does not follow.

    ISO/IEC 13818-1, 2.4.3.3: all rows carry payload; one repeat of the packet before is legal.
    """
    counters = (rows[mine, 3] & 15).astype(np.int16)
    same = 1 + np.flatnonzero(counters[1:] == counters[:-1])
    if len(same):
        repeats = [at for at in same.tolist() if np.array_equal(rows[mine[at], 12:], rows[mine[at - 1], 12:])]
        mine, counters = np.delete(mine, repeats), np.delete(counters, repeats)
    before = np.empty_like(counters)
    before[1:] = counters[:-1]
    before[0] = memory.counter if memory.counter >= 0 else counters[0] - 1
    steps = (counters - before) & 15
    memory.counter = int(counters[-1])
    breaks: NDArray[np.bool_] = steps != 1
    memory.lost += int(np.count_nonzero(breaks))
    return mine, breaks


def _joined(rows: Bytes, skip: NDArray[np.int16], begin: int, end: int) -> bytes:
    """Return the payloads of some rows in one piece; most rows have no adaptation field and are copied at once."""
    odd = begin + np.flatnonzero(skip[begin:end] != 4)
    if not len(odd):
        return rows[begin:end, 4:].tobytes()
    parts, at = [], begin
    for row in odd.tolist():
        if row > at:
            parts.append(rows[at:row, 4:].tobytes())
        parts.append(rows[row, skip[row] :].tobytes())
        at = row + 1
    if at < end:
        parts.append(rows[at:end, 4:].tobytes())
    return b"".join(parts)


def _close(memory: Assembly) -> list[Pes]:
    if not memory.is_open:
        return []
    one = _pes(memory.pending, memory.is_random, memory.is_damaged, memory.is_scrambled)
    memory.is_open, memory.pending = False, b""
    return [one]


def _is_complete(data: bytes) -> bool:
    """Say whether a PES packet of told length is there in full (2.4.3.7: 0 is not told)."""
    length = int.from_bytes(data[4:6], "big") if len(data) >= 6 else 0
    return length > 0 and len(data) >= 6 + length


def _pes(data: bytes, is_random: bool, is_damaged: bool, is_scrambled: bool) -> Pes:
    """Read the head of a PES packet (ISO/IEC 13818-1, 2.4.3.6)."""
    if len(data) < 9 or data[:3] != b"\x00\x00\x01" or data[6] & 0xC0 != 0x80:
        return Pes(b"", len(data), -1, -1, is_random, True, is_scrambled)
    flags, length = data[7], int.from_bytes(data[4:6], "big")
    end = 6 + length if length else len(data)
    pts = _stamp(data, 9) if flags & 0x80 and len(data) >= 14 else -1
    dts = _stamp(data, 14) if flags & 0xC0 == 0xC0 and len(data) >= 19 else pts
    body = data[9 + data[8] : end]
    is_locked = is_scrambled or bool(data[6] & 0x30)
    return Pes(body, len(body), pts, dts, is_random, is_damaged or end > len(data), is_locked)


def _told(head: bytes, size: int, is_damaged: bool, is_scrambled: bool) -> Pes:
    """Return a PES packet of which only the time stamps and the size are wanted."""
    one = _pes(head, False, False, is_scrambled)
    return Pes(
        b"", max(0, size - 9 - head[8] if len(head) > 8 else 0), one.pts, one.dts, False, is_damaged, is_scrambled
    )


def _stamp(data: bytes, at: int) -> int:
    high, middle, low = data[at] >> 1 & 7, int.from_bytes(data[at + 1 : at + 3], "big") >> 1, data[at + 3 : at + 5]
    return high << 30 | middle << 15 | int.from_bytes(low, "big") >> 1
