"""A block of packets read once: heads, continuity, PCRs and time stamps; what needs no time yet."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from noc_console.media.ts import packets
from noc_console.media.ts.kernels import Kernels
from noc_console.media.ts.packets import (
    BAD_SYNC,
    ERROR,
    JUMP,
    NULL_PID,
    PCR,
    SCRAMBLED,
    STARTS,
    Bytes,
    Continuity,
    Heads,
)
from noc_console.media.ts.rows import PesHeads, pcr_values

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class PcrRows:
    """PCRs by packet index: value in 27 MHz ticks, flagged jump, and the run they belong to (see `pcr.Pcrs`)."""

    index: Ints
    pid: Ints
    value: Ints
    is_flagged: NDArray[np.bool_]
    run: Ints
    is_sound: NDArray[np.bool_]  # false where the packet has a transport_error_indicator

    def only(self, keep: NDArray[np.bool_] | slice) -> PcrRows:
        """Return some of them."""
        return PcrRows(
            self.index[keep],
            self.pid[keep],
            self.value[keep],
            self.is_flagged[keep],
            self.run[keep],
            self.is_sound[keep],
        )


@dataclass(frozen=True, slots=True)
class Scanned:
    """What a block holds; all indexes are absolute, `first` is the one of its first packet."""

    first: int
    block: Bytes
    pid: NDArray[np.uint16]
    flags: Bytes
    pcr: PcrRows
    stamps: tuple[Ints, Ints, Ints, Ints]  # index, PID, PTS, DTS of the PES heads that carry a PTS
    errors: Ints  # continuity errors
    repeats: Ints
    damaged: Ints  # transport_error_indicator, or a wrong sync byte
    jumps: Ints  # discontinuity_indicator
    units: Ints  # a PES packet or section starts in the clear

    @property
    def end(self) -> int:
        """The index after its last packet."""
        return self.first + len(self.pid)

    def rest(self, begin: int) -> Scanned:
        """Return what is left from packet `begin` on, in memory of its own."""
        row = begin - self.first
        stamps = self.stamps[0] >= begin
        index, pid, pts, dts = self.stamps
        return Scanned(
            begin,
            self.block[row:].copy(),
            self.pid[row:].copy(),
            self.flags[row:].copy(),
            self.pcr.only(self.pcr.index >= begin),
            (index[stamps], pid[stamps], pts[stamps], dts[stamps]),
            self.errors[self.errors >= begin],
            self.repeats[self.repeats >= begin],
            self.damaged[self.damaged >= begin],
            self.jumps[self.jumps >= begin],
            self.units[self.units >= begin],
        )


class Scanner:
    """Reads blocks in order and counts by PID what needs no time."""

    def __init__(self, kernels: Kernels) -> None:
        self._read_heads, self._pes_heads = kernels.read_heads, kernels.pes_heads
        self._memory = Continuity()
        self._run = 0
        self.packets = 0
        self.sync_errors = 0
        self.null_packets = 0
        self.transport_errors: dict[int, int] = {}
        self.scrambled: dict[int, int] = {}
        self.continuity_errors: dict[int, int] = {}
        self.repeats: dict[int, int] = {}
        self.jumps: dict[int, int] = {}
        self.starts: dict[int, int] = {}

    def read(self, block: Bytes) -> Scanned:
        """Return what the next packets hold."""
        heads = self._read_heads(block, self._memory)
        pid, flags, first = heads.pid, heads.flags, self.packets
        verdicts = packets.judge_breaks(block, heads, self._memory)
        some = np.flatnonzero(flags & (PCR | STARTS | JUMP | ERROR | BAD_SYNC) != 0)
        marks = flags[some]
        damaged = some[marks & (ERROR | BAD_SYNC) != 0]
        sound = (marks & (ERROR | BAD_SYNC) == 0) & (pid[some] != NULL_PID)
        jumps = some[sound & (marks & JUMP != 0)]
        units = some[sound & (marks & (STARTS | SCRAMBLED) == STARTS)]
        scanned = Scanned(
            first,
            block,
            pid,
            flags,
            self._pcrs(block, heads, some[(marks & (PCR | BAD_SYNC) == PCR) & (pid[some] != NULL_PID)], first),
            self._stamps(block, pid, units, verdicts.repeats, first),
            first + verdicts.errors,
            first + verdicts.repeats,
            first + damaged,
            first + jumps,
            first + units,
        )
        tally(self.starts, pid[some[marks & (STARTS | BAD_SYNC) == STARTS]])
        flagged = some[(marks & (JUMP | BAD_SYNC) == JUMP) & (pid[some] != NULL_PID)]
        self._count(heads, verdicts, damaged, flagged)
        self.packets += len(pid)
        return scanned

    def new_run(self) -> None:
        """Bytes were lost or inserted before the next block: positions before and after do not go together."""
        self._run += 1

    def _pcrs(self, block: Bytes, heads: Heads, rows: Ints, first: int) -> PcrRows:
        value = pcr_values(block, rows)
        if (value < 0).any():
            rows, value = rows[value >= 0], value[value >= 0]
        run = self._run + np.searchsorted(heads.breaks, rows, "right")
        self._run += len(heads.breaks)
        marks = heads.flags[rows]
        pid = heads.pid[rows].astype(np.int64)
        return PcrRows(first + rows, pid, value, marks & JUMP != 0, run, marks & ERROR == 0)

    def _stamps(
        self, block: Bytes, pid: NDArray[np.uint16], rows: Ints, repeats: Ints, first: int
    ) -> tuple[Ints, Ints, Ints, Ints]:
        if len(repeats):
            rows = rows[~np.isin(rows, repeats)]
        heads: PesHeads = self._pes_heads(block, rows)
        told = heads.pts >= 0
        rows = heads.rows[told]
        return first + rows, pid[rows].astype(np.int64), heads.pts[told], heads.dts[told]

    def _count(self, heads: Heads, verdicts: packets.Verdicts, damaged: Ints, jumps: Ints) -> None:
        pid, flags = heads.pid, heads.flags
        wrong = flags[damaged] & BAD_SYNC != 0
        self.sync_errors += int(wrong.sum())
        tally(self.transport_errors, pid[damaged[~wrong]])
        tally(self.continuity_errors, pid[verdicts.errors])
        tally(self.repeats, pid[verdicts.repeats])
        tally(self.jumps, pid[jumps])
        hidden = np.flatnonzero(flags & (SCRAMBLED | BAD_SYNC) == SCRAMBLED)
        tally(self.scrambled, pid[hidden])


def part_of(indexes: Ints, begin: int, end: int) -> slice:
    """Return the rows of packet indexes in order that lie in [begin, end)."""
    low, high = np.searchsorted(indexes, (begin, end))
    return slice(int(low), int(high))


def payload_of(packet: bytes) -> bytes:
    """Return what stands behind header and adaptation field."""
    return packet[5 + packet[4] :] if packet[3] & 0x20 else packet[4:]


def tally(counts: dict[int, int], pids: NDArray[np.uint16]) -> None:
    """Add occurrences to counts by PID."""
    if not len(pids):
        return
    found = np.bincount(pids)
    seen = np.flatnonzero(found)
    for pid, count in zip(seen.tolist(), found[seen].tolist(), strict=True):
        counts[pid] = counts.get(pid, 0) + count
