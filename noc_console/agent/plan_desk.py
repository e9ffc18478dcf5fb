"""The desk of maintenance windows and suppressions: planned, changed, cloned, ended, and what each of them hides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from noc_console.agent.alarm_desk import AlarmDesk
from noc_console.agent.channels import ChannelDesk
from noc_console.agent.flow import Flow
from noc_console.agent.refusals import BadRequest, NotFound
from noc_console.alarms.alarm import Alarm
from noc_console.alarms.engine import Change
from noc_console.alarms.maintenance import FOR_EVER, Window, checked
from noc_console.alarms.plan_wire import window_json, window_of
from noc_console.alarms.targets import Subject, subject_of
from noc_console.alarms.wire import from_json, to_json
from noc_console.errors import KnownError
from noc_console.model import Event

_MOST_WINDOWS = 500
_MOST_RECLASSIFIED = 10_000
_MARKS = ("maintenance_id", "suppressed_by", "reclassified_as")
_MONTH_S = 30 * 86_400.0


@dataclass(slots=True)
class PlanDesk:
    """Every change is one event; the tables are written from it, the engine hears of it in the same turn."""

    flow: Flow
    channels: ChannelDesk
    alarms: AlarmDesk
    by_id: dict[int, Window] = field(default_factory=dict)
    _last_id: int = 0

    async def load(self) -> None:
        """Take up the windows of the history."""
        rows = await self.flow.recorder.history.planned_windows()
        self.by_id = {window.id: window for window in (window_of(row) for row in rows)}
        self._last_id = max(self.by_id, default=0)
        await self.flow.act(self._planned)

    # -- reads

    def listed(self, kind: str = "") -> list[dict[str, Any]]:
        """Return the windows, oldest first, each with whether it is open and what it hides."""
        return [self._told(one) for one in self.by_id.values() if kind in ("", one.kind)]

    def one(self, window_id: int) -> dict[str, Any]:
        """Return one window."""
        return self._told(self._find(window_id))

    def hiding(self, alarm_id: int) -> dict[str, Any]:
        """Say what hides an open alarm, and of each window that is about it why it does or does not."""
        engine, now = self.flow.engine, self._now()
        alarm = engine.ledger.find(alarm_id)
        subject = engine.subject(alarm)
        about = [one for one in self.by_id.values() if one.target.fits(subject)]
        return {
            "alarm_id": alarm_id,
            "hidden_by": list(alarm.hidden_by),
            "parent_id": alarm.parent_id,
            "shelved_until": alarm.shelf.until if alarm.shelf else None,
            "windows": [{"id": one.id, "name": one.name, "kind": one.kind, **_why(one, alarm, now)} for one in about],
        }

    async def explored(self) -> list[dict[str, Any]]:
        """Return every window with what it hides now, hid in 30 days, and whether it is about anything at all."""
        now = self._now()
        rows = await self.alarms.known(now - _MONTH_S, None, None, 10_000)
        found = []
        for window in self.by_id.values():
            hid = sum(window.id in {row.get(name) for name in _MARKS} for row in rows)
            reach = sum(self._reaches(window, subject) for subject in self._subjects(window))
            told = self._told(window)
            found.append({**told, "hid_30d": hid, "inputs": reach, "warning": _warning(told, hid, reach, now)})
        return found

    # -- verbs

    async def plan(self, said: Mapping[str, Any], by: str) -> dict[str, Any]:
        """Plan a window; alarms it fits are hidden from its start on."""
        if len(self.by_id) >= _MOST_WINDOWS:
            raise BadRequest(f"There are {_MOST_WINDOWS} windows already: remove those that are over.")
        self._last_id += 1
        said = {**said, "id": self._last_id, "created_at": self._now(), "by": by or "system"}
        return await self._save(self._read(said), "MaintenancePlanned", by)

    async def change(self, window_id: int, said: Mapping[str, Any], by: str) -> dict[str, Any]:
        """Change what is said of a window."""
        known = window_json(self._find(window_id))
        return await self._save(self._read({**known, **said, "id": window_id}), "MaintenanceChanged", by)

    async def clone(self, window_id: int, said: Mapping[str, Any], by: str) -> dict[str, Any]:
        """Plan the same again, with what is said changed."""
        known = window_json(self._find(window_id))
        name = f"{self._find(window_id).name} (copy)"
        return await self.plan({**known, "name": name, "ended_at": None, **said}, by)

    async def end(self, window_id: int, by: str) -> dict[str, Any]:
        """End a window now; what it hid is shown again."""
        ended = replace(self._find(window_id), ended_at=self._now())
        return await self._save(ended, "MaintenanceEnded", by)

    async def remove(self, window_id: int, by: str) -> None:
        """Remove a window."""
        window = self._find(window_id)
        del self.by_id[window_id]
        await self.flow.act(self._planned, self._event("MaintenanceRemoved", window, by))

    async def reclassify(self, window_id: int, by: str, reason: str) -> dict[str, Any]:
        """Count the alarms raised while a window was open as its own, also those before it was entered."""
        if not reason.strip():
            raise BadRequest("Reclassifying needs a reason: write one line.")
        window, now = self._find(window_id), self._now()
        end = min(window.until, now)
        rows = await self.alarms.known(window.start, end, None, _MOST_RECLASSIFIED)
        alarms = [from_json(row) for row in rows]
        meant = [one for one in alarms if self._was_meant(window, one)]
        data = {
            "window": window_json(window),
            "alarms": [one.id for one in meant],
            "by": by or "system",
            "reason": reason,
            "text": f"{len(meant)} alarms counted as {window.kind} {window.name!r}: {reason}",
        }
        event = Event("AlarmsReclassified", now, data=data)
        await self.flow.act(lambda: [self._reclassified(one, window, by, now) for one in meant], event)
        return {"window": self._told(window), "alarms": data["alarms"]}

    # -- within

    def _reclassified(self, alarm: Alarm, window: Window, by: str, at: float) -> Change:
        ledger = self.flow.engine.ledger
        alarm = ledger.alarms.get(alarm.id, alarm)
        marked = replace(alarm, reclassified_as=window.id)
        marked = marked.noted(at, by or "system", f"Counted as {window.kind}: {window.name}")
        if alarm.is_open:
            return ledger.told(marked, "AlarmUpdated", at, "reclassified")
        data = {"alarm": to_json(marked), "why": "reclassified"}
        return Change(marked, Event("AlarmUpdated", at, alarm.channel_id, alarm.input_id, data))

    def _was_meant(self, window: Window, alarm: Alarm) -> bool:
        channel = self.channels.by_id.get(alarm.channel_id)
        fits = window.target.fits(subject_of(alarm, channel, self.flow.engine.agent))
        return fits and not alarm.is_test and window.is_open(alarm.raised_at)

    def _read(self, said: Mapping[str, Any]) -> Window:
        try:
            return checked(window_of(said))
        except KnownError as error:
            raise BadRequest(str(error)) from None

    async def _save(self, window: Window, kind: str, by: str) -> dict[str, Any]:
        self.by_id[window.id] = window
        await self.flow.act(self._planned, self._event(kind, window, by))
        return self._told(window)

    def _planned(self) -> list[Change]:
        return self.flow.engine.hiding.plan(self.by_id.values(), self._now())

    def _event(self, kind: str, window: Window, by: str) -> Event:
        return Event(kind, self._now(), data={"by": by or "system", "window": window_json(window)})

    def _told(self, window: Window) -> dict[str, Any]:
        now = self._now()
        turn = window.next_turn(now)
        return {
            **window_json(window),
            "is_open": window.is_open(now),
            "next_turn": None if turn == FOR_EVER else turn,
            "hides": self.flow.engine.hiding.hidden_by(window),
        }

    def _subjects(self, window: Window) -> Iterable[Subject]:
        types = window.target.alarm_types or ("",)
        for channel in self.channels.by_id.values():
            for entry in channel.inputs:
                labels = frozenset(channel.labels)
                yield Subject(channel.id, labels, self.flow.engine.agent, int(entry.layer), types[0])

    def _reaches(self, window: Window, subject: Subject) -> bool:
        return window.target.fits(subject)

    def _find(self, window_id: int) -> Window:
        try:
            return self.by_id[window_id]
        except KeyError:
            raise NotFound(f"There is no window {window_id}.") from None

    def _now(self) -> float:
        return self.flow.recorder.clock.now()


def _why(window: Window, alarm: Alarm, at: float) -> dict[str, Any]:
    hides = window.id in (alarm.maintenance_id, alarm.suppressed_by)
    if hides:
        return {"hides": True, "why": "it is open and about this alarm"}
    if not window.is_open(at):
        return {"hides": False, "why": "it is over" if at >= window.until else "it is not open now"}
    if window.while_type:
        return {"hides": False, "why": f"no {window.while_type} is open on this channel"}
    return {"hides": False, "why": "another window hides it already"}


def _warning(told: Mapping[str, Any], hid: int, reach: int, at: float) -> str:
    if not reach:
        return "It is about no channel there is."
    if told["end"] is not None and at >= told["end"] and not hid:
        return "It is over and hid nothing."
    return "" if hid or told["hides"] else "It has hidden nothing in 30 days."
