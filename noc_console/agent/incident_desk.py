"""The operators' verbs on incidents: each is one event in the journal, the tables are written from it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from noc_console.agent.alarm_desk import AlarmDesk
from noc_console.agent.attached import picture_type
from noc_console.agent.flow import Flow
from noc_console.agent.refusals import BadRequest, NotFound
from noc_console.alarms.wire import to_json as alarm_json
from noc_console.catalogues import alarm_types
from noc_console.incidents import deeds
from noc_console.incidents.figures import moment
from noc_console.incidents.incident import CAUSES, Incident, Note, Review, State, Task
from noc_console.incidents.wire import from_json, to_json
from noc_console.model import Event, Severity

Json = Mapping[str, Any]
_MOST_OPEN = 200
_LIVE = (State.OPEN, State.MITIGATED, State.REVIEW_DUE)


@dataclass(slots=True)
class IncidentDesk:
    """Holds what is not closed for good; of several operators each changes what they name, in one order."""

    flow: Flow
    alarms: AlarmDesk
    live: dict[int, Incident] = field(default_factory=dict)
    _last_id: int = 0
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def load(self) -> None:
        """Take up what the history knows."""
        history = self.flow.recorder.history
        rows = await history.incidents([str(state) for state in _LIVE], 10_000)
        self.live = {one.id: one for one in map(from_json, reversed(rows))}
        self._last_id = await history.last_incident_id()

    def facts(self) -> dict[str, Any]:
        """Return how many incidents are open, and how many tasks and reviews are late, for the board."""
        now = self._now()
        tasks = [task for one in self.live.values() for task in one.tasks if task.done_at is None]
        return {
            "open": sum(one.state in (State.OPEN, State.MITIGATED) for one in self.live.values()),
            "review_due": sum(one.state is State.REVIEW_DUE for one in self.live.values()),
            "overdue": sum(task.due_at is not None and task.due_at < now for task in tasks),
        }

    async def find(self, incident_id: int) -> Incident:
        """Return an incident, live or closed."""
        known = self.live.get(incident_id)
        if known is not None:
            return known
        recorder = self.flow.recorder
        row = await recorder.ask(recorder.history.incident(incident_id))
        if row is None:
            raise NotFound(f"There is no incident {incident_id}.")
        return from_json(row)

    async def alarms_of(self, incident: Incident) -> list[dict[str, Any]]:
        """Return the alarms under an incident as they stand, oldest first."""
        return await self._alarms(incident.alarms)

    # -- verbs

    async def open(self, said: Json, alarm_ids: Sequence[int], by: str) -> Incident:
        """Open an incident, over alarms where some are named; title and severity follow from them when not said."""
        async with self._turn:
            if len(self.live) >= _MOST_OPEN:
                raise BadRequest(f"There are {_MOST_OPEN} incidents not closed yet: close some of them.")
            alarms = await self._named(alarm_ids)
            title = str(said.get("title") or "").strip() or _title(alarms)
            severity = max((Severity(one["severity"]) for one in alarms), key=_rank, default=Severity.MAJOR)
            fresh = Incident(self._last_id + 1, title, severity, self._now(), by)
            fresh = deeds.grouped(deeds.changed(fresh, {"commander": by, **said, "title": title}), alarms)
            self._last_id = fresh.id
            over = f", over {len(alarms)} alarms" if len(alarms) > 1 else ""
            return await self._keep("IncidentOpened", fresh, by, f"Incident {fresh.id} opened: {title}{over}")

    async def change(self, incident_id: int, said: Json, by: str) -> Incident:
        """Change what is named."""
        async with self._turn:
            before = await self.find(incident_id)
            after = deeds.changed(before, said)
            if after == before:
                return before
            return await self._keep("IncidentChanged", after, by, _changes(before, after))

    async def group(self, incident_id: int, alarm_ids: Sequence[int], by: str) -> Incident:
        """Put alarms under the incident; the children of a folded parent come along."""
        async with self._turn:
            before = await self.find(incident_id)
            added = await self._named(alarm_ids)
            known = await self._alarms(before.alarms)
            every = {int(one["alarm_id"]): one for one in (*known, *added)}
            after = deeds.grouped(before, every.values())
            if after == before:
                return before
            names = ", ".join(f"{one['channel_code']} {one['alarm_type']}" for one in added[:3])
            more = f" and {len(added) - 3} more" if len(added) > 3 else ""
            return await self._keep("IncidentChanged", after, by, f"Alarms added: {names}{more}")

    async def part(self, incident_id: int, alarm_id: int, by: str) -> Incident:
        """Take an alarm out again."""
        async with self._turn:
            before = await self.find(incident_id)
            if alarm_id not in before.alarms:
                raise NotFound(f"Alarm {alarm_id} is not under incident {incident_id}.")
            left = await self._alarms([one for one in before.alarms if one != alarm_id])
            after = deeds.grouped(before, left)
            return await self._keep("IncidentChanged", after, by, f"Alarm {alarm_id} taken out")

    async def note(self, incident_id: int, text: str, by: str) -> Incident:
        """Write a note."""
        async with self._turn:
            note = Note(self._now(), by, text.strip())
            after = deeds.noted(await self.find(incident_id), note)
            return await self._keep("IncidentNoted", after, by, note.text)

    async def picture(self, incident_id: int, body: bytes, text: str, by: str) -> Incident:
        """Attach a picture (PNG or JPEG), kept as pinned evidence."""
        media_type = picture_type(body)
        async with self._turn:
            before = await self.find(incident_id)
            recorder = self.flow.recorder
            digest = await recorder.ask(recorder.history.keep_capture(body, media_type, "picture"))
            note = Note(self._now(), by, text.strip() or "Picture", digest, media_type)
            after = deeds.noted(before, note)
            return await self._keep("IncidentNoted", after, by, note.text, {"captures": [digest]})

    async def promise(self, incident_id: int, said: Json, by: str) -> Incident:
        """Add a task."""
        async with self._turn:
            task = Task(
                0, str(said["text"]).strip(), str(said.get("owner") or ""), said.get("due_at"), self._now(), by
            )
            after = deeds.promised(await self.find(incident_id), task)
            due = f", due {moment(task.due_at)}" if task.due_at is not None else ""
            text = f"Task for {task.owner or 'nobody yet'}: {task.text}{due}"
            return await self._keep("TaskAdded", after, by, text)

    async def change_task(self, incident_id: int, task_id: int, said: Json, by: str) -> Incident:
        """Change a task, or say that it is done (`done`), or not yet."""
        async with self._turn:
            before = await self.find(incident_id)
            task = before.task(task_id)
            if task is None:
                raise NotFound(f"Incident {incident_id} has no task {task_id}.")
            named = {name: said[name] for name in ("text", "owner", "due_at") if name in said}
            changed = replace(task, **named)
            kind, text = "TaskChanged", f"Task changed: {changed.text}, {changed.owner or 'nobody'}"
            if "done" in said and bool(said["done"]) != (task.done_at is not None):
                done = bool(said["done"])
                changed = replace(changed, done_at=self._now() if done else None, done_by=by if done else "")
                kind, text = (
                    ("TaskDone", f"Task done: {changed.text}") if done else (kind, f"Not done: {changed.text}")
                )
            if changed == task:
                return before
            return await self._keep(kind, deeds.task_changed(before, changed), by, text)

    async def mitigate(self, incident_id: int, by: str) -> Incident:
        """Say that viewers are well again."""
        async with self._turn:
            after = deeds.mitigated(await self.find(incident_id), self._now())
            return await self._keep("IncidentMitigated", after, by, "Mitigated: viewers are well again")

    async def close(self, incident_id: int, said: Json, by: str) -> Incident:
        """Close an incident, with its cause; its review is due in 24 h and becomes a task."""
        async with self._turn:
            before = deeds.changed(await self.find(incident_id), said)
            after = deeds.closed(before, by, self._now())
            due = moment(after.review.due_at)
            text = f"Closed. Cause: {CAUSES[after.cause]}. The review is due {due}"
            return await self._keep("IncidentClosed", after, by, text)

    async def reopen(self, incident_id: int, by: str) -> Incident:
        """Open an incident again."""
        async with self._turn:
            after = deeds.reopened(await self.find(incident_id))
            return await self._keep("IncidentReopened", after, by, "Opened again")

    async def review(self, incident_id: int, said: Json, by: str) -> Incident:
        """Hold the review, which closes the incident for good."""
        async with self._turn:
            answers: dict[str, Any] = {
                name: str(said.get(name) or "").strip() for name in ("happened", "why", "fix", "prevention")
            }
            held = replace(Review(**answers), held_at=self._now(), held_by=by)
            after = deeds.reviewed(await self.find(incident_id), held)
            return await self._keep("ReviewHeld", after, by, f"Review held. Prevention: {held.prevention}")

    async def capsule_made(self, incident_id: int, head: str, size_bytes: int, by: str) -> None:
        """Write down that an evidence capsule went out, with the hash it can be held against."""
        async with self._turn:
            incident = await self.find(incident_id)
            text = f"Evidence capsule made, head {head}"
            await self._keep("CapsuleMade", incident, by, text, {"head": head, "size_bytes": size_bytes})

    # -- within

    async def _keep(self, kind: str, incident: Incident, by: str, text: str, more: Json | None = None) -> Incident:
        data = {"by": by, "text": text, **(more or {}), "incident": to_json(incident)}
        await self.flow.tell(Event(kind, self._now(), data=data))
        if incident.state in _LIVE:
            self.live[incident.id] = incident
        else:
            self.live.pop(incident.id, None)
        return incident

    async def _named(self, alarm_ids: Sequence[int]) -> list[dict[str, Any]]:
        named = [await self.alarms.one(alarm_id) for alarm_id in dict.fromkeys(alarm_ids)]
        children = [int(child) for one in named for child in one.get("children") or ()]
        seen = {int(one["alarm_id"]) for one in named}
        return named + await self._alarms([one for one in dict.fromkeys(children) if one not in seen])

    async def _alarms(self, alarm_ids: Sequence[int]) -> list[dict[str, Any]]:
        opened = self.flow.engine.alarms
        here = {one: alarm_json(opened[one]) for one in alarm_ids if one in opened}
        recorder = self.flow.recorder
        rest = [one for one in alarm_ids if one not in here]
        rows = await recorder.ask(recorder.history.alarms_of(rest)) if rest else ()
        every = here | {int(row["alarm_id"]): dict(row) for row in rows}
        return [every[one] for one in alarm_ids if one in every]

    def _now(self) -> float:
        return self.flow.recorder.clock.now()


def _title(alarms: Sequence[Json]) -> str:
    """Return what an incident is called when nobody says: its worst alarm, and how many channels have it."""
    if not alarms:
        raise BadRequest("An incident needs a title, or alarms it is about.")
    worst = max(alarms, key=lambda one: (Severity(one["severity"]).rank, -float(one["raised_at"])))
    kind = alarm_types().get(str(worst["alarm_type"]))
    others = len({one["channel_code"] for one in alarms}) - 1
    more = f" and {others} more channel{'s' if others > 1 else ''}" if others > 0 else ""
    return f"{kind.title_en if kind else worst['alarm_type']} on {worst['channel_code']}{more}"


def _rank(severity: Severity) -> int:
    return severity.rank


def _changes(before: Incident, after: Incident) -> str:
    names = ("title", "severity", "commander", "ticket")
    said = [
        f"{name} {getattr(after, name) or 'none'}" for name in names if getattr(after, name) != getattr(before, name)
    ]
    if after.cause != before.cause:
        said.append(f"cause {CAUSES.get(after.cause, 'not said')}")
    if after.cause_text != before.cause_text:
        said.append(f"cause in words: {after.cause_text}")
    if after.impact != before.impact:
        said.append(f"customer impact: {after.impact.viewers or 'minutes or channels set by hand'}")
    if after.times != before.times:
        said.append("times set by hand")
    return f"Changed: {'; '.join(said)}"
