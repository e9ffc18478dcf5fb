"""Composes a running lab: media, origin, control API and access log behind one HTTP server."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from noc_console.lab.channels import LabChannel, channels, look_names
from noc_console.lab.clock import steady_clock
from noc_console.lab.http import Sent, Server
from noc_console.lab.options import LabOptions
from noc_console.lab.origin import Origin, Target
from noc_console.lab.reply import Reply, Request
from noc_console.lab.store import looks
from noc_console.lab.studio import Studio

_MEDIA = re.compile(r"/(\w{1,64})/(?:(master\.m3u8)|(\w{1,16})/(?:(playlist\.m3u8)|(\d{1,15})\.ts))")


@dataclass(frozen=True, slots=True)
class Lab:
    """A running lab."""

    url: str
    channels: tuple[LabChannel, ...]


@asynccontextmanager
async def running(options: LabOptions) -> AsyncIterator[Lab]:
    """Run a lab in this event loop for as long as the context lasts."""
    made = await asyncio.to_thread(looks, look_names(options), options)
    all_channels = channels(options)
    origin = Origin(all_channels, Studio(made), options.window)

    def answer(request: Request, at: float) -> Reply:
        found = _MEDIA.fullmatch(request.path)
        if found is None:
            target = Target("other")
        elif found[2]:
            target = Target("master", found[1])
        elif found[4]:
            target = Target("playlist", found[1], found[3])
        else:
            target = Target("segment", found[1], found[3], int(found[5]))
        return origin.answer(target, request, at)

    def report(sent: Sent) -> None: ...

    server = Server(steady_clock(), answer, report)
    port = await server.start(options.port)
    try:
        yield Lab(f"http://127.0.0.1:{port}", all_channels)
    finally:
        await server.stop()
