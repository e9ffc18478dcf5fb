"""Guides: which there are, the evidence of an alarm, walks through them, checklists and when they are due."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from noc_console.agent.guide_runs import Wish
from noc_console.agent.refusals import Unavailable
from noc_console.api import answers
from noc_console.api.door import TheAgent
from noc_console.api.live import Wait
from noc_console.history.guide_runs import RunQuery

_READING_S = 15.0


async def _read(agent: TheAgent) -> None:
    """Wait until the guides of a fresh start are read: none of them is missing for that."""
    try:
        async with asyncio.timeout(_READING_S):
            await agent.guides.library.is_loaded.wait()
    except TimeoutError:
        raise Unavailable("The guides are still being read; try again in a moment.") from None


routes = APIRouter(tags=["guides"], dependencies=[Depends(_read)])
Id = Annotated[int, Path(ge=1, le=2**62)]
GuideId = Annotated[str, Path(min_length=1, max_length=60)]
Number = Annotated[int, Field(ge=0, le=2**62)]
By = Annotated[str, Field(max_length=200)]


class Start(BaseModel):
    """What to walk: the guide of an alarm, or a guide by its name."""

    model_config = ConfigDict(extra="forbid")

    guide: Annotated[str, Field(max_length=60)] = ""
    alarm_id: Number = 0
    channel_id: Number = 0
    by: By = ""


class Reviewing(BaseModel):
    """Who has looked a guide through."""

    model_config = ConfigDict(extra="forbid")

    by: By = ""


class Diagnosing(BaseModel):
    """Which step's diagnostic to run."""

    model_config = ConfigDict(extra="forbid")

    step: Annotated[str, Field(min_length=1, max_length=60)]
    by: By = ""


@routes.get("/guides")
async def listed(agent: TheAgent) -> Response:
    """Return every guide in force, by id."""
    return answers.listed("guides", agent.guides.reviews.listed())


@routes.get("/guides/mistakes")
async def mistakes(agent: TheAgent) -> Response:
    """Return what is wrong with files of guides, by file and line."""
    return answers.listed("mistakes", agent.guides.library.told_mistakes())


@routes.get("/guides/calendar")
async def calendar(agent: TheAgent) -> Response:
    """Return the turns of scheduled checklists from a day ago to a day ahead, and how each stands."""
    return answers.listed("turns", agent.guides.checklists.told())


@routes.get("/guides/runs")
async def runs(
    agent: TheAgent,
    guide: Annotated[str, Query(max_length=60)] = "",
    kind: Annotated[str, Query(pattern="^(|playbook|runbook|checklist)$")] = "",
    alarm_id: Annotated[int, Query(ge=0, le=2**62)] = 0,
    is_over: bool | None = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> Response:
    """Return walks through guides, newest first."""
    query = RunQuery(limit, guide=guide, kind=kind, alarm_id=alarm_id, is_over=is_over)
    return answers.listed("runs", await agent.guides.runs.listed(query))


@routes.post("/guides/runs", status_code=201)
async def start(agent: TheAgent, form: Start) -> Response:
    """Begin a walk (201), or join the one that is open for the alarm (200)."""
    run, is_new = await agent.guides.start(Wish(form.guide, form.alarm_id, form.channel_id, form.by))
    guide = await agent.guides.run_guide(run["run_id"])
    return answers.one("run", run, 201 if is_new else 200, run_id=run["run_id"], guide=guide)


@routes.get("/guides/runs/{run_id}")
async def run(
    agent: TheAgent,
    run_id: Id,
    since: Annotated[int, Query(ge=0, le=2**62, description="The revision already known.")] = 0,
    wait: Wait = 0.0,
) -> Response:
    """Return a walk, at once when it changed since a revision, else when it does or the wait is over."""
    return answers.one("run", await agent.guides.runs.told(run_id, since, wait))


@routes.get("/guides/runs/{run_id}/guide")
async def run_guide(agent: TheAgent, run_id: Id) -> Response:
    """Return the guide a walk was begun with, for drawing its tree: the file may have changed since."""
    return answers.one("guide", await agent.guides.run_guide(run_id))


@routes.post("/guides/runs/{run_id}/pictures", status_code=201)
async def picture(
    agent: TheAgent,
    run_id: Id,
    request: Request,
    text: Annotated[str, Query(max_length=4000)] = "",
    step: Annotated[str, Query(max_length=60)] = "",
    by: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """Attach a picture to a step of a walk: the body is a PNG or JPEG file of at most 8 MiB."""
    note = {"text": text.strip() or "Picture", "step": step, "by": by}
    return answers.one("run", await agent.guides.picture(run_id, await request.body(), note), 201)


@routes.post("/guides/runs/{run_id}/deeds")
async def deed(agent: TheAgent, run_id: Id, made: Annotated[dict[str, Any], Body()]) -> Response:
    """Do a deed to a walk; one that cannot be done now is refused (409) in one sentence, and kept."""
    return answers.one("run", await agent.guides.do(run_id, made))


@routes.post("/guides/runs/{run_id}/diagnostics", status_code=202)
async def diagnose(agent: TheAgent, run_id: Id, form: Diagnosing) -> Response:
    """Begin a step's diagnostic; the walk tells its result."""
    return answers.one("run", await agent.guides.diagnose(run_id, form.step, form.by), 202)


@routes.get("/guides/{guide_id}")
async def one(agent: TheAgent, guide_id: GuideId) -> Response:
    """Return a whole guide, for drawing its tree."""
    return answers.one("guide", agent.guides.guide(guide_id))


@routes.post("/guides/{guide_id}/review")
async def review(agent: TheAgent, guide_id: GuideId, form: Reviewing) -> Response:
    """Write down that somebody has looked a guide through as it is now."""
    return answers.one("reviewed", await agent.guides.reviews.review(guide_id, form.by))


@routes.get("/alarms/{alarm_id}/evidence")
async def evidence(agent: TheAgent, alarm_id: Id) -> Response:
    """Return an alarm's evidence: its guide's questions answered, and the captures kept with it."""
    return answers.one("evidence", await agent.guides.evidence_of(alarm_id))
