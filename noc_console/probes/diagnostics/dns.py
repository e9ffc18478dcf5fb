"""DNS: every address behind the name, the CNAME chain with its times to live, each server's answer, who listens."""

from __future__ import annotations

import asyncio
import ipaddress
import re
import secrets
import socket
import time
from dataclasses import dataclass
from pathlib import Path

from noc_console.probes.diagnostics import dns_wire
from noc_console.probes.diagnostics.names import addresses_of, connect_s, endpoint
from noc_console.probes.diagnostics.values import Kit, Result, Row, Target

_RESOLV = Path("/etc/resolv.conf")
_SERVER = re.compile(r"^nameserver\s+(\S+)", re.MULTILINE)
_MOST_SERVERS = 3
_MOST_ADDRESSES = 16
_SERVER_S = 3.0
_CONNECT_S = 3.0
_MOST_MESSAGE = 4096


@dataclass(frozen=True, slots=True)
class Said:
    """What one server said of one type of the name, and how long it took."""

    server: str
    kind: str
    seconds: float
    answer: dns_wire.Answer | None


async def examine(target: Target, kit: Kit) -> Result:
    """Return what the name resolves to; `answering` counts addresses that take a TCP connection."""
    host, port = endpoint(target.served())
    if _is_address(host):
        is_there = await connect_s(host, port, _CONNECT_S) is not None
        text = f"{host} is written as an address: no name is asked for. It {'answers' if is_there else 'is silent'}."
        fields = {"is_ok": float(is_there), "addresses": 1.0, "dns_s": 0.0, "answering": float(is_there)}
        return Result(fields, text)
    kit.progress(0.1, f"Resolving {host}")
    began = time.monotonic()
    found, fault = await _resolved(host, port)
    dns_s = time.monotonic() - began
    kit.progress(0.4, "Asking each name server")
    said = await asyncio.gather(*(_ask(server, host, kind) for server in servers() for kind in ("A", "AAAA")))
    kit.progress(0.7, "Connecting to each address")
    times = await asyncio.gather(*(connect_s(one, port, _CONNECT_S) for one in found[:_MOST_ADDRESSES]))
    answering = sum(one is not None for one in times)
    fields = {
        "is_ok": float(bool(found) and answering == len(times)),
        "addresses": float(len(found)),
        "dns_s": dns_s,
        "answering": float(answering),
    }
    rows = [*_addresses(found, times, said), *_chain(host, said), *map(_server, said)]
    return Result(fields, _text(host, found, answering, fault), rows)


def servers(path: Path = _RESOLV) -> list[str]:
    """Return the name servers this machine asks, at most three."""
    try:
        return [one.partition("%")[0] for one in _SERVER.findall(path.read_text(encoding="utf-8", errors="replace"))][
            :_MOST_SERVERS
        ]
    except OSError:
        return []


async def ask(server: str, port: int, host: str, kind: str) -> dns_wire.Answer:
    """Return what a name server answers over UDP; raises OSError, TimeoutError or ValueError."""
    number = secrets.randbelow(0x10000)
    message = dns_wire.question(number, host, dns_wire.AAAA if kind == "AAAA" else dns_wire.A)
    loop = asyncio.get_running_loop()
    family = socket.AF_INET6 if ":" in server else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as link:
        link.setblocking(False)
        link.connect((server, port))
        async with asyncio.timeout(_SERVER_S):
            await loop.sock_sendall(link, message)
            while True:
                try:
                    return dns_wire.answer(number, await loop.sock_recv(link, _MOST_MESSAGE))
                except dns_wire.BadAnswer:
                    continue  # somebody else's datagram must not end the wait


async def _ask(server: str, host: str, kind: str) -> Said:
    began = time.monotonic()
    try:
        answer: dns_wire.Answer | None = await ask(server, 53, host, kind)
    except (OSError, TimeoutError, ValueError):
        answer = None
    return Said(server, kind, time.monotonic() - began, answer)


async def _resolved(host: str, port: int) -> tuple[list[str], str]:
    try:
        return await addresses_of(host, port), ""
    except TimeoutError:
        return [], "no name server answered in time"
    except OSError as error:
        return [], (error.strerror or "it does not resolve").lower()


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _addresses(found: list[str], times: list[float | None], said: list[Said]) -> list[Row]:
    ttls = {record.value: record.ttl_s for one in said if one.answer for record in one.answer.records}
    return [
        {
            "what": "address",
            "address": one,
            "ttl_s": ttls.get(one),
            "connect_s": None if connect is None else round(connect, 4),
            "wrong": "" if connect is not None else "takes no connection",
        }
        for one, connect in zip(found, times, strict=False)
    ]


def _chain(host: str, said: list[Said]) -> list[Row]:
    records = [record for one in said if one.answer for record in one.answer.records]
    return [
        {"what": "alias", "name": one.name, "address": one.value, "ttl_s": one.ttl_s}
        for one in dns_wire.chain(host, records)
    ]


def _server(said: Said) -> Row:
    answer = said.answer
    values = [record.value for record in answer.records if record.type == said.kind] if answer else []
    return {
        "what": "server",
        "name": said.server,
        "type": said.kind,
        "seconds": round(said.seconds, 4),
        "address": ", ".join(values),
        "wrong": "" if answer and answer.code == "ok" else answer.code if answer else "does not answer",
    }


def _text(host: str, found: list[str], answering: int, fault: str) -> str:
    if not found:
        return f"{host} does not resolve: {fault}."
    several = f"{len(found)} addresses" if len(found) > 1 else "one address"
    silent = min(len(found), _MOST_ADDRESSES) - answering
    if len(found) == 1:
        return f"{host} has {several}, which {'takes no connection' if silent else 'answers'}."
    return f"{host} has {several}; {f'{silent} of them take no connection' if silent else 'all of them answer'}."
