"""A few packets on their way to one outlet, and what can be done to them: the small tools of the faults."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from noc_console.lab.ts_mux import Packets, read_clocks, write_clocks, write_stamps
from noc_console.lab.ts_sections import NULL_PID
from noc_console.lab.ts_socket import Ints

_PTS_AT = 9
_STAMP_WRAP = (1 << 33) - 1
_CLOCK_WRAP = (1 << 33) * 300
_TICKS_PER_STAMP = 300


@dataclass(slots=True)
class Memory:
    """What an outlet goes on doing after a fault: counters of a PID moved on, and the time base moved.

    `counter_shift` is by PID; `time_shift` is in 90 kHz ticks.
    """

    counter_shift: dict[int, int] = field(default_factory=dict)
    time_shift: int = 0


@dataclass(slots=True)
class Trace:
    """What a running fault remembers: how much it has seen, when it last let pass or acted, and how often it did."""

    seen: int = 0
    last_s: float = float("-inf")
    made: int = 0


@dataclass(frozen=True, slots=True)
class Wire:
    """Packets (n, 188), their numbers on the channel's clock, and the datagrams they travel in.

    `is_bent` is set where a datagram no longer holds its seven packets.
    """

    packets: Packets
    numbers: Ints
    grams: Ints
    packets_per_s: int
    is_bent: bool = False

    @property
    def pids(self) -> Ints:
        """Return each packet's PID."""
        return (self.packets[:, 1].astype(np.int64) & 0x1F) << 8 | self.packets[:, 2]

    @property
    def has_payload(self) -> NDArray[np.bool_]:
        """Say of each packet whether it has a payload, and thus counts."""
        return (self.packets[:, 3] & 0x10).astype(np.bool_)

    def at_s(self, row: int) -> float:
        """Return a packet's time on the channel's clock in seconds."""
        return float(self.numbers[row] / self.packets_per_s)

    def of(self, rows: Ints, *pids: int) -> Ints:
        """Return those of these rows that belong to one of the PIDs."""
        return rows[np.isin(self.pids[rows], pids)]

    def units(self, rows: Ints) -> Ints:
        """Return those of these rows in which a PES packet with a PTS begins."""
        begins = rows[(self.packets[rows, 1] & 0x40 != 0) & (self.packets[rows, 3] & 0x10 != 0)]
        at = stamps_at(self.packets, begins) - _PTS_AT
        fits = at + _PTS_AT + 5 <= self.packets.shape[1]
        begins, at = begins[fits], at[fits]
        is_pes = (self.packets[begins, at] == 0) & (self.packets[begins, at + 1] == 0)
        is_pes &= (self.packets[begins, at + 2] == 1) & (self.packets[begins, at + 7] & 0x80 != 0)
        found: Ints = begins[is_pes]
        return found

    def clocks(self, rows: Ints) -> Ints:
        """Return those of these rows that carry a PCR."""
        part = self.packets[rows]
        found: Ints = rows[(part[:, 3] & 0x20 != 0) & (part[:, 4] >= 7) & (part[:, 5] & 0x10 != 0)]
        return found

    def without(self, rows: Iterable[int]) -> Wire:
        """Return the wire without these rows: a datagram gets shorter."""
        gone = np.fromiter(rows, np.int64)
        if not len(gone):
            return self
        kept = np.ones(len(self.packets), np.bool_)
        kept[gone] = False
        return replace(
            self, packets=self.packets[kept], numbers=self.numbers[kept], grams=self.grams[kept], is_bent=True
        )

    def repeated(self, rows: Ints, times: int) -> Wire:
        """Return the wire with these rows sent `times` times: a datagram gets longer."""
        if not len(rows):
            return self
        counts = np.ones(len(self.packets), np.int64)
        counts[rows] = times
        packets = np.repeat(self.packets, counts, axis=0)
        return replace(
            self,
            packets=packets,
            numbers=np.repeat(self.numbers, counts),
            grams=np.repeat(self.grams, counts),
            is_bent=True,
        )


def stamps_at(packets: Packets, rows: Ints) -> Ints:
    """Return where the PTS of a PES header would be that begins in these rows."""
    adapted = packets[rows, 3] & 0x20 != 0
    return 4 + _PTS_AT + np.where(adapted, packets[rows, 4].astype(np.int64) + 1, 0)


def blank(wire: Wire, rows: Ints, memory: Memory) -> None:
    """Turn packets into null packets; the counters behind them close up, so that nothing seems lost."""
    pids, counts = wire.pids, wire.has_payload
    for pid in np.unique(pids[rows]).tolist():
        own = np.flatnonzero(pids == pid)
        is_gone = np.isin(own, rows) & counts[own]
        _turn_on(wire.packets, own, -np.cumsum(is_gone, dtype=np.int64))
        memory.counter_shift[pid] = (memory.counter_shift.get(pid, 0) - int(is_gone.sum())) & 15
    wire.packets[rows] = 0xFF
    wire.packets[rows, :4] = (0x47, NULL_PID >> 8, NULL_PID & 0xFF, 0x10)


def skip_counters(wire: Wire, rows: Ints, memory: Memory) -> None:
    """Let the counter of each row's PID jump by one from this row on: exactly one error each."""
    pids = wire.pids
    for pid in np.unique(pids[rows]).tolist():
        own = np.flatnonzero(pids == pid)
        _turn_on(wire.packets, own, np.cumsum(np.isin(own, rows), dtype=np.int64))
        jumps = int(np.count_nonzero(pids[rows] == pid))
        memory.counter_shift[pid] = (memory.counter_shift.get(pid, 0) + jumps) & 15


def settle(wire: Wire, memory: Memory) -> None:
    """Apply what earlier faults have left behind."""
    shifts = {pid: shift for pid, shift in memory.counter_shift.items() if shift}
    if shifts:
        pids = wire.pids
        for pid, shift in shifts.items():
            own = np.flatnonzero(pids == pid)
            _turn_on(wire.packets, own, np.full(len(own), shift))
    if memory.time_shift:
        move_time(wire, np.arange(len(wire.packets)), memory.time_shift)


def move_time(wire: Wire, rows: Ints, ticks: int) -> None:
    """Move every PCR and PTS in these rows by 90 kHz ticks."""
    move_clocks(wire, wire.clocks(rows), ticks * _TICKS_PER_STAMP)
    move_stamps(wire, wire.units(rows), ticks)


def move_stamps(wire: Wire, begins: Ints, ticks: int) -> None:
    """Move the PTS of PES packets that begin in these rows by 90 kHz ticks."""
    moved = (read_stamps(wire.packets, begins) + ticks) & _STAMP_WRAP
    write_stamps(wire.packets, begins, stamps_at(wire.packets, begins), moved)


def read_stamps(packets: Packets, begins: Ints) -> Ints:
    """Return the PTS, in 90 kHz ticks, of PES packets that begin in these rows."""
    at = stamps_at(packets, begins)
    part = [packets[begins, at + byte].astype(np.int64) for byte in range(5)]
    value: Ints = (part[0] >> 1 & 7) << 30 | part[1] << 22 | part[2] >> 1 << 15 | part[3] << 7 | part[4] >> 1
    return value


def move_clocks(wire: Wire, rows: Ints, ticks: int) -> None:
    """Move the PCRs of these rows by 27 MHz ticks."""
    write_clocks(wire.packets, rows, (read_clocks(wire.packets, rows) + ticks) % _CLOCK_WRAP)


def _turn_on(packets: Packets, rows: Ints, by: Ints) -> None:
    packets[rows, 3] = packets[rows, 3] & 0xF0 | (packets[rows, 3] + by) & 0x0F
