"""Drills: an instructor starts a scenario on the lab, the team works the real screens, a score sheet comes of it."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from noc_console.agent.drill_told import planted, sheet_json, training_row
from noc_console.agent.flow import Flow
from noc_console.agent.guide_library import GuideLibrary
from noc_console.agent.lab import LabDesk
from noc_console.agent.recorder import Recorder
from noc_console.agent.refusals import BadRequest, Conflict, NotFound
from noc_console.drills import scoring
from noc_console.drills.plan import Drill
from noc_console.drills.scenario import Scenario, drawn, read_scenarios, shipped_scenarios
from noc_console.drills.truth import TruthTable, shipped_truth
from noc_console.errors import KnownError
from noc_console.guides.steps import Action
from noc_console.model import Event
from noc_console.routing.router import Router

STARTED, ENDED = "DrillStarted", "DrillEnded"
#: Alarms of a drill end some minutes after its faults: so long nobody outside hears of its channels.
QUIET_S = 1800.0
_MOST_EVENTS = 10_000
_MOST_LISTED = 500
_MOST_FILE = 262_144
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Running:
    """The drill that runs: what only its instructor may see, and the faults of the lab made so far."""

    number: int
    scenario: Scenario
    trainer: str
    team: str
    started_at: float
    seq: int
    seed: int
    key: str
    todo: Sequence[tuple[Drill, float]]
    made: dict[str, tuple[Drill, Mapping[str, Any]]] = field(default_factory=dict)
    fault: str = ""

    @property
    def ends_at(self) -> float:
        """When it ends by itself."""
        return self.started_at + self.scenario.minutes * 60

    @property
    def public(self) -> dict[str, Any]:
        """Return what everybody may know: that it runs, and who leads it."""
        told = {"drill_id": self.number, "state": "running", "started_at": self.started_at, "ends_at": self.ends_at}
        return {**told, "team": self.team, "trainer": self.trainer}


@dataclass(slots=True)
class DrillDesk:
    """At most one drill runs. Its truth is in memory and in nobody's sight until it has ended."""

    recorder: Recorder
    flow: Flow
    lab: LabDesk
    library: GuideLibrary
    router: Router
    group: asyncio.TaskGroup
    own_file: Path
    running: Running | None = None
    _table: TruthTable = field(default_factory=shipped_truth)
    _last: int = 0
    _task: asyncio.Task[None] | None = None
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def load(self) -> None:
        """Take up the last number; a drill that was cut off by the agent's end is told as ended."""
        try:
            events = await self.recorder.history.newest_events(0, frozenset((STARTED, ENDED)), 1)
        except KnownError as error:
            _log.warning("past drills cannot be read: %s", error)
            return
        for event in events:
            self._last = int(event.data["drill"]["drill_id"])
            if event.kind == STARTED:
                told = {**event.data["drill"], "state": "broken-off", "ended_at": self.recorder.clock.now()}
                text = "The agent ended while the drill was running: it has no score."
                await self.recorder.keep([self._event(ENDED, {"drill": told, "text": text})])

    def facts(self) -> dict[str, Any] | None:
        """Return the drill as the board shows it to everybody, None while there is none."""
        return self.running.public if self.running else None

    async def scenarios(self) -> list[dict[str, Any]]:
        """Return what may be started, in the order of the file."""
        return [
            {
                **{name: getattr(one, name) for name in ("name", "title", "topic", "text", "minutes")},
                "faults": [part.fault for part in one.parts],
            }
            for one in (await self._known()).values()
        ]

    async def _known(self) -> dict[str, Scenario]:
        """Return the scenarios that ship, and those of the site's own file, which override and add."""
        return await asyncio.to_thread(self._read)

    def _read(self) -> dict[str, Scenario]:
        shipped = shipped_scenarios(self._table)
        try:
            with self.own_file.open(encoding="utf-8") as file:
                return shipped | read_scenarios(file.read(_MOST_FILE), self._table)
        except FileNotFoundError:
            return shipped
        except (OSError, UnicodeDecodeError):
            raise BadRequest(f"{self.own_file.name} cannot be read.") from None

    # -- verbs

    async def start(self, scenario: str, team: str, by: str, seed: int | None) -> Running:
        """Start a scenario; the key in what is returned opens the instructor's view of it."""
        if not by.strip():
            raise BadRequest("Say who leads the drill.")
        chosen = (await self._known()).get(scenario)
        if chosen is None:
            raise NotFound(f"There is no drill {scenario!r}.")
        async with self._turn:
            if self.running is not None:
                raise Conflict("A drill is running already: end it first.")
            number = secrets.randbelow(2**31) if seed is None else seed
            todo = drawn(chosen, self._table, await self.lab.state(), Random(number))
            return await self._started(chosen, todo, (team.strip(), by.strip(), number))

    async def _started(
        self, chosen: Scenario, todo: Sequence[tuple[Drill, float]], who: tuple[str, str, int]
    ) -> Running:
        team, by, seed = who
        one = Running(
            self._last + 1, chosen, by, team, self.recorder.clock.now(), 0, seed, secrets.token_urlsafe(16), todo
        )
        # the plan is sealed before anything happens: whoever wants can see afterwards that it was not changed
        seal = _seal(one)
        event = self._event(STARTED, {"drill": one.public, "seal": seal, "by": by, "text": "DRILL started."})
        one.seq = (await self.recorder.keep([event]))[0].seq
        self._last, self.running = one.number, one
        self._mark(frozenset(number for number, channel in self.lab.channels.by_id.items() if channel.is_demo))
        self._task = self.group.create_task(self._run(one))
        return one

    async def end(self, number: int, by: str, key: str) -> dict[str, Any]:
        """End the running drill before its time; only its instructor may."""
        one = self._find(number)
        if not secrets.compare_digest(one.key, key):
            raise Conflict("Only the instructor who started the drill can end it.")
        if self._task is not None:
            self._task.cancel()
        return await self._ended(one, by)

    async def _run(self, one: Running) -> None:
        try:
            async with asyncio.TaskGroup() as group:
                for drill, seconds in one.todo:
                    group.create_task(self._break(one, drill, seconds))
                group.create_task(asyncio.sleep(max(0.0, one.ends_at - self.recorder.clock.now())))
        except* KnownError as errors:
            one.fault = str(errors.exceptions[0])
        await self._ended(one, "")

    async def _break(self, one: Running, drill: Drill, seconds: float) -> None:
        await asyncio.sleep(max(0.0, one.started_at + drill.onset_s - self.recorder.clock.now()))
        order = {"channel": drill.channel, "fault": drill.fault, "seconds": seconds, "rung": drill.rung}
        made = await self.lab.begin({**order, "params": dict(drill.params)})
        self.lab.hidden.add(int(made["id"]))
        one.made[f"{drill.fault}@{drill.channel}"] = (drill, made)

    async def _ended(self, one: Running, by: str) -> dict[str, Any]:
        async with self._turn:
            if self.running is not one:
                raise Conflict("This drill has ended already.")
            told = await self.told_fully(one)
            self.running = None
        for _, made in one.made.values():
            self.lab.hidden.discard(int(made["id"]))
            await self._mended(str(made["id"]))
        now = self.recorder.clock.now()
        drill = {**one.public, "state": "ended", "ended_at": now, "by": by, "seed": one.seed, **told}
        training = training_row(drill, one.scenario.topic, now)
        text = f"DRILL ended: {told['sheet']['points']:g} of 100 points."
        await self.recorder.keep([self._event(ENDED, {"drill": drill, "training": training, "by": by, "text": text})])
        self.group.create_task(self._open_again(one.number))
        return drill

    async def _mended(self, fault_id: str) -> None:
        try:
            await self.lab.end(fault_id)
        except KnownError as error:
            _log.info("a fault of the drill could not be ended: %s", error)

    async def _open_again(self, number: int) -> None:
        """Let notices of the demo channels go their usual way again, when the drill's alarms are over."""
        await asyncio.sleep(QUIET_S)
        if self.running is None and self._last == number:
            self._mark(frozenset())

    def _mark(self, channels: frozenset[int]) -> None:
        """Mark what comes of these channels as a drill: on screens, and in what is told to nobody."""
        self.router.drilled = self.flow.drilled = channels

    # -- what is told

    async def told(self, number: int, key: str) -> dict[str, Any]:
        """Return a drill: everything once it has ended or to its instructor, else only that it runs."""
        one = self.running
        if one is not None and one.number == number:
            is_instructor = bool(key) and secrets.compare_digest(one.key, key)
            return {**one.public, **(await self.told_fully(one))} if is_instructor else one.public
        return next((row for row in await self.listed() if row["drill_id"] == number), None) or _gone(number)

    async def told_fully(self, one: Running) -> dict[str, Any]:
        """Return the scenario, what was done so far, what is still to come, and the score as it stands."""
        recorder = self.recorder
        events = await recorder.ask(recorder.history.events(one.seq, scoring.KINDS, _MOST_EVENTS))
        log = (await self._log())["faults"] if one.made else []
        faults = planted(one.made.values(), log, self._table)
        sheet = scoring.sheet(faults, events, self._actions())
        return {
            "scenario": one.scenario.name,
            "title": one.scenario.title,
            "topic": one.scenario.topic,
            "plan": [{**asdict(drill), "seconds": seconds} for drill, seconds in one.todo],
            "seal": _seal(one),
            "fault": one.fault,
            "sheet": sheet_json(sheet),
        }

    async def listed(self) -> list[dict[str, Any]]:
        """Return the drills that have ended, newest first, and the one that runs before them."""
        recorder = self.recorder
        events = await recorder.ask(recorder.history.newest_events(0, frozenset((ENDED,)), _MOST_LISTED))
        past = [dict(event.data["drill"]) for event in events]
        return [*([self.running.public] if self.running else []), *past]

    async def training(self) -> list[dict[str, Any]]:
        """Return the training record: team, topic, hours, date and trainer of each drill that was held."""
        recorder = self.recorder
        events = await recorder.ask(recorder.history.newest_events(0, frozenset((ENDED,)), _MOST_LISTED))
        return [dict(event.data["training"]) for event in events if "training" in event.data]

    def _find(self, number: int) -> Running:
        if self.running is None or self.running.number != number:
            raise NotFound(f"The drill {number} is not running.")
        return self.running

    async def _log(self) -> Mapping[str, Any]:
        try:
            return dict(await self.lab.log())
        except KnownError:
            return {"faults": []}

    def _actions(self) -> dict[str, frozenset[str]]:
        found = {}
        for row in self.library.listed():
            guide = self.library.find(row["guide"]).guide
            found[guide.id] = frozenset(step.id for step in guide.steps if isinstance(step, Action))
        return found

    def _event(self, kind: str, data: Mapping[str, Any]) -> Event:
        return Event(kind, self.recorder.clock.now(), data=data)


def _seal(one: Running) -> str:
    plan = [[one.seed, one.key, one.scenario.name], [asdict(drill) for drill, _ in one.todo]]
    return hashlib.sha256(json.dumps(plan, sort_keys=True).encode()).hexdigest()


def _gone(number: int) -> dict[str, Any]:
    raise NotFound(f"There was no drill {number}.")
