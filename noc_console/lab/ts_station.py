"""Sends the lab's transport streams at their pace, and counts what it sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from noc_console.lab.ts_mux import Mux, Packets
from noc_console.lab.ts_pes import PACKET
from noc_console.lab.ts_socket import Datagrams, Destination, Ints, Sender

PER_DATAGRAM = 7
# a sender that was held up catches up at ten times its pace, and gives up what is older than this
_LATEST_S = 2.0
_MOST_AT_ONCE_S = 0.05
_HEAD = np.dtype([("flags", "u1"), ("type", "u1"), ("seq", ">u2"), ("at", ">u4"), ("ssrc", ">u4")])
_MP2T = 33
_SSRC = 0x4C414200


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
    """A stream and everybody it goes to; `phase_s` is by how much its clock is behind the wall's."""

    mux: Mux
    outlets: tuple[Outlet, ...]
    phase_s: float = 0.0
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
    """All carriers and their socket."""

    def __init__(self, carriers: Sequence[Carrier]) -> None:
        self.carriers = tuple(carriers)
        self._places: dict[str, int] = {}
        destinations: list[Destination] = []
        for carrier in carriers:
            for outlet in carrier.outlets:
                self._places[outlet.code] = len(destinations)
                destinations.append(outlet.to)
        self._sender = Sender(destinations)

    @property
    def outlets(self) -> dict[str, Outlet]:
        """Return what is sent, by channel."""
        return {outlet.code: outlet for carrier in self.carriers for outlet in carrier.outlets}

    @property
    def sent(self) -> int:
        """Return how many datagrams were sent."""
        return self._sender.sent

    def step(self, now: float) -> None:
        """Send everything that is due at a time."""
        for carrier in self.carriers:
            first, count = carrier.due(now)
            if count:
                self._send(carrier, first, count)

    def close(self) -> None:
        """Close the sockets."""
        self._sender.close()

    def _send(self, carrier: Carrier, first: int, count: int) -> None:
        packets = carrier.mux.packets(first * PER_DATAGRAM, count * PER_DATAGRAM)
        for is_rtp in (False, True):
            places = [self._places[one.code] for one in carrier.outlets if one.is_rtp is is_rtp]
            if places:
                grams = in_rtp(packets, first, carrier.mux.packets_per_s) if is_rtp else plain(packets)
                self._sender.send(*_to_all(grams, np.array(places, np.int64)))


def plain(packets: Packets) -> Datagrams:
    """Return packets as datagrams of seven."""
    return _regular(np.ascontiguousarray(packets).reshape(-1, PER_DATAGRAM * PACKET))


def in_rtp(packets: Packets, first: int, packets_per_s: int) -> Datagrams:
    """Return packets as RTP datagrams of seven (RFC 2250, 2); `first` is the number of the first datagram."""
    body = packets.reshape(-1, PER_DATAGRAM * PACKET)
    number = np.arange(first, first + len(body))
    head = np.zeros(len(body), _HEAD)
    head["flags"], head["type"], head["ssrc"] = 0x80, _MP2T, _SSRC
    head["seq"] = number & 0xFFFF
    head["at"] = number * (PER_DATAGRAM * 90_000) // packets_per_s & 0xFFFFFFFF
    return _regular(np.concatenate([head.view(np.uint8).reshape(-1, _HEAD.itemsize), body], axis=1))


def _regular(rows: Packets) -> Datagrams:
    count, size = rows.shape
    return Datagrams(rows, np.arange(count) * size, np.full(count, size, np.int64))


def _to_all(grams: Datagrams, places: Ints) -> tuple[Datagrams, Ints]:
    """Return each datagram once for each place, in the order of time."""
    shared = Datagrams(grams.buffer, np.repeat(grams.starts, len(places)), np.repeat(grams.sizes, len(places)))
    return shared, np.tile(places, len(grams))
