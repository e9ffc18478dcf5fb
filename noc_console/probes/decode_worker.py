"""The process of a decoder: takes one stretch after the other from its core, measures it, and says what it was."""

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
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from noc_console.errors import KnownError
from noc_console.media.stretch_wire import to_wire
from noc_console.net.pipe import Frame, FrameType, GarbledFrame, Pipe, encoded_json, open_pipe
from noc_console.net.pipe_forms import assigned
from noc_console.probes.decode.decoder import Decoder
from noc_console.probes.decode.job import from_wire
from noc_console.probes.tools import now
from noc_console.probes.worker_health import rss_bytes
from noc_console.settings import Settings

log = logging.getLogger(__name__)

_NICE = 10
_HEALTH_S = 1.0
_END_WITHIN_S = 1.0
_FORGETS_AT = 0.7  # of the memory it may have: better to begin cold than to be ended
_BESIDE_BYTES = 512 * 1024**2  # address space that is no memory: stacks of threads, files


class DecodeWorker:
    """One decoder on its end of the pipe; it decodes in a thread, so that it keeps answering meanwhile."""

    def __init__(self, pipe: Pipe) -> None:
        self._pipe = pipe
        self._decoder = Decoder()
        self._turn = asyncio.Lock()
        self._most_bytes = Settings().worker_memory_bytes
        self._before = (now(), time.process_time())
        self._lag_s = 0.0

    async def run(self) -> None:
        """Obey frames until the end; raises GarbledFrame where the pipe carries nonsense."""
        async with asyncio.TaskGroup() as group:
            beat = group.create_task(self._beat())
            while (frame := await self._pipe.read()) is not None:
                if not self._obey(frame, group):
                    break
            beat.cancel()
            _end_soon()

    def _obey(self, frame: Frame, group: asyncio.TaskGroup) -> bool:
        content = frame.json()
        if frame.type is FrameType.ASSIGN:
            _, settings = assigned(content)
            self._most_bytes = settings.worker_memory_bytes
            _bound_memory(self._most_bytes)
            return True
        if content.get("verb") == "stop":
            return False
        group.create_task(self._answer(content))
        return True

    async def _answer(self, command: Mapping[str, Any]) -> None:
        number = command.get("id")
        async with self._turn:
            answer = await asyncio.to_thread(self._done, command)
            self._mind_memory()
        try:
            self._pipe.write(encoded_json(FrameType.NOTE, {"kind": "reply", "id": number, **answer}))
        except GarbledFrame as error:
            self._send({"kind": "reply", "id": number, "message": str(error)})

    def _done(self, command: Mapping[str, Any]) -> dict[str, Any]:
        """Return the result of a command, or one sentence on why there is none."""
        try:
            if command.get("verb") == "forget":
                self._decoder.forget(int(command["input_id"]))
                return {"result": {}}
            return {"result": to_wire(self._decoder.decode(from_wire(command["job"])))}
        except KnownError as error:
            return {"message": str(error)}
        except MemoryError:
            return {"message": "The stretch needs more memory than a decoder may have."}
        except (KeyError, TypeError, ValueError) as error:
            return {"message": f"The stretch cannot be decoded: {error}."}
        except Exception:
            log.exception("decoding failed")
            return {"message": "The stretch cannot be decoded because of an internal error; the log has the details."}

    def _mind_memory(self) -> None:
        """Forget everything where many inputs decoded in full have filled the memory, before the core ends us."""
        if rss_bytes() > _FORGETS_AT * self._most_bytes:
            log.warning("the decoder begins cold: what it remembers of its inputs takes %d MiB", rss_bytes() >> 20)
            self._decoder = Decoder()
            gc.collect()

    def _send(self, content: Mapping[str, Any]) -> None:
        self._pipe.write(encoded_json(FrameType.NOTE, content))

    async def _beat(self) -> None:
        due = now()
        while True:
            self._send(self._health())
            due = max(due + _HEALTH_S, now())
            await asyncio.sleep(due - now())
            self._lag_s = max(0.0, now() - due)

    def _health(self) -> dict[str, Any]:
        at, cpu = now(), time.process_time()
        then, cpu_then = self._before
        self._before = (at, cpu)
        return {
            "kind": "health",
            "at": at,
            "pid": os.getpid(),
            "cpu_ratio": (cpu - cpu_then) / max(at - then, 1e-3),
            "rss_bytes": rss_bytes(),
            "lag_s": self._lag_s,
        }


async def serve(end: socket.socket) -> int:
    """Run a decoder on its end of a socketpair until the core stops it or is gone; return the exit code."""
    pipe = await open_pipe(end)
    try:
        await DecodeWorker(pipe).run()
    except ExceptionGroup as errors:
        known, bugs = errors.split((KnownError, OSError))
        if bugs:
            raise bugs from None
        log.error("%s", known.exceptions[0] if known else errors)
        return 3
    finally:
        pipe.close()
    return 0


def main(arguments: list[str] | None = None) -> int:
    """Run the decoder on the inherited descriptor `--fd`; exit code 3 tells of a garbled pipe."""
    parser = argparse.ArgumentParser(prog="noc-console decoder")
    parser.add_argument("--fd", type=int, required=True, help="our end of the socketpair to the core")
    fd = parser.parse_args(arguments).fd
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C in a terminal is for the core, which then ends us
    with suppress(OSError):
        os.nice(_NICE)  # whoever measures the network goes first
    gc.freeze()
    return asyncio.run(serve(socket.socket(fileno=fd)))


def _bound_memory(most_bytes: int) -> None:
    """Let a stretch that unpacks to gigabytes fail by itself, before the core has to end the process."""
    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    wanted = most_bytes + _BESIDE_BYTES
    if soft in (resource.RLIM_INFINITY,) or wanted < soft:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_DATA, (wanted, hard))


def _end_soon() -> None:
    """See to it that a stretch that does not end cannot hold up the end of the process."""
    timer = threading.Timer(_END_WITHIN_S, os._exit, (0,))
    timer.daemon = True
    timer.start()


if __name__ == "__main__":
    sys.exit(main())
