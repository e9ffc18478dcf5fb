"""Where an input is: host, port, the addresses this machine finds behind the name, and whether they answer."""

from __future__ import annotations

import asyncio
import socket
import time
from contextlib import suppress
from urllib.parse import urlsplit

from noc_console.model import Input, Kind
from noc_console.net.udp_url import udp_address
from noc_console.probes.diagnostics.values import Impossible, Kit, Target

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


async def connect_s(address: str, port: int, patience_s: float, *, counts_refusal: bool = False) -> float | None:
    """Return how long a TCP connection to an address takes in seconds, None where none comes about.

    A refusal has gone the way there and back too: it counts where only the way is measured.
    """
    began = time.monotonic()
    try:
        async with asyncio.timeout(patience_s):
            _, writer = await asyncio.open_connection(address, port)
    except ConnectionRefusedError:
        return time.monotonic() - began if counts_refusal else None
    except (OSError, TimeoutError):
        return None
    took = time.monotonic() - began
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()
    return took


async def far_end(target: Target, kit: Kit) -> tuple[str, int]:
    """Return the address of the other end: the server, or who sends a transport stream; port 0 where it has none.

    An IPv4 address is taken where there is one. Raises Impossible where nobody can be named.
    """
    if target.entry is None:
        raise Impossible("There is no input to look at.")
    if target.entry.kind is Kind.TS:
        return await _sender(target.entry, kit), 0
    host, port = endpoint(target.entry)
    try:
        found = await addresses_of(host, port)
    except (OSError, TimeoutError):
        raise Impossible(f"{host} does not resolve: there is no address to measure to.") from None
    return next((one for one in found if ":" not in one), found[0]), port


async def _sender(entry: Input, kit: Kit) -> str:
    source = udp_address(entry.url).source
    if source is not None:
        return str(source)
    sender = str((await kit.ask.stream(entry)).get("source", {}).get("sender") or "")
    if not sender:
        raise Impossible("Nobody sends this stream now, and its address names no sender: the path is not known.")
    return sender.rpartition(":")[0].strip("[]")
