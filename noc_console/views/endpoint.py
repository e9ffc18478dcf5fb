"""Where the agent is: our own child, one that already runs on the same history, or one told by URL."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from noc_console.errors import KnownError

TOKEN_VARIABLE = "NOC_CONSOLE_TOKEN"  # noqa: S105 - the name of a variable, not a secret
_READY_S = 20.0
_ANSWER_S = 1.0
_MAX_READY_LINE = 4096


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An address and the token that opens it."""

    url: str
    token: str


class Source(Protocol):
    """Finds an agent, again after it was lost."""

    async def find(self) -> Endpoint:
        """Return where the agent is. Raises KnownError with one sentence."""

    def why_ended(self) -> str:
        """Return how our own agent ended, `The agent was killed by signal 9`; empty when that is not known."""

    def let_go(self) -> None:
        """Stop caring for the agent; one of our own ends when its pipe closes."""


class Attached:
    """An agent told by URL; the client refuses an address that would show the token."""

    def __init__(self, url: str, token: str) -> None:
        self._url = url.rstrip("/")
        self.token = token

    async def find(self) -> Endpoint:
        """Return the address as told."""
        if not self.token:
            raise KnownError("This agent wants a token.")
        return Endpoint(self._url, self.token)

    def why_ended(self) -> str:
        """Nothing is known of a far agent's end."""
        return ""

    def let_go(self) -> None:
        """Leave it running."""


class Embedded:
    """The console's own agent on a history file; it attaches to one that already runs there.

    A read-only one shows a capsule or a backup and attaches to nobody.

    The token goes through an inherited pipe whose write end stays open while we live: when it closes, the agent
    ends by itself.
    """

    def __init__(self, db: Path, demo: str = "auto", *, is_read_only: bool = False) -> None:
        self._db, self._demo = db, demo
        self.is_read_only = is_read_only
        self._child: subprocess.Popen[bytes] | None = None
        self._token_pipe = self._ready_pipe = -1
        self._token = ""

    @property
    def pid(self) -> int:
        """The child's process id; 0 when we attached to another's agent or none runs."""
        return self._child.pid if self._child is not None and self._child.poll() is None else 0

    async def find(self) -> Endpoint:
        """Return the agent that runs on this history, starting one when there is none."""
        if self._ready_pipe < 0:
            running = None if self.is_read_only else await running_on(self._db)
            if running is not None:
                return running
            self.let_go()
            self._start()
        return await self._ready()

    def launch(self) -> None:
        """Start our agent now, when nobody says that one runs on this history already; `find` waits for it."""
        if self.is_read_only or not self._db.with_name(self._db.name + ".agent").exists():
            self._start()

    def why_ended(self) -> str:
        """Return how our own agent ended; empty while it runs."""
        code = self._child.poll() if self._child is not None else None
        if code is None:
            return ""
        ended = f"was killed by signal {-code}" if code < 0 else f"ended with code {code}"
        return f"The agent {ended}"

    def let_go(self) -> None:
        """Close the pipe: the agent ends by itself within five seconds, unless it was told to go on."""
        for pipe in (self._token_pipe, self._ready_pipe):
            if pipe >= 0:
                os.close(pipe)
        self._token_pipe = self._ready_pipe = -1

    def wait_end(self, seconds: float) -> bool:
        """Let go and wait for our own agent's end; for programs that must leave nothing behind."""
        self.let_go()
        if self._child is None:
            return True
        try:
            self._child.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def _start(self) -> None:
        self._token = secrets.token_urlsafe(32)
        token_read, token_write = os.pipe()
        ready_read, ready_write = os.pipe()
        command = [
            *(sys.executable, "-m", "noc_console", "agent", "--embedded", "--db", str(self._db), "--port", "0"),
            *("--demo", self._demo, "--token-fd", str(token_read), "--ready-fd", str(ready_write)),
            *(("--read-only",) if self.is_read_only else ()),
        ]
        try:
            os.write(token_write, f"{self._token}\n".encode())
            self._child = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, pass_fds=(token_read, ready_write), start_new_session=True
            )
        except OSError as error:
            os.close(token_write)
            os.close(ready_read)
            raise KnownError(f"The agent could not be started: {error.strerror}.") from None
        finally:
            os.close(token_read)
            os.close(ready_write)
        self._token_pipe, self._ready_pipe = token_write, ready_read

    async def _ready(self) -> Endpoint:
        """Wait for the line in which our agent says where it serves."""
        try:
            line = await asyncio.wait_for(_line_of(self._ready_pipe), _READY_S)
        except TimeoutError:
            raise KnownError("The agent does not come up; trying again.") from None
        finally:
            os.close(self._ready_pipe)
            self._ready_pipe = -1
        if not line:
            raise KnownError(f"{self.why_ended() or 'The agent ended'} while starting; trying again.")
        told = json.loads(line)
        if "error" in told:
            raise KnownError(str(told["error"]))
        return Endpoint(str(told["url"]), self._token)


async def _line_of(fd: int) -> bytes:
    """Return the first line of a pipe; empty when it closes before."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[bytes] = loop.create_future()
    parts = bytearray()

    def look() -> None:
        try:
            part = os.read(fd, _MAX_READY_LINE)
        except BlockingIOError:
            return
        parts.extend(part)
        is_over = not part or b"\n" in parts or len(parts) > _MAX_READY_LINE
        if is_over and not done.done():
            done.set_result(bytes(parts).partition(b"\n")[0] if b"\n" in parts else b"")

    os.set_blocking(fd, False)
    loop.add_reader(fd, look)
    try:
        return await done
    finally:
        loop.remove_reader(fd)


async def running_on(db: Path) -> Endpoint | None:
    """Return the agent that says it runs on this history, if its process lives and its port answers."""
    try:
        told = json.loads(db.with_name(db.name + ".agent").read_text(encoding="utf-8"))
        os.kill(int(told["pid"]), 0)
        found = Endpoint(str(told["url"]), str(told["token"]))
        parts = urlsplit(found.url)
        _, writer = await asyncio.wait_for(asyncio.open_connection(parts.hostname, parts.port), _ANSWER_S)
        writer.close()
    except (OSError, ValueError, KeyError, TypeError, TimeoutError):
        return None
    return found
