"""The worker process: measures the inputs its core assigns and ends when the pipe to the core does."""

from __future__ import annotations

import argparse
import asyncio
import gc
import logging
import os
import resource
import signal
import socket
import sys
import threading
from collections.abc import Callable
from contextlib import suppress

from noc_console.errors import KnownError
from noc_console.model import Input, Observation
from noc_console.net.fetch import Fetcher
from noc_console.net.pipe import Frame, FrameType, Pipe, open_pipe
from noc_console.net.pipe_forms import assigned
from noc_console.probes.clock import WorldClock
from noc_console.probes.media_spool import Spool
from noc_console.probes.tools import Tools, now
from noc_console.probes.ts_reception import Reception
from noc_console.probes.worker_commands import Commands
from noc_console.probes.worker_health import Health, rss_bytes
from noc_console.probes.worker_outbox import FLUSH_S, InputSink, Outbox
from noc_console.probes.worker_watches import Watches
from noc_console.settings import Settings

log = logging.getLogger(__name__)

_HEALTH_EVERY = round(1.0 / FLUSH_S)
_CLOCK_EVERY = 10 * _HEALTH_EVERY
_CORE_SILENT_S = 60.0
_END_WITHIN_S = 3.0


class Worker:
    """One worker on its end of the pipe; `run` returns when the core says stop or is gone."""

    def __init__(self, pipe: Pipe, fetcher: Fetcher, group: asyncio.TaskGroup) -> None:
        self._pipe = pipe
        self._fetcher = fetcher
        self._group = group
        self._settings = Settings()
        self._world = WorldClock()
        self._outbox = Outbox(pipe, now)
        self._health = Health(self._outbox, self._world, now)
        self._reception = Reception(now)
        self._spool: Spool | None = None
        self._watches = Watches(group, self._tools_of)
        self._commands = Commands(fetcher, self._outbox, self._watches, self._reception, lambda: self._settings)

    async def run(self, on_end: Callable[[], None]) -> None:
        """Obey frames until the end; raises GarbledFrame where the pipe carries nonsense."""
        own = (self._group.create_task(self._beat()), self._group.create_task(self._reception.run()))
        commands: set[asyncio.Task[None]] = set()
        try:
            while (frame := await self._pipe.read()) is not None:
                if not self._obey(frame, commands):
                    break
        finally:
            on_end()
            self._watches.stop()
            for task in (*own, *commands):
                task.cancel()
        self._outbox.flush()
        async with asyncio.timeout(1.0):
            await self._pipe.drain()

    def _obey(self, frame: Frame, commands: set[asyncio.Task[None]]) -> bool:
        content = frame.json()
        if frame.type is FrameType.ASSIGN:
            inputs, self._settings = assigned(content)
            self._reception.budget_bytes = self._settings.ring_bytes // self._settings.workers
            self._spool = self._spool or _spool_of(self._settings)
            self._watches.assign(inputs)
        elif content.get("verb") == "stop":
            return False
        else:
            task = self._group.create_task(self._commands.answer(content))
            commands.add(task)
            task.add_done_callback(commands.discard)
        return True

    def _tools_of(self, input: Input) -> Tools:
        sink = InputSink(self._outbox, input.id)
        return Tools(
            input,
            self._fetcher,
            sink,
            settings=self._settings,
            world=self._world,
            reception=self._reception,
            spool=self._spool,
        )

    async def _beat(self) -> None:
        """Flush every 100 ms, report health every second, and mind the bounds."""
        turn, due = 0, now()
        while True:
            due = max(due + FLUSH_S, now() - FLUSH_S)
            await asyncio.sleep(max(0.0, due - now()))
            self._health.late(max(0.0, now() - due))
            turn += 1
            if turn % _CLOCK_EVERY == 0 and self._world.offset_s is not None:
                metrics = {"clock.offset_s": self._world.offset_s}
                self._outbox.observe(Observation(0, "clock", now(), metrics))
            self._outbox.flush()
            if turn % _HEALTH_EVERY == 1:
                self._outbox.send(self._health.report(len(self._watches), self._reception.ring_bytes))
                self._mind_bounds()

    def _mind_bounds(self) -> None:
        if rss_bytes() - self._reception.ring_bytes > self._settings.worker_memory_bytes:
            raise KnownError("The worker needs more memory than it may; it ends to be replaced.")
        if self._outbox.silent_s > _CORE_SILENT_S:
            raise KnownError("The core has not read for a minute; the worker ends.")


def _spool_of(settings: Settings) -> Spool | None:
    if settings.media_folder is None or not settings.decode_workers:
        return None
    return Spool(settings.media_folder, settings.media_bytes // settings.workers)


async def serve(end: socket.socket, on_end: Callable[[], None] = lambda: None) -> int:
    """Run a worker on its end of a socketpair until the core stops it or is gone; return the exit code.

    `on_end` is called as soon as the end is known, before the probes have wound up.
    """
    pipe = await open_pipe(end)
    async with Fetcher(now) as fetcher:
        try:
            async with asyncio.TaskGroup() as group:
                await Worker(pipe, fetcher, group).run(on_end)
        except ExceptionGroup as errors:
            known, bugs = errors.split((KnownError, OSError, TimeoutError))
            if bugs:
                raise bugs from None
            log.error("%s", known.exceptions[0] if known else errors)
            return 3
        finally:
            pipe.close()
    return 0


def main(arguments: list[str] | None = None) -> int:
    """Run the worker on the inherited descriptor `--fd`; exit code 3 tells of a bound or a garbled pipe."""
    parser = argparse.ArgumentParser(prog="noc-console worker")
    parser.add_argument("--fd", type=int, required=True, help="our end of the socketpair to the core")
    fd = parser.parse_args(arguments).fd
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C in a terminal is for the core, which then ends us
    _raise_limits()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    return asyncio.run(serve(socket.socket(fileno=fd), _end_soon))


def _end_soon() -> None:
    """See to it that nothing a probe does can hold up the end of the process."""
    timer = threading.Timer(_END_WITHIN_S, os._exit, (0,))
    timer.daemon = True
    timer.start()


def _raise_limits() -> None:
    """Allow as many sockets as the system does; where it does not, the usual number has to do."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


if __name__ == "__main__":
    sys.exit(main())
