"""Keeps Python's garbage collector off every thread but the GUI's, and from stopping the screen there.

A collection runs on whatever thread happens to allocate; one that meets a dead widget's cycle on a thread beside Qt's
ends the process. So nothing is collected by itself: young objects are every half second, between two frames, and all
every ten minutes. The board is replaced channel by channel, which would make a whole collection walk everything
several times a minute (30 ms and more with 500 channels); those trees hold no cycles and go by themselves.
"""

from __future__ import annotations

import asyncio
import gc

YOUNG_EVERY_S = 0.5
_YOUNG_OBJECTS = 5_000
_ALL_AFTER = 1200  # half seconds: ten minutes


def calm_collector() -> None:
    """Let nothing be collected but by `collect_here`; what is there now is never walked again."""
    gc.collect()
    gc.freeze()
    gc.disable()


def collect_young() -> None:
    """Collect young objects if there are many; only ever called on the GUI's thread."""
    if gc.get_count()[0] >= _YOUNG_OBJECTS:
        gc.collect(1)


async def collect_here() -> None:
    """Collect on the thread that runs this, which must be the GUI's, until cancelled."""
    turn = 0
    while True:
        await asyncio.sleep(YOUNG_EVERY_S)
        turn += 1
        if turn % _ALL_AFTER == 0:
            gc.collect()
        else:
            collect_young()
