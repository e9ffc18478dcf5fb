"""What the maintenance screen asks of the agent, one function a question; each order answers one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from noc_console.views.desk import Desk
from noc_console.views.records_feed import client_of

if TYPE_CHECKING:
    from noc_console.net.api_client import ApiClient


async def windows(client: ApiClient) -> list[dict[str, Any]]:
    """Return every window with what it hides and a warning where it hides nothing."""
    return list((await client.get("/maintenance/explorer"))["windows"])


async def hiding(desk: Desk, alarm_id: int) -> dict[str, Any]:
    """Return what hides an alarm."""
    return dict(await client_of(desk).get(f"/alarms/{alarm_id}/hiding"))


async def save(desk: Desk, window_id: int, body: dict[str, Any]) -> dict[str, Any]:
    """Plan a window (id 0) or change one; returns it."""
    client = client_of(desk)
    if window_id:
        return dict((await client.put(f"/maintenance/{window_id}{_by(desk)}", body))["window"])
    return dict((await client.post("/maintenance", body, {"by": desk.operator.name or "operator"}))["window"])


async def clone(desk: Desk, window_id: int) -> dict[str, Any]:
    """Plan the same again."""
    return dict((await _post(desk, window_id, "clone", {}))["window"])


async def end(desk: Desk, window_id: int) -> str:
    """End a window now."""
    found = (await _post(desk, window_id, "end", {}))["window"]
    return f"{found['name']} is ended; what it hid is shown again."


async def remove(desk: Desk, window_id: int) -> str:
    """Remove a window."""
    await client_of(desk).delete(f"/maintenance/{window_id}", {"by": desk.operator.name or "operator"})
    return "Removed."


async def reclassify(desk: Desk, window_id: int, reason: str) -> str:
    """Count the alarms of its time as the window's own."""
    found = await _post(desk, window_id, "reclassify", {"reason": reason})
    return f"{len(found['alarms'])} alarms count as {found['window']['kind']} now."


async def _post(desk: Desk, window_id: int, verb: str, body: dict[str, Any]) -> dict[str, Any]:
    by = {"by": desk.operator.name or "operator"}
    return dict(await client_of(desk).post(f"/maintenance/{window_id}/{verb}", body, by))


def _by(desk: Desk) -> str:
    from urllib.parse import quote

    return f"?by={quote(desk.operator.name or 'operator')}"
