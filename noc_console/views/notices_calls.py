"""What the notice screens ask of the agent, one function a question."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from noc_console.views.desk import Desk
from noc_console.views.records_feed import client_of

if TYPE_CHECKING:
    from noc_console.net.api_client import ApiClient

_MOST = 1000


async def notices(client: ApiClient) -> list[dict[str, Any]]:
    """Return the newest notices, newest first."""
    return list((await client.get("/notices", {"limit": _MOST}))["notices"])


async def receivers(client: ApiClient) -> list[dict[str, Any]]:
    """Return the receivers with how they are doing."""
    return list((await client.get("/receivers"))["receivers"])


async def history(desk: Desk, alarm_id: int) -> list[dict[str, Any]]:
    """Return what happened to an alarm, its notices' outcomes among it; nothing of a trial, which has no alarm."""
    if not alarm_id:
        return []
    return list((await client_of(desk).get(f"/alarms/{alarm_id}/history"))["events"])


async def dry_run(desk: Desk, question: dict[str, Any]) -> dict[str, Any]:
    """Return who would be told and who not."""
    return dict(await client_of(desk).post("/notices/dry-run", question))


async def told_of(desk: Desk, alarm_id: int) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Return the notices of an alarm, and who will yet be told of it and who not (nothing once it is closed)."""
    from noc_console.net.api_client import AgentRefused

    client = client_of(desk)
    rows = list((await client.get("/notices", {"alarm_id": alarm_id, "limit": 100}))["notices"])
    try:
        return rows, await dry_run(desk, {"alarm": alarm_id})
    except AgentRefused:
        return rows, {}


async def try_out(desk: Desk, name: str, by: str) -> str:
    """Send a trial and return what came of it."""
    outcome = (await client_of(desk).post(f"/receivers/{name}/test", {"by": by}))["outcome"]
    return f"{name}: {outcome['state']}. {outcome['text']}".strip()


async def set_secret(desk: Desk, name: str, secret: str, by: str) -> str:
    """Keep a receiver's secret; empty removes it."""
    await client_of(desk).put(f"/receivers/{name}/secret", {"secret": secret, "by": by})
    return f"The secret of {name} is {'kept' if secret else 'removed'}; it is never shown."
