"""Rules: what holds for a channel and who says so, changes by tier and channel, severity profiles, the workshop."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Body, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from noc_console.agent.workshop import Wish
from noc_console.api import answers
from noc_console.api.alarms import Id
from noc_console.api.bodies import Number
from noc_console.api.catalogue import TEXT, By
from noc_console.api.door import TheAgent

routes = APIRouter(tags=["rules"])
Key = Annotated[str, Field(max_length=100, pattern=r"^[a-zA-Z0-9_\-]*$")]
Changes = Annotated[
    dict[Annotated[str, Field(max_length=40)], bool | Number | None], Field(min_length=1, max_length=20)
]
Profile = Annotated[str, Query(max_length=20)]


class RuleChangeForm(BaseModel):
    """A change of one rule: its limits, holds or whether it is on, for a tier (1 to 3) or a channel (its id)."""

    model_config = ConfigDict(extra="forbid")

    level: Literal["tier", "channel"]
    target: Annotated[int, Field(ge=1, le=2**62)]
    rule: Key
    changes: Changes
    note: Annotated[str, Field(max_length=1000)] = ""


class WishForm(BaseModel):
    """What to try: a rule with changes, over so many days, on these channels (none: all, or all of a tier)."""

    model_config = ConfigDict(extra="forbid")

    rule: Key
    changes: Changes
    days: Annotated[float, Field(gt=0, le=31, allow_inf_nan=False)] = 1.0
    level: Literal["tier", "channel"] = "tier"
    target: Annotated[int, Field(ge=0, le=2**62)] = 0
    channels: Annotated[list[Annotated[int, Field(ge=1, le=2**62)]], Field(max_length=500)] = Field(
        default_factory=list
    )


class ProfileForm(BaseModel):
    """Which severities hold."""

    profile: Annotated[str, Field(max_length=20)]


@routes.get("/channels/{channel_id}/rules")
async def effective(agent: TheAgent, channel_id: Id) -> Response:
    """Return every rule of a channel: each limit with its source, and where it stands on each input."""
    return answers.listed("rules", agent.rules.effective(channel_id))


@routes.get("/rules/changes")
async def changes(agent: TheAgent) -> Response:
    """Return what operators changed."""
    return answers.listed("changes", agent.rules.listed())


@routes.post("/rules/changes", status_code=201)
async def change(agent: TheAgent, form: RuleChangeForm, by: By = "") -> Response:
    """Change a rule for a tier or a channel; it holds from the next look on."""
    return answers.one("change", await agent.rules.change(form.model_dump(), by), 201)


@routes.delete("/rules/changes/{change_id}")
async def remove(agent: TheAgent, change_id: Id, by: By = "") -> Response:
    """Take a change back."""
    await agent.rules.remove(change_id, by)
    return answers.done("The change is taken back.")


@routes.get("/rules/profile")
async def profile(agent: TheAgent) -> Response:
    """Return the severity profile that holds."""
    return answers.bare({"status": "ok", **agent.rules.profile()})


@routes.get("/rules/profile/preview")
async def preview(agent: TheAgent, profile: Profile) -> Response:
    """Return what changes its severity under another profile."""
    return answers.listed("findings", agent.rules.preview(profile))


@routes.put("/rules/profile")
async def use_profile(agent: TheAgent, form: ProfileForm, by: By = "") -> Response:
    """Use a severity profile from now on."""
    return answers.bare({"status": "ok", **await agent.rules.use_profile(form.profile, by)})


@routes.post("/rules/import", openapi_extra=TEXT)
async def bring(agent: TheAgent, request: Request, dry_run: bool = True, by: By = "") -> Response:
    """Read a Prometheus alert_rules.yaml; what could not be translated is listed. Without a dry run it is applied."""
    text = (await request.body()).decode("utf-8", "replace")
    return answers.bare({"status": "ok", **await agent.workshop.bring(text, dry_run, by)})


@routes.post("/workshop", status_code=202)
async def begin(agent: TheAgent, form: WishForm) -> Response:
    """Begin to replay the last days against an edited rule; the answer names the job."""
    wish = Wish(form.rule, form.changes, form.days, form.level, form.target, tuple(form.channels))
    return answers.bare({"status": "ok", "job": agent.workshop.begin(wish)}, 202)


@routes.get("/workshop/{job}")
async def job(agent: TheAgent, job: Annotated[str, Path(max_length=64)]) -> Response:
    """Return how far a replay is, and its result."""
    return answers.bare({"status": "ok", **agent.workshop.state(job)})


@routes.post("/workshop/{job}/apply")
async def apply(
    agent: TheAgent,
    job: Annotated[str, Path(max_length=64)],
    note: Annotated[str, Body(embed=True, max_length=1000)] = "",
    by: By = "",
) -> Response:
    """Write the change that was tried, with the replay as its proof."""
    return answers.one("change", await agent.workshop.apply(job, note, by))
