"""What is told of an incident: lists, the whole object, its timeline, its evidence and its report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from noc_console import __version__
from noc_console.agent.channels import ChannelDesk
from noc_console.agent.incident_curves import curves
from noc_console.agent.incident_desk import IncidentDesk
from noc_console.agent.recorder import Recorder
from noc_console.history.journal import TimeQuery
from noc_console.incidents import chain, facts
from noc_console.incidents.attached import MOST_PICTURES, attached
from noc_console.incidents.evidence import pieces
from noc_console.incidents.incident import Incident
from noc_console.incidents.page import Page, Picture
from noc_console.incidents.report import Material, report
from noc_console.incidents.timeline import NOISE, Line, concerns, timeline
from noc_console.incidents.wire import from_json
from noc_console.model import Event

_MOST_EVENTS = 5000
GENERATOR = f"noc-console {__version__}"


@dataclass(slots=True)
class IncidentRecord:
    """The reading side; nothing here changes anything."""

    recorder: Recorder
    channels: ChannelDesk
    desk: IncidentDesk

    async def listed(self, states: Sequence[str], alarm_id: int, limit: int) -> list[dict[str, Any]]:
        """Return incidents newest first; of some states, or those an alarm is under."""
        rows = await self.recorder.ask(self.recorder.history.incidents(states, limit))
        found = {int(row["id"]): from_json(row) for row in rows}
        found |= {key: one for key, one in self.desk.live.items() if not states or one.state in states}
        chosen = [one for one in found.values() if not alarm_id or alarm_id in one.alarms]
        chosen.sort(key=lambda one: (-one.opened_at, -one.id))
        return [await self.shown(one) for one in chosen[:limit]]

    async def shown(self, incident: Incident) -> dict[str, Any]:
        """Return an incident with what follows from its alarms."""
        alarms = await self.desk.alarms_of(incident)
        return facts.shown(incident, alarms, self.channels.by_id.values(), self._now())

    async def whole(self, incident_id: int) -> dict[str, Any]:
        """Return an incident as shown, with its alarms."""
        incident = await self.desk.find(incident_id)
        return {**await self.shown(incident), "alarm_objects": await self.desk.alarms_of(incident)}

    async def tasks(self) -> list[dict[str, Any]]:
        """Return what is promised and not done over all incidents, the soonest due first."""
        now = self._now()
        rows = await self.recorder.ask(self.recorder.history.open_tasks())
        return [{**row, "overdue": row["due_at"] is not None and row["due_at"] < now} for row in rows]

    async def timeline(self, incident_id: int) -> list[dict[str, Any]]:
        """Return the lines of the timeline, oldest first."""
        incident = await self.desk.find(incident_id)
        return [asdict(line) for line in self._lines(incident, await self.events(incident))]

    async def evidence(self, incident_id: int) -> list[dict[str, Any]]:
        """Return the pieces of evidence with hash, size and whether they are still there."""
        incident = await self.desk.find(incident_id)
        return await self._evidence(await self.events(incident))

    async def events(self, incident: Incident) -> tuple[Event, ...]:
        """Return the events that concern an incident, from half an hour before it on; the newest 5,000."""
        history = self.recorder.history
        start, end = facts.span(incident, await self.desk.alarms_of(incident), self._now())
        query = TimeQuery(start, end + 0.001, incident.channels, NOISE, _MOST_EVENTS)
        found = {one.seq: one for one in await self.recorder.ask(history.events_between(query))}
        own = await self.recorder.ask(history.incident_events(incident.id))
        found |= {one.seq: one for one in own}
        return tuple(found[seq] for seq in sorted(found) if concerns(incident, found[seq]))

    async def report(self, incident_id: int) -> tuple[Page, tuple[Line, ...]]:
        """Return the report as a page, and the lines of its timeline."""
        incident = await self.desk.find(incident_id)
        alarms = await self.desk.alarms_of(incident)
        events = await self.events(incident)
        lines = self._lines(incident, events)
        material = Material(
            await self.shown(incident),
            alarms,
            lines,
            await self._evidence(events),
            await curves(self.recorder, alarms, facts.span(incident, alarms, self._now())),
            await self._pictures(incident),
            self._now(),
            GENERATOR,
            self.recorder.history.journal_id,
            chain.head_of(events),
        )
        return report(material), lines

    async def _pictures(self, incident: Incident) -> list[Picture]:
        """Return the pictures of the notes that fit into a report."""
        found: list[Picture] = []
        for number, note in enumerate((one for one in incident.notes if one.capture), 1):
            body = await self.recorder.ask(self.recorder.history.capture(note.capture))
            picture = attached(body, f"incident-{incident.id}-picture-{number}.svg", note.text) if body else None
            if picture is not None:
                found.append(picture)
            if len(found) >= MOST_PICTURES:
                break
        return found

    async def _evidence(self, events: Sequence[Event]) -> list[dict[str, Any]]:
        found = pieces(events)
        known = await self.recorder.ask(self.recorder.history.captures_of([one.hash for one in found]))
        gone: Mapping[str, Any] = {"media_type": "no longer kept", "capture_class": "", "size_bytes": 0}
        return [{**asdict(one), **known.get(one.hash, gone), "kept": one.hash in known} for one in found]

    def _lines(self, incident: Incident, events: Sequence[Event]) -> tuple[Line, ...]:
        codes = {one.id: one.code for one in self.channels.by_id.values()}
        return timeline(incident, events, codes)

    def _now(self) -> float:
        return self.recorder.clock.now()
