"""What the incident screens ask of the agent, one function a question; each order answers one sentence."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from noc_console.errors import KnownError
from noc_console.views.desk import Desk
from noc_console.views.records_feed import client_of

if TYPE_CHECKING:
    from noc_console.net.api_client import ApiClient

_MOST_PICTURE = 8 * 1024**2
Json = Mapping[str, Any]


async def listed(client: ApiClient) -> list[dict[str, Any]]:
    """Return the incidents, newest first."""
    return list((await client.get("/incidents", {"limit": 200}))["incidents"])


async def whole(client: ApiClient, incident_id: int) -> dict[str, Any]:
    """Return an incident with its alarms, timeline and evidence."""
    path = f"/incidents/{incident_id}"
    asked = (client.get(path), client.get(f"{path}/timeline"), client.get(f"{path}/evidence"))
    one, lines, evidence = await asyncio.gather(*asked)
    return {**one["incident"], "lines": lines["lines"], "evidence": evidence["evidence"]}


async def incident_for(desk: Desk, alarm_ids: Sequence[int]) -> int:
    """Return the incident these alarms are under; a new one where there is none that is open."""
    client = client_of(desk)
    found = (await client.get("/incidents", {"alarm_id": alarm_ids[0]}))["incidents"]
    known = next((one for one in found if one["state"] != "closed"), None)
    if known is None:
        made = await client.post("/incidents", {"alarms": list(alarm_ids)}, _by(desk))
        return int(made["incident"]["id"])
    more = [one for one in alarm_ids if one not in known["alarms"]]
    if more:
        await client.post(f"/incidents/{known['id']}/alarms", {"alarms": more}, _by(desk))
    return int(known["id"])


async def opened(desk: Desk, title: str) -> int:
    """Open an incident without alarms and return its number."""
    made = await client_of(desk).post("/incidents", {"title": title}, _by(desk))
    return int(made["incident"]["id"])


async def post(desk: Desk, incident_id: int, verb: str, body: Json | None = None, said: str = "") -> str:
    """Do one verb to an incident."""
    await client_of(desk).post(f"/incidents/{incident_id}/{verb}", body, _by(desk))
    return said


async def change(desk: Desk, incident_id: int, body: Json, said: str = "") -> str:
    """Change what is named."""
    await client_of(desk).put(f"/incidents/{incident_id}?by={_name(desk)}", body)
    return said


async def part(desk: Desk, incident_id: int, alarm_id: int) -> str:
    """Take an alarm out of an incident."""
    await client_of(desk).delete(f"/incidents/{incident_id}/alarms/{alarm_id}", _by(desk))
    return f"Alarm {alarm_id} is taken out."


async def change_task(desk: Desk, incident_id: int, task_id: int, body: Json, said: str = "") -> str:
    """Change a task."""
    await client_of(desk).put(f"/incidents/{incident_id}/tasks/{task_id}?by={_name(desk)}", body)
    return said


async def attach(desk: Desk, incident_id: int, file: Path) -> str:
    """Attach a picture file."""
    body = await asyncio.to_thread(read_picture, file)
    asked = {"text": file.name[:200], **_by(desk)}
    await client_of(desk).post_bytes(f"/incidents/{incident_id}/pictures", body, asked)
    return f"{file.name} is attached."


async def report(desk: Desk, incident_id: int, form: str) -> bytes:
    """Return the report in one form."""
    return await client_of(desk).get_bytes(f"/incidents/{incident_id}/report?format={form}")


async def page(desk: Desk, incident_id: int) -> dict[str, Any]:
    """Return the report as a page."""
    return dict((await client_of(desk).get(f"/incidents/{incident_id}/report"))["page"])


async def capsule(desk: Desk, incident_id: int) -> tuple[bytes, str]:
    """Return the evidence capsule and the hash that seals it."""
    body, headers = await client_of(desk).post_for_bytes(f"/incidents/{incident_id}/capsule", _by(desk))
    return body, str(headers.get("x-capsule-head", ""))


def read_picture(file: Path) -> bytes:
    """Return a picture's bytes. Raises `KnownError` for one over 8 MB or one that cannot be read."""
    try:
        if file.stat().st_size > _MOST_PICTURE:
            raise KnownError(f"{file.name} is larger than 8 MB.")
        return file.read_bytes()
    except OSError as error:
        raise KnownError(f"{file.name} cannot be read: {error.strerror}.") from None


def _by(desk: Desk) -> dict[str, str]:
    return {"by": desk.operator.name or "operator"}


def _name(desk: Desk) -> str:
    return quote(desk.operator.name or "operator")
