"""Maintenance windows and suppressions: planned, changed, cloned, ended, reclassified, and what they hide."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from noc_console.agent.forms import Text, Words
from noc_console.api import answers
from noc_console.api.alarms import Id
from noc_console.api.catalogue import By
from noc_console.api.door import TheAgent

routes = APIRouter(tags=["maintenance"])
Moment = Annotated[float, Field(ge=0, le=1e11, allow_inf_nan=False)]
Numbers = Annotated[list[Annotated[int, Field(ge=0, le=2**62)]], Field(max_length=5000)]
Clock = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
Kind = Literal["maintenance", "suppression"]


class SlotForm(BaseModel):
    """A time of day that comes again, in the window's time zone; an end at or before the start is the next day."""

    model_config = ConfigDict(extra="forbid")

    start: Clock
    end: Clock
    weekdays: Annotated[list[Annotated[int, Field(ge=0, le=6)]], Field(max_length=7)] = Field(default_factory=list)
    weeks: Annotated[list[Annotated[int, Field(ge=-5, le=5)]], Field(max_length=10)] = Field(default_factory=list)
    month_days: Annotated[list[Annotated[int, Field(ge=-31, le=31)]], Field(max_length=62)] = Field(
        default_factory=list
    )


class TargetForm(BaseModel):
    """What it is about: of each kind that is named, one must match."""

    model_config = ConfigDict(extra="forbid")

    labels: Words = Field(default_factory=list)
    channels: Numbers = Field(default_factory=list)
    agents: Words = Field(default_factory=list)
    regions: Words = Field(default_factory=list)
    layers: Annotated[list[Annotated[int, Field(ge=0, le=5)]], Field(max_length=6)] = Field(default_factory=list)
    alarm_types: Words = Field(default_factory=list)
    is_everything: bool = False


class WindowForm(BaseModel):
    """A window; what is not said keeps its value, or takes the default."""

    model_config = ConfigDict(extra="ignore")

    name: Text | None = None
    kind: Kind | None = None
    target: TargetForm | None = None
    start: Moment | None = None
    end: Moment | None = None
    slots: Annotated[list[SlotForm], Field(max_length=50)] | None = None
    zone: Annotated[str, Field(max_length=60)] | None = None
    while_type: Annotated[str, Field(max_length=50)] | None = None
    reason: Annotated[str, Field(max_length=1000)] | None = None

    def said(self) -> dict[str, Any]:
        """Return what was said, and nothing else; only an end may be said to be none."""
        said = self.model_dump(exclude_unset=True)
        return {name: value for name, value in said.items() if value is not None or name == "end"}


class Reason(BaseModel):
    """Why."""

    reason: Annotated[str, Field(max_length=1000)] = ""


@routes.get("/maintenance")
async def windows(agent: TheAgent, kind: Annotated[Kind | None, Query()] = None) -> Response:
    """Return the windows and suppressions, with whether each is open and what it hides."""
    return answers.listed("windows", agent.plans.listed(kind or ""))


@routes.get("/maintenance/explorer")
async def explored(agent: TheAgent) -> Response:
    """Return every window with what it hides, hid in 30 days, and a warning where it hides nothing."""
    return answers.listed("windows", await agent.plans.explored())


@routes.post("/maintenance", status_code=201)
async def plan(agent: TheAgent, form: WindowForm, by: By = "") -> Response:
    """Plan a window or a suppression."""
    said = {"name": "", "target": {}, **form.said()}
    return answers.one("window", await agent.plans.plan(said, by), 201)


@routes.get("/maintenance/{window_id}")
async def window(agent: TheAgent, window_id: Id) -> Response:
    """Return one window."""
    return answers.one("window", agent.plans.one(window_id))


@routes.put("/maintenance/{window_id}")
async def change(agent: TheAgent, window_id: Id, form: WindowForm, by: By = "") -> Response:
    """Change what is said of a window."""
    return answers.one("window", await agent.plans.change(window_id, form.said(), by))


@routes.delete("/maintenance/{window_id}")
async def remove(agent: TheAgent, window_id: Id, by: By = "") -> Response:
    """Remove a window."""
    await agent.plans.remove(window_id, by)
    return answers.done("The window is removed.")


@routes.post("/maintenance/{window_id}/clone", status_code=201)
async def clone(
    agent: TheAgent, window_id: Id, form: Annotated[WindowForm | None, Body()] = None, by: By = ""
) -> Response:
    """Plan the same again, with what is said changed."""
    return answers.one("window", await agent.plans.clone(window_id, form.said() if form else {}, by), 201)


@routes.post("/maintenance/{window_id}/end")
async def end(agent: TheAgent, window_id: Id, by: By = "") -> Response:
    """End a window now."""
    return answers.one("window", await agent.plans.end(window_id, by))


@routes.post("/maintenance/{window_id}/reclassify")
async def reclassify(agent: TheAgent, window_id: Id, why: Reason, by: By = "") -> Response:
    """Count the alarms raised while it was open as its own; one event says which and why."""
    found = await agent.plans.reclassify(window_id, by, why.reason)
    return answers.bare({"status": "ok", **found})


@routes.get("/alarms/{alarm_id}/hiding")
async def hiding(agent: TheAgent, alarm_id: Id) -> Response:
    """Say what hides an open alarm, and of each window about it why it does or does not."""
    return answers.bare({"status": "ok", **agent.plans.hiding(alarm_id)})
