"""`noc-console agent`: starts an agent's parts in the right order, and ends them in the reverse one."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import logging
import os
import signal
import socket
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from noc_console.agent import life
from noc_console.agent.clock import Clock
from noc_console.agent.lab_process import LabProcess, start_lab
from noc_console.agent.media_folder import MediaFolder, open_folder
from noc_console.agent.supervisor import Supervisor
from noc_console.errors import KnownError
from noc_console.settings import Settings

if TYPE_CHECKING:
    from noc_console.agent.core import Agent
    from noc_console.history import History


_log = logging.getLogger(__name__)

#: Serves an agent, once it is there, on a listening socket with a token; calls back when requests are answered.
Serve = Callable[["Awaitable[Agent]", socket.socket, str, Callable[[], None]], Awaitable[None]]
CAPSULE = ".noccap"
OpenHistory = Callable[[Settings, Callable[[], float]], "Awaitable[History]"]


@dataclass(frozen=True, slots=True)
class Launch:
    """What the command line says; descriptors and decoders below 0 are not there."""

    db: Path | None = None
    host: str = "127.0.0.1"
    port: int = 0
    workers: int = 1
    demo: str = "no"
    table: bool = False
    embedded: bool = False
    token_fd: int = -1
    ready_fd: int = -1
    read_only: bool = False
    decode_workers: int = -1

    def settings(self) -> Settings:
        """Return the agent's settings: the command line goes before NOC_CONSOLE_<NAME> of the environment."""
        told: dict[str, Any] = {"db": self.db, "host": self.host, "port": self.port, "workers": self.workers}
        if self.decode_workers >= 0:
            told["decode_workers"] = self.decode_workers
        said = {name: os.environ.get(f"NOC_CONSOLE_{name.upper()}") for name in Settings.model_fields}
        given = {name: value for name, value in {**said, **told}.items() if value is not None}
        try:
            return Settings.model_validate(given)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            name = str(first["loc"][0])
            where = f"--{name}" if name in told else f"NOC_CONSOLE_{name.upper()}"
            raise KnownError(f"{where} has a value that cannot be used: {first['msg']}.") from None


def run(launch: Launch, serve: Serve) -> int:
    """Run an agent until it is told to stop or its parent is gone; return the exit code."""
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    if launch.demo not in ("auto", "yes", "no"):
        raise KnownError("--demo takes auto, yes or no.")
    try:
        asyncio.run(household(launch, serve).live())
    except (KnownError, BaseExceptionGroup) as error:
        known = _known(error)
        life.say_failed(launch.ready_fd, str(known))
        raise known from None
    return 0


def household(launch: Launch, serve: Serve) -> Household:
    """Return the run that fits: one that measures, or one that shows a capsule or a backup."""
    is_capsule = launch.db is not None and launch.db.suffix == CAPSULE
    if launch.read_only or is_capsule:  # a capsule opened to be written would be set aside as damaged
        from noc_console.agent.reading import ReadingRoom

        return ReadingRoom(launch, serve)
    return Household(launch, serve)


def _known(error: BaseException) -> KnownError:
    """Return the world's fault in an error; one of ours is raised as it is."""
    if isinstance(error, BaseExceptionGroup) and error.split(KnownError)[1] is None:
        return _known(error.exceptions[0])
    if isinstance(error, KnownError):
        return error
    raise error


class Ended(Exception):
    """The agent was told to stop; unwinds everything it runs."""


@dataclass(frozen=True, slots=True)
class Door:
    """Where and by what token clients come in; `how` is one sentence on where the token is from."""

    listener: socket.socket
    url: str
    token: str
    how: str


