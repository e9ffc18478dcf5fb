"""Sends the lab's transport streams at their pace, healthy or spoiled, and counts what it sent."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from noc_console.lab.ailing import Ill
from noc_console.lab.fault import Fault
from noc_console.lab.ts_faults import TS_FAULTS
from noc_console.lab.ts_ills import LATEST_S, Substitute
from noc_console.lab.ts_mux import Mux, Packets
from noc_console.lab.ts_pes import PACKET
from noc_console.lab.ts_socket import Datagrams, Destination, Ints, Sender
from noc_console.lab.ts_spoil import PER_DATAGRAM, Piece, Spoiler, datagrams, joined
from noc_console.lab.ts_wire import Wire

# a sender that was held up catches up at ten times its pace, and gives up what is older than this
_LATEST_S = 2.0
_MOST_AT_ONCE_S = 0.05
_HEAD = np.dtype([("flags", "u1"), ("type", "u1"), ("seq", ">u2"), ("at", ">u4"), ("ssrc", ">u4")])
_MP2T = 33
_SSRC = 0x4C414200
_OTHER_SOURCE = "127.0.0.2"

Faults = Callable[[str], Sequence[Fault]]


@dataclass(frozen=True, slots=True)
class Outlet:
    """One transport stream on the wire: of which channel, where to, and whether in RTP."""

    code: str
    to: Destination
    is_rtp: bool = False

    @property
    def url(self) -> str:
        """Return the address a receiver on this machine opens."""
        scheme = "rtp" if self.is_rtp else "udp"
        return f"{scheme}://@{self.to.host}:{self.to.port}?iface=lo"


@dataclass(slots=True)
class Carrier:
    """A stream and everybody it goes to; `phase_s` is by how much its clock is behind the wall's.

    `substitute` makes its first service ill; without one its media are always healthy.
    """

    mux: Mux
    outlets: tuple[Outlet, ...]
    phase_s: float = 0.0
    substitute: Substitute | None = None
    next: int = -1
    skipped: int = 0

    def due(self, now: float) -> tuple[int, int]:
        """Return the number of the next datagram, and how many are due; advance behind them."""
        per_s = self.mux.packets_per_s / PER_DATAGRAM
        end = int((now - self.phase_s) * per_s)
        if self.next < 0:
            self.next = end
        if end - self.next > _LATEST_S * per_s:
            self.skipped += end - self.next
            self.next = end
        count = min(max(0, end - self.next), int(_MOST_AT_ONCE_S * per_s) + 1)
        first, self.next = self.next, self.next + count
        return first, count


class Station:
    """All carriers and their sockets; `faults` tells those of a channel, over or not."""

    def __init__(self, carriers: Sequence[Carrier], faults: Faults | None = None) -> None:
        self.carriers = tuple(carriers)
        self.ills: Callable[[str, float], Sequence[Fault]] = _no_ills
        self.outlets = {outlet.code: outlet for carrier in carriers for outlet in carrier.outlets}
        self.faults: Faults = faults or _none
        self._places = {code: place for place, code in enumerate(self.outlets)}
        self._spoilers = {code: Spoiler() for code in self.outlets}
        destinations = [outlet.to for outlet in self.outlets.values()]
        self._sender, self._other = Sender(destinations), Sender(destinations, _OTHER_SOURCE)

    @property
    def sent(self) -> int:
        """Return how many datagrams were sent."""
        return self._sender.sent + self._other.sent

    @property
    def failed(self) -> int:
        """Return how many datagrams the kernel refused."""
        return self._sender.failed + self._other.failed

    @property
    def skipped(self) -> int:
        """Return how many datagrams were never sent, because the machine was busy for too long."""
        return sum(carrier.skipped * len(carrier.outlets) for carrier in self.carriers)

    def sent_to(self, code: str) -> int:
        """Return how many datagrams of a channel were sent."""
        place = self._places[code]
        return int(self._sender.by_destination[place] + self._other.by_destination[place])

    def prepare(self, code: str, ill: Ill) -> None:
        """Make what an ill of a channel's media needs, before it is due; for a thread of its own."""
        for carrier in self.carriers:
            if carrier.substitute is not None and any(outlet.code == code for outlet in carrier.outlets):
                carrier.substitute.prepare(ill)

    def made(self, fault: Fault) -> int:
        """Return how many errors a fault has made so far: packets, sections, jumps or datagrams, by its title."""
        spoiler = self._spoilers.get(fault.channel)
        return spoiler.made.get(fault.id, 0) if spoiler else 0

    def step(self, now: float) -> None:
        """Send everything that is due at a time."""
        for carrier in self.carriers:
            first, count = carrier.due(now)
            if count:
                packets = carrier.mux.packets(first * PER_DATAGRAM, count * PER_DATAGRAM)
                self._send(carrier, Piece(packets, first, carrier.mux.packets_per_s, carrier.phase_s), now)

    def close(self) -> None:
        """Close the sockets."""
        self._sender.close()
        self._other.close()

    def _send(self, carrier: Carrier, piece: Piece, now: float) -> None:
        healthy: dict[bool, list[int]] = {False: [], True: []}
        began = piece.first * PER_DATAGRAM / piece.packets_per_s + piece.phase_s
        for outlet in carrier.outlets:
            faults = [one for one in self.faults(outlet.code) if one.begins_at <= now and one.ends_at > began]
            known = self.ills(outlet.code, now)
            ills = [one for one in known if one.begins_at <= now and one.ends_at > began - LATEST_S]
            if not ills and self._spoilers[outlet.code].is_idle(faults):
                healthy[outlet.is_rtp].append(self._places[outlet.code])
            else:
                dress = partial(carrier.substitute.put, faults=ills) if carrier.substitute and ills else None
                wire = self._spoilers[outlet.code].spoiled(piece, faults, dress)
                self._send_spoiled(outlet, wire, faults, now)
        for is_rtp, places in healthy.items():
            if places:
                grams = in_rtp(piece) if is_rtp else plain(piece.packets)
                self._sender.send(*_to_all(grams, np.array(places, np.int64)))

    def _send_spoiled(self, outlet: Outlet, wire: Wire, faults: Sequence[Fault], now: float) -> None:
        leaving = self._spoilers[outlet.code].ordered(datagrams(wire), faults, now)
        if not leaving:
            return
        bodies = [
            _head(np.array([number]), wire.packets_per_s).tobytes() + body if outlet.is_rtp else body
            for number, body in leaving
        ]
        is_other = any(TS_FAULTS[one.kind].is_other_source for one in faults)
        places = np.full(len(bodies), self._places[outlet.code], np.int64)
        (self._other if is_other else self._sender).send(joined(bodies), places)


