"""The router: all open cases of an agent, fed with the journal's events and with the time."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from noc_console.model import Channel, Event, Severity
from noc_console.routing import asking
from noc_console.routing import case as cases
from noc_console.routing.case import Case, Decision
from noc_console.routing.notice import Action, Notice
from noc_console.routing.plan import repeat_of
from noc_console.routing.policy import Concern, Policy

ALARM_KINDS = frozenset(
    {
        "AlarmRaised",
        "AlarmUpdated",
        "AlarmCleared",
        "AlarmAcknowledged",
        "AlarmResolved",
        "AlarmNoted",
        "AlarmShelved",
        "AlarmUnshelved",
        "AlarmSuppressed",
        "AlarmReleased",
    }
)
MARGIN_S = 10.0  # what was due so shortly before the agent ended may not have been called


class Router:
    """Who hears of which alarm; owns no clock and does no I/O: the same events give the same notices."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.cases: dict[int, Case] = {}
        self._channels: dict[int, Concern] = {}
        #: Channels a drill is running on: their alarms, and those that only hold such alarms, are told to nobody.
        self.drilled: frozenset[int] = frozenset()
        self._timers: list[tuple[float, int]] = []
        self._wound: dict[int, float] = {}

    def configure(self, channels: Iterable[Channel]) -> None:
        """Take tier, class and labels of the channels as they are now."""
        self._channels = {
            one.id: Concern(
                Severity.INDETERMINATE,
                channel_class=one.channel_class,
                tier=one.tier,
                labels=frozenset(one.labels),
                is_demo=one.is_demo,
            )
            for one in channels
        }

    def reload(self, policy: Policy, at: float) -> None:
        """Take another policy: what it would have called before now is not called any more."""
        self.policy = policy
        self._timers, self._wound = [], {}
        for alarm_id, case in self.cases.items():
            self.cases[alarm_id] = self._past(case, at)
            self._wind(alarm_id)

    def step(self, event: Event) -> Decision | None:
        """Return what an event means; None for one that is no alarm's."""
        if event.kind not in ALARM_KINDS or "alarm" not in event.data:
            return None
        alarm = event.data["alarm"]
        alarm_id = int(alarm["alarm_id"])
        concern = cases.concern_of(alarm, self._channels.get(int(alarm.get("channel_id") or 0)))
        concern = replace(concern, is_drill=self._is_drill(alarm))
        decision = cases.step(self.cases.get(alarm_id), event, concern, self.policy)
        self._keep(alarm_id, decision.case)
        return decision

    def ask(self, event: Event) -> Decision | None:
        """Return who is told because a guide asks for somebody; None for an event that does not."""
        if event.kind not in asking.KINDS:
            return None
        alarm_id = int(event.data.get("alarm_id") or 0)
        known = self.cases.get(alarm_id)
        concern = self._channels.get(event.channel_id)
        if concern is not None and event.channel_id in self.drilled:
            concern = replace(concern, is_drill=True)
        decision = asking.asked(known or asking.case_of(event, concern), event, self.policy)
        if known is not None:
            self._keep(alarm_id, decision.case)
        return decision

    def _is_drill(self, alarm: Mapping[str, Any]) -> bool:
        channel_id, children = int(alarm.get("channel_id") or 0), alarm.get("children") or ()
        if channel_id or not self.drilled:
            return channel_id in self.drilled
        held = [self.cases.get(int(one)) for one in children]
        return bool(held) and all(case is not None and case.concern.is_drill for case in held)

    def never_told(self, notice: Notice) -> None:
        """Forget that a receiver was told: the notice could not be delivered, so its end is not told either."""
        case = self.cases.get(notice.alarm_id)
        if case is not None and notice.action is Action.RAISE:
            told = {name: severity for name, severity in case.told.items() if name != notice.receiver}
            self.cases[notice.alarm_id] = replace(case, told=told)

    def due(self, at: float, most: int = 2**31) -> list[Notice]:
        """Return the notices whose time has come, in order of time; of so many alarms at most."""
        notices: list[Notice] = []
        while most > 0 and self._timers and self._timers[0][0] <= at:
            most -= 1
            when, alarm_id = heapq.heappop(self._timers)
            case = self.cases.get(alarm_id)
            if case is None or self._wound.get(alarm_id) != when:
                continue
            del self._wound[alarm_id]
            decision = cases.due(case, at, self.policy)
            notices += decision.notices
            self._keep(alarm_id, decision.case)
        return notices

    def next_at(self) -> float | None:
        """Return when `due` should be asked next."""
        return self._timers[0][0] if self._timers else None

    def restore(
        self,
        alarms: Iterable[Mapping[str, object]],
        made: Iterable[tuple[Notice, bool]],
        at: float,
        alive_until: float,
    ) -> None:
        """Take the open alarms of the history and their notices, oldest first, each with whether it failed.

        What was due while no agent ran (after `alive_until`) is called late; what was due before was called then.
        """
        by_alarm: dict[int, list[tuple[Notice, bool]]] = {}
        for notice, is_failed in made:
            by_alarm.setdefault(notice.alarm_id, []).append((notice, is_failed))
        for alarm in alarms:
            alarm_id = int(str(alarm["alarm_id"]))
            case = self._restored(alarm, by_alarm.get(alarm_id, []))
            self._keep(alarm_id, self._past(case, min(at, alive_until) - MARGIN_S))

    def _restored(self, alarm: Mapping[str, object], made: list[tuple[Notice, bool]]) -> Case:
        concern = cases.concern_of(alarm, self._channels.get(int(str(alarm.get("channel_id") or 0))))
        case = Case(alarm, concern, float(str(alarm.get("raised_at") or 0)), is_over=cases.is_over(alarm))
        for notice, is_failed in made:
            case = _replayed(case, notice, is_failed)
        return replace(case, paused=cases.paused_by(alarm))

    def _past(self, case: Case, before: float) -> Case:
        late = [call.key for call in cases.open_calls(case, self.policy) if call.at <= before]
        return cases.without(case, late)

    def _keep(self, alarm_id: int, case: Case) -> None:
        if case.alarm.get("resolved"):
            self.cases.pop(alarm_id, None)
            self._wound.pop(alarm_id, None)
            return
        self.cases[alarm_id] = case
        self._wind(alarm_id)

    def _wind(self, alarm_id: int) -> None:
        following = cases.next_at(self.cases[alarm_id], self.policy)
        if following is None:
            self._wound.pop(alarm_id, None)
        elif self._wound.get(alarm_id) != following:
            self._wound[alarm_id] = following
            heapq.heappush(self._timers, (following, alarm_id))


def _replayed(case: Case, notice: Notice, is_failed: bool) -> Case:
    """Return the case after a notice that is known to have been made of it."""
    count = case.count + 1
    if notice.action is Action.RESOLVE:
        return replace(case, count=count, told={}, done=frozenset())
    calls = frozenset(notice.data.get("calls") or ())
    severity = str(notice.alarm.get("severity", ""))
    heard = {} if is_failed and notice.action is Action.RAISE else {notice.receiver: severity}
    worse = bool(case.told) and severity not in case.told.values()
    return replace(
        case,
        count=count,
        began_at=notice.due_at if worse else case.began_at,
        done=calls if worse else case.done | calls,
        told={**case.told, **heard},
        repeats=max([case.repeats, *(repeat_of(key) for key in calls)]),
    )
