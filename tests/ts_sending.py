"""Sends transport packets to a group on loopback, as a headend does; nothing leaves the machine."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterable

LOOPBACK = "127.0.0.1"


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        any_socket.bind((LOOPBACK, 0))
        return int(any_socket.getsockname()[1])


def packet(pid: int, counter: int, fill: int = 0xAB) -> bytes:
    """A packet with payload only."""
    return bytes((0x47, pid >> 8, pid & 0xFF, 0x10 | counter & 15)) + bytes([fill]) * 184


def packets(count: int, pid: int = 0x100, start: int = 0) -> list[bytes]:
    return [packet(pid, start + index) for index in range(count)]


def datagrams(some: list[bytes], size: int = 7) -> list[bytes]:
    return [b"".join(some[at : at + size]) for at in range(0, len(some), size)]


def rtp(bodies: Iterable[bytes], first: int = 0, ssrc: int = 0x1234, kind: int = 33) -> list[bytes]:
    return [
        struct.pack("!BBHII", 0x80, kind, (first + index) & 0xFFFF, index * 3600, ssrc) + body
        for index, body in enumerate(bodies)
    ]


class Headend:
    """One sender on loopback."""

    def __init__(self, host: str, port: int) -> None:
        self.to = (host, port)
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.link = socket.socket(family, socket.SOCK_DGRAM)
        if family == socket.AF_INET:
            self.link.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(LOOPBACK))

    def send(self, bodies: Iterable[bytes]) -> None:
        for body in bodies:
            self.link.sendto(body, self.to)

    def __enter__(self) -> Headend:
        return self

    def __exit__(self, *_: object) -> None:
        self.link.close()
