"""Keeps Python's garbage collector from stopping the screen: whole collections are rare and on purpose.

The board is replaced channel by channel, which makes the collector walk everything several times a minute (30 ms and
more with 500 channels); those trees hold no cycles and go by themselves.
"""

from __future__ import annotations

import asyncio
import gc

_YOUNG, _MIDDLE, _NEVER = 5_000, 20, 1_000_000
_EVERY_S = 600.0


def calm_collector() -> None:
    """Let only young objects be collected by themselves; what is there now is never walked again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, _MIDDLE, _NEVER)


async def collect_seldom() -> None:
    """Collect everything every ten minutes."""
    while True:
        await asyncio.sleep(_EVERY_S)
        gc.collect()
