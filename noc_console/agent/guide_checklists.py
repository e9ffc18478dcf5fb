"""Scheduled checklists: said when they are due, told when they are overdue, shown with how each turn stands."""

from __future__ import annotations

import asyncio
import json
import logging
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any

from noc_console.agent.guide_calendar import Turn, Walk, reminders, stand, turns
from noc_console.agent.guide_runs import GuideRuns
from noc_console.errors import KnownError
from noc_console.guides.guide import Guide
from noc_console.history.guide_runs import RunQuery
from noc_console.model import Event

DUE, OVERDUE = "ChecklistDue", "ChecklistOverdue"
_BEAT_S = 5.0
_DAY_S = 86_400.0
_MOST_WALKS = 200
_SINCE = "checklists_since"
_GIVEN_UP = "closed"
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Checklists:
    """Looks at the calendar every few seconds; what was said before a restart is not said again."""

    runs: GuideRuns
    zone: tzinfo
    tell: Callable[..., Any]
    standing: tuple[Turn, ...] = ()
    _said: dict[str, str] = field(default_factory=dict)
    _since: dict[str, float] = field(default_factory=dict)  # when each guide was first there: nothing was due before

    async def run(self) -> None:
        """Beat until cancelled."""
        await self.runs.library.is_loaded.wait()
        await self.recall()
        while True:
            try:
                await self.look(self.runs.recorder.clock.now())
            except KnownError as error:
                _log.info("the calendar of checklists cannot be read: %s", error)
            except Exception:  # noqa: BLE001 - a bug in the calendar must not end the guides
                _log.exception("the calendar of checklists failed")
            await asyncio.sleep(_BEAT_S)

    async def recall(self) -> None:
        """Take up what was said before this run of the agent."""
        history = self.runs.recorder.history
        try:
            events = await history.newest_events(0, frozenset({DUE, OVERDUE}), _MOST_WALKS)
            self._since = json.loads(await history.noted(_SINCE) or "{}")
        except (KnownError, ValueError) as error:
            _log.info("what was said of checklists cannot be read: %s", error)
            return
        for event in reversed(events):
            self._said[str(event.data["turn"])] = str(event.data["word"])

    async def look(self, at: float) -> None:
        """Take how every turn stands at a time, and say what is to be said."""
        self.standing = await self._standing(at - _DAY_S, at + _DAY_S, at)
        for word, turn in reminders(self.standing, self._said, at):
            self._said[turn.key] = word
            await self.tell(self._event(word, turn, at))
        for key in [key for key in self._said if float(key.rpartition("/")[2]) < at - 2 * _DAY_S]:
            del self._said[key]

    async def _standing(self, start: float, end: float, at: float) -> tuple[Turn, ...]:
        scheduled = self._scheduled()
        await self._meet(scheduled, at)
        found = [
            turn
            for guide in scheduled
            for turn in turns(guide, start, end, self.zone)
            if turn.due_at >= self._since[guide.id]
        ]
        if not found:
            return ()
        walks = await self._walks()
        return tuple(sorted((stand(turn, walks, at) for turn in found), key=lambda turn: (turn.due_at, turn.guide)))

    async def _meet(self, guides: list[Guide], at: float) -> None:
        """Remember since when each guide is there."""
        fresh = {guide.id: at for guide in guides if guide.id not in self._since}
        if fresh:
            self._since |= fresh
            await self.runs.recorder.history.note(_SINCE, json.dumps(self._since))

    def _scheduled(self) -> list[Guide]:
        return [one.guide for one in self.runs.library.by_id.values() if one.guide.schedule is not None]

    async def _walks(self) -> list[Walk]:
        rows = await self.runs.listed(RunQuery(_MOST_WALKS, kind="checklist"))
        return [
            Walk(
                int(row["run_id"]),
                str(row["guide"]),
                float(row["started_at"]),
                row["ended_at"],
                row["ending"] != _GIVEN_UP,
            )
            for row in rows
        ]

    def _event(self, word: str, turn: Turn, at: float) -> Event:
        title = self.runs.library.find(turn.guide).guide.title
        when = datetime.fromtimestamp(turn.due_at, self.zone).strftime("%H:%M %Z")
        text = {
            "ahead": f"{title.en} is due at {when}.",
            "due": f"{title.en} is due now ({when}).",
            "overdue": f"{title.en} of {when} is overdue: it is not finished.",
        }[word]
        # what stands for an alarm where the router wants one; its number is below those of runs
        number = -(10**9 + zlib.crc32(turn.key.encode()) % 10**9)
        alarm = {"alarm_id": number, "alarm_type": "", "severity": "indeterminate", "message": text}
        data = {
            "turn": turn.key,
            "word": word,
            "guide": turn.guide,
            "due_at": turn.due_at,
            "run_id": turn.run_id,
            "to": [turn.role] if turn.role else [],
            "text": text,
            "key": turn.key,
            "number": ("ahead", "due", "overdue").index(word),
            "alarm": {**alarm, "raised_at": turn.due_at, "condition": "raised", "layer": 0, "channel_code": ""},
        }
        return Event(OVERDUE if word == "overdue" else DUE, at, data=data)

    def told(self) -> list[dict[str, Any]]:
        """Return the turns from a day ago to a day ahead, oldest first."""
        by_id = self.runs.library.by_id
        return [
            {
                "guide": turn.guide,
                "title": {"en": by_id[turn.guide].guide.title.en, "vi": by_id[turn.guide].guide.title.vi},
                "due_at": turn.due_at,
                "overdue_at": turn.due_at + turn.remind_after_s,
                "state": turn.state,
                "role": turn.role,
                "run_id": turn.run_id or None,
            }
            for turn in self.standing
            if turn.guide in by_id
        ]
