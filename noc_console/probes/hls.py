"""Watches one HLS input: the playlist's edge at the pace of the target duration, segments by level."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from noc_console.media.hls.live import Memory
from noc_console.media.hls.renditions import Peer, compare_renditions
from noc_console.media.hls.truth import judge_alignment
from noc_console.model import Finding, Input, Level
from noc_console.net.fetch import Reply
from noc_console.probes.hls_blocking import BlockingTest
from noc_console.probes.hls_master import MasterWatch
from noc_console.probes.hls_pace import Pace
from noc_console.probes.hls_removed import RemovedWatch
from noc_console.probes.hls_rung import Polled, RungWatch, poll
from noc_console.probes.hls_segments import Segments, is_serious
from noc_console.probes.tools import Tools

PROMOTED_S = 120.0
_MOST_RUNGS = 64


async def watch(input: Input, tools: Tools) -> None:
    """Watch until cancelled."""
    async with asyncio.TaskGroup() as group:
        probe = Watch(input, tools, group)
        while True:
            await tools.sleep_until(await probe.round())


class Watch:
    """One input under watch; `group` owns the downloads.

    `given` is the first answer where it is there already. `is_live` says that a playlist that has ended is a fault.
    """

    def __init__(
        self,
        input: Input,
        tools: Tools,
        group: asyncio.TaskGroup,
        given: Reply | None = None,
        *,
        is_live: bool = True,
    ) -> None:
        self._input = input
        self._tools = tools
        self._is_live = is_live
        self.master = MasterWatch(input, tools, given)
        self._segments = Segments(tools, group)
        self._removed = RemovedWatch(tools)
        self._blocking = BlockingTest(tools)
        self._group = group
        self._pace = Pace(input.poll_s)
        self.rungs: dict[str, RungWatch] = {}
        self._promoted_until = 0.0
        self._turn = 0

    @property
    def level(self) -> Level:
        """The level now: promoted to full while something serious was found."""
        return Level.FULL if self._tools.now() < self._promoted_until else self._input.level

    async def round(self) -> float:
        """Look at everything that is due once, and return when the next round is."""
        at = self._tools.now()
        await self.master.look_when_due(at, self._pace.target_s)
        self._follow_ladder()
        due = [rung for label, rung in self.rungs.items() if self._pace.is_due(label, at)]
        polled = await self._polled(due)
        self._pace.learn(at, polled, self.rungs.values())
        self._take_segments(polled)
        if polled:
            self._test_blocking(at)
            await self._judge_set(at)
        return self._pace.next_at(self._tools.now())

    def _follow_ladder(self) -> None:
        offered = [rung for rung in self.master.rungs if rung.kind != "iframe"]
        if len(offered) > _MOST_RUNGS and len(self.rungs) != _MOST_RUNGS:
            text = f"Of {len(offered)} playlists only the first {_MOST_RUNGS} are measured."
            self._tools.note("event", {"kind": "RungsLeftOut", "at": self._tools.now(), "text": text})
        ladder = {rung.label: rung for rung in offered[:_MOST_RUNGS]}
        for label in [label for label in self.rungs if label not in ladder]:
            del self.rungs[label]
        for label, rung in ladder.items():
            known = self.rungs.get(label)
            if known is None:
                self.rungs[label] = RungWatch(rung, Memory(expects_live=self._is_live))
            elif known.rung is not rung:
                known.rung = rung
        self._segments.allow(len(self.rungs))

    async def _polled(self, due: list[RungWatch]) -> list[Polled]:
        variables: Mapping[str, str] = self.master.variables
        first = self.master.take_first()
        # the playlists of a channel are fetched at the same moment, so that they can be held beside each other
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(poll(rung, self._tools, variables, first)) for rung in due]
        return [task.result() for task in tasks]

    def _take_segments(self, polled: list[Polled]) -> None:
        level = self.level
        video = [one for one in polled if one.fresh and one.watch.rung.kind == "video"] or polled
        self._turn += 1
        for one in polled:
            match level:
                case Level.FULL:
                    self._segments.offer(one.watch, one.fresh, is_whole=True)
                case Level.SAMPLE if one is video[self._turn % len(video)]:
                    self._segments.offer(one.watch, one.fresh[-1:], is_whole=True)
                case Level.LIGHT:
                    self._segments.offer(one.watch, one.fresh[-1:], is_whole=False)

    def _test_blocking(self, at: float) -> None:
        """Start the hourly test of blocking reload beside the rounds, which it must not hold up."""
        if self.level is Level.FULL:
            watch = next((one for one in self.rungs.values() if self._blocking.is_due(one, at)), None)
            if watch is not None:
                self._group.create_task(self._blocking.run(watch))

    async def _judge_set(self, at: float) -> None:
        peers = [Peer(one.rung, one.media, one.looked_at) for one in self.rungs.values() if one.media]
        found, metrics = compare_renditions(peers)
        findings = [
            *found,
            *self._blocking.findings,
            *self._alignment(),
            *await self._removed.check(self.rungs.values(), at),
        ]
        self._promote(at, findings)
        metrics["input.promoted"] = float(self.level is not self._input.level)
        self._tools.look("set", at, metrics, tuple(findings))

    def _alignment(self) -> list[Finding]:
        """Hold the first time stamps of the newest segment that all variants have beside each other."""
        video = [one for one in self.rungs.values() if one.rung.kind == "video" and one.heads]
        common = set.intersection(*(set(one.heads) for one in video)) if len(video) > 1 else set()
        if not common:
            return []
        number = max(common)
        first = video[0].heads[number][0]
        starts = {
            one.rung.label: (head.kind, head.first_s)
            for one in video
            for segment, head in (one.heads[number],)
            if head.first_s is not None and _is_same_content(first.date, segment.date)
        }
        return judge_alignment(starts, number)

    def _promote(self, at: float, findings: list[Finding]) -> None:
        if self._input.level is Level.FULL:
            return
        looks = [*findings, *self.master.findings, *(f for one in self.rungs.values() for f in one.findings)]
        serious = next((finding for finding in looks if is_serious(finding)), None)
        if serious is None and not self._segments.is_bad:
            return
        self._segments.is_bad = False
        if at >= self._promoted_until:
            why = serious.text if serious else "A segment is bad."
            self._tools.note(
                "event", {"kind": "InputPromoted", "at": at, "text": f"Measured in full for a while: {why}"}
            )
        self._promoted_until = at + PROMOTED_S


def _is_same_content(one: float | None, other: float | None) -> bool:
    return one is None or other is None or abs(one - other) < 0.5
