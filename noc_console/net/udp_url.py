"""Addresses of multicast and unicast inputs: `udp://@239.1.1.1:1234`, `rtp://10.0.0.9@232.1.1.1:5000?iface=eth0`."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from noc_console.errors import KnownError

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
_INTERFACE = ("iface", "interface", "localaddr")
_SOURCE = ("source", "sources")


@dataclass(frozen=True, slots=True)
class UdpAddress:
    """Where datagrams are received: a group or an address of ours, a port, at most one sender, one interface.

    `interface` is a name (`eth0`) or an address of that interface, empty for the one the routes name. `is_rtp` says
    that RTP was asked for by name; plain `udp://` finds out by itself.
    """

    host: IpAddress
    port: int
    source: IpAddress | None = None
    interface: str = ""
    is_rtp: bool = False

    @property
    def is_multicast(self) -> bool:
        """Whether a group has to be joined."""
        return self.host.is_multicast

    @property
    def is_ipv6(self) -> bool:
        """Whether this is IPv6."""
        return self.host.version == 6


def udp_address(url: str) -> UdpAddress:
    """Return the address a URL names; raises KnownError with one sentence where it names none."""
    try:
        parts = urlsplit(url.strip())
        host, port, sender = parts.hostname or "", parts.port, parts.username or ""
    except ValueError:
        raise KnownError(f"{url[:200]} is not an address of the form udp://@239.1.1.1:1234.") from None
    if parts.scheme not in ("udp", "rtp"):
        raise KnownError(f"{url[:200]} does not begin with udp:// or rtp://.")
    if not port:
        raise KnownError(f"{url[:200]} names no port: write udp://@239.1.1.1:1234.")
    options = dict(parse_qsl(parts.query))
    sender = sender or next((options[name] for name in _SOURCE if name in options), "")
    interface = next((options[name] for name in _INTERFACE if name in options), "")
    group = _ip(host or "0.0.0.0")  # noqa: S104 - a unicast input without an address listens on all of them
    source = _ip(sender) if sender else None
    if source is not None and source.version != group.version:
        raise KnownError(f"The sender {source} and the group {group} are not of one IP version.")
    if source is not None and (source.is_multicast or not group.is_multicast):
        raise KnownError("A sender can be named for a multicast group only, and must be a host's address.")
    return UdpAddress(group, port, source, interface[:64], parts.scheme == "rtp")


def _ip(text: str) -> IpAddress:
    try:
        return ipaddress.ip_address(text.strip("[]"))
    except ValueError:
        raise KnownError(f"{text[:100]} is not an IP address; names are not looked up for multicast.") from None
