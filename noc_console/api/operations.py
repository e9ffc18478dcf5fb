"""The agent itself: its health, its figures for Prometheus, and whether it goes on without a console."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter
from starlette.responses import Response

from noc_console.api import answers
from noc_console.api.bodies import Keep
from noc_console.api.door import TheAgent
from noc_console.api.prometheus import CONTENT_TYPE, exposition

routes = APIRouter(tags=["agent"])


@routes.get("/health")
async def health(agent: TheAgent) -> Response:
    """Return that the agent lives, in the words of the requirements (R-157); open without a token."""
    return answers.bare(agent.health())


@routes.get("/probes")
async def probes(agent: TheAgent) -> Response:
    """Return the agents this one knows: itself."""
    return answers.listed("probes", [agent.described()])


@routes.post("/agent/keep")
async def keep(agent: TheAgent, wanted: Keep) -> Response:
    """Go on watching after the console has gone, or not."""
    await agent.keep(wanted.keep)
    return answers.bare({"status": "ok", "keep": wanted.keep})


@routes.get("/metrics", response_class=Response)
async def metrics(agent: TheAgent) -> Response:
    """Return the figures in the text format of Prometheus."""
    text = await asyncio.to_thread(exposition, agent.everything())
    return Response(text, media_type=CONTENT_TYPE)
