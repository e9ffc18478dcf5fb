"""Evidence of questions: when an alarm is raised, its guide's questions are answered before anybody opens it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from noc_console.agent.guide_answer import Told, from_json, to_json
from noc_console.agent.guide_answers import Answers
from noc_console.agent.guide_library import GuideLibrary, Shelved
from noc_console.agent.guide_place import Place, facts, place_of_alarm
from noc_console.agent.recorder import Recorder
from noc_console.alarms.alarm import Alarm
from noc_console.alarms.wire import to_json as alarm_json
from noc_console.errors import KnownError
from noc_console.history.guide_runs import ANSWERED
from noc_console.model import Event, Severity

SETTLE_S = 1.2  # a tick: the sample that raised the alarm is in the history then, and its children are folded
CHILD_S = 3.0  # children wait so long for their roots
DROP_S = 20.0  # a child nobody came to by then is answered when it is opened
MOST_WAITING = 1000
_AT_ONCE = 8
_PATIENCE_S = 5.0
_BEAT_S = 0.1
_MOST_KNOWN = 1000
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Evidence:
    """The questions of one alarm's guide, answered at a time; `took_s` is counted from the alarm's raise."""

    alarm_id: int
    guide: str
    version: int
    at: float
    took_s: float
    answers: Mapping[str, Told]


@dataclass(slots=True)
class GuideEvidence:
    """Takes raised alarms, roots and severe ones first, and keeps the answers as an event each."""

    recorder: Recorder
    library: GuideLibrary
    answers: Answers
    alarms: Callable[[], Mapping[int, Alarm]]
    dropped: int = 0
    _waiting: dict[int, Event] = field(default_factory=dict)
    _known: dict[int, Evidence] = field(default_factory=dict)

    def heard(self, event: Event) -> None:
        """Take an event of the journal; in a flood the first thousand are taken, the others when they are opened."""
        if event.kind != "AlarmRaised" or event.data["alarm"].get("test"):
            return
        if len(self._waiting) >= MOST_WAITING:
            self.dropped += 1
            return
        self._waiting[int(event.data["alarm"]["alarm_id"])] = event

    async def run(self) -> None:
        """Answer what is due until cancelled."""
        await self.library.is_loaded.wait()
        while True:
            if not await self.step():
                await asyncio.sleep(_BEAT_S)

    async def step(self) -> list[int]:
        """Answer for the alarms that are due now, a few at a time; return which."""
        some = self._due(self.recorder.clock.now())
        if some:
            await self._collect(some)
        return some

    def _due(self, now: float) -> list[int]:
        """Return the alarms to answer next; children only when no root waits any more."""
        roots: list[tuple[int, float, int]] = []
        children: list[tuple[int, float, int]] = []
        for alarm_id, event in list(self._waiting.items()):
            age, alarm = now - event.at, self.alarms().get(alarm_id)
            is_child = alarm is not None and (alarm.parent_id is not None or bool(alarm.hidden_by))
            if is_child and age > DROP_S:
                del self._waiting[alarm_id]
                self.dropped += 1
            elif age >= (CHILD_S if is_child else SETTLE_S):
                severity = Severity(event.data["alarm"]["severity"]).rank
                (children if is_child else roots).append((-severity, event.at, alarm_id))
        return [alarm_id for *_, alarm_id in sorted(roots or children)[:_AT_ONCE]]

    async def _collect(self, alarm_ids: list[int]) -> None:
        events = []
        for alarm_id in alarm_ids:
            raised = self._waiting.pop(alarm_id)
            shelved = self.library.for_alarm(str(raised.data["alarm"]["alarm_type"]))
            if shelved is None:
                continue
            alarm = self._alarm(alarm_id) or raised.data["alarm"]
            try:
                async with asyncio.timeout(_PATIENCE_S):
                    events.append(await self._answered(alarm, shelved, raised.at))
            except (KnownError, TimeoutError) as error:
                _log.info("no answers for alarm %d: %s", alarm_id, error)
            except Exception:  # noqa: BLE001 - a bug in one question must not end the evidence of all others
                _log.exception("the questions of alarm %d could not be answered", alarm_id)
            await asyncio.sleep(0)
        if events:
            await self.recorder.keep(events)

    async def _answered(self, alarm: Mapping[str, Any], shelved: Shelved, raised_at: float) -> Event:
        place = self.place(alarm)
        told = await self.answers.answer(place, shelved.guide.questions, place.at)
        now = self.recorder.clock.now()
        number = int(alarm["alarm_id"])
        found = Evidence(number, shelved.guide.id, shelved.guide.version, place.at, round(now - raised_at, 3), told)
        self._keep(found)
        data = {"alarm_id": number, **_said(found), "facts": facts(place)}
        return Event(ANSWERED, now, place.channel_id, place.entry.id if place.entry else 0, data)

    def _keep(self, found: Evidence) -> None:
        self._known.pop(found.alarm_id, None)
        self._known[found.alarm_id] = found
        while len(self._known) > _MOST_KNOWN:
            del self._known[next(iter(self._known))]

    def _alarm(self, alarm_id: int) -> Mapping[str, Any] | None:
        alarm = self.alarms().get(alarm_id)
        return alarm_json(alarm) if alarm is not None else None

    def place(self, alarm: Mapping[str, Any]) -> Place:
        """Return where an alarm is; one that was made to hold others is asked at the first of them."""
        channels, now = self.answers.channels(), self.recorder.clock.now()
        if not alarm.get("channel_id"):
            for number in alarm.get("children") or ():
                child = self._alarm(int(number))
                if child is not None and child.get("channel_id") in channels:
                    return place_of_alarm(
                        {**alarm, "channel_id": child["channel_id"], "input_id": child["input_id"]}, channels, now
                    )
        return place_of_alarm(alarm, channels, now)

    # -- what is asked

    async def of(self, alarm: Mapping[str, Any]) -> Evidence | None:
        """Return an alarm's answers: as they were kept, else answered now; None where no guide is about it."""
        number = int(alarm["alarm_id"])
        if number in self._known:
            return self._known[number]
        kept = await self.kept(number)
        shelved = self.library.for_alarm(str(alarm.get("alarm_type", "")))
        if kept is not None or shelved is None:
            return kept
        # opened at once: the sample that raised the alarm is not in the history yet
        await asyncio.sleep(float(alarm["raised_at"]) + SETTLE_S - self.recorder.clock.now())
        if number in self._known:
            return self._known[number]
        self._waiting.pop(number, None)
        event = await self._answered(alarm, shelved, float(alarm["raised_at"]))
        try:
            await self.recorder.keep([event])
        except KnownError as error:
            _log.info("the answers of alarm %d are shown and not kept: %s", number, error)
        return self._known[number]

    async def kept(self, alarm_id: int) -> Evidence | None:
        """Return an alarm's answers as the journal has them, None where there are none."""
        events = await self.recorder.ask(self.recorder.history.evidence_events(alarm_id))
        told = [event for event in events if event.kind == ANSWERED]
        if not told:
            return None
        found = _from_event(told[-1])
        self._keep(found)
        return found

    async def told(self, alarm: Mapping[str, Any]) -> dict[str, Any]:
        """Return an alarm's evidence as JSON: answers, and the captures that were kept with it."""
        found = await self.of(alarm)
        events = await self.recorder.ask(self.recorder.history.evidence_events(int(alarm["alarm_id"])))
        kept = [{"kind": one.kind, "at": one.at, **one.data} for one in events if one.kind != ANSWERED]
        said = _said(found) if found else {"guide": "", "version": 0, "at": None, "took_s": None, "answers": {}}
        return {"alarm_id": alarm["alarm_id"], **said, "captures": kept}


def _said(found: Evidence) -> dict[str, Any]:
    return {
        "guide": found.guide,
        "version": found.version,
        "at": found.at,
        "took_s": found.took_s,
        "answers": {name: to_json(one) for name, one in found.answers.items()},
    }


def _from_event(event: Event) -> Evidence:
    data = event.data
    answers = {str(name): from_json(row) for name, row in data["answers"].items()}
    return Evidence(
        int(data["alarm_id"]), str(data["guide"]), int(data["version"]), data["at"], data["took_s"], answers
    )
