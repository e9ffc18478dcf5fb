"""Watches a DASH channel: the MPD at its pace, the segments when they are due, each rung by the level."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

from noc_console import catalogues
from noc_console.media.cache_headers import age_s
from noc_console.media.dash import Mpd, ladder
from noc_console.media.dash.rungs import offers_of
from noc_console.media.dash.segments import next_available_at
from noc_console.media.dash.tracker import Fresh, Memory, Seen, advance, due
from noc_console.media.ladder import measured
from noc_console.model import Finding, Input, Level, Severity
from noc_console.net.fetch import Reply
from noc_console.probes.dash_lanes import Lanes
from noc_console.probes.dash_poll import SCOPE, Polled, Poller, pace_s
from noc_console.probes.dash_time import AGAIN_S, ServerTime, ask, from_date
from noc_console.probes.tools import Tools

PROMOTED_S = 120.0
_RETRY_SHARE = 0.25
_IDLE_S = 1.0
_LEAST_WAIT_S = 0.02
Listener = Callable[[str, float, Mapping[str, float], tuple[Finding, ...]], None]


async def watch(input: Input, tools: Tools) -> None:
    """Watch one input until cancelled."""
    await Watcher(input, tools).run()


class Watcher:
    """One DASH input under watch.

    `listener` hears of each look beside the tools, `given` is the first answer where it is there already: both for
    an inspection.
    """

    def __init__(
        self, input: Input, tools: Tools, listener: Listener | None = None, given: Reply | None = None
    ) -> None:
        self._input = input
        self._tools = tools
        self._listener = listener
        self._given = given
        self._poller = Poller(tools, input.url)
        self._memory = Memory()
        self._mpd: Mpd | None = None
        self._time: ServerTime | None = None
        self._asked_at = -AGAIN_S
        self._promoted_until = 0.0
        self._turn = 0
        self._told: tuple[Finding, ...] = ()
        self._changed = asyncio.Event()

    async def run(self) -> None:
        """Watch until cancelled: one task for the MPD, one for the segments that time makes, one for each lane."""
        async with asyncio.TaskGroup() as group:
            lanes = Lanes(self._tools, group, self._look)
            group.create_task(self._by_mpd(lanes))
            group.create_task(self._by_time(lanes))

    async def _by_mpd(self, lanes: Lanes) -> None:
        while True:
            began = self._tools.now()
            grown_at = self._memory.grown_at
            given, self._given = self._given, None
            polled = await self._poller.take(given) if given else await self._poller.poll()
            await self._clock(polled)
            self._judge(polled, lanes)
            pace = pace_s(self._mpd if polled.mpd else None, self._input.poll_s, self._tools.settings.idle_poll_s)
            if polled.mpd and self._is_listed() and self._memory.grown_at == grown_at and not self._input.poll_s:
                pace *= _RETRY_SHARE  # nothing new yet: it is due, look again soon
            await self._tools.sleep_until(began + max(pace, _LEAST_WAIT_S))

    async def _by_time(self, lanes: Lanes) -> None:
        """Give out the segments that a number template makes without any change of the MPD."""
        while True:
            at = self._next_due()
            if at is None:
                self._changed.clear()
                await self._changed.wait()
                continue
            await self._tools.sleep_until(at)
            if self._mpd is not None:
                self._memory, fresh = due(self._memory, self._mpd, self._utc())
                self._give(fresh, lanes)
            await self._tools.sleep(_LEAST_WAIT_S)

    def _next_due(self) -> float | None:
        mpd = self._mpd
        if mpd is None or not mpd.is_dynamic:
            return None
        utc, seen, found = self._utc(), set[int](), []
        for period in mpd.periods[-2:]:
            for one in period.sets:
                for rep in one.representations[:1]:
                    if id(rep.addressing) not in seen:
                        seen.add(id(rep.addressing))
                        found.append(next_available_at(mpd, period, rep, utc))
        times = [at for at in found if at is not None]
        return min(times) + self._offset_s() if times else None

    def _is_listed(self) -> bool:
        mpd = self._mpd
        return bool(mpd and mpd.is_dynamic and all(rep.addressing.kind == "timeline" for rep in mpd.each()))

    async def _clock(self, polled: Polled) -> None:
        """Learn the server's time from UTCTiming, now and every ten minutes."""
        now = self._tools.now()
        if polled.mpd is None or now - self._asked_at < AGAIN_S:
            return
        self._asked_at = now
        if polled.mpd.is_dynamic:
            told = await ask(self._tools, polled.mpd, polled.reply)
            if told is None and self._tools.clock_offset_s is None:
                told = from_date(polled.reply, polled.mpd, now)
            self._time = told or self._time

    def _offset_s(self) -> float:
        return self._time.believed_s if self._time else self._tools.clock_offset_s or 0.0

    def _utc(self) -> float:
        return self._tools.now() - self._offset_s()

    def _judge(self, polled: Polled, lanes: Lanes) -> None:
        """Hand on what one fetch of the MPD gave, and what it lists anew."""
        tools, reply = self._tools, polled.reply
        mpd = polled.mpd or self._mpd
        metrics, findings = polled.metrics, polled.findings
        if mpd is not None:
            age = age_s(reply.headers) if polled.mpd else 0.0
            seen = Seen(tools.now(), polled.is_new, age, self._known_offset(), is_failed=polled.mpd is None)
            self._tell_ladder(mpd)
            if self._tools.spool is not None:
                lanes.measured = measured(ladder(mpd), self._input.media_rung)
            step = advance(self._memory, mpd, seen, self._input.expected)
            self._memory, self._mpd = step.memory, mpd
            self._changed.set()
            metrics = step.metrics | metrics
            findings = (*findings, *step.findings)
            self._give(step.fresh, lanes)
            tools.look("set", tools.now(), self._spread(mpd))
        metrics["input.promoted"] = float(self._is_promoted())
        self._look(SCOPE, reply.at, metrics, findings)

    def _known_offset(self) -> float | None:
        offset = self._tools.clock_offset_s
        return offset if offset is not None else self._time.believed_s if self._time else None

    def _tell_ladder(self, mpd: Mpd) -> None:
        """Tell the ladder when it is new, and what changed against the version before."""
        before = self._mpd
        if before is mpd:
            return
        rungs = ladder(mpd)
        self._tools.tell_ladder(rungs)
        was, now = [rung.label for rung in ladder(before)] if before else [], [rung.label for rung in rungs]
        if before is None or was == now:
            return
        gone, come = [one for one in was if one not in now], [one for one in now if one not in was]
        parts = [f"{', '.join(gone)} gone"] if gone else []
        parts += [f"{', '.join(come)} new"] if come else []
        text = f"The ladder changed: {'; '.join(parts) or 'another order'}."
        data = {"kind": "LadderChanged", "at": self._tools.now(), "text": text, "before": was, "after": now}
        self._tools.note("event", data)
        for label in gone:
            self._tools.look(f"segment/{label}", self._tools.now(), {})  # what was wrong with it is gone with it

    def _spread(self, mpd: Mpd) -> dict[str, float]:
        """Return how many segments lie between the first and the last video rung at the edge."""
        video = {
            offer.label
            for period in mpd.periods[-1:]
            for offer in offers_of(mpd, period)
            if offer.rung.kind == "video"
        }
        starts = [start for label, start in self._memory.starts if label in video]
        if not starts or mpd.segment_s <= 0:
            return {}
        return {"ladder.edge_spread": float(round((max(starts) - min(starts)) / mpd.segment_s))}

    def _level(self) -> Level:
        return Level.FULL if self._is_promoted() else self._input.level

    def _is_promoted(self) -> bool:
        return self._input.level is not Level.FULL and self._tools.now() < self._promoted_until

    def _give(self, fresh: tuple[Fresh, ...], lanes: Lanes) -> None:
        """Put on the lanes what the level wants of it."""
        mpd, level = self._mpd, self._level()
        if mpd is None or not fresh:
            return
        every = tuple(one for one in fresh if one.offer.label in lanes.measured)
        if not mpd.is_dynamic or level is Level.LIGHT:
            pick: dict[str, Fresh] = {}
            for one in fresh:
                pick = pick | {one.offer.label: one} if mpd.is_dynamic else {one.offer.label: one, **pick}
            fresh = tuple(pick.values())
        elif level is Level.SAMPLE:
            fresh = self._sampled(mpd, fresh)
        if mpd.is_dynamic and level is not Level.FULL:
            # what is decoded is taken whole, whatever else the level leaves out
            fresh = (*every, *(one for one in fresh if one.offer.label not in lanes.measured))
        for one in fresh:
            lanes.put(mpd, one, level, self._time or ServerTime(self._offset_s(), 0.0))

    def _sampled(self, mpd: Mpd, fresh: tuple[Fresh, ...]) -> tuple[Fresh, ...]:
        """Return the newest segment of the rung whose turn it is; the next one has the next turn."""
        labels = [offer.label for offer in offers_of(mpd, mpd.periods[-1]) if offer.rung.kind != "iframe"]
        if not labels:
            return ()
        label = labels[self._turn % len(labels)]
        newest = next((one for one in reversed(fresh) if one.offer.label == label), None)
        if newest is None:
            return ()
        self._turn += 1
        return (newest,)

    def _look(self, scope: str, at: float, metrics: Mapping[str, float], findings: tuple[Finding, ...]) -> None:
        if self._listener:
            self._listener(scope, at, metrics, findings)
        events = tuple(finding for finding in findings if catalogues.severity_of(finding) is None)
        findings = tuple(finding for finding in findings if finding not in events)
        self._tools.look(scope, at, metrics, findings)
        if events:
            self._tell(events, at)
        if self._input.level is not Level.FULL and any(_is_bad(finding) for finding in findings):
            if not self._is_promoted():
                text = "Measured fully for two minutes because of a finding."
                self._tools.note(
                    "event", {"kind": "InputPromoted", "at": at, "text": text, "finding": findings[0].id}
                )
            self._promoted_until = self._tools.now() + PROMOTED_S

    def _tell(self, events: tuple[Finding, ...], at: float) -> None:
        """Hand on what is no state but something that happened, once, though an edit is found at two looks."""
        for finding in events:
            if finding not in self._told:
                data = {"kind": "ProtectionChanged", "at": at, "text": finding.text, "finding": finding.id}
                self._tools.note("event", data)
        self._told = events


def _is_bad(finding: Finding) -> bool:
    severity = catalogues.severity_of(finding)
    return severity is not None and severity.rank >= Severity.MAJOR.rank
