"""Notices: who was told and who would be, the receivers with their secrets, the policy."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Path, Query
from pydantic import AliasChoices, BaseModel, ConfigDict, Field
from starlette.responses import Response

from noc_console.agent.forms import Text
from noc_console.agent.notice_desk import NoticeDesk, Question
from noc_console.api import answers
from noc_console.api.door import TheAgent
from noc_console.history.outbox import NoticeQuery
from noc_console.model import Severity

routes = APIRouter(tags=["notices"])
Name = Annotated[str, Path(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.\-]{0,63}$")]
State = Literal["", "queued", "sending", "held", "sent", "failed", "uncertain", "skipped"]


class Receivers(BaseModel):
    """All receivers by name, without their secrets."""

    receivers: Annotated[dict[str, dict[str, Any]], Field(max_length=200)]
    by: Text = "system"


class Secret(BaseModel):
    """A receiver's secret; empty removes it."""

    secret: Annotated[str, Field(max_length=8192)]
    by: Text = "system"


class By(BaseModel):
    """Who asks."""

    by: Text = "system"


class PolicyForm(BaseModel):
    """What is to change; routes of null return to the shipped ones."""

    model_config = ConfigDict(extra="forbid")

    routes: Annotated[list[dict[str, Any]], Field(max_length=200)] | None = None
    zone: Annotated[str, Field(max_length=64)] | None = None
    give_up_min: float | None = None
    tell_demo: bool | None = None
    by: Text = "system"


class DryRun(BaseModel):
    """An open alarm by its number, or an alarm that might be."""

    model_config = ConfigDict(populate_by_name=True)

    alarm: int | None = Field(default=None, ge=1, le=2**62, validation_alias=AliasChoices("alarm", "alarm_id"))
    channel: Annotated[str | int, Field(union_mode="left_to_right")] = ""
    type: Annotated[str, Field(max_length=100)] = Field(
        default="", validation_alias=AliasChoices("type", "alarm_type")
    )
    severity: Severity | None = None
    layer: int | None = Field(default=None, ge=0, le=5)
    at: float | None = Field(default=None, ge=0, le=1e11, allow_inf_nan=False)


@routes.get("/notices")
async def known(
    agent: TheAgent,
    alarm_id: Annotated[int, Query(ge=0, le=2**62)] = 0,
    receiver: Annotated[str, Query(max_length=64)] = "",
    state: State = "",
    limit: Annotated[int, Query(ge=1, le=5000)] = 200,
) -> Response:
    """Return the newest notices and what became of them."""
    return answers.listed("notices", await NoticeDesk(agent).known(NoticeQuery(limit, alarm_id, receiver, state)))


@routes.post("/notices/dry-run")
async def dry_run(agent: TheAgent, question: DryRun) -> Response:
    """Return who would be told, when and why, and who would not."""
    asked = Question(
        question.alarm or 0, str(question.channel), question.type, question.severity, question.layer, question.at
    )
    found = NoticeDesk(agent).dry_run(asked)
    not_told = [{"receiver": one.receiver, "reason": one.reason, "says": one.says} for one in found.not_told]
    return answers.bare(
        {"status": "ok", "routes": list(found.routes), "told": list(found.told), "not_told": not_told}
    )


@routes.get("/receivers")
async def receivers(agent: TheAgent) -> Response:
    """Return the receivers and how they are doing; of secrets only whether they are set."""
    return answers.listed("receivers", NoticeDesk(agent).receivers())


@routes.put("/receivers")
async def put_receivers(agent: TheAgent, form: Receivers) -> Response:
    """Replace all receivers."""
    desk = NoticeDesk(agent)
    await desk.put_receivers(form.receivers, form.by)
    return answers.listed("receivers", desk.receivers())


@routes.put("/receivers/{name}/secret")
async def put_secret(agent: TheAgent, name: Name, form: Secret) -> Response:
    """Set a receiver's secret; it is never given out."""
    await NoticeDesk(agent).put_secret(name, form.secret, form.by)
    return answers.done(f"The secret of {name} is kept.")


@routes.post("/receivers/{name}/test")
async def try_out(agent: TheAgent, name: Name, by: Annotated[By | None, Body()] = None) -> Response:
    """Tell a receiver that this is a trial, and answer what became of it."""
    outcome = await NoticeDesk(agent).try_out(name, (by or By()).by)
    return answers.one("outcome", {"state": outcome.state, "text": outcome.text})


@routes.get("/policy")
async def policy(agent: TheAgent) -> Response:
    """Return the routes and habits in force."""
    return answers.one("policy", NoticeDesk(agent).policy())


@routes.put("/policy")
async def put_policy(agent: TheAgent, form: PolicyForm) -> Response:
    """Change routes or habits."""
    desk = NoticeDesk(agent)
    await desk.put_policy(form.model_dump(exclude_unset=True, exclude={"by"}), form.by)
    return answers.one("policy", desk.policy())
