"""What the guide screens ask of the agent, one function a question."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from noc_console.views.desk import Desk
from noc_console.views.incident_calls import read_picture
from noc_console.views.records_feed import client_of

if TYPE_CHECKING:
    from noc_console.net.api_client import ApiClient

Json = Mapping[str, Any]
_WAIT_S = 20.0


async def begun(desk: Desk, alarm_id: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """Begin or join the walk of an alarm; return it with its guide, all in one answer."""
    made = await client_of(desk).post("/guides/runs", {"alarm_id": alarm_id, "by": who(desk)})
    return made["run"], made["guide"]


async def started(desk: Desk, wish: Json) -> int:
    """Begin or join a walk: `guide`, `alarm_id`, `channel_id`; return its number."""
    made = await client_of(desk).post("/guides/runs", {**wish, "by": who(desk)})
    return int(made["run_id"])


async def whole(client: ApiClient, run_id: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a walk and the guide it was begun with."""
    path = f"/guides/runs/{run_id}"
    run, guide = await asyncio.gather(client.get(path), client.get(f"{path}/guide"))
    return run["run"], guide["guide"]


async def news(client: ApiClient, run_id: int, since: int) -> dict[str, Any]:
    """Return a walk when it is another than at a revision, at the latest after 20 s."""
    asked = {"since": since, "wait": _WAIT_S}
    return dict((await client.get(f"/guides/runs/{run_id}", asked, wait_s=_WAIT_S))["run"])


async def done(desk: Desk, run_id: int, deed: Json) -> dict[str, Any]:
    """Do a deed in the operator's name; return the walk after it. Raises `KnownError` where it is refused."""
    made = await client_of(desk).post(f"/guides/runs/{run_id}/deeds", {"by": who(desk), **deed})
    return dict(made["run"])


async def diagnosed(desk: Desk, run_id: int, step: str) -> dict[str, Any]:
    """Begin a step's diagnostic; return the walk."""
    made = await client_of(desk).post(f"/guides/runs/{run_id}/diagnostics", {"step": step, "by": who(desk)})
    return dict(made["run"])


async def listed(client: ApiClient) -> dict[str, Any]:
    """Return all guides, the mistakes in their files, and the newest walks."""
    asked = (client.get("/guides"), client.get("/guides/mistakes"), client.get("/guides/runs", {"limit": 200}))
    guides, mistakes, runs = await asyncio.gather(*asked)
    return {"guides": guides["guides"], "mistakes": mistakes["mistakes"], "runs": runs["runs"]}


async def shifts(client: ApiClient) -> dict[str, Any]:
    """Return when checklists are due, which there are, and the walks through them."""
    asked = (client.get("/guides/calendar"), client.get("/guides"), client.get("/guides/runs", _CHECKLISTS))
    turns, guides, runs = await asyncio.gather(*asked)
    lists = [one for one in guides["guides"] if one["kind"] == "checklist"]
    return {"turns": turns["turns"], "guides": lists, "runs": runs["runs"]}


_CHECKLISTS: Mapping[str, str | int] = {"kind": "checklist", "limit": 200}


async def reviewed(desk: Desk, guide: str) -> str:
    """Write down that the operator has looked a guide through; return one sentence."""
    await client_of(desk).post(f"/guides/{guide}/review", {"by": who(desk)})
    return "It is written down that you looked it through."


async def receivers(client: ApiClient) -> list[dict[str, Any]]:
    """Return the contact book."""
    return list((await client.get("/receivers"))["receivers"])


async def versions(client: ApiClient) -> dict[str, int]:
    """Return the version in force of every guide."""
    return {one["guide"]: int(one["version"]) for one in (await client.get("/guides"))["guides"]}


async def attached(desk: Desk, run_id: int, step: str, file: Path) -> dict[str, Any]:
    """Attach a picture file to a step; return the walk."""
    body = await asyncio.to_thread(read_picture, file)
    asked = {"text": file.name[:200], "step": step, "by": who(desk)}
    return dict((await client_of(desk).post_bytes(f"/guides/runs/{run_id}/pictures", body, asked))["run"])


def who(desk: Desk) -> str:
    """Return in whose name deeds are done."""
    return desk.operator.name or "operator"
