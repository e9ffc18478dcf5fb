"""Gives any packets of an endless transport stream: the turn of the loop with its time stamps and counters moved.

Everything follows from the packet's number since the Unix epoch of the channel's clock, so that a restart goes on.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from noc_console.lab.options import FRAME_RATE
from noc_console.lab.ts_pes import PACKET
from noc_console.lab.ts_turn import Live, Turn

WRAP = (1 << 33) - 1
Packets = NDArray[np.uint8]
Section = Callable[[Live, float], bytes]


class Mux:
    """An endless stream; `section` writes a live section for a time in seconds of the channel's clock."""

    def __init__(self, turn: Turn, section: Section) -> None:
        self.turn = turn
        self._section = section

    @property
    def packets_per_s(self) -> int:
        """Return the constant rate in packets."""
        return self.turn.packets_per_s

    def packets(self, first: int, count: int) -> Packets:
        """Return `count` packets, writable, from number `first` on the channel's clock."""
        parts = []
        while count > 0:
            turn, row = divmod(first, len(self.turn.data))
            taken = min(count, len(self.turn.data) - row)
            parts.append(self._part(turn, row, row + taken))
            first, count = first + taken, count - taken
        return parts[0] if len(parts) == 1 else np.concatenate(parts)

    def _part(self, turn: int, begin: int, end: int) -> Packets:
        data = self.turn.data[begin:end].copy()
        self._fill_sections(data, turn, begin, end)
        self._move_stamps(data, turn, begin, end)
        self._move_clocks(data, turn, begin, end)
        counters = (self.turn.counters[begin:end] + (turn & 15) * self.turn.per_turn[begin:end]) & 15
        data[:, 3] = (data[:, 3] & 0xF0) | counters
        return data

    def _fill_sections(self, data: Packets, turn: int, begin: int, end: int) -> None:
        low, high = np.searchsorted(self._live_rows, (begin, end))
        for live in self.turn.live[low:high]:
            at = (turn * len(self.turn.data) + live.row) / self.packets_per_s
            section = self._section(live, at)
            if len(section) > PACKET - 5:
                raise ValueError("a live section must fit one packet")
            data[live.row - begin, 4] = 0
            data[live.row - begin, 5 : 5 + len(section)] = np.frombuffer(section, np.uint8)

    def _move_stamps(self, data: Packets, turn: int, begin: int, end: int) -> None:
        low, high = np.searchsorted(self.turn.stamp_rows, (begin, end))
        rows, at = self.turn.stamp_rows[low:high] - begin, self.turn.stamp_at[low:high]
        value = (self.turn.stamp_ticks[low:high] + turn * self.turn.frames * (90_000 // FRAME_RATE)) & WRAP
        write_stamps(data, rows, at, value)

    def _move_clocks(self, data: Packets, turn: int, begin: int, end: int) -> None:
        low, high = np.searchsorted(self.turn.pcr_rows, (begin, end))
        rows = self.turn.pcr_rows[low:high]
        rate = self.packets_per_s
        # the turn is a whole number of pictures long: 27 MHz ticks without rounding
        start = turn * self.turn.frames * (27_000_000 // FRAME_RATE)
        write_clocks(data, rows - begin, start + (rows * 54_000_000 + rate) // (2 * rate))

    @cached_property
    def _live_rows(self) -> NDArray[np.int64]:
        return np.array([live.row for live in self.turn.live], np.int64)


def write_stamps(data: Packets, rows: NDArray[np.int64], at: NDArray[np.int64], value: NDArray[np.int64]) -> None:
    """Write 33-bit time stamps, in 90 kHz ticks, into PTS fields."""
    data[rows, at] = (data[rows, at] & 0xF0) | (value >> 29 & 0x0E) | 1
    data[rows, at + 1] = value >> 22 & 0xFF
    data[rows, at + 2] = (value >> 14 & 0xFE) | 1
    data[rows, at + 3] = value >> 7 & 0xFF
    data[rows, at + 4] = (value << 1 & 0xFE) | 1


def write_clocks(data: Packets, rows: NDArray[np.int64], ticks: NDArray[np.int64]) -> None:
    """Write PCRs, in 27 MHz ticks, into the adaptation fields of these rows."""
    whole, rest = np.divmod(ticks, 300)
    whole &= WRAP
    for byte, right in enumerate((25, 17, 9, 1)):
        data[rows, 6 + byte] = whole >> right & 0xFF
    data[rows, 10] = (whole & 1) << 7 | 0x7E | rest >> 8
    data[rows, 11] = rest & 0xFF


def read_clocks(data: Packets, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the PCRs of these rows in 27 MHz ticks."""
    part = data[rows, 6:12].astype(np.int64)
    whole = part[:, 0] << 25 | part[:, 1] << 17 | part[:, 2] << 9 | part[:, 3] << 1 | part[:, 4] >> 7
    return whole * 300 + ((part[:, 4] & 1) << 8 | part[:, 5])
