"""Receives an address for some seconds on sockets of its own, and inspects what came."""

from __future__ import annotations

import asyncio
from typing import Any, BinaryIO

from noc_console.errors import KnownError
from noc_console.model import Event
from noc_console.net.udp import open_udp
from noc_console.net.udp_url import udp_address
from noc_console.probes.inspected import Inspected, Progress
from noc_console.probes.tools import now
from noc_console.probes.ts_inspect import outcome, rtp_findings, rtp_form
from noc_console.probes.ts_reader import StreamReader, reader_of_heads
from noc_console.probes.ts_receiver import Receiver
from noc_console.probes.ts_reception import Reception

_RING_BYTES = 16 * 1024**2
_STEP_S = 0.1


class Listener:
    """Analyses what a receiver received; the measures of single seconds are left out."""

    def __init__(self, receiver: Receiver, keep: BinaryIO | None = None) -> None:
        self.receiver = receiver
        self._keep = keep
        self.reader = StreamReader()
        self.events: list[Event] = []

    def look(self, at: float) -> None:
        """Take what came."""
        arrived = self.receiver.take()
        if self._keep is not None:
            self._keep.write(arrived.data.tobytes())
        for read in self.reader.feed(arrived.data, arrived.begins, arrived.times):
            self.events.extend(read.batch.events)

    def report(self) -> dict[str, Any]:
        """Return where it came from."""
        receiver = self.receiver
        return {
            "sender": receiver.sender,
            "sender_changes": receiver.sender_changes,
            "protocol": "rtp" if receiver.order else "udp",
            "datagrams": receiver.datagrams,
            "socket_drops": receiver.drops + receiver.overrun,
            "rtp": rtp_form(receiver.order),
        }

    def packets(self, indicator: str, limit: int) -> list[dict[str, Any]]:
        """Return nothing: an inspection keeps no packets."""
        return []


async def received(url: str, seconds: float, progress: Progress, keep: BinaryIO | None = None) -> Inspected:
    """Receive for so many seconds; raises KnownError where the group cannot be joined or stays silent.

    The packets go to `keep` too, where there is one.
    """
    address = udp_address(url)
    await asyncio.to_thread(reader_of_heads)
    receiver = Receiver(address, open_udp(address), _RING_BYTES)
    listener = Listener(receiver, keep)
    try:
        async with asyncio.TaskGroup() as group:
            reception = Reception(now, _RING_BYTES)
            tasks = [group.create_task(reception.run()), group.create_task(reception.attend(0, listener, receiver))]
            end = now() + seconds
            while (left := end - now()) > 0:
                progress(1.0 - left / seconds, "Receiving")
                await asyncio.sleep(min(_STEP_S, left))
            for task in tasks:
                task.cancel()
    finally:
        receiver.close()
    listener.look(now())
    for read in listener.reader.finish():
        listener.events.extend(read.batch.events)
    if not receiver.datagrams:
        raise KnownError(f"Nothing came from {url} in {seconds:.0f} s.")
    if not listener.reader.grid.packets:
        raise KnownError(f"What comes from {url} is no transport stream.")
    source = {"url": url, **listener.report()}
    return outcome(listener.reader.analyser, listener.reader.grid, source, rtp_findings(receiver.order))
