"""The agent: composed from its rooms, what its clients may ask of it, and what it hears from its workers."""

from __future__ import annotations

import asyncio
import os
import secrets
import socket
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from noc_console import __version__
from noc_console.agent.alarm_desk import AlarmDesk
from noc_console.agent.bell import Bell
from noc_console.agent.channels import ChannelDesk
from noc_console.agent.clock import Clock
from noc_console.agent.diagnostic_room import DiagnosticRoom
from noc_console.agent.diagnostic_us import UsDesk
from noc_console.agent.drill_desk import DrillDesk
from noc_console.agent.evidence import Evidence
from noc_console.agent.facts import facts_of
from noc_console.agent.flow import Flow
from noc_console.agent.guide_room import GuideRoom
from noc_console.agent.incident_capsule import CapsuleMaker
from noc_console.agent.incident_desk import IncidentDesk
from noc_console.agent.incident_record import IncidentRecord
from noc_console.agent.incoming import IncomingDesk
from noc_console.agent.intake import Intake
from noc_console.agent.jobs import Jobs
from noc_console.agent.lab import LabDesk
from noc_console.agent.load_desk import LoadDesk
from noc_console.agent.machine import Machine
from noc_console.agent.media import Media
from noc_console.agent.media_folder import MediaFolder
from noc_console.agent.notices import Notices
from noc_console.agent.plan_desk import PlanDesk
from noc_console.agent.programs import Programs
from noc_console.agent.reads import Reads
from noc_console.agent.recorder import Recorder
from noc_console.agent.remembering import remember, remembered
from noc_console.agent.rule_desk import RuleDesk
from noc_console.agent.supervisor import Supervisor
from noc_console.agent.templates import TemplateDesk
from noc_console.agent.trap_door import TrapDoor
from noc_console.agent.ts_evidence import StreamEvidence
from noc_console.agent.work import Work
from noc_console.agent.workshop import Workshop
from noc_console.alarms.engine import Engine
from noc_console.alarms.habits import Habits
from noc_console.alarms.wire import from_json
from noc_console.board import Board
from noc_console.history import History
from noc_console.model import Event, Severity
from noc_console.notify import snmp_name
from noc_console.settings import Settings

STORE_ALARM = "DATABASE_CONNECTION_FAILURE"
_MOST_NEWS = 20


@dataclass(frozen=True, slots=True)
class Parts:
    """What an agent is made of before it runs."""

    settings: Settings
    clock: Clock
    history: History
    supervisor: Supervisor
    group: asyncio.TaskGroup
    port: int
    stop: asyncio.Event
    media_folder: MediaFolder | None = None


