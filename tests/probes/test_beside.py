"""A huge playlist is read beside the loop; a usual one at once."""

from __future__ import annotations

import asyncio
import threading

from noc_console.probes.beside import beside


async def test_the_loop_goes_on_while_a_huge_playlist_is_read() -> None:
    done = threading.Event()
    # the work can only end when the loop goes on meanwhile
    asyncio.get_running_loop().call_soon(done.set)
    assert await beside(1_000_000, lambda: done.wait(20))


async def test_a_usual_playlist_needs_no_thread() -> None:
    assert await beside(1000, threading.current_thread) is threading.current_thread()
