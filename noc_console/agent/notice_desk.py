"""What people and scripts ask of the notices: receivers, their secrets and trials, the policy, the dry run."""

from __future__ import annotations

import asyncio
import os
import secrets
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from noc_console.agent.core import Agent
from noc_console.agent.notices import Notices
from noc_console.agent.refusals import BadRequest, Conflict, NotFound, Unavailable
from noc_console.catalogues import alarm_types
from noc_console.errors import KnownError
from noc_console.history.outbox import NoticeQuery
from noc_console.model import Channel, Event, Severity
from noc_console.notify import config as configs
from noc_console.notify import toml_text
from noc_console.notify.kinds import KINDS
from noc_console.notify.outcome import Outcome
from noc_console.notify.receiver import ReceiverConfig
from noc_console.routing import dry
from noc_console.routing.dry import Answer
from noc_console.routing.notice import Action, Notice
from noc_console.routing.policy import Concern


@dataclass(frozen=True, slots=True)
class Question:
    """What a dry run is asked: an open alarm, or an alarm that might be."""

    alarm_id: int = 0
    channel: str = ""
    alarm_type: str = ""
    severity: Severity | None = None
    layer: int | None = None
    at: float | None = None


@dataclass(frozen=True, slots=True)
class NoticeDesk:
    """One call for each route of the API."""

    agent: Agent

    @property
    def _notices(self) -> Notices:
        return self.agent.notices

    # -- receivers

    def receivers(self) -> list[dict[str, Any]]:
        """Return the receivers with how they are doing; of secrets only whether one is set."""
        return [self._receiver(name) for name in self._notices.config.receivers]

    def _receiver(self, name: str) -> dict[str, Any]:
        config, sender = self._notices.config.receivers[name], self._notices.sender
        lane, kind, target = sender.lanes[name], KINDS[config.kind], sender.targets[name]
        state = "off" if not config.enabled else ("failing" if lane.failures else "ok")
        return {
            "name": name,
            **config.model_dump(mode="json", exclude_unset=True),
            "state": state,
            "waiting": len(lane.entries),
            "waits_since": lane.waits_since(),
            "failures": lane.failures,
            "fault": next((one.fault for one in lane.entries.values() if one.fault), ""),
            "next_at": lane.not_before or None,
            "has_secret": bool(target.secret),
            "secret": kind.secret,
            "needs_secret": kind.needs_secret,
        }

    async def put_receivers(self, receivers: Mapping[str, Any], by: str) -> None:
        """Replace all receivers; what is wrong changes nothing and is one sentence.

        A receiver that is gone or moved to another address loses its secret: it was meant for the old one only.
        """
        before = self._notices.config.receivers
        await self._write({"receivers": dict(receivers)}, f"{len(receivers)} receivers", by)
        after = self._notices.config.receivers
        moved = [name for name, one in before.items() if name not in after or _place(after[name]) != _place(one)]
        for name in moved:
            await self._notices.secrets.write(name, "")
        if moved:
            await self._notices.refresh()

    async def put_secret(self, name: str, secret: str, by: str) -> None:
        """Keep a receiver's secret; it is never given out again."""
        self._known(name)
        try:
            await self._notices.secrets.write(name, secret)
        except KnownError as error:
            raise Unavailable(str(error)) from None
        await self._notices.refresh()
        word = "set" if secret else "removed"
        data = {"receiver": name, "by": by, "text": f"The secret of {name} was {word} by {by}."}
        await self.agent.flow.tell(Event("ReceiverSecretChanged", self.agent.clock.now(), data=data))

    async def try_out(self, name: str, by: str) -> Outcome:
        """Tell a receiver at once that this is a trial, and return what became of it."""
        self._known(name)
        now = self.agent.clock.now()
        text = f"This is a TEST of the receiver {name}, asked for by {by}. Nothing is broken."
        subject = f"TEST from noc-console agent {self.agent.settings.name}"
        key = f"noc-console/{self.agent.settings.name}/trial/{int(now)}"
        data = {"agent": self.agent.settings.name, "trial": True}
        trial = Notice(f"trial-{secrets.token_hex(6)}", 0, name, Action.RAISE, key, subject, text, now, "trial", data)
        outcome = await self._notices.sender.try_out(trial)
        told = {"receiver": name, "by": by, "outcome": outcome.text, "state": outcome.state}
        await self.agent.flow.tell(Event("ReceiverTried", now, data=told))
        return outcome

    def _known(self, name: str) -> None:
        if name not in self._notices.config.receivers:
            raise NotFound(f"There is no receiver {name}.")

    # -- the policy

    def policy(self) -> dict[str, Any]:
        """Return the routes and habits as they are in force."""
        config = self._notices.config
        return {
            "routes": [dict(row) for row in config.route_rows],
            "is_shipped": not config.has_own_routes,
            "zone": config.zone,
            "give_up_min": config.give_up_s / 60,
            "tell_demo": config.tells_demo,
            "notify": self.agent.settings.notify,
            "file": self._notices.path.name,
            "fault": self._notices.fault,
        }

    async def put_policy(self, changes: Mapping[str, Any], by: str) -> None:
        """Replace routes or habits; routes of null return to the shipped ones."""
        await self._write(changes, "the policy", by)

    async def _write(self, changes: Mapping[str, Any], what: str, by: str) -> None:
        path = self._notices.path
        try:
            text = await asyncio.to_thread(configs.read, path)
            rows = {**(tomllib.loads(text) if text else {}), **changes}
        except (KnownError, tomllib.TOMLDecodeError):
            raise Conflict(f"{path.name} cannot be read as it is; mend it first.") from None
        rows = {key: value for key, value in rows.items() if value is not None}
        fresh = toml_text.dumps(rows)
        try:
            configs.from_rows(rows, "", "notices")
            configs.parse(fresh, path.name)
        except KnownError as error:
            raise BadRequest(str(error).removeprefix("notices: ")) from None
        try:
            await asyncio.to_thread(_replace, path, fresh)
        except OSError as error:
            raise Unavailable(f"{path.name} cannot be written: {error.strerror}.") from None
        await self._notices.reload()
        data = {"by": by, "text": f"{by} changed {what} in {path.name}."}
        await self.agent.flow.tell(Event("NotifyConfigChanged", self.agent.clock.now(), data=data))

    # -- notices

    async def known(self, query: NoticeQuery) -> list[dict[str, Any]]:
        """Return the newest notices, with what became of them."""
        return await self._notices.known(query)

    def dry_run(self, question: Question) -> Answer:
        """Return who would be told of what is asked about."""
        policy = self._notices.router.policy
        if question.alarm_id:
            case = self._notices.router.cases.get(question.alarm_id)
            if case is None:
                raise NotFound(f"Alarm {question.alarm_id} is not open.")
            return dry.will_tell(policy, case)
        at = question.at if question.at is not None else self.agent.clock.now()
        return dry.would_tell(policy, self._concern(question), at)

    def _concern(self, question: Question) -> Concern:
        kind = alarm_types().get(question.alarm_type)
        if question.alarm_type and kind is None:
            raise BadRequest(f"There is no alarm type {question.alarm_type}.")
        severity = question.severity or (kind.severity if kind else None)
        if severity is None:
            raise BadRequest("Say which alarm: its type or its severity.")
        channel = self._channel(question.channel) if question.channel else None
        layers = [int(one.layer) for one in channel.inputs] if channel else []
        return Concern(
            severity=severity,
            alarm_type=question.alarm_type,
            event_type=kind.event_type if kind else "",
            layer=question.layer if question.layer is not None else min(layers, default=0),
            channel_id=channel.id if channel else 0,
            channel_code=channel.code if channel else "",
            channel_class=channel.channel_class if channel else "",
            tier=channel.tier if channel else 0,
            labels=frozenset(channel.labels) if channel else frozenset(),
            is_demo=channel.is_demo if channel else False,
        )

    def _channel(self, name: str) -> Channel:
        for one in self.agent.channels.by_id.values():
            if name in (one.code, str(one.id)):
                return one
        raise NotFound(f"There is no channel {name}.")


def _place(config: ReceiverConfig) -> tuple[str, ...]:
    """Return where a receiver's secret goes."""
    names = ("kind", "url", "host", "port", "user", "proxy", "ca_file", "security", "transport", "destinations")
    return tuple(str(getattr(config, name, "")) for name in names)


def _replace(path: Path, text: str) -> None:
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
