"""What the drills screen asks of the agent, one function a question; each order answers one sentence."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from noc_console.views.desk import Desk
from noc_console.views.records_feed import client_of

if TYPE_CHECKING:
    from noc_console.net.api_client import ApiClient

Json = Mapping[str, Any]


@dataclass(slots=True)
class Instructor:
    """The drill this console started, with the key to its instructor's view; without one it is a trainee's."""

    drill_id: int = 0
    key: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Told:
    """Everything the screen shows: what may be started, the drills held, and the one that runs, as far as it may."""

    scenarios: tuple[Json, ...]
    drills: tuple[Json, ...]
    running: Json | None


async def asked(client: ApiClient, who: Instructor) -> Told:
    """Return scenarios, drills, and the running one with all that this console may see of it."""
    scenarios, drills = await asyncio.gather(client.get("/drills/scenarios"), client.get("/drills"))
    rows = tuple(drills["drills"])
    running = next((one for one in rows if one["state"] == "running"), None)
    if running is not None and running["drill_id"] == who.drill_id:
        path, key = f"/drills/{who.drill_id}", {"key": who.key}
        running = (await client.get(path, key))["drill"]
    past = tuple(one for one in rows if one["state"] != "running")
    return Told(tuple(scenarios["scenarios"]), past, running)


async def start(desk: Desk, scenario: str, team: str, who: Instructor) -> str:
    """Start a scenario for a team; the key stays with this console."""
    body = {"scenario": scenario, "team": team, "by": desk.operator.name}
    answer = await client_of(desk).post("/drills", body)
    who.drill_id, who.key = int(answer["drill_id"]), str(answer["key"])
    return f"DRILL {who.drill_id} started."


async def end(desk: Desk, who: Instructor) -> str:
    """End the drill this console leads."""
    params = {"key": who.key, "by": desk.operator.name}
    drill = (await client_of(desk).post(f"/drills/{who.drill_id}/end", params=params))["drill"]
    return f"DRILL {who.drill_id} ended: {drill['sheet']['points']:g} of 100 points."
