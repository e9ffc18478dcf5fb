"""Multicast join check: a second socket of our own joins the group at the same interface and counts what comes."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field

from noc_console.net.udp import JoinFailed, joined_groups, open_udp
from noc_console.net.udp_url import UdpAddress, udp_address
from noc_console.probes.diagnostics.values import Impossible, Kit, Result, Target

SECONDS = 3.0
_TURN_S = 0.05
_MOST_AT_ONCE = 5000
_MOST_SENDERS = 20
_LONGEST = 65_535
_SO_RXQ_OVFL = 40


@dataclass(slots=True)
class Heard:
    """What came: datagrams and bytes, by whom, and how many the kernel dropped for us."""

    datagrams: int = 0
    size_bytes: int = 0
    drops: int = 0
    senders: Counter[str] = field(default_factory=Counter)


async def examine(target: Target, kit: Kit) -> Result:
    """Return whether the group is joined, packets a second, senders and drops, over three seconds."""
    entry = target.streamed()
    if not entry.url.startswith(("udp:", "rtp:")):
        raise Impossible("This input is a file: there is no group to join.")
    address = udp_address(entry.url)
    if not address.is_multicast:
        raise Impossible(f"{address.host} is no multicast group: there is nothing to join.")
    try:
        link = open_udp(address)
    except JoinFailed as error:
        fields = {"is_ok": 0.0, "joined": 0.0, "packets_per_s": 0.0, "senders": 0.0, "drops": 0.0}
        return Result(fields, str(error))
    with link:
        kit.progress(0.1, f"Listening to {address.host} for {SECONDS:.0f} s")
        is_joined = address.host in joined_groups()
        heard = await _listen(link)
    return _told(address, heard, is_joined=is_joined)


async def _listen(link: socket.socket) -> Heard:
    heard = Heard()
    loop = asyncio.get_running_loop()
    end = loop.time() + SECONDS
    while loop.time() < end:
        await asyncio.sleep(_TURN_S)
        _drain(link, heard)
    return heard


def _drain(link: socket.socket, heard: Heard) -> None:
    with suppress(BlockingIOError, InterruptedError):
        for _ in range(_MOST_AT_ONCE):
            body, extras, _, peer = link.recvmsg(_LONGEST, 128)
            heard.datagrams += 1
            heard.size_bytes += len(body)
            if peer and (peer[0] in heard.senders or len(heard.senders) < _MOST_SENDERS):
                heard.senders[peer[0]] += 1
            for level, kind, told in extras:
                if level == socket.SOL_SOCKET and kind == _SO_RXQ_OVFL:
                    heard.drops = int(struct.unpack("I", told[:4])[0])


def _told(address: UdpAddress, heard: Heard, *, is_joined: bool) -> Result:
    rate = heard.datagrams / SECONDS
    fields: dict[str, float | None] = {
        "is_ok": float(is_joined and heard.datagrams > 0 and len(heard.senders) <= 1),
        "joined": float(is_joined),
        "packets_per_s": rate,
        "senders": float(len(heard.senders)),
        "drops": float(heard.drops),
    }
    where = f" on {address.interface}" if address.interface else ""
    state = f"{address.host}:{address.port}{where}: {'joined' if is_joined else 'not joined'}"
    if heard.datagrams:
        who = ", ".join(heard.senders)
        text = f"{state}, {rate:.0f} packets/s ({heard.size_bytes * 8 / SECONDS / 1e6:.2f} Mbit/s) from {who}."
    else:
        text = f"{state}, nothing came in {SECONDS:.0f} s."
    rows = [{"sender": name, "packets": count} for name, count in heard.senders.most_common()]
    return Result(fields, text, rows)
