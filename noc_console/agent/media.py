"""Picture and sound of this agent's channels: the line of stretches, the desk that takes them, small pictures."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from noc_console.agent.clock import Clock
from noc_console.agent.flow import Flow
from noc_console.agent.media_desk import MediaDesk
from noc_console.agent.media_folder import MediaFolder
from noc_console.agent.media_frames import Frames
from noc_console.agent.media_line import MediaLine
from noc_console.agent.media_thumbs import Shown
from noc_console.agent.recorder import Recorder
from noc_console.agent.refusals import NotFound
from noc_console.agent.supervisor import Supervisor
from noc_console.media.loudness.verdicts import SoundLimits
from noc_console.model import Channel, Event, Input

_BEAT_S = 5.0


class Media:
    """What the agent asks of its rooms of picture and sound; without a folder nothing is decoded."""

    def __init__(
        self,
        folder: MediaFolder | None,
        supervisor: Supervisor,
        clock: Clock,
        flow: Flow,
        recorder: Recorder,
        happened: Callable[[Event], None],
        limits_of: Callable[[str], SoundLimits],
    ) -> None:
        self._clock = clock
        self.desk = MediaDesk(clock, flow, recorder, happened, limits_of)
        self.line = MediaLine(supervisor, folder, clock, self.desk, happened) if folder else None
        self.frames = Frames(recorder, self.desk.thumbnails)

    def assign(self, channels: Mapping[int, Channel], inputs: Iterable[Input]) -> None:
        """Take what is measured now."""
        wanted = list(inputs)
        self.desk.assign(channels, wanted)
        if self.line is not None:
            self.line.assign(wanted)

    async def run(self) -> None:
        """Decode, keep frames around alarms, and mind what has stopped, until cancelled."""
        async with asyncio.TaskGroup() as group:
            if self.line is not None:
                group.create_task(self.line.run())
            group.create_task(self.frames.run())
            group.create_task(self._beat())

    def facts(self) -> dict[str, Any] | None:
        """Return how the decoders are doing, None where nothing is decoded."""
        return self.line.facts() if self.line is not None else None

    def thumbnail(self, channel_id: int) -> Shown:
        """Return the newest small picture of a channel; NotFound where there is none."""
        found = self.desk.thumbnails.newest(channel_id)
        if found is None:
            raise NotFound("There is no picture of this channel yet.")
        return found

    def strip(self, channel_id: int) -> tuple[Shown, ...]:
        """Return the small pictures of a channel's last minute, oldest first."""
        return self.desk.thumbnails.strip(channel_id)

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(_BEAT_S)
            self.desk.beat(self._clock.now(), self.line)
