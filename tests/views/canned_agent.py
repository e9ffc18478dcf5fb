"""A real HTTP server on loopback that answers like an agent with the canned story, and remembers what it was told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import canned_story as story
from aiohttp import web

from noc_console.net.api_client import ApiClient
from noc_console.views.desk import Desk


@dataclass
class CannedAgent:
    told: list[tuple[str, str, Any]] = field(default_factory=list)
    refusals: dict[str, tuple[int, str]] = field(default_factory=dict)
    answers: dict[str, Any] = field(default_factory=dict)

    async def answer(self, request: web.Request) -> web.Response:
        path = request.path.removeprefix("/api/v1")
        if request.method != "GET" and path != "/notices/dry-run":
            is_json = request.content_type == "application/json" and request.can_read_body
            body = await request.json() if is_json else (await request.read()).decode(errors="replace")
            self.told.append(
                (request.method, path + ("?" + request.query_string if request.query_string else ""), body)
            )
        for ending, (status, sentence) in self.refusals.items():
            if path.endswith(ending):
                return web.json_response({"status": "error", "message": sentence}, status=status)
        found = self.answers.get(path) or self._known(request, path)
        return web.Response(body=found) if isinstance(found, bytes) else web.json_response(found)

    def _known(self, request: web.Request, path: str) -> Any:
        asked = request.query
        if path.startswith("/series"):
            if path.endswith("/baseline"):
                return {"band": story.baseline(asked["rung"], asked["metric"])}
            end = min(float(asked["end"]), story.NOW)
            return story.series(int(asked["input"]), asked["rung"], asked["metric"], float(asked["start"]), end)
        of_channel = {"requests": story.requests, "playlist": story.playlist, "rules": _no_rules}
        tell = _PLAIN.get(path) or of_channel.get(path.rpartition("/")[2])
        if tell is not None:
            return tell()
        if path.startswith("/inspect/"):
            return story.inspection()
        if path.startswith("/channels/"):
            return {"status": "ok", "channel": story.catalogue_channel()}
        return {"status": "ok"}


def _no_rules() -> dict[str, Any]:
    return {"rules": []}


_PLAIN: dict[str, Callable[[], Any]] = {
    "/alarms": lambda: {"alarms": [*story.alarms(), *story.closed_alarms()]},
    "/notices": lambda: {"status": "ok", "count": 0, "notices": []},
    "/notices/dry-run": lambda: {"status": "ok", "routes": [], "told": [], "not_told": []},
    "/templates": lambda: {"templates": [{"name": "TPL_ABR_OTT"}, {"name": "TPL_OWN"}]},
    "/lab": story.lab,
    "/inspect": lambda: {"job": "job-1"},
    "/channels/import": story.import_answer,
}


@asynccontextmanager
async def serving(desk: Desk) -> AsyncIterator[CannedAgent]:
    """Serve, with the desk's client pointed at it; everything is ended at the end."""
    agent = CannedAgent()
    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", agent.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = site._server.sockets[0].getsockname()[1]
    try:
        async with ApiClient(f"http://127.0.0.1:{port}", "token") as client:
            desk.agent.client = client
            yield agent
            await desk.tasks.stop()
    finally:
        desk.agent.client = None
        await runner.cleanup()


async def settled(desk: Desk) -> None:
    """Wait until every started task has ended."""
    while running := list(desk.tasks._running):
        await asyncio.gather(*running, return_exceptions=True)
