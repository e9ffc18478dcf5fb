"""Guides: which there are, the evidence of an alarm, walks through them, checklists and when they are due."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from starlette.responses import Response

from noc_console.api import answers
from noc_console.api.door import TheAgent

routes = APIRouter(tags=["guides"])
Id = Annotated[int, Path(ge=1, le=2**62)]
GuideId = Annotated[str, Path(min_length=1, max_length=60)]


@routes.get("/guides")
async def listed(agent: TheAgent) -> Response:
    """Return every guide in force, by id."""
    return answers.listed("guides", agent.guides.library.listed())


@routes.get("/guides/mistakes")
async def mistakes(agent: TheAgent) -> Response:
    """Return what is wrong with files of guides, by file and line."""
    return answers.listed("mistakes", agent.guides.library.told_mistakes())


@routes.get("/alarms/{alarm_id}/evidence")
async def evidence(agent: TheAgent, alarm_id: Id) -> Response:
    """Return an alarm's evidence: its guide's questions answered, and the captures kept with it."""
    return answers.one("evidence", await agent.guides.evidence_of(alarm_id))
