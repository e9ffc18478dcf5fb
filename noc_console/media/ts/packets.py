"""One pass over a block of packets: what each header says, and where the continuity of its PID breaks.

Two passes give identical results: `fast` (compiled, the extra `fast`) and this one (numpy alone).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

PACKET = 188
NULL_PID = 0x1FFF
PIDS = 8192

# what a packet is, one bit each
PAYLOAD, STARTS, ERROR, SCRAMBLED, PCR, JUMP, BAD_SYNC, KEY = 1, 2, 4, 8, 16, 32, 64, 128

_LAST = 255

Bytes = NDArray[np.uint8]
Ints = NDArray[np.int64]


@dataclass(slots=True)
class Continuity:
    """What continuity remembers of each PID from block to block.

    `counter` is the last continuity_counter, -1 when none was seen or judged; `packet` are the last packet's bytes;
    `repeated` says whether that packet was itself a legal repeat. `numbers` gives the PIDs met small numbers from 1
    on, by which packets are sorted fastest; it is None where there were too many.
    """

    counter: NDArray[np.int8] = field(default_factory=lambda: np.full(PIDS, -1, np.int8))
    numbers: Bytes | None = field(default_factory=lambda: np.zeros(PIDS, np.uint8))
    met: int = 0
    packet: dict[int, bytes] = field(default_factory=dict)
    repeated: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Heads:
    """What the headers of a block say; one row per packet.

    `breaks` are the rows whose counter does not follow on the row `before` of the same PID (-1: in an earlier block).
    `last` is the last judged row of each PID that is in `last_pid`.
    """

    pid: NDArray[np.uint16]
    flags: Bytes
    breaks: Ints
    before: Ints
    last_pid: NDArray[np.uint16]
    last: Ints


def read_heads(block: Bytes, memory: Continuity) -> Heads:
    """Return the heads of packets (n, 188), and let `memory` move on to their end, with numpy alone."""
    # one gather of eight bytes per packet, then columns of bytes: everything else works on contiguous memory
    words = np.ascontiguousarray(block[:, :8].view(np.uint64)[:, 0]).view(np.uint8).reshape(-1, 8)
    sync, first, second, third, length, field = (np.ascontiguousarray(words[:, at]) for at in range(6))
    pid = (((first & 0x1F).astype(np.uint16) << 8) | second).astype(np.uint16, copy=False)
    flags = _flags(first, third, length, field)
    flags[sync != 0x47] |= BAD_SYNC
    order = _by_pid(pid, flags, memory)
    if not len(order):
        nothing = np.zeros(0, np.int64)
        return Heads(pid, flags, nothing, nothing, np.zeros(0, np.uint16), nothing)
    pids = pid[order]
    starts = np.flatnonzero(np.concatenate(([True], pids[1:] != pids[:-1])))
    # the counter, and what it must have grown by
    told = ((third & 0x0F) | ((flags & PAYLOAD) << 4) | (flags & JUMP))[order]
    counters = told & 0x0F
    previous = np.empty_like(counters)
    previous[1:] = counters[:-1]
    # ISO/IEC 13818-1, 2.4.3.3: the counter grows by one with each payload and stands still without one
    wrong = (((counters - previous) & 0x0F) != ((told >> 4) & PAYLOAD)) & (told & JUMP == 0)
    known, now = memory.counter[pids[starts]], told[starts]
    grown = (now.astype(np.int8) - known) & 0x0F
    wrong[starts] = (known >= 0) & (grown != ((now >> 4) & PAYLOAD)) & (now & JUMP == 0)
    ends = np.concatenate((starts[1:], [len(order)])) - 1
    memory.counter[pids[ends]] = counters[ends]
    at = np.flatnonzero(wrong)
    is_first = np.concatenate(([-1], starts))[np.searchsorted(starts, at, "right")] == at
    before = np.where(is_first, -1, order[at - 1])
    in_order = np.argsort(order[at])
    by_pid = np.argsort(pids[ends])
    return Heads(pid, flags, order[at[in_order]], before[in_order], pids[ends][by_pid], order[ends][by_pid])


def _by_pid(pid: NDArray[np.uint16], flags: Bytes, memory: Continuity) -> Ints:
    """Return the rows that are judged, PID by PID and in their order; what is not judged has the highest key."""
    numbers = memory.numbers
    key: NDArray[Any] = pid if numbers is None else numbers.take(pid)
    if numbers is not None and not key.all():
        _meet(np.flatnonzero(np.bincount(pid[key == 0])).tolist(), memory)
        return _by_pid(pid, flags, memory)
    last = NULL_PID if numbers is None else _LAST
    unsound = np.flatnonzero(flags & (ERROR | BAD_SYNC) != 0)
    if len(unsound):
        key = key.copy()
        key[unsound] = last
    order = np.argsort(key, kind="stable")
    return order[: len(order) - int(np.count_nonzero(key == last))]


def _meet(fresh: list[int], memory: Continuity) -> None:
    for pid in fresh:
        if memory.numbers is None:
            return
        if pid == NULL_PID:
            memory.numbers[pid] = _LAST
            continue
        memory.met += 1
        if memory.met == _LAST:
            memory.numbers = None
        else:
            memory.numbers[pid] = memory.met


def _flags(first: Bytes, third: Bytes, length: Bytes, field: Bytes) -> Bytes:
    flags = np.asarray(((third >> 4) & PAYLOAD) | ((first >> 5) & (STARTS | ERROR)), np.uint8)
    flags |= (third & 0xC0 != 0).view(np.uint8) << 3
    adapted = np.flatnonzero(third & 0x20 != 0)
    flags[adapted] |= np.where(length[adapted] > 0, _OF_FIELD[field[adapted]], np.uint8(0))
    return flags


def _table(*bits: tuple[int, int]) -> Bytes:
    """Return by byte what it says: for each (bits of the byte, mark) the mark where one of the bits is set."""
    every = np.arange(256)
    marks = sum(np.where(every & mask != 0, mark, 0) for mask, mark in bits)
    return np.asarray(marks, np.uint8)


_OF_FIELD = _table((0x10, PCR), (0x80, JUMP), (0x40, KEY))


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What the breaks of a block are: rows of continuity errors, and rows that legally repeat the one before."""

    errors: Ints
    repeats: Ints