class Agent:
    """One agent; the API's routes are one call into it or one of its desks."""

    version = __version__

    def __init__(self, parts: Parts) -> None:
        self.settings, self.clock, self.supervisor = parts.settings, parts.clock, parts.supervisor
        self.started_at = self.clock.now()
        self.port = parts.port
        self.machine = Machine()
        self.is_kept = False
        self.read_only: Mapping[str, Any] | None = None
        self._is_orphan = False
        self._stop = parts.stop
        self.bell = Bell()
        self.board = Board(secrets.token_hex(8))
        self.engine = Engine()
        self.recorder = Recorder(parts.history, self.clock, self._kept)
        self.notices = Notices(self.settings, self.clock, self.recorder, lambda: self.channels.by_id.values())
        self.recorder.notices = self.notices
        self.flow = Flow(self.engine, self.recorder, self.board, self.bell)
        self.channels = ChannelDesk(self.clock, self.recorder, self.flow, self.reconfigure, self._template_of)
        self.templates = TemplateDesk(self.clock, self.recorder, self.channels, self.reconfigure)
        self.channels.media_of = self.templates.media_of
        self.alarms = AlarmDesk(self.clock, self.flow, self.recorder, self.channels)
        self.rules = RuleDesk(self.flow, self.channels, self.templates, self.reconfigure)
        self.workshop = Workshop(self.rules, parts.group)
        self.plans = PlanDesk(self.flow, self.channels, self.alarms)
        self.load_figures = LoadDesk(self.flow)
        self.incidents = IncidentDesk(self.flow, self.alarms)
        self.incident_record = IncidentRecord(self.recorder, self.channels, self.incidents)
        self.capsules = CapsuleMaker(self.incidents, self.settings.db.absolute())
        self.reads = Reads(self.clock, self.recorder, self.bell)
        self.work = Work(self.channels, self.supervisor, self.board)
        self.jobs = Jobs(self.supervisor, parts.group)
        self.programs = Programs(self.clock, self.channels, self.board, self.recorder)
        self.lab = LabDesk(self.channels)
        folder = self.settings.db.absolute().parent
        snmp_name.introduce(f"{socket.gethostname()}:{self.settings.db.absolute()}")
        self.incoming = IncomingDesk(
            self.clock,
            self.flow,
            self.channels,
            self.notices.secrets,
            folder / "incoming.toml",
            TrapDoor(self.clock, folder / "mibs"),
        )
        self.evidence = Evidence(self.recorder, self.supervisor)
        self.stream_evidence = StreamEvidence(self.recorder, self.supervisor, self.settings)
        self.guides = GuideRoom(self.recorder, self.flow, self.alarms, lambda: self.channels.by_id, self.settings)
        self.diagnostics = DiagnosticRoom(
            self.flow,
            self.supervisor,
            self.settings,
            parts.group,
            self.guides.diagnostics,
            lambda: self.channels.by_id,
        )
        self.drills = DrillDesk(
            self.recorder,
            self.flow,
            self.lab,
            self.guides.library,
            self.notices.router,
            parts.group,
            folder / "drills.toml",
        )
        self.is_it_us = UsDesk(self.flow, self.supervisor, self.settings, lambda: self.channels.by_id, parts.group)
        self.media = Media(
            parts.media_folder,
            self.supervisor,
            self.clock,
            self.flow,
            self.recorder,
            self.happened,
            self.templates.sound_limits,
        )
        self._group = parts.group
        self._channel_of: dict[int, int] = {}
        self.news: deque[dict[str, Any]] = deque(maxlen=_MOST_NEWS)
        self.intake = Intake(self.recorder, self.flow, self.work.rings, self.happened, self.media.line)

    async def load(self) -> None:
        """Take up what the history knows: catalogue, templates, open alarms; then measuring begins."""
        history = self.recorder.history
        self.channels.by_id = {channel.id: channel for channel in await history.channels()}
        alarms = [from_json(row) for row in await history.open_alarms()]
        self.engine = self.flow.engine = self._new_engine(await history.last_alarm_id() + 1)
        self.engine.restore(alarms, self.clock.now(), await remembered(history, self.clock.now()))
        await self.templates.load()
        await self.rules.load()
        await self.load_figures.load()
        await self.notices.load()
        await self.incidents.load()
        await self.drills.load()
        for event in history.opened_with:
            self._remember(event)
        self.board.set_agent(facts_of(self))
        self.board.configure(self.channels.by_id.values())
        await self.flow.act(self._configured)
        await self.plans.load()
        for alarm in self.engine.alarms.values():
            self.flow.show(alarm)
        if history.state.state == "ok":
            await self._clear_store()
        self.assign()

    def _new_engine(self, next_id: int) -> Engine:
        expiry_s = self.settings.acknowledgement_h * 3600
        answered = dict.fromkeys((Severity.CRITICAL, Severity.MAJOR), expiry_s) if expiry_s else {}
        return Engine(next_id, Habits(answered), self.settings.name)

    async def remember(self, *, is_last: bool = False) -> None:
        """Keep what the rules remember over the agent's end."""
        await remember(self.recorder.history, self.engine, self.clock.now(), is_last=is_last)

    # -- what changed

    def happened(self, event: Event) -> None:
        """Write down what a worker or the supervisor says."""
        if event.input_id:
            event = replace(event, channel_id=self._channel_of.get(event.input_id, 0))
        self._group.create_task(self.flow.tell(event))

    def came_and_went(self) -> list[Event]:
        """Return which findings began and ended since the last call."""
        return self.flow.presence.told(self._channel_of)

    def reconfigure(self) -> None:
        """Take the catalogue as it is now everywhere: board, notices, rules, workers."""
        self.notices.reconfigured()
        self.board.configure(self.channels.by_id.values())
        self.assign()
        self._group.create_task(self._act_on_catalogue())

    async def _act_on_catalogue(self) -> None:
        await self.flow.act(self._configured)

    def _template_of(self, name: str) -> str:
        return self.templates.name_of(name)

    def _configured(self) -> list[Any]:
        return self.engine.configure(self.channels.by_id.values(), self.rules.book(), self.clock.now())

    def assign(self) -> None:
        """Tell the workers what to measure; demo channels only at a lab that is there."""
        self._channel_of = {one.id: channel.id for channel in self.channels.by_id.values() for one in channel.inputs}
        inputs = [
            replace(one, tier=channel.tier)
            for channel in self.channels.by_id.values()
            if channel.is_enabled
            for one in channel.inputs
            if not channel.is_demo or self.lab.serves(one)
        ]
        self.media.assign(self.channels.by_id, inputs)
        # what is judged in the core is none of the workers' business: a slate learned must not start a probe anew
        self.supervisor.assign(replace(one, expected=replace(one.expected, slates={})) for one in inputs)
        self.work.rings.keep_only(one.id for one in inputs)
        self.flow.presence.keep_only(one.id for one in inputs)

    def _kept(self, event: Event) -> None:
        """React to what is in the journal now: alarms get evidence, a store that fails gets an alarm."""
        self.bell.ring()
        self.evidence.heard(event)
        self.load_figures.heard(event)
        self.stream_evidence.heard(event)
        self.media.frames.heard(event)
        self.guides.heard(event)
        self._remember(event)
        if event.kind == "RecordingStopped":
            text = str(event.data.get("text") or "The history cannot be written.")
            self._group.create_task(self._raise_store(text))
        elif event.kind == "RecordingResumed":
            self._group.create_task(self._clear_store())

    def _remember(self, event: Event) -> None:
        """Keep what befell the agent itself for the console's eyes; what somebody set is in the journal only."""
        is_own = not (event.channel_id or event.input_id or "incident" in event.data or "run" in event.data)
        is_deed = bool(event.data.get("by")) or event.kind.endswith("Changed")
        if is_own and not is_deed and "text" in event.data:
            again = "Recording again. " if event.kind == "RecordingResumed" else ""
            self.news.append({"at": event.at, "kind": event.kind, "text": again + str(event.data["text"])})

    async def _raise_store(self, text: str) -> None:
        await self.flow.act(lambda: self.engine.raise_own(STORE_ALARM, Severity.CRITICAL, text, self.clock.now()))

    async def _clear_store(self) -> None:
        await self.flow.act(lambda: self.engine.clear_own(STORE_ALARM, self.clock.now()))

    # -- what is asked

    async def board_since(self, since: int, wait_s: float) -> dict[str, Any]:
        """Return what changed since a revision, at once or when something does, at most five times a second."""
        urgent = self.bell.urgent_rings
        if wait_s > 0 and since == self.board.rev and not await self._changed(wait_s):
            return self._changes(since)
        if wait_s > 0 and 0 < since <= self.board.rev and self.bell.urgent_rings == urgent:
            await self.bell.gather()
        return self._changes(0 if since > self.board.rev else since)

    async def _changed(self, wait_s: float) -> bool:
        loop = asyncio.get_running_loop()
        until, since = loop.time() + wait_s, self.board.rev
        while self.board.rev == since:
            left = until - loop.time()
            if left <= 0 or not await self.bell.news(left):
                return False
        return True

    def everything(self) -> dict[str, Any]:
        """Return the whole board."""
        return self._changes(0)

    def _changes(self, since: int) -> dict[str, Any]:
        return self.board.changes(since, self.clock.now())

    def health(self) -> dict[str, Any]:
        """Return that the agent lives, in the words of R-157."""
        machine = self.machine
        return {
            "status": "healthy",
            "uptime_hours": round((self.clock.now() - self.started_at) / 3600, 2),
            "cpu_usage": f"{machine.cpu_ratio:.0%}",
            "memory_usage": f"{machine.memory_ratio:.0%}",
            "disk_usage": f"{machine.disk_ratio:.0%}",
            "recording": self.recorder.history.state.state,
            "version": self.version,
        }

    def described(self) -> dict[str, Any]:
        """Return this agent as a row of `/probes` (R-176)."""
        layers = [one.layer for channel in self.channels.by_id.values() for one in channel.inputs]
        return {
            "probe_id": 1,
            "id": 1,
            "probe_name": self.settings.name,
            "layer": int(min(layers, default=2)),
            "location": "",
            "ip_address": self.settings.host,
            "port": self.port,
            "status": "online",
            "channels": len(self.channels.by_id),
            "version": self.version,
            "pid": os.getpid(),
            **{key: value for key, value in self.health().items() if key.endswith(("usage", "hours"))},
        }

    # -- what is commanded

    async def keep(self, is_kept: bool) -> None:
        """Go on watching after the console has gone, or not."""
        if self.is_kept != is_kept:
            self.is_kept = is_kept
            self.board.set_agent({"keep": is_kept})
            kind = "KeepWatchingChosen" if is_kept else "KeepWatchingEnded"
            await self.flow.tell(Event(kind, self.clock.now()))
        if self._is_orphan and not is_kept:
            self._stop.set()

    def orphaned(self) -> None:
        """The console that started this agent has gone: end, unless it chose to keep watching."""
        self._is_orphan = True
        if not self.is_kept:
            self._stop.set()

    def wants_demo(self, is_asked: bool) -> bool:
        """Return whether demo channels are to be shown: asked for, there from an earlier run, or nothing else is."""
        channels = self.channels.by_id.values()
        return is_asked or not channels or any(channel.is_demo for channel in channels)

    async def remove_demo(self) -> int:
        """Remove the demo channels and stop the lab; return how many they were."""
        demo = [channel.id for channel in self.channels.by_id.values() if channel.is_demo]
        for channel_id in demo:
            await self.channels.purge(channel_id, "demo")
        await self.lab.stop()
        self.board.set_agent({"lab": None})
        return len(demo)
