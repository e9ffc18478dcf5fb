"""The history as the agent sees it: one writer thread, a few readers, every answer awaited."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection

from noc_console.errors import KnownError
from noc_console.history import (
    backup,
    captures,
    catalogue,
    guide_runs,
    incidents,
    journal,
    outbox,
    plans,
    projections,
    ranking,
    reading,
)
from noc_console.history.baseline import DAY_S, POINTS, Baseline, baseline_of
from noc_console.history.captures import Captures
from noc_console.history.copying import DailyCopy
from noc_console.history.faults import FAULTS, fault_of, sentence
from noc_console.history.lock import FileLock
from noc_console.history.names import Name
from noc_console.history.recorder import STOPPED, Recorder
from noc_console.history.shelf import Sealed
from noc_console.history.upkeep import Upkeep
from noc_console.history.values import RecordingState, SeriesAnswer, SeriesQuery, Template, Tick, TickRow, TopRow
from noc_console.model import Channel, Event

T = TypeVar("T")
READERS = 2
log = logging.getLogger(__name__)


class History:
    """local.db of one agent; open it with `open_history`, end it with `close`.

    `opened_with` are the events that opening it wrote: they are in the journal, nobody has been told of them yet.
    """

    def __init__(
        self,
        recorder: Recorder,
        upkeep: Upkeep,
        kept: Captures,
        lock: FileLock | None,
        journal_id: str,
        now: Callable[[], float],
    ) -> None:
        self.journal_id = journal_id
        self.opened_with: tuple[Event, ...] = ()
        self._upkeep = upkeep
        self._recorder = recorder
        self._store = recorder.store
        self._captures = kept
        self._copies = DailyCopy(recorder.store.db, now())
        self._is_closed = False
        self._lock = lock
        self._now = now
        self._writer = ThreadPoolExecutor(1, "history-writer")
        self._readers = ThreadPoolExecutor(READERS, "history-reader")

    @property
    def state(self) -> RecordingState:
        """Whether what is measured is kept, as of the last commit."""
        return self._recorder.state

    @property
    def sealed(self) -> tuple[Sealed, ...]:
        """The windows that are blocks by now, oldest first."""
        return self._recorder.sealed

    def series_id(self, input_id: int, rung: str, metric: str) -> int:
        """Return the number of a series, at once; a new one is written with the next commit."""
        return self._store.names.id_of(Name(input_id, rung, metric))

    def rungs(self, input_id: int, metric: str) -> tuple[str, ...]:
        """Return the rungs a metric of an input was ever measured on; "" is the input itself."""
        names = (self._store.names.name_of(one) for one in self._store.names.of_input(input_id, metric, "*"))
        return tuple(sorted({name.rung for name in names if name is not None}))

    async def commit(self, tick: Tick | None, events: Sequence[Event]) -> tuple[Event, ...]:
        """Write a tick and events; they are durable when this returns, or the state says "not_recorded".

        Returns the events with their numbers, then the history's own (RecordingStopped, RecordingResumed).
        Never raises for a fault of the store: samples are then dropped and counted, events wait in order.
        """
        at = tick.at if tick is not None else self._now()
        own = self._copies.step(at)
        written = await self._in_writer(lambda: self._recorder.commit(tick, (*events, *own), at))
        if not self._is_closed:
            self._writer.submit(self._upkeep.step, at).add_done_callback(_log_bug)
        return written

    async def series(self, query: SeriesQuery) -> SeriesAnswer:
        """Return one curve of at most the asked points."""
        return await self._read(lambda c: reading.read_series(c, self._shelves(), query))

    async def baseline(self, input_id: int, metric: str, rung: str, end: float) -> Baseline | None:
        """Return what was normal for a curve in the 24 h before a Unix time, None where too little is known."""
        asked = SeriesQuery(input_id, metric, end - DAY_S, end, rung, POINTS)
        return baseline_of((await self.series(asked)).points)

    async def several(self, queries: Sequence[SeriesQuery]) -> tuple[SeriesAnswer, ...]:
        """Return several curves, read at one moment, in the order they were asked."""

        def read(connection: Connection) -> tuple[SeriesAnswer, ...]:
            shelves = self._shelves()
            return tuple(reading.read_series(connection, shelves, query) for query in queries)

        return await self._read(read)

    async def top(
        self, metric: str, start: float, end: float, n: int, largest: bool | ranking.Order = True
    ) -> tuple[TopRow, ...]:
        """Return the n series with the largest (or smallest) values in a window, worst first.

        `largest` may name the order: "max" (True), "min" (False: smallest first) or "mean" (largest first).
        Where a window is sealed, its hours are taken whole: `start` is rounded down, `end` up to the hour.
        """
        order: ranking.Order = largest if isinstance(largest, str) else ("max" if largest else "min")
        return await self._read(
            lambda c: ranking.read_top(c, self._shelves(), ranking.TopQuery(metric, start, end, n, order))
        )

    async def hours(self, metric: str, start: float, end: float) -> tuple[TopRow, ...]:
        """Return count, mean and extremes of every series of a metric over the whole hours in [start, end)."""
        first, last = -(-start // reading.HOUR_S) * reading.HOUR_S, end // reading.HOUR_S * reading.HOUR_S
        if last <= first:
            return ()
        query = ranking.TopQuery(metric, first, last, 0)
        return await self._read(lambda c: ranking.read_all(c, self._shelves(), query))

    async def events(self, after: int, kinds: frozenset[str] = frozenset(), limit: int = 1000) -> tuple[Event, ...]:
        """Return events after a sequence number, those that still wait for the store included; no kinds: all."""
        waiting = self._recorder.waiting
        found = await self._read(lambda c: journal.read_events(c, after, kinds, limit))
        known = found[-1].seq if found else after
        more = (e for e in waiting if e.seq > known and (not kinds or e.kind in kinds))
        return (*found, *more)[:limit]

    async def newest_events(self, before: int, kinds: frozenset[str], limit: int) -> tuple[Event, ...]:
        """Return the newest events of some kinds below a sequence number (0: all), newest first."""
        return await self._read(lambda c: journal.newest_events(c, before, kinds, limit))

    async def channels(self) -> tuple[Channel, ...]:
        """Return every channel with its inputs."""
        return await self._read(catalogue.read_channels)

    async def save_channel(self, channel: Channel) -> Channel:
        """Write a channel; return it with its ids. `KnownError` when the code is taken or nothing can be written."""
        return await self._change(lambda c: catalogue.save_channel(c, channel, self._now()))

    async def remove_channel(self, channel_id: int) -> None:
        """Remove a channel; what was measured stays."""
        await self._change(lambda c: catalogue.remove_channel(c, channel_id))

    async def templates(self) -> tuple[Template, ...]:
        """Return every template, by name."""
        return await self._read(catalogue.read_templates)

    async def save_template(self, template: Template) -> Template:
        """Write a template; return it with its id."""
        return await self._change(lambda c: catalogue.save_template(c, template, self._now()))

    async def remove_template(self, template_id: int) -> None:
        """Remove a template no channel uses."""
        await self._change(lambda c: catalogue.remove_template(c, template_id))

    async def alarms(
        self, start: float, end: float, channel_id: int = 0, limit: int = 1000
    ) -> tuple[Mapping[str, Any], ...]:
        """Return the alarm objects raised in [start, end), newest first."""
        return await self._read(lambda c: projections.find_alarms(c, start, end, channel_id, limit))

    async def alarm(self, alarm_id: int) -> Mapping[str, Any] | None:
        """Return one alarm object, None when there is none of that number."""
        return await self._read(lambda c: projections.alarm(c, alarm_id))

    async def alarm_events(self, alarm_id: int) -> tuple[Event, ...]:
        """Return the events of one alarm in order."""
        return await self._read(lambda c: projections.alarm_events(c, alarm_id))

    async def open_alarms(self) -> tuple[Mapping[str, Any], ...]:
        """Return the alarm objects that are not resolved, oldest first."""
        return await self._read(projections.open_alarms)

    async def last_alarm_id(self) -> int:
        """Return the highest alarm number ever used."""
        return await self._read(projections.last_alarm_id)

    async def runs(self, query: guide_runs.RunQuery) -> tuple[Mapping[str, Any], ...]:
        """Return the summaries of walks through guides that fit, newest first."""
        return await self._read(lambda c: guide_runs.runs(c, query))

    async def run_events(self, run_id: int) -> tuple[Event, ...]:
        """Return the events of one walk through a guide in order."""
        return await self._read(lambda c: guide_runs.run_events(c, run_id))

    async def last_run_id(self) -> int:
        """Return the highest number a walk ever had."""
        return await self._read(guide_runs.last_run_id)

    async def evidence_events(self, alarm_id: int) -> tuple[Event, ...]:
        """Return the events that tell an alarm's evidence, in order."""
        return await self._read(lambda c: guide_runs.evidence_events(c, alarm_id))

    async def planned_windows(self) -> tuple[Mapping[str, Any], ...]:
        """Return the maintenance windows and suppressions, oldest first."""
        return await self._read(plans.windows)

    async def rule_changes(self) -> tuple[Mapping[str, Any], ...]:
        """Return what was changed in the rules, oldest first."""
        return await self._read(plans.rule_changes)

    async def note(self, key: str, text: str) -> None:
        """Keep one line of the agent's own over its end."""
        await self._change(lambda c: journal.write_meta(c, key, text))

    async def noted(self, key: str) -> str:
        """Return a line kept by `note`, empty where there is none."""
        return await self._read(lambda c: journal.read_meta(c, key))

    async def rebuild_projections(self) -> int:
        """Write the tables of alarms, notices, plans, guides, incidents anew; return the events read."""
        rooms = (projections, outbox, plans, guide_runs, incidents)
        return await self._change(lambda c: sum(room.rebuild(c) for room in rooms))

    async def incidents(self, states: Sequence[str] = (), limit: int = 200) -> tuple[Mapping[str, Any], ...]:
        """Return incidents of some states (none: all), newest first."""
        return await self._read(lambda c: incidents.listed(c, states, limit))

    async def incident(self, incident_id: int) -> Mapping[str, Any] | None:
        """Return one incident, None when there is none of that number."""
        return await self._read(lambda c: incidents.incident(c, incident_id))

    async def incident_events(self, incident_id: int) -> tuple[Event, ...]:
        """Return an incident's own events in order."""
        return await self._read(lambda c: incidents.events_of(c, incident_id))

    async def captures_of(self, digests: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Return media type, class and size of those pieces of evidence that are still kept, by hash."""
        return await self._read(lambda c: captures.facts(c, digests))

    async def last_incident_id(self) -> int:
        """Return the highest incident number ever used."""
        return await self._read(incidents.last_id)

    async def open_tasks(self, limit: int = 500) -> tuple[Mapping[str, Any], ...]:
        """Return what is promised and not done, over all incidents, the soonest due first."""
        return await self._read(lambda c: incidents.open_tasks(c, limit))

    async def events_between(self, query: journal.TimeQuery) -> tuple[Event, ...]:
        """Return the events of a time about some channels and about none, in order."""
        return await self._read(lambda c: journal.events_between(c, query))

    async def alarms_of(self, alarm_ids: Sequence[int]) -> tuple[Mapping[str, Any], ...]:
        """Return the alarm objects of these numbers, oldest first."""
        return await self._read(lambda c: projections.alarms_of(c, alarm_ids))

    async def waiting_notices(self) -> tuple[Mapping[str, Any], ...]:
        """Return the rows of notices nothing has become of yet, oldest first."""
        return await self._read(outbox.waiting)

    async def notices_of(self, alarm_ids: Sequence[int]) -> tuple[Mapping[str, Any], ...]:
        """Return the rows of the notices of some alarms, oldest first."""
        return await self._read(lambda c: outbox.of_alarms(c, alarm_ids))

    async def notices(self, query: outbox.NoticeQuery) -> tuple[Mapping[str, Any], ...]:
        """Return the newest notices that fit, newest first."""
        return await self._read(lambda c: outbox.newest(c, query))

    async def prune_notices(self, before: float) -> int:
        """Remove notices that were done before a time; return how many."""
        return await self._change(lambda c: outbox.prune(c, before))

    async def keep_capture(self, body: bytes, media_type: str, capture_class: str) -> str:
        """Keep a piece of evidence (class playlist, segment, picture or other) and return its hash.

        An event whose `data["captures"]` lists the hash pins it. `KnownError` when there is no room.
        """
        capture = captures.Capture(captures.hash_of(body), media_type, capture_class, body)
        is_new = await self._read_file(lambda: self._captures.write(capture))
        at = self._now()
        try:
            gone = await self._change(lambda c: captures.enlist(c, self._captures, capture, at))
        except KnownError:
            await self._read_file(lambda: self._captures.remove([capture.hash] if is_new else []))
            raise
        await self._read_file(lambda: self._captures.remove(gone))
        return capture.hash

    async def capture(self, digest: str) -> bytes | None:
        """Return a piece of evidence by its hash; None when it has gone."""
        return await self._read_file(lambda: self._captures.read(digest))

    async def backup(self) -> Path:
        """Make today's backup now; `KnownError` when it cannot be made."""
        return await self._read_file(lambda: backup.daily(self._store.db, self._now()))

    async def settle(self) -> None:
        """Do everything that is due for the store now, instead of one slice after each tick."""
        at = self._now()
        while await self._in_writer(lambda: self._upkeep.step(at)):
            continue

    async def ticks(self, after: int, limit: int = 100) -> tuple[TickRow, ...]:
        """Return tick rows not yet sealed, for followers."""
        return await self._read(lambda c: tuple(journal.read_ticks(c, after, limit)))

    async def close(self) -> None:
        """Write what waits, note a clean end, and give the file back."""
        self._is_closed = True
        at = self._now()
        ended = Event(STOPPED, at, data={"start": at, "text": "The agent ended.", "fault": ""})
        self._recorder.note({"clean": "1"})
        await self._in_writer(lambda: self._recorder.commit(None, (ended,), at))
        await self._in_writer(self._recorder.let_go)
        self._writer.shutdown()
        self._readers.shutdown()
        self._copies.close()
        self._store.engine.dispose()
        if self._lock is not None:
            self._lock.release()

    def _shelves(self) -> reading.Shelves:
        windows = self._store.windows
        return reading.Shelves(
            self._store.names,
            windows.span_s,
            opened=windows.windows,
            hours=windows.hours,
            whole_hours=windows.whole_hours,
            sealed=self._recorder.sealed,
            off=self._off(),
            now=self._now(),
        )

    def _off(self) -> tuple[tuple[float, float], ...]:
        state = self.state
        running = ((state.since, float("inf")),) if state.state != "ok" else ()
        return (*self._recorder.gaps, *running)

    async def _in_writer(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._writer, work)

    async def _read_file(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._readers, work)

    async def _read(self, work: Callable[[Connection], T]) -> T:
        def run() -> T:
            with self._told(), self._store.engine.connect() as connection, connection.begin():
                return work(connection)

        return await asyncio.get_running_loop().run_in_executor(self._readers, run)

    async def _change(self, work: Callable[[Connection], T]) -> T:
        def run() -> T:
            with self._told():
                self._recorder.pragma("synchronous=FULL")
                connection = self._recorder.connection()
                try:
                    with connection.begin():
                        return work(connection)
                except FAULTS:
                    self._recorder.let_go()
                    raise

        return await self._in_writer(run)

    def _told(self) -> _Told:
        return _Told(self._recorder)


def _log_bug(done: Future[bool]) -> None:
    if error := done.exception():
        log.error("upkeep of the history failed", exc_info=error)


class _Told:
    """Turns a fault of the store into one sentence for the operator."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, FAULTS):
            db = self._recorder.store.db
            raise KnownError(sentence(fault_of(error, db), db)) from error
