"""What other systems tell this agent: one way in for traps and webhooks, an event for each, alarms by the mapping."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from noc_console.agent.channels import ChannelDesk
from noc_console.agent.clock import Clock
from noc_console.agent.flow import Flow
from noc_console.agent.refusals import Unavailable
from noc_console.agent.trap_door import TrapDoor
from noc_console.alarms.foreign import Foreign, clear_foreign, raise_foreign
from noc_console.alarms.ledger import Change
from noc_console.errors import KnownError
from noc_console.model import Channel, Event
from noc_console.notify import mapping_config as configs
from noc_console.notify import nms_log
from noc_console.notify.mapping import Incoming, Verdict, judged
from noc_console.notify.mapping_config import IncomingConfig
from noc_console.notify.secrets import Secrets

VAULT_NAME = "incoming/secrets"  # no receiver of notices can be called so
_REFUSED_EVERY_S = 60.0
_FILE_S = 2.0
_BEAT_S = 1.0


@dataclass(slots=True)
class IncomingDesk:
    """The configuration in force, the trap door, and the way of each incoming notice into journal and alarms."""

    clock: Clock
    flow: Flow
    channels: ChannelDesk
    vault: Secrets
    path: Path
    door: TrapDoor
    config: IncomingConfig = field(default_factory=IncomingConfig)
    fault: str = ""
    token: str = field(default="", repr=False)
    received: Counter[tuple[str, str]] = field(default_factory=Counter)  # by source and rule
    _stamp: tuple[int, int] | None = (-1, 0)
    _ending: dict[str, float] = field(default_factory=dict)
    _refused_at: float = 0.0
    _tried_at: float = 0.0

    # -- life

    async def run(self) -> None:
        """Take what comes until cancelled; the file is looked at again every two seconds."""
        try:
            while True:
                await self.look_at_file()
                self.door.woken.clear()
                while found := self.door.take():
                    await self.take(found)
                await self._end_due()
                await self._say_refused()
                await self._pause()
        finally:
            await self.door.close()

    async def _pause(self) -> None:
        try:
            async with asyncio.timeout(_BEAT_S):
                await self.door.woken.wait()
        except TimeoutError:
            return

    # -- configuration

    async def look_at_file(self) -> None:
        """Take the configuration anew when its file has changed, or when it could not be put in force before."""
        now = asyncio.get_running_loop().time()
        if now - self._tried_at >= _FILE_S:
            self._tried_at = now
            if self.fault or await asyncio.to_thread(self._stamp_now) != self._stamp:
                await self.reload()

    async def reload(self) -> None:
        """Read incoming.toml; one that is wrong changes nothing and is told in one sentence."""
        self._stamp = await asyncio.to_thread(self._stamp_now)
        try:
            config = configs.parse(await asyncio.to_thread(self.text), self.path.name)
            told = await self._secrets()
            self.config, self.token = config, str(told.get("alertmanager_token", ""))
            self._adopt(self.clock.now())
            await self.door.use(config.traps, told)
            self.fault = ""
        except KnownError as error:
            if str(error) != self.fault:
                self.fault = str(error)
                await self.flow.tell(Event("IncomingConfigRefused", self.clock.now(), data={"text": self.fault}))

    def text(self) -> str:
        """Return the file's text, empty when there is none."""
        try:
            if self.path.stat().st_size > configs.MAX_FILE_BYTES:
                raise KnownError(f"{self.path.name} is larger than 1 MiB.")
            return self.path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return ""
        except (OSError, UnicodeDecodeError):
            raise KnownError(f"{self.path.name} cannot be read as text.") from None

    def _stamp_now(self) -> tuple[int, int] | None:
        try:
            found = self.path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size

    async def keep_secrets(self, told: Mapping[str, Any]) -> None:
        """Keep communities, users' keys and the webhook's token; what is not named stays as it is."""
        known = await self._secrets()
        try:
            await self.vault.write(VAULT_NAME, json.dumps({**known, **told}))
        except KnownError as error:
            raise Unavailable(str(error)) from None
        await self.reload()

    async def secret_names(self) -> dict[str, Any]:
        """Return which secrets are set, never what they are."""
        told = await self._secrets()
        return {
            "communities": len(told.get("communities") or []),
            "users": sorted(told.get("users") or {}),
            "alertmanager_token": bool(told.get("alertmanager_token")),
        }

    async def _secrets(self) -> dict[str, Any]:
        try:
            told = json.loads(await self.vault.read(VAULT_NAME) or "{}")
        except ValueError:
            raise KnownError("The secrets of incoming notices cannot be read: set them again.") from None
        return told if isinstance(told, dict) else {}

    def facts(self) -> dict[str, Any]:
        """Return how it goes, as the board shows it."""
        return {
            "received": self.received.total(),
            "refused": self.door.all_refused,
            "listening_port": self.door.port,
            "fault": self.fault,
            "by_rule": [
                {"source": source, "rule": rule, "count": count} for (source, rule), count in self.received.items()
            ],
        }

    # -- what comes in

    async def take(self, notices: Sequence[Incoming]) -> list[str]:
        """Keep incoming notices and do what the mapping says; return what became of each, in order."""
        judgements = [(one, judged(self.config.rules, one)) for one in notices]
        outcomes = [_outcome(verdict) for _, verdict in judgements]
        events = [self._event(one, verdict, said) for (one, verdict), said in zip(judgements, outcomes, strict=True)]
        await self.flow.act(lambda: self._changed(judgements), *events)
        self.received.update((one.source, verdict.rule if verdict else "") for one, verdict in judgements)
        return outcomes

    def _changed(self, judgements: Iterable[tuple[Incoming, Verdict | None]]) -> list[Change]:
        ledger = self.flow.engine.ledger
        changes: list[Change] = []
        for one, verdict in judgements:
            if verdict is None:
                continue
            self._ending.pop(verdict.key, None)
            if verdict.is_clear:
                changes += clear_foreign(ledger, verdict.key, one.at, f"Cleared by {one.peer}: {one.says}"[:500])
                continue
            if verdict.clear_after_s:
                self._ending[verdict.key] = one.at + verdict.clear_after_s
            channel = self.channel(verdict.channel)
            foreign = Foreign(verdict.key, verdict.alarm_type, verdict.message, verdict.severity, channel)
            changes += raise_foreign(ledger, foreign, one.at)
        return changes

    def channel(self, name: str) -> Channel | None:
        """Return the channel that a name of another system means: its code, else its name, whatever the case."""
        if not name:
            return None
        wanted, known = name.casefold(), list(self.channels.by_id.values())
        by_code = next((one for one in known if one.code.casefold() == wanted), None)
        return by_code or next((one for one in known if one.name.casefold() == wanted), None)

    def _event(self, one: Incoming, verdict: Verdict | None, outcome: str) -> Event:
        channel = self.channel(verdict.channel) if verdict else None
        return nms_log.event_of(one, verdict, outcome, channel.id if channel else 0)

    # -- with time

    async def _end_due(self) -> None:
        """Clear what its rule ends by itself."""
        now = self.clock.now()
        due = [key for key, at in self._ending.items() if at <= now]
        for key in due:
            del self._ending[key]
        if due:
            ledger, note = self.flow.engine.ledger, "Nothing more was heard of it."
            await self.flow.act(lambda: [change for key in due for change in clear_foreign(ledger, key, now, note)])

    def _adopt(self, now: float) -> None:
        """Give alarms of an earlier run their rule's whole time again: what was left of it is not known."""
        spans = {rule.name: rule.clear_after_s for rule in self.config.rules if rule.clear_after_s}
        if not spans:
            return
        for alarm in self.flow.engine.alarms.values():
            span_s = spans.get(alarm.foreign.partition("|")[0]) if alarm.foreign else None
            if span_s and alarm.condition != "cleared":
                self._ending.setdefault(alarm.foreign, now + span_s)

    async def _say_refused(self) -> None:
        """Tell once a minute how many were refused and why; a flood of forged traps is one event."""
        now = self.clock.now()
        if now - self._refused_at >= _REFUSED_EVERY_S and (counts := self.door.refusals()):
            self._refused_at = now
            await self.flow.tell(Event("IncomingRefused", now, data={"source": "trap", "counts": counts}))


def _outcome(verdict: Verdict | None) -> str:
    if verdict is None:
        return "event only"
    what = f"{verdict.alarm_type}{' on ' + verdict.channel if verdict.channel else ''} by rule {verdict.rule}"
    return f"clears {what}" if verdict.is_clear else f"raises {what}"
