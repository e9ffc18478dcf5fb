"""One worker process: started with its end of a pipe, watched for silence and memory, stopped or killed."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from noc_console.agent.machine import resident_bytes
from noc_console.net.pipe import Frame, FrameType, Pipe, encoded_json, open_pipe

CLOCK_ORIGIN = "NOC_CLOCK_ORIGIN"
_STOP_S = 1.0


@dataclass(slots=True)
class Running:
    """A started worker process and our end of its pipe."""

    process: asyncio.subprocess.Process
    pipe: Pipe
    started_at: float
    heard_at: float

    @property
    def pid(self) -> int:
        """The process's id."""
        return self.process.pid

    async def read(self) -> Frame | None:
        """Return the next frame, None at the end; a frame of any kind is a sign of life."""
        frame = await self.pipe.read()
        self.heard_at = time.monotonic()
        return frame

    def fault(self, silent_s: float, memory_bytes: int) -> str:
        """Return why this process must be replaced, empty while it is well."""
        silence = time.monotonic() - self.heard_at
        if silence > silent_s:
            return f"silent for {silence:.0f} s"
        held = resident_bytes(self.pid)
        if held > memory_bytes:
            return f"holds {held / 1024**2:.0f} MiB, limit {memory_bytes / 1024**2:.0f} MiB"
        return ""

    def command(self, content: Mapping[str, Any]) -> None:
        """Send a command down."""
        self.pipe.write(encoded_json(FrameType.COMMAND, content))

    async def end(self, patience_s: float = _STOP_S) -> int:
        """End the process: by closing its pipe, then by force; return its exit code."""
        self.pipe.close()
        try:
            async with asyncio.timeout(patience_s):
                return await self.process.wait()
        except TimeoutError:
            return await self.kill()

    async def kill(self) -> int:
        """End the process by force."""
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        self.pipe.close()
        return await self.process.wait()


PROBES, DECODER = "noc_console.probes.worker", "noc_console.probes.decode_worker"


async def start_worker(origin: float, module: str = PROBES) -> Running:
    """Start a worker process on one end of a new pipe; `origin` is the core's wall time minus monotonic time."""
    ours, theirs = socket.socketpair()
    try:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            module,
            "--fd",
            str(theirs.fileno()),
            pass_fds=(theirs.fileno(),),
            stdin=asyncio.subprocess.DEVNULL,
            env={**os.environ, CLOCK_ORIGIN: repr(origin)},
        )
    except OSError:
        ours.close()
        raise
    finally:
        theirs.close()
    now = time.monotonic()
    return Running(process, await open_pipe(ours), now, now)
