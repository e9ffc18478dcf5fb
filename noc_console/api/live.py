"""What is now: the board, by long poll or as a stream of lines."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response, StreamingResponse

from noc_console.agent.core import Agent
from noc_console.api import answers
from noc_console.api.door import TheAgent

routes = APIRouter(tags=["live"])
LONGEST_WAIT_S = 25.0
Wait = Annotated[float, Query(ge=0, le=LONGEST_WAIT_S, allow_inf_nan=False, description="Seconds to wait.")]
Revision = Annotated[int, Query(ge=0, le=2**62, description="The revision already known; 0 asks for all.")]


@routes.get("/board")
async def board(agent: TheAgent, since: Revision = 0, wait: Wait = 0.0) -> Response:
    """Return the newest state of everything that changed since a revision."""
    return answers.bare(await agent.board_since(since, wait))


@routes.get("/board/stream")
async def stream(agent: TheAgent, request: Request, since: Revision = 0) -> StreamingResponse:
    """Return the board's changes, one JSON object a line, for as long as the client listens."""
    return StreamingResponse(_lines(agent, request, since), media_type="application/x-ndjson")


async def _lines(agent: Agent, request: Request, since: int) -> AsyncIterator[bytes]:
    while not (agent.bell.is_closed or await request.is_disconnected()):
        state = await agent.board_since(since, LONGEST_WAIT_S)
        since = state["rev"]
        yield answers.body(state) + b"\n"