def judge_breaks(block: Bytes, heads: Heads, memory: Continuity) -> Verdicts:
    """Tell legal repeats from errors (ISO/IEC 13818-1, 2.4.3.3: one repeat, same counter, same payload)."""
    errors: list[int] = []
    repeats: list[int] = []
    last_break: dict[int, int] = {}
    for row, before in zip(heads.breaks.tolist(), heads.before.tolist(), strict=True):
        pid = int(heads.pid[row])
        earlier = block[before].tobytes() if before >= 0 else memory.packet.get(pid, b"")
        was_repeat = pid in memory.repeated and last_break.get(pid, before) == before
        if not was_repeat and _repeats(earlier, block[row].tobytes()):
            repeats.append(row)
            memory.repeated.add(pid)
        else:
            errors.append(row)
            memory.repeated.discard(pid)
        last_break[pid] = row
    for pid, row in zip(heads.last_pid.tolist(), heads.last.tolist(), strict=True):
        memory.packet[pid] = block[row].tobytes()
        if pid in memory.repeated and last_break.get(pid, -1) != row:
            memory.repeated.discard(pid)
    return Verdicts(np.array(errors, np.int64), np.array(repeats, np.int64))


def _repeats(earlier: bytes, packet: bytes) -> bool:
    """Say whether a packet repeats the one before: all alike but the PCR."""
    if len(earlier) != PACKET or earlier[3] != packet[3]:
        return False
    return _without_pcr(earlier) == _without_pcr(packet)


def _without_pcr(packet: bytes) -> bytes:
    has_pcr = packet[3] & 0x20 and packet[4] > 6 and packet[5] & PCR
    return packet[:6] + packet[12:] if has_pcr else packet
