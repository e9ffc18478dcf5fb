"""Serves an agent over HTTP, in the agent's own event loop."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import socket
from collections.abc import Awaitable, Callable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from noc_console.agent.core import Agent


def preload() -> None:
    """Import what serving needs (a third of a second); for a thread, while the history opens."""
    importlib.import_module("noc_console.api.app")
    importlib.import_module("uvicorn")


async def serve(coming: Awaitable[Agent], listener: socket.socket, token: str, started: Callable[[], None]) -> None:
    """Serve an agent, once it is there, until cancelled; `started` is called when requests are answered."""
    await asyncio.to_thread(preload)
    import uvicorn

    from noc_console.api.app import guarded

    class Server(uvicorn.Server):
        """A server that leaves the process's signals to the agent and says when it answers."""

        @contextlib.contextmanager
        def capture_signals(self) -> Iterator[None]:
            """Override: signals are the agent's."""
            yield

        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            """Override: tell that requests are answered."""
            await super().startup(sockets)
            started()

    agent = await coming
    config = uvicorn.Config(
        guarded(agent, token),
        log_level="warning",
        access_log=False,
        lifespan="off",
        timeout_graceful_shutdown=1,
        timeout_keep_alive=75,  # longer than any client keeps an idle connection, so that none is closed under it
        server_header=False,
    )
    server = Server(config)
    task = asyncio.ensure_future(server.serve([listener]))
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        server.should_exit = True
        agent.bell.close()
        agent.guides.close()
        await asyncio.wait({task}, timeout=1.2)
        server.force_exit = True
        task.cancel()
        raise
