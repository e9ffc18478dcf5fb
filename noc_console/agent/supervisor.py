"""Starts the workers, gives each its inputs, watches over them and replaces those that fall silent or ill."""

from __future__ import annotations

import asyncio
import itertools
import logging
import signal
import time
from collections import deque
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from noc_console.agent.clock import Clock
from noc_console.agent.refusals import BadRequest, Unavailable
from noc_console.agent.slot import DECODER, PROBES, Running, start_worker
from noc_console.model import Input
from noc_console.net.pipe import Frame, FrameType, GarbledFrame
from noc_console.net.pipe_batch import Batch, BatchDecoder
from noc_console.net.pipe_forms import assignment
from noc_console.settings import Settings

_FIRST_BACKOFF_S = 0.2
_LONGEST_BACKOFF_S = 30.0
_WELL_AFTER_S = 60.0
_START_S = 20.0
_LOOK_S = 1.0
_SHOWN_S = 15.0
_FAILING_S = 120.0
_FAILING_DEATHS = 3
_log = logging.getLogger(__name__)


class Ears(Protocol):
    """Who hears what the workers say."""

    def heard_batch(self, slot: int, batch: Batch, names: BatchDecoder) -> None:
        """Take a batch of samples and looks."""

    def heard_note(self, slot: int, note: Mapping[str, Any]) -> None:
        """Take a note: requests, event, body."""

    def replaced(self, slot: int, pid: int, why: str) -> None:
        """Take that a worker was replaced."""


@dataclass(slots=True)
class Slot:
    """One place for a worker; processes come and go in it.

    `is_proven` says that the process in it has said something.
    """

    number: int
    module: str = PROBES
    inputs: tuple[Input, ...] = ()
    running: Running | None = None
    state: str = "starting"
    fault: str = ""
    health: Mapping[str, Any] = field(default_factory=dict)
    deaths: deque[float] = field(default_factory=lambda: deque(maxlen=100))
    is_proven: bool = False

    @property
    def is_decoder(self) -> bool:
        """Whether this place is for a decoder."""
        return self.module == DECODER

    @property
    def name(self) -> str:
        """What an operator calls it, counted from one."""
        return f"{'Decoder' if self.is_decoder else 'Worker'} {self.number + 1}"

    def facts(self) -> dict[str, Any]:
        """Return the worker as the board shows it."""
        health = self.health if self.running else {}
        return {
            "slot": self.number,
            "pid": self.running.pid if self.running else 0,
            "state": self._shown_state(),
            "inputs": len(self.inputs),
            "replaced": len(self.deaths),
            "why": self.fault,
            **{name: health.get(name, 0.0) for name in _HEALTH},
        }

    def _shown_state(self) -> str:
        """A replacement is shown for a while after it is well again, so that nobody misses it."""
        is_fresh = bool(self.deaths) and time.monotonic() - self.deaths[-1] < _SHOWN_S
        return "replaced" if self.state == "ok" and is_fresh else self.state


_HEALTH = ("cpu_ratio", "rss_bytes", "lag_s", "requests_per_s", "bandwidth_bps")


@dataclass(frozen=True, slots=True)
class Asked:
    """A command under way: the place that was asked, and where its answers wait."""

    slot: Slot
    answers: asyncio.Queue[Mapping[str, Any]]


