"""Diagnostics in the agent: run for guides and for the API alike, at most a few at once, each kept as an event."""

from __future__ import annotations

import asyncio
import functools
import itertools
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from noc_console.agent import diagnostic_command
from noc_console.agent.diagnostic_ask import AgentAsk
from noc_console.agent.diagnostic_command import Allowed, Done
from noc_console.agent.diagnostic_site import Site, read_site
from noc_console.agent.flow import Flow
from noc_console.agent.guide_diagnostics import Diagnostics, Examination, Examined
from noc_console.agent.guide_place import facts, place_of_channel
from noc_console.agent.recorder import Recorder
from noc_console.agent.refusals import Conflict, NotFound, Unavailable
from noc_console.agent.supervisor import Supervisor
from noc_console.errors import KnownError
from noc_console.guides.known import DIAGNOSTICS as FIELDS
from noc_console.model import Channel, Event
from noc_console.probes.diagnostics import registry
from noc_console.probes.diagnostics.values import Kit, Result, Target
from noc_console.probes.secrets import Secrets
from noc_console.settings import Settings

RAN = "DiagnosticRan"
SITE_FILE = "diagnostics.toml"
_MOST_KEPT = 100
_MOST_RUNNING = 16
_MOST_ROWS_KEPT = 50
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Job:
    """One run that was asked for by the API: how far it is, and what it found."""

    number: int
    name: str
    channel_id: int
    by: str
    began_at: float
    state: str = "running"
    progress: float = 0.0
    message: str = ""
    result: Mapping[str, Any] | None = None
    done: asyncio.Event = field(default_factory=asyncio.Event)

    def json(self) -> dict[str, Any]:
        """Return the job as the API shows it."""
        names = ("name", "channel_id", "by", "began_at", "state", "progress", "message", "result")
        return {"id": self.number, **{name: getattr(self, name) for name in names}}


@dataclass(frozen=True, slots=True)
class Consent:
    """Who wants a command run, in which role, and whether that was confirmed."""

    by: str
    role: str = ""
    is_confirmed: bool = False


