"""The sender: one lane for each receiver; intent in the journal first, then the sending, then what became of it."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from noc_console.model import Event, Severity
from noc_console.notify.kinds import KINDS
from noc_console.notify.lane import Entry, Lane, folded, is_resolve
from noc_console.notify.ledger import Ledger
from noc_console.notify.outcome import Outcome, scrubbed
from noc_console.notify.post import Posts
from noc_console.notify.receiver import ReceiverConfig
from noc_console.routing.notice import Action, Notice
from noc_console.routing.reasons import SKIP

MAX_WAITING = 20_000
_LAST_WORD_S = 2.0
_log = logging.getLogger(__name__)

Told = Callable[[Notice], None]


@dataclass(frozen=True, slots=True)
class Target:
    """One receiver as the sender knows it; its own text shows no secret."""

    name: str
    config: ReceiverConfig
    give_up_s: float
    secret: str = field(default="", repr=False)

    @property
    def deduplicates(self) -> bool:
        """Whether the receiver makes one of what it hears twice."""
        return KINDS[self.config.kind].deduplicates(self.config)


class Sender:
    """Everything that waits to be told, and the tasks that tell it."""

    def __init__(self, ledger: Ledger, now: Callable[[], float], chance: random.Random | None = None) -> None:
        self.lanes: dict[str, Lane] = {}
        self.targets: dict[str, Target] = {}
        self.never_told: Told = lambda notice: None
        self._ledger, self._now = ledger, now
        self._chance = chance or random.Random()
        self._posts = Posts()
        self._woken = asyncio.Event()
        self._dropped: list[Event] = []

    # -- what comes in

    def use(self, targets: Mapping[str, Target]) -> None:
        """Take the receivers as they are now; what waits for one that is gone is dropped, and said so."""
        for name, target in self.targets.items():
            if targets.get(name) != target:
                self._posts.forget(name)
        for name in targets.keys() & self.targets.keys():
            if targets[name] != self.targets[name]:
                self.lanes[name].try_now()
        self.targets = dict(targets)
        for name in targets:
            self.lanes.setdefault(name, Lane(name))
        for name in [name for name in self.lanes if name not in targets]:
            lane = self.lanes.pop(name)
            self._drop([entry.notice for entry in lane.entries.values()], "receiver-gone")
        self._woken.set()

    def has_room(self, severity: Severity) -> bool:
        """Say whether one more notice may wait; critical ones may when others may not any more."""
        waiting = self.waiting
        return waiting < MAX_WAITING or (severity is Severity.CRITICAL and waiting < 2 * MAX_WAITING)

    @property
    def waiting(self) -> int:
        """How many notices wait."""
        return sum(len(lane.entries) for lane in self.lanes.values())

    def take(self, notices: Iterable[Notice]) -> None:
        """Take notices that are in the journal."""
        for notice in notices:
            lane = self.lanes.get(notice.receiver)
            if lane is None:
                self._drop([notice], "receiver-gone")
            else:
                lane.put(notice)
        self._woken.set()

    def resume(self, rows: Iterable[tuple[Notice, str, int]]) -> None:
        """Take up what an earlier run left: notice, state and attempts. One that was being sent may be a repeat."""
        for notice, state, attempts in rows:
            target = self.targets.get(notice.receiver)
            if state == "sending" and target is not None and not target.deduplicates:
                notice = replace(notice, data={**notice.data, "repeat": True})
            self.take([notice])
            if target is not None:
                self.lanes[notice.receiver].entries[notice.id].attempts = attempts if state == "held" else 0

    def held_since(self) -> tuple[float, str] | None:
        """Return since when the oldest notice waits, and for whom."""
        found = [(since, lane.receiver) for lane in self.lanes.values() if (since := lane.waits_since()) is not None]
        return min(found, default=None)

    async def try_out(self, notice: Notice) -> Outcome:
        """Tell a receiver at once, past everything that waits; return what became of it."""
        target = self.targets[notice.receiver]
        outcome = await self._posts.deliver(notice, target.name, target.config, target.secret)
        return replace(outcome, text=scrubbed(outcome.text, target.secret))

    # -- what goes out

    async def run(self) -> None:
        """Tell what may be told, as it may be told, until cancelled."""
        try:
            async with asyncio.TaskGroup() as group:
                while True:
                    self._woken.clear()
                    await self._say_dropped()
                    wait_s = self._start(group)
                    try:
                        async with asyncio.timeout(wait_s):
                            await self._woken.wait()
                    except TimeoutError:
                        continue
        finally:
            await self._posts.close()

    def _start(self, group: asyncio.TaskGroup) -> float | None:
        now = self._now()
        for lane in self.lanes.values():
            messages = lane.ready(now)
            if messages:
                lane.is_busy = True
                group.create_task(self._work(lane, messages))
        times = [at for lane in self.lanes.values() if (at := lane.next_at(now)) is not None]
        return max(0.01, min(times) - now) if times else None

    async def _work(self, lane: Lane, messages: list[list[Entry]]) -> None:
        """Send message after message while there are any; what became of one is written with the next intent."""
        target = self.targets.get(lane.receiver)
        events: list[Event] = []
        try:
            while messages and target is not None:
                events += self._given_up(lane, messages, target)
                left = [[one for one in entries if one.notice.id in lane.entries] for entries in messages]
                messages = [entries for entries in left if entries]
                if messages:
                    intents = [self._event("NoticeSending", lane, entries) for entries in messages]
                    await self._ledger.write([*events, *intents])
                    events = await self._told(lane, target, messages)
                lane.is_busy = False
                messages = lane.ready(self._now()) if self.lanes.get(lane.receiver) is lane else []
                lane.is_busy = bool(messages)
                target = self.targets.get(lane.receiver)
        finally:
            lane.is_busy = False
            await self._ledger.write(events)
            self._woken.set()

    async def _told(self, lane: Lane, target: Target, messages: list[list[Entry]]) -> list[Event]:
        """Send messages of different alarms at once; return the events of what became of them."""
        sendings = [asyncio.ensure_future(self._deliver(target, entries)) for entries in messages]
        try:
            outcomes = await asyncio.shield(asyncio.gather(*sendings))
        except asyncio.CancelledError:
            # the agent ends: a sending under way gets a moment, so that its answer is not lost
            await asyncio.wait(sendings, timeout=_LAST_WORD_S)
            known = [
                (entries, one.result()) for entries, one in zip(messages, sendings, strict=True) if _is_known(one)
            ]
            for one in sendings:
                one.cancel()
            await self._ledger.write(self._became(lane, target, known))
            raise
        return self._became(lane, target, list(zip(messages, outcomes, strict=True)))

    async def _deliver(self, target: Target, entries: list[Entry]) -> Outcome:
        message = folded([one.notice for one in entries])
        outcome = await self._posts.deliver(message, target.name, target.config, target.secret)
        text = scrubbed(outcome.text, target.secret)
        again = outcome.state == "uncertain" and target.deduplicates
        return replace(outcome, text=text, state="retry" if again else outcome.state)

    def _became(self, lane: Lane, target: Target, told: list[tuple[list[Entry], Outcome]]) -> list[Event]:
        now = self._now()
        events = []
        for entries, outcome in told:
            if outcome.state == "retry":
                continue
            lane.sent(entries, now)
            if outcome.state == "failed":
                self._count_as_untold(entries)
                events.append(self._event("NoticeFailed", lane, entries, outcome=outcome.text, reason="refused"))
            else:
                kind = "NoticeSent" if outcome.state == "sent" else "NoticeUncertain"
                events.append(self._event(kind, lane, entries, outcome=outcome.text))
        return [*events, *self._held(lane, [one for one in told if one[1].state == "retry"], now)]

    def _held(self, lane: Lane, told: list[tuple[list[Entry], Outcome]], now: float) -> list[Event]:
        if not told:
            return []
        every = [entry for entries, _ in told for entry in entries]
        next_at = lane.failed(every, max(outcome.retry_after_s for _, outcome in told), now, self._chance)
        events = []
        for entries, outcome in told:
            for one in entries:
                one.fault = outcome.text
            more = {"outcome": outcome.text, "reason": "retrying", "next_at": next_at}
            events.append(self._event("NoticeHeld", lane, entries, **more))
        return events

    def _given_up(self, lane: Lane, messages: list[list[Entry]], target: Target) -> list[Event]:
        now = self._now()
        late = [one for entries in messages for one in entries if now - one.notice.due_at > target.give_up_s]
        if not late:
            return []
        not_before, failures = lane.not_before, lane.failures
        lane.sent(late, now)
        lane.not_before, lane.failures = not_before, failures
        self._count_as_untold(late)
        text = f"Given up after {target.give_up_s / 60:g} min. {late[0].fault}".strip()
        return [self._event("NoticeFailed", lane, late, outcome=text, reason="gave-up", attempts=late[0].attempts)]

    def _count_as_untold(self, entries: list[Entry]) -> None:
        for one in entries:
            if one.notice.action is not Action.RESOLVE:
                self.never_told(one.notice)
                lane = self.lanes.get(one.notice.receiver)
                if lane is not None and one.notice.action is Action.RAISE:
                    self._drop_resolves(lane, one.notice.alarm_id)

    def _drop_resolves(self, lane: Lane, alarm_id: int) -> None:
        gone = [
            entry.notice
            for entry in lane.entries.values()
            if entry.notice.alarm_id == alarm_id and is_resolve(entry.notice)
        ]
        for notice in gone:
            del lane.entries[notice.id]
        self._drop(gone, "never-told")

    def _drop(self, notices: list[Notice], reason: str) -> None:
        for notice in notices:
            data = {
                "ids": [notice.id],
                "alarm_ids": [notice.alarm_id],
                "receiver": notice.receiver,
                "reason": reason,
                "outcome": SKIP[reason],
            }
            self._dropped.append(self._for(notice, "NoticeDropped", data))
        self._woken.set()

    async def _say_dropped(self) -> None:
        events, self._dropped = self._dropped, []
        await self._ledger.write(events)

    def _event(self, kind: str, lane: Lane, entries: list[Entry], **more: Any) -> Event:
        first = entries[0]
        data = {
            "ids": [one.notice.id for one in entries],
            "alarm_ids": sorted({one.notice.alarm_id for one in entries if one.notice.alarm_id}),
            "receiver": lane.receiver,
            "action": str(first.notice.action),
            "attempts": first.attempts + (kind != "NoticeHeld"),
            **more,
        }
        return self._for(first.notice, kind, data)

    def _for(self, notice: Notice, kind: str, data: Mapping[str, Any]) -> Event:
        alarm = notice.alarm
        channel_id, input_id = int(alarm.get("channel_id") or 0), int(alarm.get("input_id") or 0)
        return Event(kind, self._now(), channel_id, input_id, data)


def _is_known(sending: asyncio.Future[Outcome]) -> bool:
    return sending.done() and not sending.cancelled() and sending.exception() is None
