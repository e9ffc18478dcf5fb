"""Addresses that are themselves secrets: https, or http on this machine."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit


def is_safe(address: str) -> bool:
    """Say whether an address may be used with something secret: https anywhere, http on this machine only."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return False
    return bool(host) and (parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host)))


def is_loopback(host: str) -> bool:
    """Say whether a host is this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
