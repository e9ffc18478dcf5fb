"""Small pictures of the channels: the newest of one, its last minute, and many at once for the wall."""

from __future__ import annotations

import asyncio
import base64
from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Query
from starlette.responses import Response

from noc_console.agent.media_thumbs import Shown
from noc_console.agent.refusals import NotFound
from noc_console.api import answers
from noc_console.api.alarms import Id
from noc_console.api.bodies import Slate
from noc_console.api.catalogue import By
from noc_console.api.door import TheAgent
from noc_console.api.live import Wait

routes = APIRouter(tags=["picture and sound"])
MOST_BYTES = 4 * 1024**2


@routes.get("/channels/{channel_id}/thumbnail", response_class=Response)
async def thumbnail(
    agent: TheAgent, channel_id: Id, if_none_match: Annotated[str | None, Header(max_length=200)] = None
) -> Response:
    """Return the newest picture of a channel as a JPEG; the ETag changes with the picture."""
    agent.channels.find(channel_id)
    shown = agent.media.thumbnail(channel_id)
    headers = {"ETag": f'"{agent.board.boot}-{shown.seq}"', "X-Presented-At": f"{shown.at:.3f}"}
    if if_none_match == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    return Response(shown.jpeg, media_type="image/jpeg", headers=headers)


@routes.get("/channels/{channel_id}/thumbnails")
async def strip(agent: TheAgent, channel_id: Id) -> Response:
    """Return the pictures of a channel's last minute, oldest first."""
    agent.channels.find(channel_id)
    return answers.listed("thumbnails", [_form(one) for one in agent.media.strip(channel_id)])


@routes.get("/thumbnails")
async def fresh(
    agent: TheAgent,
    since: Annotated[int, Query(ge=0, le=2**62, description="The number already known; 0 asks for all.")] = 0,
    wait: Wait = 0.0,
) -> Response:
    """Return the newest picture of every channel that has a newer one, at most 4 MiB of them, and the next number."""
    thumbnails = agent.media.desk.thumbnails
    loop = asyncio.get_running_loop()
    until = loop.time() + wait
    if since > thumbnails.seq:
        since = 0  # of another life of the agent
    while since and thumbnails.seq == since and (left := until - loop.time()) > 0 and not agent.bell.is_closed:
        await agent.bell.news(left)
    found, seq = thumbnails.since(since, MOST_BYTES)
    content = {"status": "ok", "boot": agent.board.boot, "next": seq, "thumbnails": [_form(one) for one in found]}
    return answers.bare(content)


@routes.post("/channels/{channel_id}/slates", status_code=201)
async def learn_slate(agent: TheAgent, channel_id: Id, wanted: Slate) -> Response:
    """Remember the picture that a channel shows now as a slate, so that it is told when it is on air."""
    agent.channels.find(channel_id)
    digits = agent.media.desk.hash_of(channel_id)
    if digits is None:
        raise NotFound("There is no picture of this channel yet.")
    found = await agent.channels.set_slate(channel_id, wanted.name, digits, wanted.by)
    return answers.one("channel", found, 201)


@routes.delete("/channels/{channel_id}/slates/{name}")
async def forget_slate(
    agent: TheAgent, channel_id: Id, name: Annotated[str, Path(max_length=64)], by: By = ""
) -> Response:
    """Forget a slate of a channel."""
    return answers.one("channel", await agent.channels.set_slate(channel_id, name, None, by))


def _form(one: Shown) -> dict[str, Any]:
    return {
        "channel_id": one.channel_id,
        "input": one.input_id,
        "seq": one.seq,
        "at": round(one.at, 3),
        "width": one.width,
        "height": one.height,
        "jpeg": base64.b64encode(one.jpeg).decode("ascii"),
    }
