"""A lab as our child process: started on a free port, ended with us, however we end."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from noc_console.agent.refusals import Unavailable

CHANNELS_VARIABLE = "NOC_LAB_CHANNELS"
HDR_VARIABLE = "NOC_LAB_HDR"
SEGMENT_VARIABLE = "NOC_LAB_SEGMENT_S"
MULTICAST_VARIABLE = "NOC_LAB_MULTICAST"
_DEFAULT_CHANNELS = "12"
_DEFAULT_MULTICAST = "2"
_START_S = 180.0


@dataclass(slots=True)
class LabProcess:
    """A running lab; it ends when the pipe we hold is closed, by us or by our death."""

    url: str
    process: asyncio.subprocess.Process
    hold: int
    channels: tuple[Mapping[str, Any], ...] = ()

    async def end(self) -> None:
        """Stop the lab."""
        with contextlib.suppress(OSError):
            os.close(self.hold)
        try:
            async with asyncio.timeout(1.0):
                await self.process.wait()
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                self.process.kill()
            await self.process.wait()


async def start_lab() -> LabProcess:
    """Start a lab on a free port and wait until it serves; its media are encoded on the first start."""
    ready, tell = os.pipe()
    held, hold = os.pipe()
    arguments = ["--channels", os.environ.get(CHANNELS_VARIABLE, _DEFAULT_CHANNELS), "--port", "0"]
    arguments += ["--multicast", os.environ.get(MULTICAST_VARIABLE, _DEFAULT_MULTICAST)]
    # a lab of a size that somebody asked for has that size
    arguments += ["--hdr", os.environ.get(HDR_VARIABLE, "0" if CHANNELS_VARIABLE in os.environ else "1")]
    if segment_s := os.environ.get(SEGMENT_VARIABLE):
        arguments += ["--segment-s", segment_s]
    try:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "noc_console", "lab", *arguments, "--ready-fd", str(tell)),
            pass_fds=(tell, held),
            env={**os.environ, "NOC_LAB_HOLD_FD": str(held)},
            stdin=asyncio.subprocess.DEVNULL,
        )
    except OSError:
        os.close(hold)
        os.close(ready)
        raise
    finally:
        os.close(tell)
        os.close(held)
    lab = LabProcess("", process, hold)
    try:
        lab.url = await _url_from(ready)
    except BaseException:
        await lab.end()
        raise
    return lab


async def _url_from(ready: int) -> str:
    reader = asyncio.StreamReader()
    with os.fdopen(ready, "rb") as file:
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), file
        )
        try:
            async with asyncio.timeout(_START_S):
                line = await reader.readline()
            return str(json.loads(line)["url"])
        except (TimeoutError, ValueError, KeyError):
            raise Unavailable("The lab did not start; its own message is above.") from None
        finally:
            transport.close()