@dataclass(slots=True)
class DiagnosticRoom:
    """What the agent does with diagnostics; the API's routes are one call into it."""

    flow: Flow
    supervisor: Supervisor
    settings: Settings
    group: asyncio.TaskGroup
    diagnostics: Diagnostics
    channels: Callable[[], Mapping[int, Channel]]
    jobs: dict[int, Job] = field(default_factory=dict)
    _ids: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def __post_init__(self) -> None:
        """Make every built-in diagnostic available to guides."""
        for name in registry.DIAGNOSTICS:
            self.diagnostics.register(name, self._asked_by_guide)

    @property
    def recorder(self) -> Recorder:
        """Where what was found is written down."""
        return self.flow.recorder

    async def _asked_by_guide(self, examination: Examination) -> Examined:
        inputs = examination.place.inputs
        entry = registry.fitting(examination.name, examination.entry, inputs)
        return await self._run(replace(examination, entry=entry), _nobody)

    def site(self) -> Site:
        """Return what the site allows, as its file says now."""
        return read_site(self.settings.db.absolute().parent / SITE_FILE)

    def listed(self) -> list[dict[str, Any]]:
        """Return the built-in diagnostics: name, title, limit in seconds, fields with their units."""
        return [
            {"name": name, "title": entry.title, "limit_s": entry.limit_s, "fields": dict(FIELDS[name])}
            for name, entry in registry.DIAGNOSTICS.items()
        ]

    # -- for the API

    def examination(self, name: str, channel_id: int, input_id: int, by: str, file: str = "") -> Examination:
        """Return what is to be examined: an input of a channel, 0 for its lowest layer, or nothing but a log."""
        if name not in registry.DIAGNOSTICS:
            raise NotFound(f"There is no diagnostic {name}.")
        place = place_of_channel(channel_id, self.channels(), self.recorder.clock.now())
        entry = registry.fitting(name, place.entry, place.inputs) if channel_id else None
        if input_id:
            entry = next((one for one in place.inputs if one.id == input_id), None)
            if entry is None:
                raise NotFound("The channel has no such input.")
        return Examination(name, place, entry, by, wish={"file": file} if file else {})

    def begin(self, examination: Examination) -> dict[str, Any]:
        """Begin a diagnostic and return its job; `Unavailable` when too many are running."""
        return self._begin(examination, functools.partial(self._waiting, examination))

    def _begin(self, examination: Examination, work: Callable[[Job], Any]) -> dict[str, Any]:
        if sum(job.state == "running" for job in self.jobs.values()) >= _MOST_RUNNING:
            raise Unavailable(f"{_MOST_RUNNING} diagnostics are running already; wait for one to end.")
        for number in [one.number for one in self.jobs.values() if one.state != "running"][:-_MOST_KEPT]:
            del self.jobs[number]
        now = self.recorder.clock.now()
        job = Job(next(self._ids), examination.name, examination.place.channel_id, examination.by, now)
        self.jobs[job.number] = job
        self.group.create_task(self._finish(job, work))
        return job.json()

    async def told(self, number: int, wait_s: float = 0.0) -> dict[str, Any]:
        """Return a job, at once when it is over or nobody waits, else when it ends or the wait does."""
        job = self.jobs.get(number)
        if job is None:
            raise NotFound("There is no such diagnostic run; it may have been forgotten.")
        if wait_s > 0 and job.state == "running":
            try:
                async with asyncio.timeout(wait_s):
                    await job.done.wait()
            except TimeoutError:
                pass
        return job.json()

    async def _waiting(self, examination: Examination, job: Job) -> Examined:
        """Run in the turn of all diagnostics, guides' and people's alike."""

        def progress(ratio: float, message: str) -> None:
            job.progress, job.message = min(1.0, max(0.0, ratio)), message

        async with self.diagnostics.free:
            return await self._run(examination, progress=progress)

    async def _finish(self, job: Job, work: Callable[[Job], Any]) -> None:
        try:
            found = await work(job)
            job.result = told_of(found)
            job.state, job.progress, job.message = "done", 1.0, ""
        except KnownError as error:
            job.state, job.message = "failed", str(error)
        except Exception:  # noqa: BLE001 - a bug in a diagnostic must not end the agent
            _log.exception("the diagnostic %s failed", job.name)
            job.state, job.message = "failed", "The diagnostic met a fault of this program; its log tells."
        finally:
            job.done.set()

    def command(self, name: str, channel_id: int, consent: Consent) -> dict[str, Any]:
        """Begin an external command the site allows, and return its job; refused with one sentence otherwise."""
        found = diagnostic_command.find(self.site().commands, name)
        place = place_of_channel(channel_id, self.channels(), self.recorder.clock.now())
        if consent.role != found.role:
            raise Conflict(f"{found.title} may be run by the role {found.role} only.")
        if found.needs_confirmation and not consent.is_confirmed:
            raise Conflict(f"{found.title} wants to be confirmed first.")
        arguments = found.filled(facts(place))
        examination = Examination(f"command/{name}", place, place.entry if channel_id else None, consent.by)
        return self._begin(examination, functools.partial(self._commanded, examination, found, arguments))

    async def _commanded(
        self, examination: Examination, command: Allowed, arguments: tuple[str, ...], _job: Job
    ) -> Examined:
        began = self.recorder.clock.now()
        async with self.diagnostics.free:
            try:
                done = await diagnostic_command.run(command, arguments)
            except KnownError as error:
                await self.keep(examination, began, {"state": "failed", "text": str(error), "command": [*arguments]})
                raise
        entry = examination.entry
        output = Secrets(entry.access, entry.url).hide(done.output) if entry else done.output
        result = Result({"is_ok": float(not done.code and not done.is_late)}, _ended(command, done))
        lines = [{"text": line[:400]} for line in output.decode("utf-8", "replace").splitlines()[:_MOST_ROWS_KEPT]]
        kept = await self._kept(replace(result, kept=[("text/plain", output)] if output else []))
        found = Examined(result.fields, result.text, lines, kept)
        told = {"state": "done", **told_of(found), "command": [*arguments], "role": command.role}
        await self.keep(examination, began, told)
        return found

    # -- one run

    async def _run(self, examination: Examination, progress: Callable[[float, str], None]) -> Examined:
        began = self.recorder.clock.now()
        place = examination.place
        target = Target(
            place.channel.code if place.channel else "", examination.entry, place.inputs, examination.wish
        )
        ask = AgentAsk(self.recorder, self.supervisor, self.site)
        kit = Kit(self.settings, self.recorder.clock.now, ask, progress)
        try:
            result = await registry.run(examination.name, target, kit)
        except KnownError as error:
            await self.keep(examination, began, {"state": "failed", "text": str(error)})
            raise
        kept = await self._kept(result)
        found = Examined(result.fields, result.text, result.rows, kept)
        told = told_of(found)
        await self.keep(examination, began, {"state": "done", **told, "rows": told["rows"][:_MOST_ROWS_KEPT]})
        return found

    async def _kept(self, result: Result) -> tuple[str, ...]:
        history = self.recorder.history
        return tuple(
            [await self.recorder.ask(history.keep_capture(body, kind, "other")) for kind, body in result.kept]
        )

    async def keep(self, examination: Examination, began: float, result: Mapping[str, Any]) -> None:
        """Write down that a diagnostic was run: by whom, at what, with which result."""
        place, entry = examination.place, examination.entry
        title = registry.DIAGNOSTICS[examination.name].title if examination.name in registry.DIAGNOSTICS else ""
        now = self.recorder.clock.now()
        data: dict[str, Any] = {
            "name": examination.name,
            "by": examination.by,
            "target": {"channel": place.channel.code if place.channel else "", "input_id": entry.id if entry else 0},
            "seconds": round(now - began, 3),
            "run_id": examination.run_id,
            "alarm_id": int(place.alarm.get("alarm_id") or 0),
            "result": result,
            "captures": list(result.get("captures") or ()),
        }
        if place.channel is not None:  # what befalls the agent alone is shown as its news; this is none
            data["text"] = f"{title or examination.name}: {result['text']}"
        await self.flow.tell(Event(RAN, now, place.channel_id, entry.id if entry else 0, data))


def _ended(command: Allowed, done: Done) -> str:
    if done.is_late:
        return f"{command.title} was ended after {command.limit_s:g} s."
    if done.is_cut:
        return f"{command.title} was ended: it said more than {command.most_bytes} bytes."
    return f"{command.title} ended with code {done.code}."


def told_of(found: Examined) -> dict[str, Any]:
    """Return a result as the API and the journal have it."""
    rows = [dict(row) for row in found.rows]
    return {"text": found.text, "fields": dict(found.fields), "rows": rows, "captures": list(found.captures)}


def _nobody(_ratio: float, _text: str) -> None:
    """Tell nobody how far it is."""
