"""The catalogue: channels with their inputs, lists to import, templates."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from noc_console.agent.forms import ChannelForm
from noc_console.api import answers
from noc_console.api.alarms import Id
from noc_console.api.bodies import TemplateForm
from noc_console.api.door import TheAgent

routes = APIRouter(tags=["catalogue"])
By = Annotated[str, Query(max_length=200, description="Who does it.")]
TEXT = {
    "requestBody": {
        "required": True,
        "content": {"text/plain": {"schema": {"type": "string"}}, "text/csv": {"schema": {"type": "string"}}},
    }
}


@routes.get("/channels")
async def channels(
    agent: TheAgent,
    tier: Annotated[int | None, Query(ge=1, le=3)] = None,
    is_4k: bool | None = None,
) -> Response:
    """Return the channels by code."""
    return answers.listed("channels", agent.channels.listed(tier, is_4k))


@routes.post("/channels", status_code=201)
async def add(agent: TheAgent, form: ChannelForm, by: By = "") -> Response:
    """Add a channel; it is measured at once."""
    channel = await agent.channels.add(form, by)
    return answers.one("channel", channel, 201, channel_id=channel["channel_id"], id=channel["channel_id"])


@routes.post("/channels/import", openapi_extra=TEXT)
async def bring(agent: TheAgent, request: Request, dry_run: bool = False, by: By = "") -> Response:
    """Add and change channels by a list (CSV or M3U); a dry run says what would happen."""
    text = (await request.body()).decode("utf-8", "replace")
    return answers.bare(await agent.channels.bring(text, dry_run, by))


@routes.get("/channels/{channel_id}")
async def channel(agent: TheAgent, channel_id: Id) -> Response:
    """Return one channel."""
    return answers.one("channel", agent.channels.one(channel_id))


@routes.put("/channels/{channel_id}")
async def change(agent: TheAgent, channel_id: Id, form: ChannelForm, by: By = "") -> Response:
    """Change what the form says; the rest stays."""
    return answers.one("channel", await agent.channels.change(channel_id, form, by))


@routes.delete("/channels/{channel_id}")
async def remove(agent: TheAgent, channel_id: Id, purge: bool = False, by: By = "") -> Response:
    """Disable a channel, or remove it with `purge`."""
    await (agent.channels.purge(channel_id, by) if purge else agent.channels.enable(channel_id, False, by))
    return answers.done("The channel is removed." if purge else "The channel is disabled.")


@routes.post("/channels/{channel_id}/enable")
async def enable(agent: TheAgent, channel_id: Id, by: By = "") -> Response:
    """Measure a channel again."""
    return answers.one("channel", await agent.channels.enable(channel_id, True, by))


@routes.post("/channels/{channel_id}/disable")
async def disable(agent: TheAgent, channel_id: Id, by: By = "") -> Response:
    """Stop measuring a channel."""
    return answers.one("channel", await agent.channels.enable(channel_id, False, by))


@routes.get("/templates")
async def templates(agent: TheAgent) -> Response:
    """Return the templates by name."""
    return answers.listed("templates", agent.templates.listed())


@routes.get("/templates/{name}")
async def template(agent: TheAgent, name: str) -> Response:
    """Return one template."""
    return answers.one("template", agent.templates.one(name))


@routes.post("/templates", status_code=201)
async def add_template(agent: TheAgent, form: TemplateForm, by: By = "") -> Response:
    """Add a template."""
    made = await agent.templates.add(form.model_dump(exclude_none=True), by)
    return answers.one("template", made, 201, id=made["template_id"])


@routes.put("/templates/{name}")
async def change_template(agent: TheAgent, name: str, form: TemplateForm, by: By = "") -> Response:
    """Change what the form says of a template."""
    return answers.one("template", await agent.templates.change(name, form.model_dump(exclude_none=True), by))


@routes.delete("/templates/{name}")
async def remove_template(agent: TheAgent, name: str, by: By = "") -> Response:
    """Remove a template no channel uses; a shipped one returns to its shipped values."""
    await agent.templates.remove(name, by)
    return answers.done("The template is removed.")
