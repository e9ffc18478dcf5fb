"""The operator's verbs on alarms, and what is known of alarms open and closed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from noc_console.agent.channels import ChannelDesk
from noc_console.agent.clock import Clock
from noc_console.agent.flow import Flow
from noc_console.agent.recorder import Recorder
from noc_console.agent.refusals import NotFound
from noc_console.agent.wire import event_json
from noc_console.alarms.engine import Change
from noc_console.alarms.wire import to_json
from noc_console.errors import KnownError


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody says with a verb on several alarms."""

    by: str = ""
    note: str = ""
    for_s: float = 3600.0
    with_children: bool = False


@dataclass(slots=True)
class AlarmDesk:
    """One command path, one event each, for view, API and script alike."""

    clock: Clock
    flow: Flow
    recorder: Recorder
    channels: ChannelDesk

    def active(self) -> list[dict[str, Any]]:
        """Return the open alarms, worst first, then newest."""
        return self.flow.board.alarms()

    async def known(
        self, start: float | None, end: float | None, channel_id: int | None, limit: int
    ) -> list[dict[str, Any]]:
        """Return the alarms raised in a time, newest first."""
        until = end if end is not None else self.clock.now() + 1
        history = self.recorder.history
        rows = await self.recorder.ask(history.alarms(start or 0.0, until, channel_id or 0, limit))
        return [dict(row) for row in rows]

    async def one(self, alarm_id: int) -> dict[str, Any]:
        """Return one alarm as it stands, open or closed."""
        known = self.flow.engine.alarms.get(alarm_id)
        if known is not None:
            return to_json(known)
        row = await self.recorder.ask(self.recorder.history.alarm(alarm_id))
        if row is None:
            raise NotFound(f"There is no alarm {alarm_id}.")
        return dict(row)

    async def history(self, alarm_id: int) -> list[dict[str, Any]]:
        """Return what happened to one alarm, in order."""
        await self.one(alarm_id)
        events = await self.recorder.ask(self.recorder.history.alarm_events(alarm_id))
        return [event_json(event) for event in events]

    async def acknowledge(self, alarm_id: int, by: str, note: str) -> dict[str, Any]:
        """Take ownership of an alarm."""
        return await self._do(lambda at: self.flow.engine.acknowledge(alarm_id, by, note, at))

    async def note(self, alarm_id: int, by: str, note: str) -> dict[str, Any]:
        """Write a note beside an alarm."""
        return await self._do(lambda at: self.flow.engine.note(alarm_id, by, note, at))

    async def resolve(self, alarm_id: int, by: str, note: str, is_false: bool) -> dict[str, Any]:
        """Close an alarm by hand."""
        return await self._do(lambda at: self.flow.engine.resolve(alarm_id, by, note, is_false, at))

    async def shelve(self, alarm_id: int, by: str, reason: str, for_s: float) -> dict[str, Any]:
        """Hide an alarm for a time, with a reason."""
        return await self._do(lambda at: self.flow.engine.shelve(alarm_id, by, reason, for_s, at))

    async def unshelve(self, alarm_id: int, by: str) -> dict[str, Any]:
        """Show a shelved alarm again."""
        return await self._do(lambda at: self.flow.engine.unshelve(alarm_id, by, at))

    async def several(self, verb: str, alarm_ids: Sequence[int], said: Said) -> dict[str, Any]:
        """Do one verb to several alarms, each with its children when asked; say of each that could not be why."""
        done, refused = [], []
        for alarm_id in self._with_children(alarm_ids) if said.with_children else dict.fromkeys(alarm_ids):
            try:
                match verb:
                    case "acknowledge":
                        done.append(await self.acknowledge(alarm_id, said.by, said.note))
                    case "shelve":
                        done.append(await self.shelve(alarm_id, said.by, said.note, said.for_s))
                    case _:
                        done.append(await self.unshelve(alarm_id, said.by))
            except KnownError as error:
                refused.append({"alarm_id": alarm_id, "message": str(error)})
        return {"done": [alarm["alarm_id"] for alarm in done], "refused": refused}

    def ageing(self) -> list[dict[str, Any]]:
        """Return the alarms somebody answered that are still open, longest first, and those whose answer expired."""
        now = self.clock.now()
        rows = []
        for alarm in self.flow.engine.alarms.values():
            since = alarm.acknowledged_at if alarm.is_acknowledged else alarm.acknowledgement_expired_at
            if since is not None:
                left = None if alarm.acknowledged_until is None else alarm.acknowledged_until - now
                rows.append({"age_s": now - since, "expires_in_s": left, "alarm": to_json(alarm)})
        return sorted(rows, key=lambda row: -float(row["age_s"]))

    def _with_children(self, alarm_ids: Sequence[int]) -> dict[int, None]:
        alarms = self.flow.engine.alarms
        found: dict[int, None] = {}
        for alarm_id in alarm_ids:
            found[alarm_id] = None
            found |= dict.fromkeys(alarms[alarm_id].children if alarm_id in alarms else ())
        return found

    async def test(self, channel_id: int, by: str) -> dict[str, Any]:
        """Raise an alarm marked TEST on a channel."""
        channel = self.channels.find(channel_id)
        return await self._do(lambda at: self.flow.engine.test(channel, at, by))

    async def _do(self, verb: Callable[[float], Change]) -> dict[str, Any]:
        (alarm,) = await self.flow.act(lambda: [verb(self.clock.now())])
        return to_json(alarm)
