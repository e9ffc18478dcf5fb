"""A long multi-programme stream for measuring: a real capture repeated, its clocks, stamps and counters moved on."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from noc_console.media.ts.clock import PCR_WRAP
from noc_console.media.ts.packets import (
    NULL_PID,
    PACKET,
    PAYLOAD,
    PCR,
    PIDS,
    SCRAMBLED,
    STARTS,
    Continuity,
    read_heads,
)
from noc_console.media.ts.rows import pcr_values, pes_heads

CAPTURE = "ts/tsduck/test-108.ts"

Bytes = NDArray[np.uint8]
Ints = NDArray[np.int64]


def testdata() -> Path | None:
    """Return the folder of real captures, None where it is absent."""
    folder = Path(os.environ.get("NOC_TESTDATA") or Path(__file__).parents[2].parent / "shared" / "testdata")
    return folder if folder.is_dir() else None


@dataclass(frozen=True, slots=True)
class Loop:
    """One turn of a capture, and how far clocks (27 MHz) and counters move from turn to turn."""

    rows: Bytes
    counters: Ints
    steps: Ints
    pcr_rows: Ints
    pcr: Ints
    pcr_spans: Ints
    stamp_rows: Ints
    stamp_at: Ints
    stamps: Ints
    span: int

    def write(self, turn: int, to: Bytes) -> None:
        """Write one turn."""
        to[:] = self.rows
        to[:, 3] = (self.rows[:, 3] & 0xF0) | ((self.counters + turn * self.steps) & 15).astype(np.uint8)
        value = (self.pcr + turn * self.pcr_spans) % PCR_WRAP
        base, rest, rows = value // 300, value % 300, self.pcr_rows
        for column, shift in ((6, 25), (7, 17), (8, 9), (9, 1)):
            to[rows, column] = (base >> shift) & 255
        to[rows, 10] = ((base & 1) << 7) | 0x7E | (rest >> 8)
        to[rows, 11] = rest & 255
        self._write_stamps(turn, to)

    def _write_stamps(self, turn: int, to: Bytes) -> None:
        rows, at = self.stamp_rows, self.stamp_at
        value = (self.stamps + round(turn * self.span / 300)) % (1 << 33)
        to[rows, at] = (to[rows, at] & 0xF1) | ((value >> 29) & 0x0E)
        to[rows, at + 1] = (value >> 22) & 255
        to[rows, at + 2] = ((value >> 14) & 0xFE) | 1
        to[rows, at + 3] = (value >> 7) & 255
        to[rows, at + 4] = ((value << 1) & 0xFE) | 1


def loop_of(rows: Bytes) -> Loop:
    """Return what is needed to repeat a capture without a break; its bitrate must be constant."""
    heads = read_heads(rows, Continuity())
    pid = heads.pid
    steps = np.bincount(pid, weights=heads.flags & PAYLOAD, minlength=PIDS).astype(np.int64)
    steps[NULL_PID] = 0
    clocks = np.flatnonzero(heads.flags & PCR)
    values = pcr_values(rows, clocks)
    spans = {int(one): _span(clocks, values, pid[clocks] == one, len(rows)) for one in np.unique(pid[clocks])}
    span = next(iter(spans.values()))
    starts = np.flatnonzero(heads.flags & (STARTS | PAYLOAD | SCRAMBLED) == STARTS | PAYLOAD)
    found = pes_heads(rows, starts)
    stamped = found.rows[found.pts >= 0]
    begin = np.where(rows[stamped, 3] & 0x20, rows[stamped, 4].astype(np.int64) + 5, 4)
    both = rows[stamped, begin + 7] >> 6 == 3
    decoded = found.dts[found.pts >= 0][both]
    return Loop(
        rows,
        (rows[:, 3] & 15).astype(np.int64),
        steps[pid],
        clocks,
        values,
        np.array([spans[int(one)] for one in pid[clocks]], np.int64),
        np.r_[stamped, stamped[both]],
        np.r_[begin + 9, begin[both] + 14],
        np.r_[found.pts[found.pts >= 0], decoded],
        span,
    )


def _span(rows: Ints, values: Ints, own: NDArray[np.bool_], length: int) -> int:
    """Return how far a clock moves in a turn, from the line through its values."""
    x, y = rows[own] - rows[own][0], values[own] - values[own][0]
    return round(float(np.polyfit(x.astype(float), y.astype(float), 1)[0]) * length)


def capture() -> Bytes | None:
    """Return the packets of the capture that is repeated, None where the test data is absent."""
    folder = testdata()
    if folder is None or not (folder / CAPTURE).is_file():
        return None
    return np.fromfile(folder / CAPTURE, np.uint8).reshape(-1, PACKET)


def long_stream(rows: Bytes, size: int) -> Bytes:
    """Return whole turns of a capture, about `size` bytes of them."""
    loop = loop_of(rows)
    turns = max(1, round(size / rows.nbytes))
    data = np.empty((turns, *rows.shape), np.uint8)
    for turn in range(turns):
        loop.write(turn, data[turn])
    return data.reshape(-1, PACKET)
