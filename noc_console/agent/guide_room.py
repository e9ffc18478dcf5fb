"""Guides in the agent: the library, the evidence of alarms, the walks; composed here, started with the agent."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from noc_console.agent.alarm_desk import AlarmDesk
from noc_console.agent.flow import Flow
from noc_console.agent.guide_answers import Answers
from noc_console.agent.guide_evidence import GuideEvidence
from noc_console.agent.guide_library import library_of
from noc_console.agent.recorder import Recorder
from noc_console.board import Board
from noc_console.model import Channel, Event


class GuideRoom:
    """What the agent does with guides; the API's routes are one call into it."""

    def __init__(
        self,
        recorder: Recorder,
        flow: Flow,
        alarms: AlarmDesk,
        board: Board,
        channels: Callable[[], Mapping[int, Channel]],
        db: Path,
    ) -> None:
        self._alarms = alarms
        self.library = library_of(recorder, flow.tell, db)
        self.answers = Answers(recorder, board, channels)
        self.evidence = GuideEvidence(recorder, self.library, self.answers, lambda: flow.engine.alarms)

    async def run(self) -> None:
        """Work until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.library.run())
            group.create_task(self.evidence.run())

    def heard(self, event: Event) -> None:
        """Take an event that is in the journal now."""
        self.evidence.heard(event)

    # -- what is asked

    async def evidence_of(self, alarm_id: int) -> dict[str, Any]:
        """Return what was answered and kept for an alarm."""
        return await self.evidence.told(await self._alarms.one(alarm_id))
