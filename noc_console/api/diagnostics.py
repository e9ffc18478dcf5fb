"""Diagnostics: which there are, one run of one of them, and how it goes."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from noc_console.agent.diagnostic_room import Consent
from noc_console.api import answers
from noc_console.api.alarms import Id
from noc_console.api.door import TheAgent
from noc_console.api.live import Wait

routes = APIRouter(tags=["diagnostics"])
Number = Annotated[int, Field(ge=0, le=2**62)]
Name = Annotated[str, Path(min_length=1, max_length=60, pattern=r"^[a-z0-9][a-z0-9-]*$")]


class Wish(BaseModel):
    """Where to run a diagnostic, and in whose name; `file` names a log."""

    model_config = ConfigDict(extra="forbid")

    channel_id: Number = 0
    input_id: Number = 0
    by: Annotated[str, Field(max_length=200)] = ""
    file: Annotated[str, Field(max_length=200)] = ""


class Order(BaseModel):
    """For which channel a command is run, by whom, in which role, and whether that was confirmed."""

    model_config = ConfigDict(extra="forbid")

    channel_id: Number = 0
    by: Annotated[str, Field(max_length=200)] = ""
    role: Annotated[str, Field(max_length=60)] = ""
    is_confirmed: bool = False


class Asking(BaseModel):
    """Who asks."""

    model_config = ConfigDict(extra="forbid")

    by: Annotated[str, Field(max_length=200)] = ""


@routes.post("/channels/{channel_id}/is-it-us")
async def is_it_us(agent: TheAgent, channel_id: Id, asking: Asking) -> Response:
    """Return where a channel's fault lies, how sure that is, and what was looked at; within ten seconds."""
    return answers.one("answer", await agent.is_it_us.ask(channel_id, asking.by))


@routes.get("/diagnostics")
async def listed(agent: TheAgent) -> Response:
    """Return the built-in diagnostics with the fields of their results."""
    return answers.listed("diagnostics", agent.diagnostics.listed())


@routes.get("/diagnostics/commands")
async def commands(agent: TheAgent) -> Response:
    """Return the external commands the site allows, and the logs that may be read."""
    site = agent.diagnostics.site()
    told = [one.json() for one in site.commands.values()]
    return answers.one("allowed", {"commands": told, "logs": site.logs()})


@routes.post("/diagnostics/commands/{name}", status_code=202)
async def command(agent: TheAgent, name: Name, order: Order) -> Response:
    """Begin an external command the site allows; the answer names the job."""
    consent = Consent(order.by, order.role, order.is_confirmed)
    return answers.one("job", agent.diagnostics.command(name, order.channel_id, consent), 202)


@routes.post("/diagnostics/{name}", status_code=202)
async def begin(agent: TheAgent, name: Name, wish: Wish) -> Response:
    """Begin a diagnostic at an input of a channel (0: its first); the answer names the job."""
    examination = agent.diagnostics.examination(name, wish.channel_id, wish.input_id, wish.by, wish.file)
    return answers.one("job", agent.diagnostics.begin(examination), 202)


@routes.get("/diagnostics/jobs/{number}")
async def job(agent: TheAgent, number: Annotated[int, Path(ge=1, le=2**62)], wait: Wait = 0.0) -> Response:
    """Return how far a run is, and its result; with `wait` when it ends."""
    return answers.one("job", await agent.diagnostics.told(number, wait))
