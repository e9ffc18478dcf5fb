"""Multicast join check: a real group on loopback, one sender, none; and what is no group."""

from __future__ import annotations

import asyncio

import pytest
from ts_sending import Headend, datagrams, free_port, packets

from noc_console.model import Input, Kind, Layer
from noc_console.probes.diagnostics import multicast_join, registry
from noc_console.probes.diagnostics.ask import NoAsk
from noc_console.probes.diagnostics.values import Impossible, Kit, Result, Target
from noc_console.settings import Settings

GROUP = "239.255.77.9"


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three seconds are for real streams."""
    monkeypatch.setattr(multicast_join, "SECONDS", 0.6)


async def examined(url: str) -> Result:
    kit = Kit(Settings(), lambda: 0.0, NoAsk())
    return await registry.run("multicast-join", Target("CH_1", Input(1, 1, Layer.HEADEND, Kind.TS, url)), kit)


async def heard(port: int, senders: int) -> Result:
    """Send to the group from so many sockets until the check is over."""
    links = [Headend(GROUP, port) for _ in range(senders)]
    check = asyncio.ensure_future(examined(f"udp://@{GROUP}:{port}?iface=lo"))
    try:
        while not check.done():
            for link in links:
                link.send(datagrams(packets(7)))
            await asyncio.wait({check}, timeout=0.02)
        return check.result()
    finally:
        for link in links:
            link.link.close()


async def test_a_group_with_a_sender_is_joined_and_counted() -> None:
    result = await heard(free_port(), 1)
    assert (result.fields["joined"], result.fields["senders"], result.fields["is_ok"]) == (1.0, 1.0, 1.0)
    assert (result.fields["packets_per_s"] or 0) > 0
    assert "127.0.0.1" in result.text


async def test_a_group_nobody_sends_to_is_joined_and_silent() -> None:
    result = await examined(f"udp://@{GROUP}:{free_port()}?iface=lo")
    assert (result.fields["joined"], result.fields["packets_per_s"], result.fields["is_ok"]) == (1.0, 0.0, 0.0)
    assert "nothing came" in result.text


async def test_a_group_that_cannot_be_joined_says_why() -> None:
    result = await examined(f"udp://@{GROUP}:{free_port()}?iface=nosuch0")
    assert (result.fields["joined"], result.fields["is_ok"]) == (0.0, 0.0)
    assert "nosuch0" in result.text


async def test_one_address_is_no_group() -> None:
    with pytest.raises(Impossible, match="no multicast group"):
        await examined(f"udp://127.0.0.1:{free_port()}")
