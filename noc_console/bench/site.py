"""A whole site for a bench: an agent of its own in a temporary folder, with the lab's channels as its demo."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from noc_console.errors import KnownError
from noc_console.net.api_client import ApiClient

READY_S = 120.0


@dataclass(frozen=True, slots=True)
class Site:
    """A running agent: its API, its process, its folder, and how many channels it watches."""

    api: ApiClient
    process: subprocess.Popen[bytes]
    folder: Path
    channels: int

    async def board(self) -> dict[str, Any]:
        """Return the whole board."""
        return await self.api.board(0)

    async def events(self, kinds: str, after: str = "") -> tuple[dict[str, Any], ...]:
        """Return the journal's events of some kinds (comma separated)."""
        found: list[dict[str, Any]] = []
        cursor = after
        while True:
            page = await self.api.get("/journal", {"after": cursor, "kinds": kinds, "limit": 1000})
            found += page["events"]
            if len(page["events"]) < 1000:
                return tuple(found)
            cursor = page["next"]


@asynccontextmanager
async def site(channels: int, *, workers: int = 1, lab: Mapping[str, str] | None = None) -> AsyncIterator[Site]:
    """Start an agent whose demo lab serves `channels`, wait until each is measured, and stop it at the end."""
    with tempfile.TemporaryDirectory(prefix="noc-bench-") as name:
        folder = Path(name)
        token = "bench-" + os.urandom(8).hex()
        port = _free_port()
        environment = {**os.environ, "NOC_LAB_CHANNELS": str(channels), **(lab or {}), "NOC_CONSOLE_TOKEN": token}
        command = [
            sys.executable,
            "-m",
            "noc_console",
            "agent",
            "--db",
            str(folder / "local.db"),
            "--port",
            str(port),
        ]
        command += ["--workers", str(workers), "--demo", "yes"]
        with (folder / "agent.log").open("wb") as log:
            process = subprocess.Popen(  # noqa: ASYNC220 - once, before anything is timed
                command, env=environment, stdout=log, stderr=log
            )
        try:
            async with ApiClient(f"http://127.0.0.1:{port}", token) as api:
                one = Site(api, process, folder, channels)
                await _measured(one)
                yield one
        finally:
            process.terminate()
            await asyncio.to_thread(process.wait, 20)


async def _measured(one: Site) -> None:
    limit = time.monotonic() + READY_S
    while time.monotonic() < limit:
        await asyncio.sleep(0.5)
        try:
            board = await one.board()
        except KnownError:
            continue
        if sum(row["state"] == "ok" for row in board["channels"]) >= one.channels:
            return
    raise KnownError(f"The bench's agent did not measure {one.channels} channels within {READY_S:.0f} s.")


def _free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
