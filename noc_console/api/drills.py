"""Drills: scenarios to start, the one that runs, score sheets, and the training record."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from noc_console.agent.forms import Text
from noc_console.api import answers
from noc_console.api.alarms import Id
from noc_console.api.door import TheAgent

routes = APIRouter(tags=["drills"])
Key = Annotated[str, Query(max_length=100, description="The key its instructor got.")]


class StartForm(BaseModel):
    """Which scenario, for which team, led by whom; a seed makes the same drill again."""

    model_config = ConfigDict(extra="forbid")

    scenario: Annotated[str, Field(min_length=1, max_length=60)]
    team: Annotated[Text, Field(max_length=100)] = ""
    by: Annotated[Text, Field(max_length=100)] = ""
    seed: Annotated[int, Field(ge=0, lt=2**53)] | None = None


@routes.get("/drills")
async def listed(agent: TheAgent) -> Response:
    """Return the drills, newest first; of the one that runs only that it runs."""
    return answers.listed("drills", await agent.drills.listed())


@routes.get("/drills/scenarios")
async def scenarios(agent: TheAgent) -> Response:
    """Return what an instructor may start."""
    return answers.listed("scenarios", await agent.drills.scenarios())


@routes.get("/drills/training")
async def training(agent: TheAgent) -> Response:
    """Return the training record: team, topic, hours, date, trainer."""
    return answers.listed("training", await agent.drills.training())


@routes.post("/drills", status_code=201)
async def start(agent: TheAgent, said: StartForm) -> Response:
    """Start a scenario on the lab's channels; its key opens the instructor's view."""
    one = await agent.drills.start(said.scenario, said.team, said.by, said.seed)
    return answers.bare({"drill": one.public, "drill_id": one.number, "key": one.key}, 201)


@routes.get("/drills/{drill_id}")
async def told(agent: TheAgent, drill_id: Id, key: Key = "") -> Response:
    """Return a drill: everything once it has ended or with its key, else only that it runs."""
    return answers.bare({"drill": await agent.drills.told(drill_id, key)})


@routes.post("/drills/{drill_id}/end")
async def end(agent: TheAgent, drill_id: Id, key: Key, by: Annotated[Text, Query()] = "") -> Response:
    """End the drill before its time and return its score sheet."""
    return answers.bare({"drill": await agent.drills.end(drill_id, by, key)})
