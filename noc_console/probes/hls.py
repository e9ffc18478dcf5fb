"""Watches one HLS input: the playlist's edge at the pace of the target duration, segments by level."""

from __future__ import annotations

import asyncio

from noc_console.media.container import Head
from noc_console.media.hls import Segment
from noc_console.media.hls.live import Memory
from noc_console.media.hls.renditions import Peer, compare_renditions
from noc_console.media.hls.truth import judge_alignment
from noc_console.media.ladder import measured
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
        if not self.rungs:
            await self.master.look_when_due(at, self._pace.target_s)
            self._follow_ladder()
        due = [rung for label, rung in self.rungs.items() if self._pace.is_due(label, at)]
        polled = await self._polled(due, at)
        self._follow_ladder()
        self._pace.learn(at, polled, self.rungs.values())
        self._sample(polled)
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
        if self._tools.spool is not None:
            self._segments.measured = measured(offered, self._input.media_rung)

    async def _polled(self, due: list[RungWatch], at: float) -> list[Polled]:
        first = self.master.take_first()
        # the playlists of a channel are fetched at the same moment, so that they can be held beside each other
        async with asyncio.TaskGroup() as group:
            group.create_task(self.master.look_when_due(at, self._pace.target_s))
            tasks = [group.create_task(self._poll(rung, first)) for rung in due]
        return [task.result() for task in tasks]

    async def _poll(self, rung: RungWatch, first: Reply | None) -> Polled:
        """Look at one playlist and take its segments at once: a slow playlist must not keep the others waiting."""
        polled = await poll(rung, self._tools, self.master.variables, first)
        level = self.level
        if level is Level.FULL or rung.rung.label in self._segments.measured:
            self._segments.offer(rung, polled.fresh, is_whole=True)
        elif level is Level.LIGHT:
            self._segments.offer(rung, polled.fresh[-1:], is_whole=False)
        return polled

    def _sample(self, polled: list[Polled]) -> None:
        """Take the newest segment of one variant in turn."""
        fresh = [one for one in polled if one.fresh]
        if self.level is Level.SAMPLE and fresh:
            video = [one for one in fresh if one.watch.rung.kind == "video"] or fresh
            self._turn += 1
            chosen = video[self._turn % len(video)]
            if chosen.watch.rung.label not in self._segments.measured:
                self._segments.offer(chosen.watch, chosen.fresh[-1:], is_whole=True)

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
        first, first_head = video[0].heads[number]
        starts = {
            one.rung.label: (head.kind, head.first_s)
            for one in video
            for segment, head in (one.heads[number],)
            if head.first_s is not None and _is_same_content(first, first_head, segment, head.first_s)
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


def _is_same_content(one: Segment, its_head: Head, other: Segment, begins_s: float) -> bool:
    """Say whether two segments of one number carry the same moment: by date, else by time stamps."""
    if one.date is not None and other.date is not None:
        return abs(one.date - other.date) < 0.5
    # variants may be numbered apart: without dates a whole segment's difference tells only that
    return its_head.first_s is not None and abs(its_head.first_s - begins_s) < 0.9 * one.duration_s
