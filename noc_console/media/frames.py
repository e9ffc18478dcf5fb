"""Captured frames to the UDP datagrams in them: Ethernet, VLAN, loopback, raw IP and Linux cooked captures."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address

# link types of tcpdump.org
_ETHERNET, _COOKED, _COOKED2 = 1, 113, 276
_LOOPBACKS, _RAWS = (0, 108), (12, 14, 101, 228, 229)
_VLANS = (0x8100, 0x88A8, 0x9100, 0x9200)
_IP4, _IP6 = 0x0800, 0x86DD
_MOST_TAGS = 4
_MOST_EXTENSIONS = 8
_UDP, _HOP, _ROUTE, _FRAGMENT, _TARGET = 17, 0, 43, 44, 60


@dataclass(frozen=True, slots=True)
class Flow:
    """Who sends to whom: packed addresses and ports."""

    source: bytes
    source_port: int
    target: bytes
    target_port: int

    def __str__(self) -> str:
        return f"{_name(self.source, self.source_port)} > {_name(self.target, self.target_port)}"


@dataclass(frozen=True, slots=True)
class Datagram:
    """One UDP datagram as far as it was captured; `is_whole` says that nothing of it was cut."""

    flow: Flow
    payload: bytes
    is_whole: bool = True


def datagram(link: int, data: bytes) -> Datagram | None:
    """Return the UDP datagram in a frame, None where there is none, or only a later fragment of one."""
    network = _network(link, data)
    if network is None or not network:
        return None
    version = network[0] >> 4
    if version == 4:
        return _ipv4(network)
    return _ipv6(network) if version == 6 else None


def _network(link: int, data: bytes) -> bytes | None:
    """Return what begins with the IP header."""
    if link == _ETHERNET:
        return _behind_type(data, 12)
    if link == _COOKED:
        return _behind_type(data, 14)
    if link == _COOKED2:
        return data[20:] if int.from_bytes(data[:2], "big") in (_IP4, _IP6) else None
    if link in _LOOPBACKS:
        return data[4:]
    return data if link in _RAWS else None


def _behind_type(data: bytes, at: int) -> bytes | None:
    for _ in range(_MOST_TAGS + 1):
        kind = int.from_bytes(data[at : at + 2], "big")
        if kind in (_IP4, _IP6):
            return data[at + 2 :]
        if kind not in _VLANS:
            return None
        at += 4
    return None


def _ipv4(data: bytes) -> Datagram | None:
    head = (data[0] & 0x0F) * 4
    if len(data) < 20 or head < 20 or data[9] != _UDP:
        return None
    fragment = int.from_bytes(data[6:8], "big")
    if fragment & 0x1FFF:
        return None
    total = int.from_bytes(data[2:4], "big") or len(data)  # 0 where the sender's card was to cut it up
    return _udp(data[12:16], data[16:20], data[head:total], is_cut=bool(fragment & 0x2000))


def _ipv6(data: bytes) -> Datagram | None:
    if len(data) < 40:
        return None
    kind, at, is_cut = data[6], 40, False
    for _ in range(_MOST_EXTENSIONS):
        if kind == _UDP:
            return _udp(data[8:24], data[24:40], data[at:], is_cut=is_cut)
        if kind not in (_HOP, _ROUTE, _FRAGMENT, _TARGET) or at + 8 > len(data):
            return None
        if kind == _FRAGMENT:
            offset = int.from_bytes(data[at + 2 : at + 4], "big")
            if offset >> 3:
                return None
            is_cut = bool(offset & 1)
        kind, at = data[at], at + (8 if kind == _FRAGMENT else 8 + 8 * data[at + 1])
    return None


def _udp(source: bytes, target: bytes, data: bytes, *, is_cut: bool) -> Datagram | None:
    if len(data) < 8:
        return None
    length = int.from_bytes(data[4:6], "big") or len(data)
    flow = Flow(source, int.from_bytes(data[:2], "big"), target, int.from_bytes(data[2:4], "big"))
    payload = data[8:length]
    return Datagram(flow, payload, not is_cut and len(payload) == max(0, length - 8))


def _name(packed: bytes, port: int) -> str:
    address = ip_address(packed)
    return f"[{address}]:{port}" if address.version == 6 else f"{address}:{port}"
