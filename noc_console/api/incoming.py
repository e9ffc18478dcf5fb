"""Where other systems come in, with tokens of their own: Alertmanager's webhook."""

from __future__ import annotations

import hmac
from typing import Any

from fastapi import APIRouter, Body, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from noc_console.agent.refusals import BadRequest, NotFound
from noc_console.api import answers
from noc_console.api.door import TheAgent
from noc_console.errors import KnownError
from noc_console.notify.alertmanager_in import read_payload

routes = APIRouter(tags=["incoming"])


@routes.post("/incoming/alertmanager")
async def alertmanager(agent: TheAgent, request: Request, body: dict[str, Any] = Body()) -> Response:  # noqa: B008
    """Take a webhook of Alertmanager: each alert is an event, and an alarm where a rule says so.

    `Authorization: Bearer TOKEN` with the token that was set for incoming notices, not the agent's own.
    """
    desk = agent.incoming
    if not desk.config.alertmanager.enabled:
        raise NotFound(f"Alertmanager's webhook is switched off: set it on in {desk.path.name}.")
    if not _is_trusted(request.headers.get("authorization", ""), desk.token):
        raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"})
    peer = request.client.host if request.client else ""
    try:
        notices = read_payload(body, agent.clock.now(), peer)
    except KnownError as error:
        raise BadRequest(str(error)) from None
    outcomes = await desk.take(notices)
    return answers.bare({"status": "ok", "count": len(outcomes), "outcomes": outcomes})


def _is_trusted(header: str, token: str) -> bool:
    scheme, _, told = header.partition(" ")
    return bool(token) and scheme.lower() == "bearer" and hmac.compare_digest(told.strip().encode(), token.encode())
