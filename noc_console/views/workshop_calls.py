"""What the rule workshop asks of the agent, one function a question."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from noc_console.errors import KnownError
from noc_console.views.desk import Desk
from noc_console.views.records_feed import client_of

_POLL_S = 0.4


async def rules(desk: Desk, channel_id: int) -> list[dict[str, Any]]:
    """Return every rule of a channel with its sources."""
    return list((await client_of(desk).get(f"/channels/{channel_id}/rules"))["rules"])


async def replay(desk: Desk, wish: dict[str, Any], tell: Callable[[float], object]) -> tuple[str, dict[str, Any]]:
    """Replay the past against an edited rule; `tell` hears how far it is. Raises KnownError when it fails."""
    client = client_of(desk)
    job = str((await client.post("/workshop", wish))["job"])
    while True:
        state = await client.get(f"/workshop/{job}")
        tell(float(state["progress"]))
        if state["state"] == "done":
            return job, dict(state["result"])
        if state["state"] == "failed":
            raise KnownError(str(state["message"]))
        await asyncio.sleep(_POLL_S)


async def apply(desk: Desk, job: str, note: str) -> str:
    """Write the change that was tried; the replay is its proof."""
    by = {"by": desk.operator.name or "operator"}
    change = (await client_of(desk).post(f"/workshop/{job}/apply", {"note": note}, by))["change"]
    return f"Applied: {change['rule']} for {change['level']} {change['target']}; the replay is kept as its proof."


async def bring(desk: Desk, text: str, *, is_dry: bool) -> dict[str, Any]:
    """Send a Prometheus alert_rules.yaml; a dry run only translates."""
    params: dict[str, str | bool] = {"dry_run": is_dry, "by": desk.operator.name or "operator"}
    return dict(await client_of(desk).post_text("/rules/import", text, params))


async def profiles(desk: Desk) -> dict[str, Any]:
    """Return the severity profile that holds and those there are."""
    return dict(await client_of(desk).get("/rules/profile"))


async def preview(desk: Desk, name: str) -> list[dict[str, Any]]:
    """Return what changes under another profile."""
    return list((await client_of(desk).get("/rules/profile/preview", {"profile": name}))["findings"])


async def use_profile(desk: Desk, name: str) -> dict[str, Any]:
    """Use a profile from now on."""
    from urllib.parse import quote

    by = quote(desk.operator.name or "operator")
    return dict(await client_of(desk).put(f"/rules/profile?by={by}", {"profile": name}))
