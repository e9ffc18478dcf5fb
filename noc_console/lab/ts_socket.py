"""Sends datagrams in batches, on loopback only."""

from __future__ import annotations

import ctypes
import errno
import socket
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

import numpy as np
from numpy.typing import NDArray

from noc_console.errors import KnownError

LOOPBACK = IPv4Network("127.0.0.0/8")
# administratively scoped (RFC 2365): stays inside, whatever a router thinks
GROUPS = IPv4Network("239.255.0.0/16")
_BUFFER = 4 << 20
_BATCH = 1024

Ints = NDArray[np.int64]
# struct mmsghdr and struct iovec of 64-bit Linux
_MESSAGE = np.dtype(
    {
        "names": ["name", "name_size", "vectors", "vector_count"],
        "formats": ["u8", "u4", "u8", "u8"],
        "offsets": [0, 8, 16, 24],
        "itemsize": 64,
    }
)
_VECTOR = np.dtype([("base", "u8"), ("size", "u8")])
_NAME_SIZE = 16


@dataclass(frozen=True, slots=True)
class Destination:
    """Where datagrams go: a group of 239.255.0.0/16 or an address of 127.0.0.0/8. Raises KnownError for others."""

    host: str
    port: int

    def __post_init__(self) -> None:
        try:
            address = IPv4Address(self.host)
        except ValueError:
            raise KnownError(f"The lab sends to IPv4 addresses only, not to {self.host!r}.") from None
        if address not in LOOPBACK and address not in GROUPS:
            raise KnownError(f"The lab sends on loopback only: to {GROUPS} or {LOOPBACK}, not to {self.host}.")
        if not 0 < self.port < 65536:
            raise KnownError(f"There is no port {self.port}.")

    @property
    def is_group(self) -> bool:
        """Say whether it is a multicast group."""
        return IPv4Address(self.host) in GROUPS


@dataclass(frozen=True, slots=True)
class Datagrams:
    """Datagrams in one buffer: where each begins and how long it is, in bytes."""

    buffer: NDArray[np.uint8]
    starts: Ints
    sizes: Ints

    def __len__(self) -> int:
        return len(self.starts)


class Sender:
    """A socket that sends to fixed destinations; `source` is its address, its port is chosen freely."""

    def __init__(self, destinations: Sequence[Destination], source: str = "127.0.0.1") -> None:
        if IPv4Address(source) not in LOOPBACK:
            raise KnownError(f"The lab sends from loopback only, not from {source}.")
        self._socket = _opened(source)
        self._names = b"".join(_name(one) for one in destinations)
        self._names_at = np.frombuffer(self._names, np.uint8).ctypes.data
        self.sent = 0
        self.failed = 0
        self.by_destination = np.zeros(len(destinations), np.int64)

    @property
    def address(self) -> tuple[str, int]:
        """Return the address and port datagrams come from."""
        host, port = self._socket.getsockname()
        return str(host), int(port)

    def send(self, datagrams: Datagrams, to: Ints) -> None:
        """Send each datagram to a destination, by its place in the list; a full send buffer is waited for."""
        count = len(datagrams)
        vectors = np.zeros(count, _VECTOR)
        vectors["base"] = datagrams.buffer.ctypes.data + datagrams.starts
        vectors["size"] = datagrams.sizes
        messages = np.zeros(count, _MESSAGE)
        messages["name"] = self._names_at + to * _NAME_SIZE
        messages["name_size"] = _NAME_SIZE
        messages["vectors"] = vectors.ctypes.data + np.arange(count) * _VECTOR.itemsize
        messages["vector_count"] = 1
        self.by_destination += np.bincount(to, minlength=len(self.by_destination))
        done = 0
        while done < count:
            done += self._push(messages.ctypes.data + done * _MESSAGE.itemsize, min(_BATCH, count - done))

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()

    def _push(self, messages: int, count: int) -> int:
        """Send some messages; return how many are done with. One that the kernel refuses is counted as failed."""
        sent: int = _libc.sendmmsg(self._socket.fileno(), ctypes.c_void_p(messages), count, 0)
        if sent >= 0:
            self.sent += sent
            return sent
        if ctypes.get_errno() in (errno.EINTR, errno.EAGAIN):
            return 0
        self.failed += 1
        return 1


def _opened(source: str) -> socket.socket:
    opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        # IP_MULTICAST_IF with an ip_mreqn: by the index of lo, whatever other interfaces there are
        chosen = struct.pack("=4s4si", bytes(4), socket.inet_aton(source), socket.if_nametoindex("lo"))
        opened.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, chosen)
        opened.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 0)
        opened.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_LOOP, 1)
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _BUFFER)
        opened.bind((source, 0))
    except OSError:
        opened.close()
        raise
    return opened


def _name(one: Destination) -> bytes:
    """Return struct sockaddr_in."""
    family = struct.pack("=H", socket.AF_INET)
    return family + struct.pack("!H", one.port) + socket.inet_aton(one.host) + bytes(8)


_libc = ctypes.CDLL(None, use_errno=True)
