"""The stream around an alarm: the worker cuts it out of its ring, it goes to the captures, an event names it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from noc_console.agent.recorder import Recorder
from noc_console.agent.supervisor import Supervisor
from noc_console.errors import KnownError
from noc_console.model import Event, Kind, Severity
from noc_console.settings import Settings

BEFORE_S, AFTER_S = 20.0, 5.0  # operator R-063
_PATIENCE_S = 30.0
_MOST_WAITING = 256
_MOST_AT_ONCE = 16
_MOST_KNOWN = 4096
_CLASS, _TYPE = "segment", "video/mp2t"
_KINDS = frozenset(("AlarmRaised", "AlarmUpdated"))
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class StreamEvidence:
    """Keeps 20 s before and 5 s after a major or critical alarm on a transport stream."""

    recorder: Recorder
    supervisor: Supervisor
    settings: Settings
    _raised: asyncio.Queue[Event] = field(default_factory=lambda: asyncio.Queue(_MOST_WAITING))
    _known: dict[int, None] = field(default_factory=dict)
    _under_way: dict[int, list[int]] = field(default_factory=dict)

    def heard(self, event: Event) -> None:
        """Take an event of the journal; an alarm that becomes major or critical gets its evidence once."""
        if event.kind not in _KINDS or not event.input_id or self._raised.full():
            return
        alarm: Mapping[str, Any] = event.data["alarm"]
        alarm_id = int(alarm["alarm_id"])
        is_worth = Severity(alarm["severity"]).rank >= Severity.MAJOR.rank and not alarm.get("test")
        if not is_worth or alarm_id in self._known or not self._is_stream(event.input_id):
            return
        self._known[alarm_id] = None
        while len(self._known) > _MOST_KNOWN:
            del self._known[next(iter(self._known))]
        if event.input_id in self._under_way:
            self._under_way[event.input_id].append(alarm_id)
            return
        self._under_way[event.input_id] = [alarm_id]
        self._raised.put_nowait(event)

    async def run(self) -> None:
        """Collect, several inputs at once, until cancelled."""
        for left_over in self._folder.glob("*.ts"):
            _remove(left_over)
        free = asyncio.Semaphore(_MOST_AT_ONCE)
        async with asyncio.TaskGroup() as group:
            while True:
                event = await self._raised.get()
                await free.acquire()
                group.create_task(self._collect(event)).add_done_callback(lambda _: free.release())

    @property
    def _folder(self) -> Path:
        return self.settings.db.absolute().parent / "captures" / "incoming"

    def _is_stream(self, input_id: int) -> bool:
        slot = self.supervisor.slots[self.supervisor.slot_of(input_id)]
        return any(one.id == input_id and one.kind is Kind.TS for one in slot.inputs)

    async def _collect(self, event: Event) -> None:
        try:
            data = await self._kept(event)
        except (KnownError, OSError) as error:
            _log.info("no stream evidence for input %d: %s", event.input_id, error)
            data = None
        alarms = self._under_way.pop(event.input_id)
        if data is not None:
            now = self.recorder.clock.now()
            stored = [
                Event("CaptureStored", now, event.channel_id, event.input_id, {"alarm_id": alarm_id, **data})
                for alarm_id in alarms
            ]
            await self.recorder.keep(stored)

    async def _kept(self, event: Event) -> dict[str, Any]:
        command = {
            "verb": "evidence",
            "input_id": event.input_id,
            "at": event.at,
            "before_s": BEFORE_S,
            "after_s": AFTER_S,
            "most_bytes": self.settings.evidence_bytes,
            "folder": str(self._folder),
        }
        slot = self.supervisor.slot_of(event.input_id)
        found: Mapping[str, Any] = await self.supervisor.ask(slot, command, AFTER_S + _PATIENCE_S)
        path = Path(str(found["path"]))
        try:
            body = await asyncio.to_thread(path.read_bytes)
            digest = await self.recorder.history.keep_capture(body, _TYPE, _CLASS)
        finally:
            _remove(path)
        kept = ("size_bytes", "seconds_before", "seconds_after")
        seconds = round(float(found["seconds_before"]) + float(found["seconds_after"]), 3)
        return {"hash": digest, "media_type": _TYPE, "seconds": seconds, **{name: found[name] for name in kept}}


def _remove(path: Path) -> None:
    with suppress(OSError):
        path.unlink(missing_ok=True)