@dataclass(slots=True)
class Supervisor:
    """The workers of this agent; inputs are dealt to them by id, so a worker keeps its inputs when others change.

    `slots` are those that measure, `decoders` those that decode pictures and sound.
    """

    settings: Settings
    clock: Clock
    slots: list[Slot] = field(init=False)
    decoders: list[Slot] = field(init=False)
    _ids: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    _asked: dict[int, Asked] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Make the places; `run` fills them."""
        self.slots = [Slot(number) for number in range(self.settings.workers)]
        self.decoders = [Slot(number, DECODER) for number in range(self.settings.decode_workers)]

    def assign(self, inputs: Iterable[Input]) -> None:
        """Deal all inputs to the workers; each hears only when its own share changes."""
        shares: list[list[Input]] = [[] for _ in self.slots]
        for one in inputs:
            shares[one.id % len(self.slots)].append(one)
        for slot, share in zip(self.slots, shares, strict=True):
            if tuple(share) != slot.inputs:
                slot.inputs = tuple(share)
                self._send_assignment(slot)

    def facts(self) -> list[dict[str, Any]]:
        """Return the workers as the board shows them."""
        return [slot.facts() for slot in self.slots]

    async def start(self) -> None:
        """Start the processes that measure, so that they are ready when there is something; decoders come later."""
        for slot in self.slots:
            slot.running = await start_worker(self.clock.origin)

    async def end(self) -> None:
        """End the processes."""
        every = (*self.slots, *self.decoders)
        await asyncio.gather(*(slot.running.end() for slot in every if slot.running))

    async def run(self, ears: Ears) -> None:
        """Listen to the workers and keep every place filled, until cancelled."""
        async with asyncio.TaskGroup() as group:
            for slot in self.slots:
                group.create_task(self._fill(slot, ears))

    async def keep_decoder(self, slot: Slot, ears: Ears) -> None:
        """Keep the place of a decoder filled, until cancelled: started when there is something to decode."""
        await self._fill(slot, ears)

    def is_failing(self) -> str:
        """Return which worker cannot be kept running and why, empty when all can."""
        since = time.monotonic() - _FAILING_S
        for slot in self.slots:
            if sum(at > since for at in slot.deaths) >= _FAILING_DEATHS:
                return f"Worker {slot.number} fails again and again: {slot.fault}."
        return ""

    # -- commands

    async def ask(self, slot: int, command: Mapping[str, Any], patience_s: float) -> Any:
        """Return the result of a command; KnownError with the worker's sentence when it cannot be done."""
        async for note in self.follow(slot, command, patience_s):
            if note["kind"] == "reply":
                return result_of(note)
        raise Unavailable("The worker did not answer in time; try again.")

    async def decode(self, slot: Slot, job: Mapping[str, Any], patience_s: float) -> Any:
        """Return what a decoder made of a job; raises Unavailable where it took too long, or died of it.

        A decoder that takes too long is ended: it is held up for good, and the next one starts.
        """
        running = slot.running
        async for note in self._followed(slot, {"verb": "decode", "job": job}, patience_s):
            if note["kind"] == "reply":
                return result_of(note)
        if running is not None and slot.running is running:
            slot.fault = f"held up by a stretch for {patience_s:.0f} s"
            await running.kill()
        raise Unavailable(f"decoding took longer than {patience_s:.0f} s")

    async def follow(
        self, slot: int, command: Mapping[str, Any], patience_s: float
    ) -> AsyncIterator[Mapping[str, Any]]:
        """Send a command and yield its progress and, last, its reply; ends without one when time is up."""
        async for note in self._followed(self.slots[slot], command, patience_s):
            yield note

    async def _followed(
        self, slot: Slot, command: Mapping[str, Any], patience_s: float
    ) -> AsyncIterator[Mapping[str, Any]]:
        running = slot.running
        if running is None:
            raise Unavailable("The worker is starting again; try in a few seconds.")
        number, queue = next(self._ids), asyncio.Queue[Mapping[str, Any]](maxsize=1000)
        self._asked[number] = Asked(slot, queue)
        running.command({"id": number, **command})
        try:
            async with asyncio.timeout(patience_s):
                while True:
                    note = await queue.get()
                    yield note
                    if note["kind"] == "reply":
                        return
        except TimeoutError:
            return
        finally:
            del self._asked[number]

    def slot_of(self, input_id: int) -> int:
        """Return which place measures an input."""
        return input_id % len(self.slots)

    def least_busy(self) -> int:
        """Return the place whose worker has the fewest inputs."""
        return min(self.slots, key=lambda slot: (slot.running is None, len(slot.inputs))).number

    def _heard_reply(self, note: Mapping[str, Any]) -> None:
        asked = self._asked.get(int(note.get("id") or 0))
        if asked is not None and not asked.answers.full():
            asked.answers.put_nowait(note)

    def _answer_for(self, slot: Slot) -> None:
        """Tell those who wait for a worker that has ended that nothing more will come."""
        for number, asked in self._asked.items():
            if asked.slot is slot and not asked.answers.full():
                asked.answers.put_nowait({"kind": "reply", "id": number, "ended": slot.fault or "ended"})

    # -- the life in one place

    async def _fill(self, slot: Slot, ears: Ears) -> None:
        backoff = _FIRST_BACKOFF_S
        while True:
            began = time.monotonic()
            pid = await self._live_once(slot, ears)
            slot.state = "replaced"
            slot.deaths.append(time.monotonic())
            _log.warning("%s (process %d) is replaced: %s", slot.name, pid, slot.fault)
            ears.replaced(slot.number, pid, slot.fault)
            # a decoder that worked until a stretch killed it is well: that stretch's input is left alone for a while
            is_well = (slot.is_decoder and slot.is_proven) or time.monotonic() - began > _WELL_AFTER_S
            backoff = _FIRST_BACKOFF_S if is_well else backoff * 2
            await asyncio.sleep(min(backoff, _LONGEST_BACKOFF_S))

    async def _live_once(self, slot: Slot, ears: Ears) -> int:
        """Run one process in a place until it must be replaced; return its id, the reason is in the slot."""
        try:
            running = slot.running = slot.running or await start_worker(self.clock.origin, slot.module)
        except OSError as error:
            slot.fault = f"cannot be started: {error.strerror}"
            return 0
        slot.state, slot.fault, slot.is_proven = "starting", "", False
        self._send_assignment(slot)
        watch = asyncio.ensure_future(self._watch(slot, running))
        try:
            await self._listen(slot, running, ears)
            code = await running.end(0.5)
            slot.fault = slot.fault or f"ended by itself ({_exit_words(code)})"
        except asyncio.CancelledError:
            await running.end()
            raise
        finally:
            watch.cancel()
            slot.running = None
            self._answer_for(slot)
        return running.pid

    async def _listen(self, slot: Slot, running: Running, ears: Ears) -> None:
        names = BatchDecoder()
        try:
            while (frame := await running.read()) is not None:
                self._hear(slot, names, frame, ears)
        except GarbledFrame as error:
            slot.fault = str(error)
        except Exception:  # noqa: BLE001 - the probe supervisor: nothing a worker says may end the agent
            _log.exception("worker %d said what the core cannot take", slot.number)
            slot.fault = "said what the core cannot take"

    def _hear(self, slot: Slot, names: BatchDecoder, frame: Frame, ears: Ears) -> None:
        slot.state, slot.is_proven = "ok", True
        match frame.type:
            case FrameType.DECLARE:
                names.declare(frame.json())
            case FrameType.BATCH:
                ears.heard_batch(slot.number, names.batch(frame.payload), names)
            case FrameType.NOTE:
                self._hear_note(slot, frame.json(), ears)
            case _:
                raise GarbledFrame(f"A worker sent a {frame.type.name} frame, which only the core may send.")

    def _hear_note(self, slot: Slot, note: Mapping[str, Any], ears: Ears) -> None:
        match note.get("kind"):
            case "health":
                slot.health = note
            case "reply" | "progress":
                self._heard_reply(note)
            case _:
                ears.heard_note(slot.number, note)

    async def _watch(self, slot: Slot, running: Running) -> None:
        while True:
            before = time.monotonic()
            await asyncio.sleep(_LOOK_S)
            if time.monotonic() - before > 2 * _LOOK_S:
                # the core itself stood still: what the worker said meanwhile has not been read yet
                running.heard_at = time.monotonic()
            patience_s = self.settings.worker_silent_s
            if slot.state == "starting":
                patience_s = max(_START_S, patience_s)
            # evidence lies beside the bound, but never in more than its own budget
            rings = min(int(slot.health.get("ring_bytes") or 0), self.settings.ring_bytes)
            fault = running.fault(patience_s, self.settings.worker_memory_bytes + rings)
            if fault:
                slot.fault, slot.state = fault, "silent"
                await running.kill()
                return

    def _send_assignment(self, slot: Slot) -> None:
        if slot.running is not None:
            slot.running.pipe.write(assignment(slot.inputs, self.settings))


def result_of(reply: Mapping[str, Any]) -> Any:
    """Return what a reply says; a sentence instead of a result is raised, Unavailable where the worker has ended."""
    if "ended" in reply:
        raise Unavailable(f"The worker ended before it answered: {reply['ended']}.")
    if "result" not in reply:
        raise BadRequest(str(reply.get("message") or "The worker could not do it."))
    return reply["result"]


def _exit_words(code: int) -> str:
    if code >= 0:
        return f"exit code {code}"
    try:
        return f"killed by {signal.Signals(-code).name}"
    except ValueError:
        return f"killed by signal {-code}"
