"""The lab behind the demo channels: what it serves, its faults on demand, and the end of the demo."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from starlette.responses import Response

from noc_console.api import answers
from noc_console.api.bodies import Fault
from noc_console.api.door import TheAgent

routes = APIRouter(tags=["lab"])


@routes.get("/lab")
async def lab(agent: TheAgent) -> Response:
    """Return the lab's channels, the faults it can make and those running."""
    return answers.bare(await agent.lab.state())


@routes.post("/lab/faults", status_code=201)
async def begin(agent: TheAgent, fault: Fault) -> Response:
    """Begin a fault on a lab channel."""
    return answers.bare(await agent.lab.begin(fault.model_dump()), 201)


@routes.delete("/lab/faults/{fault_id}")
async def end(
    agent: TheAgent, fault_id: Annotated[str, Path(max_length=64, pattern=r"^[A-Za-z0-9_\-]+$")]
) -> Response:
    """End a running fault."""
    return answers.bare(await agent.lab.end(fault_id))


@routes.post("/demo/remove")
async def remove(agent: TheAgent) -> Response:
    """Remove the demo channels with their history marks, and stop the lab."""
    removed = await agent.remove_demo()
    return answers.bare({"status": "ok", "removed": removed})
