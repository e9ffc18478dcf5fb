"""A channel at work: its newest requests, its playlists as fetched, and inspections of any URL."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from noc_console.api import answers
from noc_console.api.alarms import Id
from noc_console.api.bodies import Inspection
from noc_console.api.door import TheAgent

routes = APIRouter(tags=["work"])
InputId = Annotated[int, Query(alias="input", ge=0, le=2**62, description="0: the channel's first input.")]

StreamId = Annotated[int, Query(alias="input", ge=0, le=2**62, description="0: the first transport stream.")]


@routes.get("/channels/{channel_id}/requests")
async def requests(
    agent: TheAgent,
    channel_id: Id,
    input_id: InputId = 0,
    rung: Annotated[str, Query(max_length=128)] = "",
    limit: Annotated[int, Query(ge=1, le=1000)] = 60,
) -> Response:
    """Return the newest requests of a channel with all their timings, newest first."""
    return answers.bare(agent.work.requests(channel_id, input_id, rung, limit))


@routes.get("/channels/{channel_id}/playlist")
async def playlist(
    agent: TheAgent,
    channel_id: Id,
    input_id: InputId = 0,
    scope: Annotated[str, Query(max_length=160)] = "",
) -> Response:
    """Return a playlist as fetched, with the fetch before it and the findings in it."""
    return answers.bare(await agent.work.playlist(channel_id, input_id, scope))


@routes.get("/channels/{channel_id}/ts")
async def streamed(agent: TheAgent, channel_id: Id, input_id: StreamId = 0) -> Response:
    """Return what is known of a channel's transport stream: source, services, PIDs, tables, errors by indicator."""
    return answers.bare(await agent.work.streamed(channel_id, input_id))


@routes.get("/channels/{channel_id}/packets")
async def packets(
    agent: TheAgent,
    channel_id: Id,
    input_id: StreamId = 0,
    indicator: Annotated[str, Query(max_length=16, description="Number of TR 101 290; empty: all.")] = "",
    limit: Annotated[int, Query(ge=1, le=100)] = 100,
) -> Response:
    """Return the newest counted errors of a transport stream as packets, newest first."""
    return answers.bare(await agent.work.packets(channel_id, input_id, indicator, limit))


@routes.post("/inspect", status_code=202)
async def inspect(agent: TheAgent, wanted: Inspection) -> Response:
    """Begin to inspect a URL; the answer names the job."""
    job = await agent.jobs.begin(wanted.url, wanted.seconds, wanted.headers, media=wanted.media)
    return answers.bare({"status": "ok", "job": job}, 202)


@routes.get("/inspect/{job}")
async def job(agent: TheAgent, job: Annotated[str, Path(max_length=64)]) -> Response:
    """Return how far an inspection is, and its result."""
    return answers.bare(agent.jobs.state(job))
