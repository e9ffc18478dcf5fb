"""Walks through guides: begun, joined, gone on with; each deed is in the journal before anybody hears of it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from noc_console.agent.bell import Bell
from noc_console.agent.guide_answer import Told, unknown
from noc_console.agent.guide_answers import Answers
from noc_console.agent.guide_calls import addressed
from noc_console.agent.guide_evidence import GuideEvidence
from noc_console.agent.guide_figures import Figures
from noc_console.agent.guide_library import GuideLibrary, Shelved
from noc_console.agent.guide_place import Place, facts, place_of_channel
from noc_console.agent.guide_view import view
from noc_console.agent.guide_walk import (
    EVIDENCE,
    JOINED,
    OPENED,
    Walk,
    begun,
    done,
    guide_of,
    own_event,
    replayed,
    summary,
)
from noc_console.agent.recorder import Recorder
from noc_console.agent.refusals import BadRequest, Conflict, NotFound
from noc_console.errors import KnownError
from noc_console.guides.checking_off import figures
from noc_console.guides.deeds import Answered, AnyDeed
from noc_console.guides.doing import linked
from noc_console.guides.guide import Guide
from noc_console.guides.run import Begin, Note, Run, deed_from_json
from noc_console.history.guide_runs import RunQuery
from noc_console.model import Event

MOST_OPEN = 500
_MOST_PAST = 64
AlarmOf = Callable[[int], Any]
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to walk: the guide of an alarm, or a guide by its name, for a channel or for none."""

    guide: str = ""
    alarm_id: int = 0
    channel_id: int = 0
    by: str = ""


