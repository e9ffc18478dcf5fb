"""`noc-console lab`: runs a lab until it is told to stop, or until the one who started it is gone."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path

from noc_console.errors import KnownError
from noc_console.lab.options import LabOptions
from noc_console.lab.server import running

HOLD = "NOC_LAB_HOLD_FD"


def run(
    *,
    channels: int,
    port: int,
    segment_s: float,
    log: Path | None,
    ready_fd: int,
    multicast: int = 0,
    multicast_bps: float = 0.0,
    hdr: int = 0,
) -> int:
    """Serve until SIGTERM, SIGINT, or the end of the pipe named in $NOC_LAB_HOLD_FD; return the exit code.

    `ready_fd` >= 0 gets one line of JSON, `{"url", "pid"}`, when the lab serves.
    """
    options = LabOptions(
        channels=channels,
        port=port,
        segment_s=segment_s,
        log=log,
        multicast=multicast,
        multicast_bps=multicast_bps,
        hdr=hdr,
    )
    try:
        asyncio.run(_serve(options, ready_fd))
    except OSError as error:
        raise KnownError(f"The lab cannot listen on 127.0.0.1:{port}: {error.strerror}.") from error
    return 0


async def _serve(options: LabOptions, ready_fd: int) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    _watch_hold(loop, stop)
    serving = asyncio.create_task(_run(options, ready_fd))
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait((serving, stopping), return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    serving.cancel()
    with suppress(asyncio.CancelledError):
        await serving


async def _run(options: LabOptions, ready_fd: int) -> None:
    async with running(options) as lab:
        _tell(lab.url, len(lab.channels), ready_fd)
        await asyncio.Event().wait()


def _watch_hold(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    """Stop at the end of the hold pipe: its other end closes when the process that started us dies."""
    held = os.environ.get(HOLD, "")
    if not held.isdigit():
        return
    fd = int(held)

    def readable() -> None:
        if not os.read(fd, 4096):
            loop.remove_reader(fd)
            stop.set()

    loop.add_reader(fd, readable)


def _tell(url: str, count: int, ready_fd: int) -> None:
    if ready_fd >= 0:
        os.write(ready_fd, json.dumps({"url": url, "pid": os.getpid()}).encode() + b"\n")
        os.close(ready_fd)
    else:
        sys.stderr.write(f"The lab serves {count} channels at {url} (list: {url}/api/channels)\n")
        sys.stderr.flush()
