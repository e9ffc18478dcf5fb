"""The pictures that were kept around an alarm: which there are (FramesKept), and their bytes, fetched once."""

from __future__ import annotations

import asyncio
import re
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from noc_console.errors import KnownError
from noc_console.views.desk import Desk

_EVERY_S = 5.0
_MOST_FRAMES = 12
_MOST_ALARMS = 16
_LARGEST = 1024 * 1024
_HASH = re.compile(r"[0-9a-f]{16,128}")


@dataclass(frozen=True, slots=True)
class KeptFrame:
    """One picture around an alarm; `after_s` is negative before the alarm was raised."""

    digest: str
    at: float
    after_s: float
    jpeg: bytes


class KeptFrames:
    """The frames by alarm; `poll` asks until there are some, for they are kept twenty seconds after the alarm."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._known: OrderedDict[int, tuple[KeptFrame, ...]] = OrderedDict()
        self._due_at: dict[int, float] = {}
        self._busy: asyncio.Task[None] | None = None
        self.revision = 0

    def of(self, alarm_id: int) -> tuple[KeptFrame, ...]:
        """Return the frames of an alarm that are here, oldest first."""
        return self._known.get(alarm_id, ())

    def forget(self) -> None:
        """Hold nothing: another agent counts its alarms from the beginning."""
        self._known.clear()
        self._due_at.clear()
        self.revision += 1

    def poll(self, alarm: Mapping[str, Any]) -> None:
        """Ask for an alarm's frames where none are known."""
        alarm_id, now = int(alarm["id"]), self._desk.mirror.monotonic()
        if self._known.get(alarm_id) or now < self._due_at.get(alarm_id, 0.0) or self._desk.agent.client is None:
            return
        if self._busy is not None and not self._busy.done():
            return
        self._due_at = {alarm_id: now + _EVERY_S}
        self._busy = self._desk.tasks.start(self._ask(alarm_id, float(alarm["raised_at"])), None, _later)

    async def _ask(self, alarm_id: int, raised_at: float) -> None:
        client = self._desk.agent.client
        if client is None:
            return
        evidence = (await client.get(f"/alarms/{alarm_id}/evidence"))["evidence"]
        frames = []
        for digest, at in _kept(evidence):
            jpeg = await client.get_bytes(f"/captures/{digest}")
            if len(jpeg) <= _LARGEST:
                frames.append(KeptFrame(digest, at, at - raised_at, jpeg))
        if frames:
            self._known[alarm_id] = tuple(frames)
            self.revision += 1
        while len(self._known) > _MOST_ALARMS:
            self._known.popitem(last=False)


def _kept(evidence: Mapping[str, Any]) -> list[tuple[str, float]]:
    """Return hash and time of the frames, oldest first. Raises KnownError where the answer cannot be read."""
    try:
        items = [
            (str(item["hash"]), float(item["at"]))
            for event in evidence["captures"]
            if event.get("kind") == "FramesKept"
            for item in event["items"]
        ]
    except (KeyError, TypeError, ValueError, AttributeError):
        raise KnownError("The agent's list of pictures cannot be read.") from None
    known = sorted({item for item in items if _HASH.fullmatch(item[0])}, key=lambda item: item[1])
    return known[:_MOST_FRAMES]


def _later(_sentence: str) -> None:
    """Ask again later: the link's own banner says what is wrong."""
