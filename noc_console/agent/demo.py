"""Keeps the demo's lab running: adopted when it starts, started again when it dies."""

from __future__ import annotations

import asyncio
import logging

from noc_console.agent.core import Agent
from noc_console.agent.lab_process import LabProcess, start_lab
from noc_console.errors import KnownError
from noc_console.model import Event

_PAUSE_S = 1.0
_LONGEST_PAUSE_S = 60.0
_log = logging.getLogger(__name__)


async def watch_demo(agent: Agent, first: asyncio.Task[LabProcess] | None) -> None:
    """Run the lab until the demo is removed; each death is an event."""
    pause_s = _PAUSE_S
    starting = first
    while True:
        try:
            lab = await (starting or start_lab())
            await agent.lab.adopt(lab)
            agent.assign()
        except KnownError as error:
            _log.warning("the demo is not running: %s", error)
            await _tell(agent, "LabFailed", str(error))
            await agent.lab.stop()
        else:
            pause_s = _PAUSE_S
            code = await lab.process.wait()
            if agent.lab.process is not lab:
                return
            await agent.lab.stop()
            agent.assign()
            await _tell(agent, "LabEnded", f"The lab ended (exit code {code}) and is started again.")
        starting = None
        await asyncio.sleep(pause_s)
        pause_s = min(pause_s * 2, _LONGEST_PAUSE_S)


async def _tell(agent: Agent, kind: str, text: str) -> None:
    await agent.flow.tell(Event(kind, agent.clock.now(), data={"text": text}))
