"""The FastAPI application over one agent: which routes there are, and how they are described."""

from __future__ import annotations

from fastapi import APIRouter, Depends, FastAPI
from fastapi.security import HTTPBearer

from noc_console.agent.core import Agent
from noc_console.api import (
    alarms,
    answers,
    catalogue,
    diagnostics,
    drills,
    guides,
    history,
    incidents,
    incoming,
    lab,
    live,
    media,
    nms,
    notices,
    operations,
    plans,
    programs,
    rules,
    work,
)
from noc_console.api.rim import BASE, Rim

# described here, checked in the rim before any route is looked for
_TOKEN = HTTPBearer(auto_error=False, description="The agent's token.")


def build(agent: Agent) -> FastAPI:
    """Return the application that answers for an agent, without its rim."""
    app = FastAPI(
        title="noc-console agent",
        version=agent.version,
        openapi_url=f"{BASE}/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        dependencies=[Depends(_TOKEN)],
        responses=answers.ERRORS,
    )
    app.state.agent = agent
    answers.install(app)
    rooms: tuple[APIRouter, ...] = (
        live.routes,
        alarms.routes,
        history.routes,
        work.routes,
        media.routes,
        catalogue.routes,
        lab.routes,
        notices.routes,
        plans.routes,
        incidents.routes,
        rules.routes,
        nms.routes,
        incoming.routes,
        operations.routes,
        programs.routes,
        guides.routes,
        diagnostics.routes,
        drills.routes,
    )
    for routes in rooms:
        app.include_router(routes, prefix=BASE)
    return app


def guarded(agent: Agent, token: str) -> Rim:
    """Return the application behind its rim: what a server serves."""
    return Rim(build(agent), token, str((agent.read_only or {}).get("refusal", "")))
