"""All sockets of a worker in one loop: drained every 50 ms, each input looked at once a second at its own moment."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from noc_console.net.udp_drain import Drainer
from noc_console.probes.ts_receiver import Receiver

TURN_S = 0.05
LOOK_S = 1.0
_GOLDEN = 0.6180339887


@dataclass(slots=True)
class Place:
    """One input in the loop: what receives, who looks, and when it looks next."""

    receiver: Receiver
    look: Callable[[float], None]
    ended: asyncio.Future[None]
    due: float
    is_silent_told: bool = field(default=False)


class Reception:
    """Owns the draining of one process; a receiver whose look or socket fails ends alone."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._drainer: Drainer | None = None
        self._places: dict[int, Place] = {}
        self._numbers = 0
        self._woken = asyncio.Event()

    def __len__(self) -> int:
        return len(self._places)

    @property
    def ring_bytes(self) -> int:
        """The memory of all rings."""
        return sum(place.receiver.ring_bytes for place in self._places.values())

    async def attend(self, receiver: Receiver, look: Callable[[float], None]) -> None:
        """Receive until cancelled; `look` is called once a second with the time. Raises what look or socket raise.

        A look is called sooner when the ring fills up or the first second of silence is over.
        """
        self._numbers += 1
        number = self._numbers
        at = self._now()
        # looks are spread over the second, so that no turn has to look at many inputs
        due = at + LOOK_S + (number * _GOLDEN % 1.0) * TURN_S
        place = Place(receiver, look, asyncio.get_running_loop().create_future(), due)
        self._places[number] = place
        self._woken.set()
        try:
            await place.ended
        finally:
            del self._places[number]

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
                place.receiver.drain(drainer, offset_s)
                if self._is_due(place, at):
                    place.look(at)
            except Exception as error:  # noqa: BLE001 - the fan-out: one input must not stop the others
                if not place.ended.done():
                    place.ended.set_exception(error)

    def _is_due(self, place: Place, at: float) -> bool:
        if at >= place.due:
            place.due = max(place.due + LOOK_S, at + LOOK_S / 2)
            return True
        silent = at - place.receiver.newest_at >= LOOK_S
        is_news = silent and not place.is_silent_told and place.receiver.newest_at > 0
        place.is_silent_told = silent
        return is_news or place.receiver.is_crowded
