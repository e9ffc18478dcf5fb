"""The notices of an agent: who hears of its alarms is decided with each event and kept with it, then told."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from noc_console.agent.clock import Clock
from noc_console.agent.recorder import Recorder
from noc_console.errors import KnownError
from noc_console.history.outbox import NoticeQuery
from noc_console.model import Channel, Event, Severity
from noc_console.notify import config as configs
from noc_console.notify.config import NotifyConfig
from noc_console.notify.ledger import Ledger
from noc_console.notify.secrets import Secrets
from noc_console.notify.sender import Sender, Target
from noc_console.routing.notice import Notice, Skip, from_json, to_json
from noc_console.routing.policy import Policy
from noc_console.routing.router import Router
from noc_console.settings import Settings

KEPT_S = 30 * 86400.0
_FAILED = ("failed", "skipped")
_BEGINS = frozenset({"AlarmRaised"})
_UNREAD_AGAIN_S = 30.0  # a keyring may be locked when the agent starts
_AT_ONCE = 50  # alarms whose escalation is decided without letting others work in between
_log = logging.getLogger(__name__)


class Notices:
    """Router, outbox and receivers of one agent.

    `decide` is asked by the recorder for what to write with each event, `kept` is told what is durable.
    """

    def __init__(
        self, settings: Settings, clock: Clock, recorder: Recorder, channels: Callable[[], Iterable[Channel]]
    ) -> None:
        self.settings, self.clock, self.recorder = settings, clock, recorder
        folder, name = settings.db.absolute().parent, settings.db.name
        self.path = folder / "notify.toml"
        self.secrets = Secrets(folder / f"{name}.secrets", str(settings.db.absolute()))
        self.config = NotifyConfig()
        self.fault = ""
        self.router = Router(Policy())
        self.sender = Sender(Ledger(self._keep), clock.now)
        self.sender.never_told = self.router.never_told
        self._channels = channels
        self._stamp: tuple[int, int] | None = None
        self._turn = asyncio.Lock()
        self._unread_at = 0.0

    async def load(self) -> None:
        """Take up configuration, open alarms and what the last run left in the outbox."""
        history, now = self.recorder.history, self.clock.now()
        self.router.configure(self._channels())
        await self.reload()
        ended = [float(one.data.get("start") or now) for one in history.opened_with if "start" in one.data]
        try:
            alarms = await history.open_alarms()
            rows = await history.notices_of([int(one["alarm_id"]) for one in alarms])
            waiting = await history.waiting_notices()
        except KnownError as error:
            _log.warning("the outbox cannot be read: %s", error)
            return
        made = [(from_json(row["body"]), row["state"] in _FAILED) for row in rows]
        self.router.restore(alarms, made, now, min(ended, default=now))
        self.sender.resume((from_json(row["body"]), row["state"], row["attempts"]) for row in waiting)

    # -- with each event

    def decide(self, events: Sequence[Event]) -> list[Event]:
        """Return the events of notices that belong to these events and are written with them."""
        found: list[Event] = []
        for event in events:
            try:
                found += self._decided(event)
            except Exception:  # noqa: BLE001 - the fan-out: a bug in routing must not keep an alarm from the journal
                _log.exception("routing failed on %s", event.kind)
        return found

    def _decided(self, event: Event) -> list[Event]:
        decision = self.router.step(event) or self.router.ask(event)
        if decision is None:
            return []
        found = self.queued(decision.notices)
        return [*found, *self._skipped(event, decision.skips)] if event.kind in _BEGINS else found

    def queued(self, notices: Iterable[Notice]) -> list[Event]:
        """Return the events that put notices into the outbox; those beyond its bound are left out, and told so."""
        found = []
        for notice in notices:
            alarm = notice.alarm
            where = int(alarm.get("channel_id") or 0), int(alarm.get("input_id") or 0)
            at = self.clock.now()
            if self.sender.has_room(Severity(alarm.get("severity", "critical"))):
                found.append(Event("NoticeQueued", at, *where, {"notice": to_json(notice)}))
            else:
                data = {
                    "alarm_ids": [notice.alarm_id],
                    "skipped": [{"receiver": notice.receiver, "reason": "outbox-full", "says": "too many wait"}],
                }
                found.append(Event("NoticeSkipped", at, *where, data))
        return found

    def kept(self, events: Iterable[Event]) -> None:
        """Take what is durable now to the sender."""
        notices = [from_json(one.data["notice"]) for one in events if one.kind == "NoticeQueued"]
        if notices:
            self.sender.take(notices)

    def _skipped(self, event: Event, skips: Iterable[Skip]) -> list[Event]:
        told = [
            {"receiver": one.receiver, "reason": one.reason, "says": one.says}
            for one in skips
            if one.receiver in self.config.receivers
        ]
        if not told:
            return []
        data = {"alarm_ids": [int(event.data["alarm"]["alarm_id"])], "skipped": told}
        return [Event("NoticeSkipped", event.at, event.channel_id, event.input_id, data)]

    async def _keep(self, events: Sequence[Event]) -> None:
        await self.recorder.keep(events)

    # -- with time

    async def call(self) -> None:
        """Queue what is due by now: escalations, repetitions, ends of quiet hours."""
        while notices := self.router.due(self.clock.now(), _AT_ONCE):
            await self.recorder.keep(self.queued(notices))

    async def prune(self) -> None:
        """Forget notices that were done a month ago."""
        try:
            await self.recorder.history.prune_notices(self.clock.now() - KEPT_S)
        except KnownError as error:
            _log.warning("old notices cannot be removed: %s", error)

    async def look_at_file(self) -> None:
        """Take the configuration anew when its file has changed."""
        if await asyncio.to_thread(self._stamp_now) != self._stamp:
            await self.reload()
        elif self._unread_at and self.clock.now() - self._unread_at > _UNREAD_AGAIN_S:
            await self.refresh()

    def reconfigured(self) -> None:
        """Take tier, class and labels of the channels as they are now."""
        self.router.configure(self._channels())

    async def reload(self) -> None:
        """Read notify.toml; one that is wrong changes nothing and is told in one sentence."""
        async with self._turn:
            self._stamp = await asyncio.to_thread(self._stamp_now)
            try:
                text = await asyncio.to_thread(configs.read, self.path)
                await self._use(await asyncio.to_thread(configs.parse, text, self.path.name))
                self.fault = ""
            except KnownError as error:
                if str(error) != self.fault:
                    self.fault = str(error)
                    text = f"{self.fault} The receivers stay as they were."
                    await self.recorder.keep([Event("NotifyConfigRefused", self.clock.now(), data={"text": text})])
                if not self.config.routes:
                    await self._use(configs.parse(""))

    async def refresh(self) -> None:
        """Read the secrets anew."""
        async with self._turn:
            await self._use(self.config)

    async def _use(self, config: NotifyConfig) -> None:
        targets, self._unread_at = {}, 0.0
        for name, one in config.receivers.items():
            give_up_s = one.give_up_min * 60 if one.give_up_min is not None else config.give_up_s
            targets[name] = Target(name, one, give_up_s, await self._secret(name))
        now = self.clock.now()
        late = self.queued(self.router.due(now))  # what the policy of before owed until this moment
        self.config = config
        self.router.reload(self._policy(config), now)
        self.sender.use(targets)
        if late:
            await self.recorder.keep(late)

    async def _secret(self, name: str) -> str:
        try:
            return await self.secrets.read(name)
        except KnownError as error:
            _log.warning("the secret of %s cannot be read: %s", name, error)
            self._unread_at = self.clock.now()
            return ""

    def _policy(self, config: NotifyConfig) -> Policy:
        return Policy(
            routes=config.routes,
            receivers=config.seen,
            is_silent=self.settings.notify == "none",
            agent=self.settings.name,
            tells_demo=config.tells_demo,
        )

    def _stamp_now(self) -> tuple[int, int] | None:
        try:
            found = self.path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size

    # -- what is asked

    def facts(self) -> dict[str, Any]:
        """Return how telling goes, as the board shows it."""
        lanes = self.sender.lanes.values()
        return {
            "mode": self.settings.notify,
            "receivers": len(self.config.receivers),
            "waiting": self.sender.waiting,
            "failing": [lane.receiver for lane in lanes if lane.failures],
            "fault": self.fault,
        }

    async def known(self, query: NoticeQuery) -> list[dict[str, Any]]:
        """Return the newest notices and what became of them."""
        return [dict(row) for row in await self.recorder.ask(self.recorder.history.notices(query))]
