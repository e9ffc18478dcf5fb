"""Guides in the agent: the library, the evidence of alarms, the walks; composed here, started with the agent."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from noc_console.agent.alarm_desk import AlarmDesk
from noc_console.agent.attached import picture_type
from noc_console.agent.flow import Flow
from noc_console.agent.guide_answers import Answers
from noc_console.agent.guide_beat import GuideBeat
from noc_console.agent.guide_checklists import Checklists
from noc_console.agent.guide_diagnostics import Diagnostics
from noc_console.agent.guide_evidence import GuideEvidence
from noc_console.agent.guide_library import library_of
from noc_console.agent.guide_reviews import Reviews
from noc_console.agent.guide_runs import GuideRuns, Wish
from noc_console.agent.guide_view import tree
from noc_console.agent.recorder import Recorder
from noc_console.model import Channel, Event
from noc_console.routing.hours import parse_zone
from noc_console.settings import Settings


class GuideRoom:
    """What the agent does with guides; the API's routes are one call into it."""

    def __init__(
        self,
        recorder: Recorder,
        flow: Flow,
        alarms: AlarmDesk,
        channels: Callable[[], Mapping[int, Channel]],
        settings: Settings,
    ) -> None:
        self._alarms, self._flow = alarms, flow
        self.library = library_of(recorder, flow.tell, settings.db)
        self.answers = Answers(recorder, flow.board, channels)
        self.evidence = GuideEvidence(recorder, self.library, self.answers, lambda: flow.engine.alarms)
        self.runs = GuideRuns(recorder, self.library, self.evidence, self.answers, alarms.one, self._show)
        self.reviews = Reviews(recorder, self.library, flow.tell)
        self.diagnostics = Diagnostics()
        self.beat = GuideBeat(self.runs, self.diagnostics)
        self.checklists = Checklists(self.runs, parse_zone(settings.zone), flow.tell)

    async def run(self) -> None:
        """Work until cancelled."""
        await self.reviews.load()
        async with asyncio.TaskGroup() as group:
            group.create_task(self.library.run())
            group.create_task(self.evidence.run())
            group.create_task(self.beat.run())
            group.create_task(self.checklists.run())

    async def take_up(self) -> None:
        """Take guides and walks as they are, for an agent that only shows: nothing is asked, nobody is called."""
        await self.library.look()
        await self.reviews.load()
        await self.runs.load()

    def heard(self, event: Event) -> None:
        """Take an event that is in the journal now."""
        self.evidence.heard(event)
        self.beat.heard(event)

    def close(self) -> None:
        """Wake everybody who waits for a walk for the last time."""
        self.runs.bell.close()

    def _show(self) -> None:
        """Tell the board that walks have changed: who draws one asks for it."""
        open_runs = [
            {"run_id": walk.number, "guide": walk.run.guide, "alarm_id": walk.run.alarm_id, "rev": walk.rev}
            for walk in self.runs.open.values()
        ]
        self._flow.board.set_agent({"guides": {"rev": self.runs.rev, "open": open_runs}})
        self._flow.bell.ring(urgent=True)

    # -- what is asked

    def guide(self, guide_id: str) -> dict[str, Any]:
        """Return a whole guide, for drawing its tree."""
        found = self.library.find(guide_id)
        more = {"is_site": found.is_site, "file": found.file, "changed_at": found.changed_at}
        return {**tree(found.guide), **more, "reviewed": self.reviews.newest.get(found.guide.id)}

    async def evidence_of(self, alarm_id: int) -> dict[str, Any]:
        """Return what was answered and kept for an alarm."""
        return await self.evidence.told(await self._alarms.one(alarm_id))

    async def run_guide(self, number: int) -> dict[str, Any]:
        """Return the guide of a walk as it was when the walk began."""
        return tree((await self.runs.find(number)).guide)

    # -- what is done

    async def start(self, wish: Wish) -> tuple[dict[str, Any], bool]:
        """Begin a walk or join it; return it for the screen, and whether it is new."""
        walk, is_new = await self.runs.start(wish)
        return await self.runs.told(walk.number), is_new

    async def do(self, number: int, deed: Mapping[str, Any]) -> dict[str, Any]:
        """Do what somebody says to a walk; return it as it stands then."""
        await self.runs.do(number, deed)
        await self.beat.follow()
        return await self.runs.told(number)

    async def picture(self, number: int, body: bytes, note: Mapping[str, Any]) -> dict[str, Any]:
        """Attach a picture (PNG or JPEG) to a walk, kept as pinned evidence; `note` has `text`, `step`, `by`."""
        recorder = self.runs.recorder
        digest = await recorder.ask(recorder.history.keep_capture(body, picture_type(body), "picture"))
        return await self.do(number, {**note, "kind": "noted", "picture": digest})

    async def diagnose(self, number: int, step: str, by: str) -> dict[str, Any]:
        """Begin a step's diagnostic; return the walk, which tells how it goes."""
        self.beat.diagnose(await self.runs.find(number), step, by)
        return await self.runs.told(number)