def plain(packets: Packets) -> Datagrams:
    """Return packets as datagrams of seven."""
    return _regular(np.ascontiguousarray(packets).reshape(-1, PER_DATAGRAM * PACKET))


def in_rtp(piece: Piece) -> Datagrams:
    """Return packets as RTP datagrams of seven (RFC 2250, 2)."""
    body = piece.packets.reshape(-1, PER_DATAGRAM * PACKET)
    head = _head(np.arange(piece.first, piece.first + len(body)), piece.packets_per_s)
    return _regular(np.concatenate([head, body], axis=1))


def _head(numbers: Ints, packets_per_s: int) -> Packets:
    """Return the RTP headers of these datagrams; the number is the sequence number, and gives the time stamp."""
    head = np.zeros(len(numbers), _HEAD)
    head["flags"], head["type"], head["ssrc"] = 0x80, _MP2T, _SSRC
    head["seq"] = numbers & 0xFFFF
    head["at"] = numbers * (PER_DATAGRAM * 90_000) // packets_per_s & 0xFFFFFFFF
    return head.view(np.uint8).reshape(-1, _HEAD.itemsize)


def _regular(rows: Packets) -> Datagrams:
    count, size = rows.shape
    return Datagrams(rows, np.arange(count) * size, np.full(count, size, np.int64))


def _to_all(grams: Datagrams, places: Ints) -> tuple[Datagrams, Ints]:
    """Return each datagram once for each place, in the order of time."""
    shared = Datagrams(grams.buffer, np.repeat(grams.starts, len(places)), np.repeat(grams.sizes, len(places)))
    return shared, np.tile(places, len(grams))


def _none(code: str) -> Sequence[Fault]:
    return ()


def _no_ills(code: str, at: float) -> Sequence[Fault]:
    return ()
