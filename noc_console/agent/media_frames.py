"""The pictures around an alarm: small ones from ten seconds before it to ten after it, kept and named by an event."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field

from noc_console.agent.media_thumbs import Thumbnails
from noc_console.agent.recorder import Recorder
from noc_console.errors import KnownError
from noc_console.model import Event

BEFORE_S, AFTER_S = 10.0, 10.0
_SETTLE_S = 12.0  # a picture is there when its segment has come and been decoded
_MOST_WAITING = 256
_CLASS, _TYPE = "frame", "image/jpeg"
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Frames:
    """Keeps what the viewers saw around an alarm."""

    recorder: Recorder
    thumbnails: Thumbnails
    _raised: asyncio.Queue[Event] = field(default_factory=lambda: asyncio.Queue(_MOST_WAITING))

    def heard(self, event: Event) -> None:
        """Take an event of the journal; an alarm of a channel that has pictures gets frames, in a flood the first."""
        is_worth = event.kind == "AlarmRaised" and event.channel_id and not event.data["alarm"].get("test")
        if is_worth and self.thumbnails.newest(event.channel_id) is not None and not self._raised.full():
            self._raised.put_nowait(event)

    async def run(self) -> None:
        """Collect for one alarm after the other, each when its time is over, until cancelled."""
        clock = self.recorder.clock
        while True:
            event = await self._raised.get()
            await asyncio.sleep(max(0.0, event.at + AFTER_S + _SETTLE_S - clock.now()))
            try:
                await self._collect(event)
            except KnownError as error:
                _log.info("no frames for alarm %s: %s", event.data["alarm"]["alarm_id"], error)

    async def _collect(self, event: Event) -> None:
        kept = []
        for one in self.thumbnails.strip(event.channel_id):
            if event.at - BEFORE_S <= one.at <= event.at + AFTER_S:
                digest = await self.recorder.history.keep_capture(one.jpeg, _TYPE, _CLASS)
                kept.append({"hash": digest, "at": one.at})
        if kept:
            data = {
                "alarm_id": event.data["alarm"]["alarm_id"],
                "captures": list(dict.fromkeys(one["hash"] for one in kept)),
                "items": kept,
            }
            now = self.recorder.clock.now()
            await self.recorder.keep([Event("FramesKept", now, event.channel_id, event.input_id, data)])