@dataclass(slots=True)
class GuideRuns:
    """The open walks, and past ones on demand; one order for everything that changes them."""

    recorder: Recorder
    library: GuideLibrary
    evidence: GuideEvidence
    answers: Answers
    alarm_of: AlarmOf
    changed: Callable[[], None]
    bell: Bell = field(default_factory=Bell)
    figures: Figures = field(init=False)
    rev: int = 0
    open: dict[int, Walk] = field(default_factory=dict)
    wanted: list[tuple[Walk, Event]] = field(default_factory=list)
    _past: dict[int, Walk] = field(default_factory=dict)
    _guides: dict[str, Guide] = field(default_factory=dict)
    _last: int = 0
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    _loaded: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        """Look at past walks where figures are asked."""
        self.figures = Figures(self.recorder)

    async def load(self) -> None:
        """Take up the walks that were open when the agent ended."""
        self.rev = int(self.recorder.clock.now())
        try:
            self._last = await self.recorder.history.last_run_id()
            rows = await self.recorder.history.runs(RunQuery(MOST_OPEN, is_over=False))
            for row in reversed(rows):
                await self._take_up(int(row["run_id"]))
        except KnownError as error:
            _log.warning("open guides cannot be taken up: %s", error)
        self._loaded.set()
        self._news()

    async def _take_up(self, number: int) -> None:
        try:
            self.open[number] = await self._replayed(number)
        except KnownError as error:
            _log.warning("run %d cannot be taken up: %s", number, error)

    async def _replayed(self, number: int) -> Walk:
        events = await self.recorder.ask(self.recorder.history.run_events(number))
        if not events:
            raise NotFound(f"There is no run {number}.")
        for event in events:
            text = str(event.data.get("text") or "") if event.kind == "GuideStarted" else ""
            if text and text not in self._guides:
                self._guides[text] = await asyncio.to_thread(guide_of, str(event.data["run"]["guide"]), text)
        walk = replayed(events, self._guides)
        walk.rev = self.rev
        if walk.run.alarm_id and (kept := await self.evidence.kept(walk.run.alarm_id)) is not None:
            walk.evidence = dict(kept.answers)
        return walk

    # -- what is asked

    def live(self) -> list[dict[str, Any]]:
        """Return the open walks, oldest first."""
        return [summary(walk) for walk in self.open.values()]

    async def listed(self, query: RunQuery) -> list[dict[str, Any]]:
        """Return walks, open ones as they stand now, newest first."""
        rows = await self.recorder.ask(self.recorder.history.runs(query))
        return [summary(self.open[row["run_id"]]) if row["run_id"] in self.open else dict(row) for row in rows]

    async def find(self, number: int) -> Walk:
        """Return a walk by its number, open or over."""
        await self._loaded.wait()
        known = self.open.get(number) or self._past.get(number)
        if known is None:
            known = self._past[number] = await self._replayed(number)
            while len(self._past) > _MOST_PAST:
                del self._past[next(iter(self._past))]
        return known

    async def told(self, number: int, since: int = 0, wait_s: float = 0.0) -> dict[str, Any]:
        """Return a walk for the screen, at once when it changed since a revision, else when it does."""
        walk = await self.find(number)
        loop = asyncio.get_running_loop()
        until = loop.time() + wait_s
        while since == walk.rev and (left := until - loop.time()) > 0 and await self.bell.news(left):
            walk = await self.find(number)
        usual = await self.figures.usual(walk.run.guide, walk.run.alarm_type)
        alarm = await self._alarm(walk.run.alarm_id)
        return {**view(walk, self.recorder.clock.now()), "alarm": alarm or None, "usual": usual}

    # -- what is done

    async def start(self, wish: Wish) -> tuple[Walk, bool]:
        """Begin a walk, or join the one that is open for the alarm; return it and whether it is new."""
        await self._loaded.wait()
        async with self._turn:
            alarm = await self._alarm(wish.alarm_id, must=True)
            shelved = self._shelved(wish, alarm)
            known = self._open_one(wish, shelved.guide.id)
            if known is not None:
                await self._join(known, wish.by)
                return known, False
            return await self._begin(wish, shelved, alarm), True

    def _shelved(self, wish: Wish, alarm: Mapping[str, Any]) -> Shelved:
        if wish.guide:
            return self.library.find(wish.guide)
        if not alarm:
            raise BadRequest("Name a guide or an alarm.")
        found = self.library.for_alarm(str(alarm["alarm_type"]))
        if found is None:
            raise NotFound(f"There is no guide for {alarm['alarm_type']}.")
        return found

    def _open_one(self, wish: Wish, guide: str) -> Walk | None:
        """Return the open walk that is meant: of the alarm, else of the guide on this channel."""
        for walk in self.open.values():
            run = walk.run
            if wish.alarm_id and run.alarm_id == wish.alarm_id and (not wish.guide or run.guide == guide):
                return walk
            if not wish.alarm_id and not run.alarm_id and (run.guide, run.channel_id) == (guide, wish.channel_id):
                return walk
        return None

    async def _join(self, walk: Walk, by: str) -> None:
        if by and by not in walk.people:
            walk.meet(by)
            await self._keep(walk, [own_event(walk, JOINED, self.recorder.clock.now(), by=by)])

    async def _begin(self, wish: Wish, shelved: Shelved, alarm: Mapping[str, Any]) -> Walk:
        if len(self.open) >= MOST_OPEN:
            raise Conflict(f"{MOST_OPEN} guides are open: end some of them first.")
        place = self.place(alarm, wish.channel_id)
        evidence = await self.evidence.of(alarm) if alarm else None
        fits = evidence is not None and evidence.guide == shelved.guide.id
        told = dict(evidence.answers) if evidence is not None and fits else await self.ask(place, shelved.guide)
        before = await self._previous(shelved.guide) if shelved.guide.kind == "checklist" else {}
        begin = Begin(
            run_id=self._last + 1,
            by=wish.by,
            raised_at=float(alarm["raised_at"]) if alarm else None,
            channel_id=place.channel_id,
            input_id=place.entry.id if place.entry else 0,
            alarm_id=wish.alarm_id,
            alarm_type=str(alarm.get("alarm_type") or ""),
            answers={name: one.answer for name, one in told.items()},
            **before,
        )
        return await self._begun(begin, shelved, {"alarm": alarm, "facts": facts(place), "evidence": told})

    async def _begun(self, begin: Begin, shelved: Shelved, around: Mapping[str, Any]) -> Walk:
        self._last = begin.run_id
        self._guides[shelved.text] = shelved.guide
        walk, events = begun(shelved.guide, shelved.text, begin, around, self.recorder.clock.now())
        await self._keep(walk, addressed(walk, events, around["alarm"]))
        return walk

    async def open_linked(self, walk: Walk, guide: str, by: str) -> Walk:
        """Begin the guide that a link names, with the same channel, alarm and evidence."""
        async with self._turn:
            shelved = self.library.find(guide)
            begin = linked(walk.run, self._last + 1, by)
            alarm = await self._alarm(walk.run.alarm_id) or walk.alarm
            around = {"alarm": alarm, "facts": walk.facts, "evidence": walk.evidence}
            fresh = await self._begun(begin, shelved, around)
            walk.linked = (*walk.linked, fresh.number)
            await self._keep(walk, [own_event(walk, OPENED, self.recorder.clock.now(), opened=fresh.number)])
            return fresh

    async def do(self, number: int, made: Mapping[str, Any]) -> Walk:
        """Do what somebody says; `Conflict` in one sentence where it cannot be done now (that is kept too)."""
        try:
            deed = deed_from_json(made)
        except KnownError as error:
            raise BadRequest(str(error)) from None
        if isinstance(deed, Answered):
            raise BadRequest("Answers are the agent's to give: type yours at the step that asks.")
        walk = await self.find(number)
        events = await self.act(walk, deed)
        refused = next((event for event in events if event.kind == "GuideRefused"), None)
        if refused is not None:
            raise Conflict(str(refused.data["text"]))
        return walk

    async def act(self, walk: Walk, deed: AnyDeed, told: Mapping[str, Told] | None = None) -> list[Event]:
        """Do a deed of a person, of the agent or of time; return what came of it."""
        async with self._turn:
            now = self.recorder.clock.now()
            run, events = done(walk, deed, now)
            if told:
                walk.evidence |= told
            if not events:
                if isinstance(deed, Answered):
                    walk.pending |= deed.answers
                self._took(walk, run, is_news=run.answers != walk.run.answers)
                return []
            walk.pending = {}
            await self._keep(walk, addressed(walk, events, await self._alarm(run.alarm_id)), run)
            return events

    async def tell(self, walk: Walk, kind: str, **data: Any) -> None:
        """Keep something that befell a walk and is no deed."""
        async with self._turn:
            await self._keep(walk, [own_event(walk, kind, self.recorder.clock.now(), **data)])

    async def _keep(self, walk: Walk, events: list[Event], run: Run | None = None) -> None:
        await self.recorder.keep([event for event in events if event.kind != EVIDENCE or "deed" in event.data])
        self._took(walk, run or walk.run, is_news=True)
        self.wanted += [(walk, event) for event in events]
        if walk.is_over:
            self.figures.ended()

    def _took(self, walk: Walk, run: Run, *, is_news: bool) -> None:
        walk.run = run
        if walk.is_over:
            self.open.pop(walk.number, None)
            self._past[walk.number] = walk
        else:
            self.open[walk.number] = walk
        if is_news:
            self._news(walk)

    def _news(self, walk: Walk | None = None) -> None:
        self.rev += 1
        if walk is not None:
            walk.rev = self.rev
        self.bell.ring(urgent=True)
        self.changed()

    # -- around

    def place(self, alarm: Mapping[str, Any], channel_id: int) -> Place:
        """Return where a walk asks its questions."""
        if alarm:
            return self.evidence.place(alarm)
        return place_of_channel(channel_id, self.answers.channels(), self.recorder.clock.now())

    async def ask(self, place: Place, guide: Guide, names: frozenset[str] | None = None) -> dict[str, Told]:
        """Return answers to a guide's questions; where the history cannot be read each is unknown, and says so."""
        asked = {name: one for name, one in guide.questions.items() if names is None or name in names}
        try:
            return await self.answers.answer(place, asked, self.recorder.clock.now())
        except KnownError as error:
            return {name: unknown(str(error), one.kind) for name, one in asked.items()}

    async def alarm(self, walk: Walk) -> Mapping[str, Any]:
        """Return the alarm of a walk as it stands, empty for one without."""
        return await self._alarm(walk.run.alarm_id)

    async def _alarm(self, alarm_id: int, *, must: bool = False) -> Mapping[str, Any]:
        if not alarm_id:
            return {}
        try:
            found: Mapping[str, Any] = await self.alarm_of(alarm_id)
        except KnownError:
            if must:
                raise
            return {}
        return found

    async def _previous(self, guide: Guide) -> dict[str, Any]:
        """Return the figures and the handover notes that the last walk of a checklist leaves to the next."""
        rows = await self.recorder.ask(self.recorder.history.runs(RunQuery(1, guide=guide.id, is_over=True)))
        if not rows:
            return {}
        try:
            last = await self.find(int(rows[0]["run_id"]))
        except KnownError:
            return {}
        notes: tuple[Note, ...] = (*last.run.inherited, *last.run.notes)
        left = tuple(note for note in notes if note.hands_over and note.ticked_at is None)
        return {"previous": figures(last.guide, last.run), "inherited": left}
