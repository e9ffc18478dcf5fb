"""All sockets of a worker in one loop: drained every 50 to 200 ms, each looked at once a second at its own moment."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Protocol

from noc_console.net.udp import joined_groups
from noc_console.net.udp_drain import MOST, Drainer
from noc_console.probes.ts_budget import Wish, seconds_each
from noc_console.probes.ts_reader import reader_of_heads
from noc_console.probes.ts_receiver import Receiver

TURN_S = 0.05
LOOK_S = 1.0
_URGENCY = -5
_LONGEST_PAUSE_S = 0.2
_PLAN_S = 5.0
_GOLDEN = 0.6180339887
_FIRST_RING_BYTES = 4 * 1024**2
_CHANGE = 0.2  # a ring is made anew when its size is off by more than this share
_RESIZED_A_TURN = 2


class Stream(Protocol):
    """Who looks at what a receiver has received."""

    @property
    def receiver(self) -> Receiver | None:
        """The receiver; None where the stream comes from a file."""

    def look(self, at: float) -> None:
        """Take what came."""

    def report(self) -> dict[str, Any]:
        """Return everything known of the stream."""

    def packets(self, indicator: str, limit: int) -> list[dict[str, Any]]:
        """Return the newest counted errors as packets."""


@dataclass(slots=True)
class Place:
    """One input in the loop: who looks, and when next; `wanted_bytes` is the ring it is to have, 0 as it is."""

    stream: Stream
    receiver: Receiver
    tier: int
    ended: asyncio.Future[None]
    began: float
    due: float
    drain_at: float = 0.0
    pause_s: float = TURN_S
    is_silent_told: bool = False
    wanted_bytes: int = 0


class Reception:
    """Owns the draining of one process, and the memory of its rings; an input that fails ends alone."""

    def __init__(self, now: Callable[[], float], budget_bytes: int = 1024**3) -> None:
        self._now = now
        self.budget_bytes = budget_bytes
        self._drainer: Drainer | None = None
        self._places: dict[int, Place] = {}
        self._streams: dict[int, Stream] = {}
        self._count = 0
        self._planned_at = 0.0
        self._woken = asyncio.Event()
        self._preparing = asyncio.Lock()
        self._is_ready = False

    def __len__(self) -> int:
        return len(self._places)

    @property
    def ring_bytes(self) -> int:
        """The memory of all rings."""
        return sum(place.receiver.ring_bytes for place in self._places.values())

    @property
    def first_ring_bytes(self) -> int:
        """The size a new input's ring begins with, until its bitrate is known."""
        return min(_FIRST_RING_BYTES, max(self.budget_bytes // (2 * (len(self._places) + 1)), 256 * 1024))

    def stream(self, input_id: int) -> Stream | None:
        """Return the stream of an input that is being received."""
        return self._streams.get(input_id)

    @contextmanager
    def showing(self, input_id: int, stream: Stream) -> Iterator[None]:
        """Let commands find a stream for as long as it is there."""
        self._streams[input_id] = stream
        try:
            yield
        finally:
            if self._streams.get(input_id) is stream:
                del self._streams[input_id]

    async def prepare(self) -> None:
        """Load what the analysis needs beside the loop, before the first socket fills up."""
        async with self._preparing:
            if not self._is_ready:
                await asyncio.to_thread(reader_of_heads)
                with suppress(OSError, AttributeError):
                    os.nice(_URGENCY)  # a socket that is not emptied in time loses datagrams; allowed to root only
                self._is_ready = True

    async def attend(self, input_id: int, stream: Stream, receiver: Receiver, tier: int = 2) -> None:
        """Receive until cancelled; raises what looking or the socket raises.

        The stream is looked at once a second, and sooner when its ring fills up or its first second of silence is
        over.
        """
        self._count += 1
        at = self._now()
        # looks are spread over the turns of a second, so that no turn has to look at many inputs
        due = at + LOOK_S + self._count * _GOLDEN % 1.0
        place = Place(stream, receiver, tier, asyncio.get_running_loop().create_future(), at, due)
        self._places[input_id] = place
        self._woken.set()
        try:
            with self.showing(input_id, stream):
                await place.ended
        finally:
            if self._places.get(input_id) is place:
                del self._places[input_id]

    async def run(self) -> None:
        """Drain and look until cancelled; sleeps while there is nothing to receive."""
        while True:
            if not self._places:
                self._woken.clear()
                await self._woken.wait()
            began = self._now()
            self.turn(began)
            # the loop belongs to others too: at least a fifth of the turn is theirs
            await asyncio.sleep(max(TURN_S / 5, began + TURN_S - self._now()))

    def turn(self, at: float) -> None:
        """Drain everything once, and look at the inputs that are due."""
        drainer = self._drainer = self._drainer or Drainer()
        offset_s = at - time.time()
        for place in list(self._places.values()):
            try:
                self._serve(place, drainer, at, offset_s)
            except Exception as error:  # noqa: BLE001 - the fan-out: one input must not stop the others
                if not place.ended.done():
                    place.ended.set_exception(error)
        self._mind_rings(at)

    def _serve(self, place: Place, drainer: Drainer, at: float, offset_s: float) -> None:
        """Drain one input when enough may have come, and always before it is looked at."""
        is_due = at >= place.due
        if is_due or at >= place.drain_at:
            count = place.receiver.drain(drainer, offset_s)
            # a call takes up to 64 datagrams at the price of a few: half of that is worth waiting for
            if count > MOST:
                place.pause_s = TURN_S
            elif count < MOST // 2 and not is_due:
                place.pause_s = min(place.pause_s + TURN_S, _LONGEST_PAUSE_S)
            place.drain_at = at + place.pause_s - TURN_S / 4
        if self._is_due(place, at):
            place.stream.look(at)

    def _is_due(self, place: Place, at: float) -> bool:
        if at >= place.due:
            place.due = max(place.due + LOOK_S, at + 0.9 * LOOK_S)
            return True
        is_silent = at - max(place.receiver.newest_at, place.began) >= LOOK_S
        is_news = is_silent and not place.is_silent_told
        place.is_silent_told = is_silent
        return is_news or place.receiver.is_crowded

    def _mind_rings(self, at: float) -> None:
        if at - self._planned_at >= _PLAN_S:
            self._planned_at = at
            self._plan(at)
            self._mind_groups()
        resized = 0
        for place in self._places.values():
            if place.wanted_bytes and place.receiver.resize(place.wanted_bytes):
                place.wanted_bytes = 0
                resized += 1
                if resized >= _RESIZED_A_TURN:
                    return

    def _mind_groups(self) -> None:
        """Look whether the system is still a member: it forgets groups when an interface goes."""
        groups = joined_groups()
        if groups:
            for place in self._places.values():
                address = place.receiver.address
                place.receiver.is_joined = not address.is_multicast or address.host in groups

    def _plan(self, at: float) -> None:
        """Share the budget by what each input fills in a second, and by the tier of its channel."""
        known = [place for place in self._places.values() if place.receiver.bytes_per_s(at)]
        wishes = [Wish(place.receiver.bytes_per_s(at), place.tier) for place in known]
        for place, wish, seconds in zip(known, wishes, seconds_each(wishes, self.budget_bytes), strict=True):
            wanted = int(wish.bytes_per_s * seconds)
            held = place.receiver.full_bytes
            place.wanted_bytes = wanted if abs(wanted - held) > _CHANGE * held else 0
