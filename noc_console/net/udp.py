"""Opens the socket of one input: bound to its group, joined, with a large buffer, kernel times and a drop counter."""

from __future__ import annotations

import errno
import os
import socket
import struct
from contextlib import suppress
from pathlib import Path

from noc_console.errors import KnownError
from noc_console.net.udp_url import IpAddress, UdpAddress

WANTED_BUFFER = 4 * 1024**2  # over six seconds of 6 Mbit/s, for a machine that is busy
_SO_RCVBUFFORCE, _SO_TIMESTAMPNS, _SO_RXQ_OVFL = 33, 35, 40
_IP_MULTICAST_ALL, _IPV6_MULTICAST_ALL = 49, 29
_MCAST_JOIN_GROUP, _MCAST_JOIN_SOURCE_GROUP = 42, 46
_IGMP, _IGMP6 = Path("/proc/net/igmp"), Path("/proc/net/igmp6")


class JoinFailed(KnownError):
    """The group cannot be joined, or the port cannot be bound: interface, membership or rights are not there."""


def open_udp(address: UdpAddress) -> socket.socket:
    """Return a non-blocking socket that receives what is sent to an address; raises JoinFailed.

    It is joined with the sender where one is named (RFC 4607), and hears nothing of other groups on its port.
    """
    family = socket.AF_INET6 if address.is_ipv6 else socket.AF_INET
    link = socket.socket(family, socket.SOCK_DGRAM)
    try:
        _prepare(link, address)
        link.bind((str(address.host), address.port))
        if address.is_multicast:
            _join(link, address)
    except OSError as error:
        link.close()
        raise JoinFailed(f"{_name(address)} cannot be received: {_reason(error, address)}.") from None
    except BaseException:
        link.close()
        raise
    return link


def buffer_bytes(link: socket.socket) -> int:
    """Return how much the kernel holds for us while we do not read."""
    return link.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)


def interface_index(address: UdpAddress) -> int:
    """Return the number of the interface an address names, 0 where it names none; raises JoinFailed."""
    if not address.interface:
        return 0
    with suppress(OSError):
        return socket.if_nametoindex(address.interface)
    found = _index_of_address(address.interface)
    if not found:
        raise JoinFailed(f"{_name(address)} cannot be received: there is no interface {address.interface}.")
    return found


def joined_groups() -> frozenset[IpAddress]:
    """Return the groups this machine is a member of, as the kernel lists them."""
    import ipaddress

    groups: set[IpAddress] = set()
    with suppress(OSError, ValueError):
        for line in _IGMP.read_text(encoding="ascii").splitlines():
            word = line.split()[0] if line.startswith("\t") else ""
            if len(word) == 8:
                groups.add(ipaddress.IPv4Address(int(word, 16).to_bytes(4, "little")))
    with suppress(OSError, ValueError, IndexError):
        for line in _IGMP6.read_text(encoding="ascii").splitlines():
            groups.add(ipaddress.IPv6Address(bytes.fromhex(line.split()[2])))
    return frozenset(groups)


def _prepare(link: socket.socket, address: UdpAddress) -> None:
    link.setblocking(False)
    link.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        link.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, WANTED_BUFFER)
    except OSError:  # without CAP_NET_ADMIN the system's limit holds
        link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, WANTED_BUFFER)
    for option in (_SO_TIMESTAMPNS, _SO_RXQ_OVFL):
        with suppress(OSError):
            link.setsockopt(socket.SOL_SOCKET, option, 1)
    with suppress(OSError):
        if address.is_ipv6:
            link.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            link.setsockopt(socket.IPPROTO_IPV6, _IPV6_MULTICAST_ALL, 0)
        else:
            link.setsockopt(socket.IPPROTO_IP, _IP_MULTICAST_ALL, 0)


def _join(link: socket.socket, address: UdpAddress) -> None:
    level = socket.IPPROTO_IPV6 if address.is_ipv6 else socket.IPPROTO_IP
    request = struct.pack("@I4x", interface_index(address)) + _storage(address.host)
    if address.source is None:
        link.setsockopt(level, _MCAST_JOIN_GROUP, request)
    else:
        link.setsockopt(level, _MCAST_JOIN_SOURCE_GROUP, request + _storage(address.source))


def _storage(host: IpAddress) -> bytes:
    """Return an address as the kernel's sockaddr_storage of 128 bytes (RFC 3678, 5.1)."""
    if host.version == 4:
        return (struct.pack("=H2x", socket.AF_INET) + host.packed).ljust(128, b"\0")
    return (struct.pack("=H6x", socket.AF_INET6) + host.packed).ljust(128, b"\0")


def _index_of_address(text: str) -> int:
    """Return the interface that has an address, found by asking the routes of the system."""
    import fcntl

    try:
        wanted = socket.inet_aton(text)
    except OSError:
        return 0
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        for index, name in socket.if_nameindex():
            request = struct.pack("256s", name.encode()[:15])
            with suppress(OSError):
                if fcntl.ioctl(any_socket, 0x8915, request)[20:24] == wanted:  # SIOCGIFADDR
                    return index
    return 0


def _name(address: UdpAddress) -> str:
    host = f"[{address.host}]" if address.is_ipv6 else str(address.host)
    return f"{host}:{address.port}"


def _reason(error: OSError, address: UdpAddress) -> str:
    where = f" on {address.interface}" if address.interface else ""
    match error.errno:
        case errno.ENODEV:
            return f"no interface{where} leads to this group; name one with ?iface="
        case errno.EADDRINUSE:
            return "another program holds this port for itself"
        case errno.EADDRNOTAVAIL:
            return f"the address or the interface{where} is not of this machine"
        case errno.ENOBUFS | errno.ENOMEM:
            return "the system allows no more groups (net.ipv4.igmp_max_memberships)"
        case errno.EACCES | errno.EPERM:
            return "this needs more rights"
        case code:
            return os.strerror(code or 0).lower()
