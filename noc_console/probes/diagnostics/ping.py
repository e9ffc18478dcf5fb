"""Ping: ten echoes to the other end, or ten TCP connections where the system or the other end allows no echo."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from noc_console.probes.diagnostics.echo import Probes
from noc_console.probes.diagnostics.names import connect_s, far_end
from noc_console.probes.diagnostics.values import Impossible, Kit, Result, Target

COUNT = 10
_PAUSE_S = 0.2
_WAIT_S = 1.0
_TTL = 64
_MOST_LOSS = 0.01


async def examine(target: Target, kit: Kit) -> Result:
    """Return loss and round trip times; `rows` says each echo, and which way was used."""
    address, port = await far_end(target, kit)
    times = await echoes(address, kit) if ":" not in address else None
    way = "ICMP echo"
    if port and (times is None or not any(one is not None for one in times)):
        kit.progress(0.5, "No echo: timing TCP connections instead")
        times, way = await connections(address, port, kit), f"TCP connections to port {port}"
    if times is None:
        raise Impossible(
            "The system allows no echo without privileges (net.ipv4.ping_group_range), and there is no port."
        )
    return told(address, times, way)


async def echoes(address: str, kit: Kit) -> list[float | None] | None:
    """Return the round trip of each echo in seconds; None where the system allows none."""
    try:
        probes = Probes.open(address)
    except OSError:
        return [None] * COUNT
    try:
        if probes.way != "icmp":
            return None
        probes.watch(asyncio.get_running_loop())
        for number in range(COUNT):
            kit.progress(0.5 * number / COUNT, f"Echo {number + 1} of {COUNT} to {address}")
            probes.send(number, _TTL)
            await asyncio.sleep(_PAUSE_S)
        if len(probes.gathered()) < COUNT:
            await asyncio.sleep(_WAIT_S)
        back = probes.gathered()
        return [back[number].seconds if number in back and back[number].is_end else None for number in range(COUNT)]
    finally:
        probes.close()


async def connections(address: str, port: int, kit: Kit) -> list[float | None]:
    """Return how long each TCP connection took in seconds, None for one that failed."""
    times: list[float | None] = []
    for number in range(COUNT):
        kit.progress(0.5 + 0.5 * number / COUNT, f"Connection {number + 1} of {COUNT} to {address}:{port}")
        times.append(await connect_s(address, port, _WAIT_S, counts_refusal=True))
        await asyncio.sleep(_PAUSE_S / 2)
    return times


def told(address: str, times: Sequence[float | None], way: str) -> Result:
    """Return what the round trips say."""
    had = [one for one in times if one is not None]
    loss = 1 - len(had) / len(times)
    fields: dict[str, float | None] = {
        "is_ok": float(loss <= _MOST_LOSS),
        "sent": float(len(times)),
        "received": float(len(had)),
        "loss_ratio": loss,
        "mean_s": sum(had) / len(had) if had else None,
        "max_s": max(had, default=None),
    }
    mean = f", {1000 * sum(had) / len(had):.1f} ms on average" if had else ""
    rows = [{"number": number + 1, "seconds": one, "way": way} for number, one in enumerate(times)]
    return Result(fields, f"{address} by {way}: {len(had)} of {len(times)} came back{mean}.", rows)
