"""How a route gets hold of the agent it answers for."""

from __future__ import annotations

from typing import Annotated, cast

from fastapi import Depends, Request

from noc_console.agent.core import Agent


def _agent(request: Request) -> Agent:
    return cast(Agent, request.app.state.agent)


TheAgent = Annotated[Agent, Depends(_agent)]
