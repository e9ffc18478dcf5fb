"""The fetcher beside httpx and aiohttp: requests per CPU second at 64 in flight, and 1,000 requests/s open loop."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from importlib.util import find_spec
from statistics import median

from noc_console.bench import Row
from noc_console.bench.cores import pin
from noc_console.bench.static_server import static_server
from noc_console.net.fetch import Fetcher, Request

_IN_FLIGHT = 64
_RATE = 1000

Get = Callable[[], Awaitable[None]]


def run(options: Mapping[str, str]) -> list[Row]:
    """Measure; `seconds` is the time per peer, `rounds` how often the peers take turns."""
    seconds = float(options.get("seconds", "3"))
    rounds = int(options.get("rounds", "3"))
    pin(1)
    with static_server() as server:
        pin(0)
        how = f"{server.name}, 2 KB, keep-alive, {_IN_FLIGHT} in flight, {rounds} x {seconds:g} s, median"
        rates = _rates(server.url, seconds, rounds)
        opened = asyncio.run(_open_loop(server.url, seconds * 2))
    return [_row(peer, goal, rates, how) for peer, goal in (("httpx", 25), ("aiohttp", 2))] + _open_rows(*opened)


def _rates(url: str, seconds: float, rounds: int) -> dict[str, float]:
    peers = {"ours": _ours, "httpx": _httpx}
    if find_spec("aiohttp"):  # only with the development packages
        peers["aiohttp"] = _aiohttp
    taken: dict[str, list[float]] = {name: [] for name in peers}
    for _ in range(rounds):
        for name, peer in peers.items():
            taken[name].append(asyncio.run(peer(url, seconds)))
    return {name: median(rates) for name, rates in taken.items()}


async def _ours(url: str, seconds: float) -> float:
    async with Fetcher() as fetcher:
        request = Request(url)

        async def get() -> None:
            reply = await fetcher.fetch(request)
            if not reply.is_ok:
                raise RuntimeError(reply.error_text)

        return await _rate(get, seconds)


async def _aiohttp(url: str, seconds: float) -> float:
    import aiohttp

    async with aiohttp.ClientSession() as session:

        async def get() -> None:
            async with session.get(url) as response:
                await response.read()

        return await _rate(get, seconds)


async def _httpx(url: str, seconds: float) -> float:
    import httpx

    async with httpx.AsyncClient() as client:

        async def get() -> None:
            await client.get(url)

        return await _rate(get, seconds)


async def _rate(get: Get, seconds: float) -> float:
    """Return requests per CPU second of this process with 64 in flight, after a warm-up."""
    counts = [0] * _IN_FLIGHT
    end = 0.0

    async def one(index: int) -> None:
        while time.monotonic() < end:
            await get()
            counts[index] += 1

    for length in (min(0.3, seconds), seconds):
        counts[:] = [0] * _IN_FLIGHT
        end = time.monotonic() + length
        cpu = time.process_time()
        await asyncio.gather(*(one(index) for index in range(_IN_FLIGHT)))
        cpu = time.process_time() - cpu
    return sum(counts) / cpu


async def _open_loop(url: str, seconds: float) -> tuple[float, float, float, int]:
    """Ask 1,000 times a second on a fixed schedule; return CPU ratio, median and p99 of added latency, failures."""
    added: list[float] = []
    failures = 0
    async with Fetcher() as fetcher:

        async def one(due: float) -> None:
            nonlocal failures
            reply = await fetcher.fetch(Request(url))
            failures += not reply.is_ok
            # what our side adds: lateness of the start and of the answer, without the server's own time
            added.append(time.monotonic() - due - reply.ttfb_s - reply.body_s)

        began, cpu = time.monotonic(), time.process_time()
        async with asyncio.TaskGroup() as group:
            for n in range(int(seconds * _RATE)):
                due = began + n / _RATE
                if due > time.monotonic():
                    await asyncio.sleep(due - time.monotonic())
                group.create_task(one(due))
        cpu = time.process_time() - cpu
        passed = time.monotonic() - began
    added.sort()
    return cpu / passed, median(added), added[int(len(added) * 0.99)], failures


def _row(peer: str, goal: float, rates: Mapping[str, float], how: str) -> Row:
    what, wanted = f"fetcher beside {peer}", f">= {goal:g}x per CPU second"
    if peer not in rates:
        return Row(what, wanted, f"{peer} is not installed", None, how)
    ratio = rates["ours"] / rates[peer]
    measured = f"{ratio:.1f}x ({rates['ours']:,.0f} against {rates[peer]:,.0f} requests per CPU second)"
    return Row(what, wanted, measured, ratio >= goal, how)


def _open_rows(cpu: float, middle: float, p99: float, failures: int) -> list[Row]:
    how = f"open loop, {_RATE} requests/s, 2 KB, {failures} failed"
    latency = f"p50 {middle * 1000:.2f} ms, p99 {p99 * 1000:.2f} ms"
    return [
        Row("1,000 requests/s, CPU", "<= 15 % of a core", f"{cpu * 100:.1f} %", cpu <= 0.15 and not failures, how),
        Row("1,000 requests/s, added latency", "p99 <= 10 ms", latency, p99 <= 0.010 and not failures, how),
    ]
