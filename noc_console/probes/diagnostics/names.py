"""Where an input is: host, port, and the addresses this machine finds behind the name."""

from __future__ import annotations

import asyncio
import socket
from urllib.parse import urlsplit

from noc_console.model import Input
from noc_console.probes.diagnostics.values import Impossible

_PATIENCE_S = 5.0


def endpoint(entry: Input) -> tuple[str, int]:
    """Return host and port of an input's address; raises Impossible where it names none."""
    try:
        parts = urlsplit(entry.url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port = "", None
    if not host:
        raise Impossible("The address of this input names no host.")
    return host, port or (443 if parts.scheme == "https" else 80)


async def addresses_of(host: str, port: int, patience_s: float = _PATIENCE_S) -> list[str]:
    """Return the addresses of a host as this machine resolves it, each once; raises OSError, TimeoutError."""
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(patience_s):
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(one[4][0]) for one in found))
