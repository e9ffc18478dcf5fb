"""The demo desk: the lab's channels in the catalogue, its faults on demand."""

from __future__ import annotations

import asyncio
import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

from noc_console.agent.channels import ChannelDesk
from noc_console.agent.forms import ChannelForm
from noc_console.agent.lab_process import LabProcess
from noc_console.agent.refusals import BadRequest, NotFound, Unavailable
from noc_console.model import Channel, Input, Kind

_ANSWER_S = 5.0
_MOST_ANSWER = 16 * 1024**2
_BY = "demo"


@dataclass(slots=True)
class LabDesk:
    """What the operator can do with the lab; everything goes through this agent."""

    channels: ChannelDesk
    process: LabProcess | None = None
    #: Faults of a drill that runs: nobody is told of them, and nobody but the drill ends them.
    hidden: set[int] = field(default_factory=set)

    def facts(self) -> dict[str, Any] | None:
        """Return the lab as the board shows it, None without a demo."""
        return {"url": self.process.url, "channels": len(self.process.channels)} if self.process else None

    def serves(self, one: Input) -> bool:
        """Say whether an input is at the lab that runs now, not at one of an earlier run."""
        return self.process is not None and urlsplit(one.url).port == urlsplit(self.process.url).port

    async def adopt(self, process: LabProcess) -> None:
        """Take a started lab: its channels become ours, those of an earlier run get their new addresses."""
        self.process = process
        answer = await self._call("GET", "/api/channels")
        process.channels = tuple(answer["channels"] if isinstance(answer, Mapping) else answer)
        known = {channel.code: channel for channel in self.channels.by_id.values() if channel.is_demo}
        for one in process.channels:
            await self._adopt_one(one, process.url, known.get(_form(one, process.url).channel_code or ""))

    async def _adopt_one(self, one: Mapping[str, Any], url: str, known: Channel | None) -> None:
        form = _form(one, url)
        if known is None:
            taken = {channel.code for channel in self.channels.by_id.values()}
            if form.channel_code not in taken:
                await self.channels.add(form, _BY, is_demo=True)
        elif (moved := _moved(known, form, url)) != [entry.url for entry in known.inputs]:
            await self.channels.point(known, moved)

    async def state(self) -> dict[str, Any]:
        """Return the lab's channels, its faults and those running."""
        state: dict[str, Any] = await self._call("GET", "/api/channels")
        faults = await self._call("GET", "/api/faults")
        running = [one for one in faults["running"] if one["id"] not in self.hidden]
        return {"url": self.process.url if self.process else "", **state, **faults, "running": running}

    async def log(self) -> Any:
        """Return every fault the lab has made, with the times it really began and ended."""
        return await self._call("GET", "/api/faults/log")

    async def begin(self, fault: Mapping[str, Any]) -> Any:
        """Begin a fault."""
        return await self._call("POST", "/api/faults", fault)

    async def end(self, fault_id: str) -> Any:
        """End a running fault."""
        if fault_id in map(str, self.hidden):
            raise NotFound("The lab knows no such fault.")
        return await self._call("DELETE", f"/api/faults/{fault_id}")

    async def stop(self) -> None:
        """Stop the lab, if there is one."""
        process, self.process = self.process, None
        if process is not None:
            await process.end()

    async def _call(self, method: str, path: str, content: Any = None) -> Any:
        if self.process is None:
            raise NotFound("There is no lab: this agent watches no demo channels.")
        try:
            status, said = await asyncio.to_thread(_exchange, self.process.url, method, path, content)
        except (OSError, http.client.HTTPException, ValueError):
            raise Unavailable("The lab does not answer.") from None
        if status < 400:
            return said
        message = str(said.get("message") or said.get("error") or "The lab refused it.")
        raise NotFound(message) if status == 404 else BadRequest(message)


def _exchange(url: str, method: str, path: str, content: Any) -> tuple[int, Any]:
    """Ask the lab one thing, on loopback; for a thread."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=_ANSWER_S)
    try:
        body = None if content is None else json.dumps(content)
        connection.request(method, path, body, {"Content-Type": "application/json"})
        reply = connection.getresponse()
        raw = reply.read(_MOST_ANSWER)
        return reply.status, json.loads(raw) if raw else {}
    finally:
        connection.close()


def _form(one: Mapping[str, Any], url: str) -> ChannelForm:
    told = ("code", "name", "tier", "class", "template", "labels", "badges")
    said = {name: one[name] for name in told if name in one}
    entries = [_entry(entry, url) for entry in one.get("inputs", [one])]
    return ChannelForm.model_validate({**said, "inputs": entries})


def _entry(one: Mapping[str, Any], url: str) -> dict[str, Any]:
    return {
        "url": urljoin(url, str(one["url"])),
        **{name: one[name] for name in ("kind", "layer", "expected") if name in one},
    }


def _moved(channel: Channel, form: ChannelForm, url: str) -> list[str]:
    """Return the addresses of a known channel in this run: the lab's port, and the groups that go with it."""
    parts = urlsplit(url)
    groups = [entry.url for entry in form.inputs or () if entry.kind is Kind.TS]
    return [
        (groups.pop(0) if groups else one.url)
        if one.kind is Kind.TS
        else urlsplit(one.url)._replace(scheme=parts.scheme, netloc=parts.netloc).geturl()
        for one in channel.inputs
    ]
