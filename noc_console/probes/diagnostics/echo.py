"""ICMP echo without privileges (a datagram socket), with a TTL of its own for each probe, and what comes back."""

from __future__ import annotations

import asyncio
import socket
import struct
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Self

_IP_RECVERR, _MSG_ERRQUEUE = 11, 0x2000
_ECHO, _ECHO_REPLY, _UNREACHABLE = 8, 0, 3
_BASE_PORT = 33434
_PAYLOAD = b"noc-console path"
_MOST_AT_ONCE = 200
_TRIES = 4


@dataclass(frozen=True, slots=True)
class Back:
    """What came back for a probe: from whom, how long it took in seconds, and whether it was the far end."""

    address: str
    seconds: float
    is_end: bool


@dataclass(slots=True)
class Probes:
    """Sends numbered probes to one IPv4 address over one socket and gathers what comes back.

    `way` is `icmp` where the system allows echo by datagram sockets (net.ipv4.ping_group_range), else `udp`: that
    finds the routers on the way, and the end only where it says that nobody listens.
    """

    address: str
    link: socket.socket
    way: str
    back: dict[int, Back] = field(default_factory=dict)
    _sent: dict[int, float] = field(default_factory=dict)

    @classmethod
    def open(cls, address: str) -> Self:
        """Open the socket; raises OSError where the address cannot be reached at all."""
        link, way = _socket()
        try:
            link.setblocking(False)
            link.setsockopt(socket.IPPROTO_IP, _IP_RECVERR, 1)
            if way == "icmp":
                link.connect((address, 0))
        except OSError:
            link.close()
            raise
        return cls(address, link, way)

    def send(self, number: int, ttl: int) -> None:
        """Send one probe (0 to 30,000) that may pass so many routers; what cannot be sent counts as lost."""
        self.link.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, ttl)
        for _ in range(_TRIES):
            self._sent[number] = time.monotonic()
            try:
                if self.way == "icmp":
                    self.link.send(struct.pack("!BBHHH", _ECHO, 0, 0, 0, number) + _PAYLOAD)
                else:
                    self.link.sendto(_PAYLOAD, (self.address, _BASE_PORT + number))
            except BlockingIOError:
                return
            except OSError:
                continue  # the complaint about an earlier probe is told once here too, and nothing was sent
            return

    def take(self) -> None:
        """Take in everything that has come back."""
        for read in (self._error, self._reply):
            for _ in range(_MOST_AT_ONCE):
                if not _tried(read):
                    break

    def watch(self, loop: asyncio.AbstractEventLoop) -> None:
        """Take in whatever comes back, as it comes."""
        loop.add_reader(self.link.fileno(), self.take)

    def close(self) -> None:
        """Stop watching and close the socket."""
        with suppress(RuntimeError):
            asyncio.get_running_loop().remove_reader(self.link.fileno())
        self.link.close()

    def _reply(self) -> None:
        body = self.link.recv(512)
        if len(body) >= 8 and body[0] == _ECHO_REPLY:
            self._came(struct.unpack_from("!H", body, 6)[0], self.address, is_end=True)

    def _error(self) -> None:
        body, extras, _, peer = self.link.recvmsg(512, 512, _MSG_ERRQUEUE)
        number = self._number(body, peer)
        for level, kind, told in extras:
            if level == socket.IPPROTO_IP and kind == _IP_RECVERR and len(told) >= 24 and number is not None:
                # struct sock_extended_err, and behind it the sockaddr_in of who complains
                what = told[5]
                address = socket.inet_ntoa(told[20:24])
                self._came(number, address, is_end=what == _UNREACHABLE and address == self.address)

    def _number(self, body: bytes, peer: tuple[str, int] | None) -> int | None:
        if self.way == "udp":
            return peer[1] - _BASE_PORT if peer else None
        return int(struct.unpack_from("!H", body, 6)[0]) if len(body) >= 8 else None

    def _came(self, number: int, address: str, *, is_end: bool) -> None:
        sent = self._sent.get(number)
        if sent is not None and number not in self.back:
            self.back[number] = Back(address, time.monotonic() - sent, is_end)

    def gathered(self) -> Mapping[int, Back]:
        """Return what has come back so far, by the probes' numbers."""
        self.take()
        return self.back


def _socket() -> tuple[socket.socket, str]:
    with suppress(OSError):
        return socket.socket(socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_ICMP), "icmp"
    return socket.socket(socket.AF_INET, socket.SOCK_DGRAM), "udp"


def _tried(read: Callable[[], None]) -> bool:
    try:
        read()
    except OSError as error:
        # an error that is told twice (ECONNREFUSED, EHOSTUNREACH) is taken from the queue the other time
        return not isinstance(error, BlockingIOError | InterruptedError)
    return True