class Household:
    """One run of an agent: everything that is started, and everything that must be ended."""

    def __init__(self, launch: Launch, serve: Serve) -> None:
        self.launch, self.serve = launch, serve
        self.settings = launch.settings()
        self.clock = Clock()
        self.media_folder: MediaFolder | None = None

    async def live(self) -> None:
        """Start, run until told to stop, end."""
        door = self._door()
        stop = self._stop_at_signals()
        with contextlib.closing(door.listener), contextlib.ExitStack() as at_end:
            self._open_media(at_end)
            supervisor = Supervisor(self.settings, self.clock)
            try:
                await supervisor.start()
                await self._run(door, supervisor, stop)
            finally:
                life.withdraw(self.settings.db)
                await supervisor.end()

    def _stop_at_signals(self) -> asyncio.Event:
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        return stop

    def _open_media(self, at_end: contextlib.ExitStack) -> None:
        """Make the folder in which stretches wait for a decoder; without one nothing is decoded."""
        if not self.settings.decode_workers:
            return
        try:
            folder = open_folder(self.settings.media_bytes, self.settings.media_folder)
        except OSError as error:
            _log.warning("picture and sound are not measured: no folder for them can be made: %s", error.strerror)
            self.settings = self.settings.model_copy(update={"decode_workers": 0, "media_folder": None})
            return
        at_end.callback(folder.close)
        self.media_folder = folder
        self.settings = self.settings.model_copy(update={"media_folder": folder.path})

    def _door(self) -> Door:
        launch = self.launch
        listener = life.bound_socket(launch.host, launch.port)
        fd = launch.token_fd
        token, how = (life.read_token(fd), "") if fd >= 0 else life.headless_token(self.settings.db)
        return Door(listener, life.url_of(listener), token, how)

    async def _run(self, door: Door, supervisor: Supervisor, stop: asyncio.Event) -> None:
        history: History | None = None
        agent: Agent | None = None
        coming: asyncio.Future[Agent] = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._serve(coming, door))
                lab = group.create_task(start_lab()) if self._wants_lab_early() else None
                open_history = await asyncio.to_thread(_import_history)
                history = await open_history(self.settings, self.clock.now)
                agent = await self._agent(history, supervisor, group, door, stop)
                self._begin(group, agent, door, lab)
                coming.set_result(agent)
                await stop.wait()
                raise Ended
        except* Ended:
            pass
        finally:
            if agent is not None:
                await agent.remember(is_last=True)
            if history is not None:
                await history.close()

    async def _agent(
        self, history: History, supervisor: Supervisor, group: asyncio.TaskGroup, door: Door, stop: asyncio.Event
    ) -> Agent:
        from noc_console.agent.core import Agent, Parts

        port = door.listener.getsockname()[1]
        agent = Agent(Parts(self.settings, self.clock, history, supervisor, group, port, stop, self.media_folder))
        await agent.load()
        return agent

    def _begin(
        self, group: asyncio.TaskGroup, agent: Agent, door: Door, lab: asyncio.Task[LabProcess] | None
    ) -> None:
        """Start everything that runs for as long as the agent does."""
        from noc_console.agent.demo import watch_demo
        from noc_console.agent.notice_beat import NoticeBeat
        from noc_console.agent.pulse import Pulse
        from noc_console.agent.sparks import fill_sparks

        group.create_task(agent.supervisor.run(agent.intake))
        group.create_task(agent.flow.run())
        group.create_task(agent.evidence.run())
        group.create_task(agent.stream_evidence.run())
        group.create_task(agent.media.run())
        group.create_task(agent.guides.run())
        group.create_task(fill_sparks(list(agent.channels.by_id.values()), agent.recorder, agent.board))
        group.create_task(Pulse(agent).run())
        group.create_task(NoticeBeat(agent).run())
        group.create_task(agent.incoming.run())
        if lab or (self.launch.demo != "no" and agent.wants_demo(self.launch.demo == "yes")):
            group.create_task(watch_demo(agent, lab))
        if self.launch.token_fd >= 0:
            group.create_task(self._mind_parent(agent))
        if self.launch.table:
            from noc_console.agent.table import show

            group.create_task(show(agent.everything, door.url, door.how))

    def _wants_lab_early(self) -> bool:
        return self.launch.demo == "yes" or (self.launch.demo == "auto" and not self.settings.db.exists())

    async def _serve(self, coming: Awaitable[Agent], door: Door) -> None:
        def started() -> None:
            life.announce(self.settings.db, door.url, door.token)
            life.say_ready(self.launch.ready_fd, door.url)
            if not self.launch.embedded and not self.launch.table:
                sys.stderr.write(f"The agent serves at {door.url} (process {os.getpid()}). {door.how}\n")

        await self.serve(coming, door.listener, door.token, started)

    async def _mind_parent(self, agent: Agent) -> None:
        await life.parent_gone(self.launch.token_fd)
        agent.orphaned()


def _import_history() -> OpenHistory:
    """Import the store (half a second); for a thread, while the server is imported in another."""
    from noc_console.history import open_history

    importlib.import_module("noc_console.agent.core")
    return open_history
