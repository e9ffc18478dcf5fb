"""Who waits for news is woken by any ring, and held up for more only while nothing is urgent."""

from __future__ import annotations

import asyncio

from noc_console.agent.bell import Bell


async def test_everybody_who_waits_hears_one_ring() -> None:
    bell = Bell()
    waiting = [asyncio.create_task(bell.news(5)) for _ in range(3)]
    await asyncio.sleep(0)
    bell.ring()
    assert await asyncio.gather(*waiting) == [True, True, True]


async def test_a_ring_that_is_over_is_not_heard_again() -> None:
    bell = Bell()
    bell.ring(urgent=True)
    assert not await bell.news(0.01)
    assert bell.urgent_rings == 1


async def test_an_urgent_ring_ends_the_gathering_at_once() -> None:
    bell = Bell()
    gathering = asyncio.create_task(bell.gather(3600))
    await asyncio.sleep(0)
    bell.ring()
    await asyncio.sleep(0)
    assert not gathering.done()
    bell.ring(urgent=True)
    async with asyncio.timeout(5):
        await gathering


async def test_after_the_end_nobody_waits() -> None:
    bell = Bell()
    waiting = asyncio.create_task(bell.news(3600))
    await asyncio.sleep(0)
    bell.close()
    assert not await waiting
    assert not await bell.news(3600)
    await bell.gather(3600)
