"""The beat of open walks: time passes, fresh answers come, alarms clear, links open, diagnostics run."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from noc_console.agent.guide_diagnostics import Diagnostics, Examination, answers_of
from noc_console.agent.guide_runs import GuideRuns
from noc_console.agent.guide_walk import ALARM_CHANGED, DIAGNOSED, Walk
from noc_console.agent.refusals import BadRequest
from noc_console.errors import KnownError
from noc_console.guides.answers import Answer
from noc_console.guides.deeds import Answered, Did, TimePassed
from noc_console.guides.evidence import wanted
from noc_console.guides.questions import OfDiagnostic
from noc_console.guides.steps import Diagnose
from noc_console.guides.timing import due_at
from noc_console.model import Event, Layer

_BEAT_S = 0.5
_AGAIN_S = 5.0  # so often a verification gets fresh answers
_MOST_ROWS = 50
_STATES: Mapping[str, str] = {
    "AlarmRaised": "raised",
    "AlarmCleared": "cleared",
    "AlarmResolved": "resolved",
    "AlarmAcknowledged": "acknowledged",
}
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class GuideBeat:
    """What must be done again and again for open walks."""

    runs: GuideRuns
    diagnostics: Diagnostics
    _alarms: deque[Event] = field(default_factory=lambda: deque(maxlen=10_000))
    group: asyncio.TaskGroup | None = None

    def heard(self, event: Event) -> None:
        """Take an event of the journal: what befalls an alarm is told to its walks, which stay open."""
        if event.kind in _STATES and self.runs.open:
            self._alarms.append(event)

    async def run(self) -> None:
        """Beat until cancelled."""
        await self.runs.load()
        async with asyncio.TaskGroup() as self.group:
            while True:
                await asyncio.sleep(_BEAT_S)
                await self.step()

    async def step(self) -> None:
        """Do once what is to be done now."""
        for work in (self._tell_alarms, self.follow, self._pass_time):
            try:
                await work()
            except KnownError as error:
                _log.info("a guide could not go on: %s", error)
            except Exception:  # noqa: BLE001 - a bug in one walk must not stop the timers of all others
                _log.exception("the guides' beat failed")

    async def _tell_alarms(self) -> None:
        while self._alarms:
            event = self._alarms.popleft()
            number = int(event.data["alarm"]["alarm_id"])
            for walk in [one for one in self.runs.open.values() if one.run.alarm_id == number]:
                state = _STATES[event.kind]
                if walk.alarm_state != state:
                    walk.alarm_state = state
                    await self.runs.tell(walk, ALARM_CHANGED, alarm_state=state, alarm_seq=event.seq)

    async def follow(self) -> None:
        """Do what walks asked for: open the guide of a link, run an automatic diagnostic."""
        asked, self.runs.wanted = self.runs.wanted, []
        for walk, event in asked:
            try:
                if event.kind == "GuideLinked":
                    await self.runs.open_linked(walk, str(event.data["to_guide"]), str(event.data.get("by") or ""))
                elif event.kind == "GuideDiagnosticWanted":
                    self.diagnose(walk, str(event.data["step"]), "")
            except KnownError as error:
                _log.info("run %d: %s", walk.number, error)

    async def _pass_time(self) -> None:
        now = self.runs.recorder.clock.now()
        for walk in list(self.runs.open.values()):
            due = due_at(walk.guide, walk.run, walk.run.at)
            if due is not None and due <= now:
                await self.runs.act(walk, TimePassed())
            if now - walk.asked_at >= _AGAIN_S and (names := wanted(walk.guide, walk.run)):
                walk.asked_at = now
                await self._ask(walk, frozenset(names))

    async def _ask(self, walk: Walk, names: frozenset[str]) -> None:
        alarm = await self.runs.alarm(walk)
        try:
            place = self.runs.place(alarm, walk.run.channel_id)
        except KnownError as error:
            lost = {name: Answer(None, str(error)) for name in names}
            await self.runs.act(walk, Answered(answers=lost))
            return
        told = await self.runs.ask(place, walk.guide, names)
        await self.runs.act(walk, Answered(answers={name: one.answer for name, one in told.items()}), told)

    # -- diagnostics

    def diagnose(self, walk: Walk, step_id: str, by: str) -> None:
        """Begin a diagnostic of a step; its result comes to the walk when it is there."""
        try:
            step = walk.guide.step(step_id)
        except KeyError:
            raise BadRequest("This guide has no such step.") from None
        if not isinstance(step, Diagnose):
            raise BadRequest("This step runs no diagnostic.")
        if walk.diagnosed.get(step_id, {}).get("state") == "running" or self.group is None:
            return
        walk.diagnosed[step_id] = {"state": "running", "diagnostic": step.run, "by": by}
        self.group.create_task(self._examine(walk, step, by))

    async def _examine(self, walk: Walk, step: Diagnose, by: str) -> None:
        found: dict[str, Any] = {"diagnostic": step.run, "by": by, "began_at": self.runs.recorder.clock.now()}
        answers: dict[str, Answer] = {}
        try:
            place = self.runs.place(await self.runs.alarm(walk), walk.run.channel_id)
            entry = place.input_at(Layer[step.layer.upper()] if step.layer else None)
            result = await self.diagnostics.run(Examination(step.run, place, entry, by, walk.number))
            rows = [dict(row) for row in list(result.rows)[:_MOST_ROWS]]
            found |= {"state": "done", "text": result.text, "fields": dict(result.fields), "rows": rows}
            for name, question in walk.guide.questions.items():
                if isinstance(question, OfDiagnostic) and question.diagnostic == step.run:
                    answers |= answers_of(step.run, name, result, self.runs.recorder.clock.now())
            captures = {"captures": list(result.captures)} if result.captures else {}
        except KnownError as error:
            found |= {"state": "failed", "text": str(error)}
            captures = {}
        except Exception:  # noqa: BLE001 - a bug in a diagnostic must not end the guide that asked for it
            _log.exception("the diagnostic %s failed", step.run)
            found |= {"state": "failed", "text": "The diagnostic met a fault of this program; its log tells."}
            captures = {}
        walk.diagnosed[step.id] = found
        await self.runs.tell(walk, DIAGNOSED, step=step.id, found=found, **captures)
        if answers:
            await self.runs.act(walk, Answered(answers=answers, by=by))
        goes_on = found["state"] == "done" or not by  # who asked for it may ask again, or skip it
        if goes_on and any(stay.step == step.id for stay in walk.run.open_stays):
            await self.runs.act(walk, Did(step=step.id, result=str(found["text"])[:4000], by=by))
