"""One round over the playlists of 200 channels x 6, each answered after 20 ms: how long until all are here."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping

from noc_console.bench import Row
from noc_console.bench.cores import pin
from noc_console.bench.static_server import static_server
from noc_console.net.fetch import Fetcher, Request

_GOAL_S = 0.5
_DELAY_S = 0.020
_BODY_BYTES = 3000


def round_rows(options: Mapping[str, str]) -> list[Row]:
    """Measure cold and warm rounds; `channels`, `playlists` and `rounds` can be set."""
    count = int(options.get("channels", "200")) * int(options.get("playlists", "6"))
    rounds = int(options.get("rounds", "10"))
    pin(1)
    with static_server(_BODY_BYTES, _DELAY_S) as server:
        pin(0)
        cold, warm, failures = asyncio.run(_rounds(server.url, count, rounds))
    how = (
        f"{server.name}, {count} playlists of {_BODY_BYTES} bytes, {_DELAY_S * 1000:.0f} ms delay, {failures} failed"
    )
    worst = max(warm)
    measured = f"worst of {rounds}: {worst:.3f} s, first with new connections: {cold:.3f} s"
    return [Row("playlist round", f"<= {_GOAL_S} s", measured, worst <= _GOAL_S and not failures, how)]


async def _rounds(url: str, count: int, rounds: int) -> tuple[float, list[float], int]:
    failures = 0
    took = []
    async with Fetcher() as fetcher:
        for _ in range(rounds + 1):
            began = time.monotonic()
            fetches = (fetcher.fetch(Request(f"{url}/{n}.m3u8", accept_gzip=True)) for n in range(count))
            replies = await asyncio.gather(*fetches)
            took.append(time.monotonic() - began)
            failures += sum(not reply.is_ok for reply in replies)
    return took[0], took[1:], failures
