"""The way of a stretch through the agent: laid down by a worker, scheduled, decoded by another, given to the desk."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Protocol

from noc_console.agent.clock import Clock
from noc_console.agent.media_folder import MediaFolder
from noc_console.agent.media_load import Load
from noc_console.agent.media_schedule import GONE, Schedule, Skipped, Waiting
from noc_console.agent.media_strikes import Strikes
from noc_console.agent.refusals import Unavailable
from noc_console.agent.supervisor import Ears, Slot, Supervisor
from noc_console.errors import KnownError
from noc_console.media.stretch import Stretch
from noc_console.media.stretch_wire import from_wire
from noc_console.model import Event, Input, MediaMode
from noc_console.net.pipe_batch import Batch, BatchDecoder
from noc_console.net.pipe_media import PICTURE, SOUND, spooled_of
from noc_console.probes.decode import job as jobs

_PATIENCE_S = 10.0
_PATIENCE_DURATIONS = 4.0
_IDLE_S = 1.0
_READY_S = 0.1
_SWEEP_S = 30.0
_TOLD_EVERY_S = 60.0
_PROMOTED_S = 120.0
_MOST_PROMOTED = 4  # of each decoder
_log = logging.getLogger(__name__)


class Desk(Protocol):
    """Who takes what was measured."""

    def take(self, waiting: Waiting, stretch: Stretch, waited_s: float) -> bool:
        """Take what was measured of a stretch; return whether all frames should be decoded for a while."""

    def missed(self, waiting: Waiting, why: str) -> None:
        """Take that a stretch, or its picture, was not decoded."""


@dataclass(slots=True)
class MediaLine:
    """The stretches of this agent, from the note of a worker to the desk."""

    supervisor: Supervisor
    folder: MediaFolder
    clock: Clock
    desk: Desk
    happened: Callable[[Event], None]
    load: Load = field(default_factory=Load)
    strikes: Strikes = field(default_factory=Strikes)
    schedule: Schedule = field(init=False)
    _inputs: dict[int, Input] = field(default_factory=dict)
    _full_until: dict[int, float] = field(default_factory=dict)
    _filled: list[asyncio.Event] = field(init=False)
    _under_way: dict[int, Waiting] = field(default_factory=dict)
    _told_at: dict[int, float] = field(default_factory=dict)
    _decoded: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Make a place in the schedule for every decoder."""
        decoders = self.supervisor.decoders
        self.schedule = Schedule(len(decoders))
        self._filled = [asyncio.Event() for _ in decoders]

    # -- in

    def assign(self, inputs: Iterable[Input]) -> None:
        """Take which inputs are measured now; what waits of others is left out."""
        before = self._inputs
        self._inputs = {one.id: one for one in inputs if one.media is not MediaMode.OFF}
        for input_id in before.keys() - self._inputs.keys():
            self._forget(input_id)
        self.schedule.keep_only(self._inputs)
        self.strikes.keep_only(self._inputs)
        self._account()

    def heard(self, input_id: int, said: Mapping[str, Any]) -> None:
        """Take a stretch that a worker has laid down; raises GarbledFrame where it is none."""
        stretch = spooled_of(input_id, said)
        one = self._inputs.get(input_id)
        if one is None or not self.schedule.workers:
            self.folder.remove(stretch.file) if stretch.file else None
            return
        waiting = Waiting(stretch, one.tier, self._mode(one))
        if not stretch.file:
            self._miss(waiting, stretch.why or "room")
            return
        self.schedule.put(waiting)
        self._account()
        self._filled[self.schedule.worker_of(input_id)].set()

    def promote(self, input_id: int, seconds: float) -> bool:
        """Decode all frames of an input for a while; False where as many are already as the decoders can bear."""
        now = self.clock.now()
        others = sum(until > now for one, until in self._full_until.items() if one != input_id)
        if others >= _MOST_PROMOTED * self.schedule.workers:
            return False
        self._full_until[input_id] = now + seconds
        return True

    def is_promoted(self, input_id: int) -> bool:
        """Say whether all frames of an input are decoded for a while only."""
        one = self._inputs.get(input_id)
        return one is not None and one.media is not MediaMode.FULL and self._mode(one) is MediaMode.FULL

    def _forget(self, input_id: int) -> None:
        for kept in (self._full_until, self._told_at, self._decoded):
            kept.pop(input_id, None)
        if self.schedule.workers:
            slot = self.supervisor.decoders[self.schedule.worker_of(input_id)]
            if slot.running is not None:
                slot.running.command({"id": 0, "verb": "forget", "input_id": input_id})

    # -- the decoders

    async def run(self) -> None:
        """Decode until cancelled; the processes are started with the first stretch."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._sweep())
            for slot, filled in zip(self.supervisor.decoders, self._filled, strict=True):
                group.create_task(self._serve(slot, filled, group))

    def facts(self) -> dict[str, Any]:
        """Return how the decoders are doing, as the board shows it."""
        now = self.clock.now()
        waiting = list(self.schedule)
        return {
            "workers": [{**slot.facts(), "inputs": self._share(slot.number)} for slot in self.supervisor.decoders],
            **self.load.facts(now),
            "waiting": len(waiting),
            "waiting_bytes": sum(one.stretch.size_bytes for one in waiting),
            "paused": self.strikes.paused(now),
            "full": [input_id for input_id in self._full_until if self.is_promoted(input_id)],
        }

    def _share(self, worker: int) -> int:
        return sum(self.schedule.worker_of(input_id) == worker for input_id in self._inputs)

    def left_alone_until(self, input_id: int) -> float:
        """Return until when nothing of an input is decoded because it kills decoders; 0 when it is not so."""
        return self.strikes.until(input_id, self.clock.now())

    async def _serve(self, slot: Slot, filled: asyncio.Event, group: asyncio.TaskGroup) -> None:
        await filled.wait()
        group.create_task(self.supervisor.keep_decoder(slot, _Replaced(self._replaced)))
        while True:
            while slot.running is None or not slot.is_proven:
                await asyncio.sleep(_READY_S)
                self._account()
            filled.clear()
            waiting = self.schedule.next(slot.number, self.clock.now(), self._is_left_alone)
            self._account()
            if waiting is not None:
                await self._decode(slot, waiting)
            else:
                with suppress(TimeoutError):
                    async with asyncio.timeout(_IDLE_S):
                        await filled.wait()

    async def _decode(self, slot: Slot, waiting: Waiting) -> None:
        stretch, began = waiting.stretch, self.clock.now()
        self._under_way[slot.number] = waiting
        patience_s = _PATIENCE_S + _PATIENCE_DURATIONS * max(stretch.duration_s, 0.0)
        try:
            form = await self.supervisor.decode(slot, jobs.to_wire(self._job(waiting)), patience_s)
            measured = from_wire(form)
        except Unavailable:
            self._killed(waiting, slot.fault)
        except (KnownError, ValueError) as error:
            self._lost(waiting, str(error))
        else:
            waited_s = max(0.0, began - stretch.came_at)
            self.schedule.took(waiting, measured.decode_s)
            self.load.decoded(self.clock.now(), measured.decode_s, waited_s)
            if self._taken(waiting, measured, waited_s):
                self.promote(stretch.input_id, _PROMOTED_S)
            if measured.faults and not (measured.pictures or measured.sounds):
                self._lost(waiting, measured.faults[0])
        finally:
            del self._under_way[slot.number]
            self.folder.remove(stretch.file)

    def _taken(self, waiting: Waiting, measured: Stretch, waited_s: float) -> bool:
        try:
            return self.desk.take(waiting, measured, waited_s)
        except Exception:  # noqa: BLE001 - the fan-out: a bug in one watch must not stop the other channels
            _log.exception("what was measured of a stretch of input %d is lost", waiting.stretch.input_id)
            self._lost(waiting, "what was measured of it could not be judged because of an internal error")
            return False

    def _job(self, waiting: Waiting) -> jobs.Job:
        stretch = waiting.stretch
        one = self._inputs.get(stretch.input_id)
        full = one is not None and self._mode(one) is MediaMode.FULL
        mode = jobs.AUDIO if waiting.is_sound else jobs.FULL if full else jobs.KEYFRAMES
        is_cut = not stretch.rung
        has_gap = is_cut and self._decoded.get(stretch.input_id) != stretch.sequence - 1
        self._decoded[stretch.input_id] = stretch.sequence
        return jobs.Job(
            input_id=stretch.input_id,
            rung=stretch.rung,
            mode=mode,
            kind=stretch.kind,
            path=str(self.folder.path_of(stretch.file)),
            init=stretch.init,
            at=stretch.at,
            # what is cut out of a transport stream goes on where the cut before it ended, in the middle of a packet
            sequence=-1 if is_cut else stretch.sequence,
            is_discontinuity=stretch.is_discontinuity or has_gap,
            wants_thumbnail=stretch.holds != SOUND and not waiting.is_sound_only,
        )

    def _mode(self, one: Input) -> MediaMode:
        return MediaMode.FULL if self.clock.now() < self._full_until.get(one.id, 0.0) else one.media

    def _is_left_alone(self, input_id: int) -> bool:
        return self.strikes.is_left_alone(input_id, self.clock.now())

    # -- what goes wrong

    def _replaced(self, slot: int, pid: int, why: str) -> None:
        text = f"Decoder {slot + 1} (process {pid}) was replaced: {why}."
        data = {"decoder": slot, "pid": pid, "why": why, "text": text}
        self.happened(Event("DecoderReplaced", self.clock.now(), data=data))

    def _killed(self, waiting: Waiting, why: str) -> None:
        now, input_id = self.clock.now(), waiting.stretch.input_id
        pause_s = self.strikes.killed(input_id, now)
        self._count_lost(waiting)
        self._tell_lost(waiting, f"it cost its decoder: {why or 'ended'}")
        text = f"Picture and sound are not decoded for {pause_s:.0f} s: a stretch of it ended a decoder ({why})."
        self.happened(
            Event("DecodingPaused", now, 0, input_id, {"seconds": pause_s, "until": now + pause_s, "text": text})
        )

    def _lost(self, waiting: Waiting, why: str) -> None:
        """Tell once a minute and input what cannot be decoded: a strange format is no flood of events."""
        self._count_lost(waiting)
        now, input_id = self.clock.now(), waiting.stretch.input_id
        if now - self._told_at.get(input_id, 0.0) >= _TOLD_EVERY_S:
            self._told_at[input_id] = now
            self._tell_lost(waiting, why)

    def _count_lost(self, waiting: Waiting) -> None:
        self.load.lost += 1
        self.desk.missed(waiting, "lost")

    def _tell_lost(self, waiting: Waiting, why: str) -> None:
        stretch = waiting.stretch
        data = {
            "rung": stretch.rung,
            "sequence": stretch.sequence,
            "why": why,
            "text": f"Stretch {stretch.sequence} of {stretch.rung or 'the stream'} was lost: {why.rstrip('.')}.",
        }
        self.happened(Event("StretchLost", self.clock.now(), 0, stretch.input_id, data))

    def _miss(self, waiting: Waiting, why: str) -> None:
        self.load.skipped(self.clock.now(), waiting.tier, why)
        self.desk.missed(waiting, why)

    def _account(self) -> None:
        """Count what the schedule has left out, and remove what lies there for it."""
        skipped, self.schedule.skipped = self.schedule.skipped, []
        for one in skipped:
            if one.why != GONE:
                self._miss(one.waiting, _words(one))
            if not one.is_picture_only:
                self.folder.remove(one.waiting.stretch.file)

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(_SWEEP_S)
            known = {one.stretch.file for one in (*self.schedule, *self._under_way.values())}
            await asyncio.to_thread(self.folder.sweep, known.__contains__)


def _words(one: Skipped) -> str:
    is_whole = not one.is_picture_only and one.waiting.stretch.holds != PICTURE
    return f"{one.why}" if is_whole else f"{one.why}, picture only"


@dataclass(frozen=True, slots=True)
class _Replaced(Ears):
    """The ears for decoders: they say nothing of their own, but they may have to be replaced."""

    tell: Callable[[int, int, str], None]

    def heard_batch(self, slot: int, batch: Batch, names: BatchDecoder) -> None:
        """Pass over what a decoder has no business to say."""

    def heard_note(self, slot: int, note: Mapping[str, Any]) -> None:
        """Pass over what a decoder has no business to say."""

    def replaced(self, slot: int, pid: int, why: str) -> None:
        """Hand on that a decoder was replaced."""
        self.tell(slot, pid, why)
