"""What people and scripts ask about other systems: the NMS log, incoming.toml and its secrets, SNMP's own facts."""

from __future__ import annotations

import asyncio
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from noc_console.agent.core import Agent
from noc_console.agent.refusals import BadRequest, NotFound, Unavailable
from noc_console.errors import KnownError
from noc_console.model import Event
from noc_console.notify import mapping_config as configs
from noc_console.notify.mapping import Incoming, judged
from noc_console.notify.nms_log import IN_KINDS, OUT_KINDS, LogQuery, has_text, line_of
from noc_console.notify.snmp import trap_for
from noc_console.notify.snmp_config import DEFAULT_ROOT, SnmpConfig, dotted, keys_of, warning_of
from noc_console.notify.snmp_content import varbinds
from noc_console.routing.notice import from_json

_PAGE = 1000
_MOST_READ = 50_000


@dataclass(frozen=True, slots=True)
class NmsDesk:
    """One call for each route of the API."""

    agent: Agent

    # -- the log

    async def log(self, query: LogQuery) -> list[dict[str, Any]]:
        """Return lines of the log: after a sequence number in order, else the newest, newest first."""
        found: list[dict[str, Any]] = []
        at, read = query.after or query.before, 0
        while len(found) < query.limit and read < _MOST_READ:
            events = await self._page(query, at)
            read += len(events)
            # a page is a thousand traps: looked through beside the loop
            found += (await asyncio.to_thread(_lines, events, query))[: query.limit - len(found)]
            if len(events) < _PAGE:
                break
            at = events[-1].seq
        return found

    async def _page(self, query: LogQuery, at: int) -> tuple[Event, ...]:
        history = self.agent.recorder.history
        if query.after:
            return await self.agent.recorder.ask(history.events(at, query.kinds, _PAGE))
        return await self.agent.recorder.ask(history.newest_events(at, query.kinds, _PAGE))

    async def line(self, seq: int) -> dict[str, Any]:
        """Return one line with everything that is known of it; of a notice also what was said in it."""
        history = self.agent.recorder.history
        events = await self.agent.recorder.ask(history.events(seq - 1, IN_KINDS | OUT_KINDS, 1))
        if not events or events[0].seq != seq:
            raise NotFound(f"There is no line {seq} in the NMS log.")
        line = line_of(events[0], with_raw=True)
        ids = set(events[0].data.get("ids") or ())
        if ids:
            rows = await self.agent.recorder.ask(history.notices_of(list(events[0].data.get("alarm_ids") or ())))
            line["raw"]["notices"] = [self._said(row["body"]) for row in rows if row["notice_id"] in ids]
        return line

    def _said(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Return a notice with the varbinds its trap has, where its receiver speaks SNMP."""
        config = self.agent.notices.config.receivers.get(str(body["receiver"]))
        if not isinstance(config, SnmpConfig):
            return dict(body)
        trap = trap_for(from_json(body), config)
        binds = varbinds(trap, config, config.destinations[0].version, 0.0)[1:]
        shown = [
            {"oid": dotted(oid), "value": dotted(value) if isinstance(value, tuple) else value}
            for oid, _, value in binds
        ]
        return {**body, "varbinds": shown}

    # -- what comes in

    async def incoming(self) -> dict[str, Any]:
        """Return how incoming notices are taken, and how that goes; of secrets only which are set."""
        desk = self.agent.incoming
        config, door = desk.config, desk.door
        return {
            "file": desk.path.name,
            "text": await asyncio.to_thread(desk.text),
            "fault": desk.fault,
            "traps": {
                **config.traps.model_dump(mode="json"),
                "listening": door.port > 0,
                "listening_port": door.port,
            },
            "alertmanager": {"enabled": config.alertmanager.enabled, "path": "/api/v1/incoming/alertmanager"},
            "rules": [dict(one) for one in config.forms],
            "received": desk.received.total(),
            "refused": door.all_refused,
            "secrets": await desk.secret_names(),
        }

    async def put_incoming(self, text: str, by: str) -> None:
        """Replace incoming.toml; a text that is wrong changes nothing and is one sentence."""
        desk = self.agent.incoming
        try:
            configs.parse(text, desk.path.name)
        except KnownError as error:
            raise BadRequest(str(error)) from None
        try:
            await asyncio.to_thread(_replace, desk.path, text)
        except OSError as error:
            raise Unavailable(f"{desk.path.name} cannot be written: {error.strerror}.") from None
        await desk.reload()
        data = {"by": by, "text": f"{by} changed {desk.path.name}."}
        await self.agent.flow.tell(Event("IncomingConfigChanged", self.agent.clock.now(), data=data))

    async def put_secrets(self, told: Mapping[str, Any], by: str) -> None:
        """Keep secrets of senders; they are never given out again."""
        await self.agent.incoming.keep_secrets(told)
        words = ", ".join(sorted(told)) or "nothing"
        data = {"by": by, "text": f"{by} set secrets of incoming notices: {words}."}
        await self.agent.flow.tell(Event("IncomingSecretChanged", self.agent.clock.now(), data=data))

    def try_mapping(self, one: Incoming) -> dict[str, Any] | None:
        """Return what the rules would make of a notice; None where none makes an alarm of it."""
        verdict = judged(self.agent.incoming.config.rules, one)
        if verdict is None:
            return None
        channel = self.agent.incoming.channel(verdict.channel)
        return {
            "rule": verdict.rule,
            "alarm_type": verdict.alarm_type,
            "severity": str(verdict.severity) if verdict.severity else None,
            "channel": verdict.channel,
            "channel_id": channel.id if channel else 0,
            "message": verdict.message,
            "key": verdict.key,
            "clears": verdict.is_clear,
        }

    # -- SNMP's own

    async def snmp(self) -> dict[str, Any]:
        """Return what an NMS must know of us: engine id, OID root, MIB; and which receivers speak SNMP."""
        desk = await asyncio.to_thread(_snmp_desk)
        receivers = {
            name: one for name, one in self.agent.notices.config.receivers.items() if isinstance(one, SnmpConfig)
        }
        roots = sorted({one.root for one in receivers.values()}) or [DEFAULT_ROOT]
        return {
            "roots": [
                {"root": root, "engine_id": desk.identity(root).engine_id.hex(), "warning": warning_of(root)}
                for root in roots
            ],
            "receivers": sorted(receivers),
        }

    async def reach(self, name: str, by: str) -> list[dict[str, Any]]:
        """Ask the NMS of a receiver for their uptime (R-146)."""
        config = self.agent.notices.config.receivers.get(name)
        if not isinstance(config, SnmpConfig):
            raise NotFound(f"There is no SNMP receiver {name}.")
        secret = self.agent.notices.sender.targets[name].secret
        try:
            keys = tuple(keys_of(secret, one) for one in config.destinations)
        except KnownError as error:
            raise BadRequest(str(error)) from None
        desk = await asyncio.to_thread(_snmp_desk)
        found = [
            {"destination": where, "uptime_s": uptime_s, "fault": fault}
            for where, uptime_s, fault in await desk.reach(config, keys)
        ]
        said = "; ".join(one["fault"] or f"{one['destination']} is up for {one['uptime_s']:.0f} s" for one in found)
        state = "failed" if any(one["fault"] for one in found) else "sent"
        data = {"receiver": name, "by": by, "outcome": said, "state": state}
        await self.agent.flow.tell(Event("NmsReached", self.agent.clock.now(), data=data))
        return found


def _lines(events: tuple[Event, ...], query: LogQuery) -> list[dict[str, Any]]:
    return [line_of(one, query.with_raw) for one in events if not query.text or has_text(one, query.text)]


def _snmp_desk() -> Any:
    from noc_console.notify.snmp_desk import desk

    return desk()


def _replace(path: Any, text: str) -> None:
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except OSError:
        fresh.unlink(missing_ok=True)
        raise
