"""Lets the faults of one outlet work on its packets, and cuts what is left into datagrams."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from noc_console.lab.fault import Fault
from noc_console.lab.ts_faults import TS_FAULTS, Doing, is_on
from noc_console.lab.ts_mux import Packets
from noc_console.lab.ts_socket import Datagrams
from noc_console.lab.ts_wire import Memory, Trace, Wire, settle

PER_DATAGRAM = 7
Dressing = Callable[[Wire, Memory], None]


@dataclass(frozen=True, slots=True)
class Piece:
    """What a carrier sends in one step: packets from a datagram number on, at this rate, behind the wall's clock."""

    packets: Packets
    first: int
    packets_per_s: int
    phase_s: float

    def wire(self) -> Wire:
        """Return the piece for faults to work on; the packets are copied."""
        numbers = self.first * PER_DATAGRAM + np.arange(len(self.packets))
        return Wire(self.packets.copy(), numbers, numbers // PER_DATAGRAM, self.packets_per_s)


@dataclass(slots=True)
class Spoiler:
    """The faults of one outlet: what they remember, and datagrams held back."""

    memory: Memory = field(default_factory=Memory)
    traces: dict[int, Trace] = field(default_factory=dict)
    made: dict[int, int] = field(default_factory=dict)
    _held: list[tuple[int, bytes]] = field(default_factory=list)
    _swapping: list[tuple[int, bytes]] = field(default_factory=list)
    _released_at: float = 0.0

    def is_idle(self, faults: Sequence[Fault]) -> bool:
        """Say whether packets may go out as they are."""
        is_clean = not self.memory.time_shift and not any(self.memory.counter_shift.values())
        return is_clean and not faults and not self._held and not self._swapping

    def spoiled(self, piece: Piece, faults: Sequence[Fault], dress: Dressing | None = None) -> Wire:
        """Return the packets with what these faults, and those before them, have done; `dress` makes media ill."""
        wire = piece.wire()
        settle(wire, self.memory)
        if dress is not None:
            dress(wire, self.memory)
        for fault in faults:
            kind = TS_FAULTS[fault.kind]
            rows = is_on(fault, wire.numbers / piece.packets_per_s + piece.phase_s)
            if kind.spoil is not None and len(rows):
                trace = self.traces.setdefault(fault.id, Trace())
                wire = kind.spoil(wire, Doing(fault, rows, trace, self.memory))
                self.made[fault.id] = trace.made
        return wire

    def ordered(self, grams: list[tuple[int, bytes]], faults: Sequence[Fault], now: float) -> list[tuple[int, bytes]]:
        """Return the datagrams that leave now, in their order; the rest is held back."""
        grams = self._swapped(grams, next((one for one in faults if TS_FAULTS[one.kind].is_swapped), None))
        holding = next((one for one in faults if TS_FAULTS[one.kind].is_held), None)
        self._held += grams
        if holding is not None and now - self._released_at < holding.params["hold_s"]:
            return []
        if holding is not None:
            self.made[holding.id] = self.made.get(holding.id, 0) + 1
        self._released_at = now
        leaving, self._held = self._held, []
        return leaving

    def _swapped(self, grams: list[tuple[int, bytes]], fault: Fault | None) -> list[tuple[int, bytes]]:
        out: list[tuple[int, bytes]] = []
        for gram in grams:
            if self._swapping:
                out += [gram, *self._swapping]
                self._swapping = []
            elif fault is not None and gram[0] % max(2, int(fault.params["every"])) == 0:
                self._swapping = [gram]
                self.made[fault.id] = self.made.get(fault.id, 0) + 1
            else:
                out.append(gram)
        return out


def datagrams(wire: Wire) -> list[tuple[int, bytes]]:
    """Return what is left of each datagram, with its number."""
    numbers, starts = np.unique(wire.grams, return_index=True)
    ends = [*starts.tolist(), len(wire.grams)][1:]
    return [
        (number, wire.packets[start:end].tobytes())
        for number, start, end in zip(numbers.tolist(), starts.tolist(), ends, strict=True)
    ]


def joined(bodies: Sequence[bytes]) -> Datagrams:
    """Return datagrams of any lengths in one buffer."""
    sizes = np.array([len(body) for body in bodies], np.int64)
    return Datagrams(np.frombuffer(b"".join(bodies), np.uint8), np.cumsum(sizes) - sizes, sizes)
