"""What a picture of the incident screens needs: alarms of the lab under an incident that people work on."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from noc_console.views.desk import Desk

_PATIENCE_S = 60.0
_LINH, _MINH = {"by": "T. Linh"}, {"by": "Minh"}


async def tell_incidents(desk: Desk) -> None:
    """Wait for the story's alarms, put them under an incident, and let two people work; another one is over."""
    client = desk.agent.client
    if client is None:
        return
    old = (await client.post("/incidents", {"title": "Edge HCM slow at noon", "severity": "minor"}, _MINH))[
        "incident"
    ]
    await client.post(f"/incidents/{old['id']}/close", {"cause": "isp", "cause_text": "peering at HCM full"}, _MINH)
    for _ in range(int(_PATIENCE_S * 2)):
        if len(desk.mirror.open_alarms()) >= 2:
            break
        await asyncio.sleep(0.5)
    alarms = [int(one["id"]) for one in desk.mirror.open_alarms()]
    if not alarms:
        return
    now = desk.mirror.now()
    await client.alarm_verb(alarms[0], "acknowledge", "T. Linh", "looking")
    made = (await client.post("/incidents", {"alarms": alarms}, _LINH))["incident"]
    path = f"/incidents/{made['id']}"
    await client.put(path, {"impact": {"viewers": "picture stands still in Hanoi and HCM"}, "ticket": "NOC-4711"})
    await client.post(f"{path}/notes", {"text": "Asked the storage team to look at volume 3."}, _MINH)
    for text, owner, due in (
        ("Check disk latency on packager-02", "Minh", now + 1500),
        ("Ask for standby Packager 05", "T. Linh", now - 240),
        ("Tell the storage team", "Minh", now + 600),
    ):
        await client.post(f"{path}/tasks", {"text": text, "owner": owner, "due_at": due}, _LINH)
    await client.put(f"{path}/tasks/3?by=Minh", {"done": True})
