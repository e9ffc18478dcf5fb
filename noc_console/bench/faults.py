"""Fault to alarm: every fault of the lab on a channel of its own, scored from the lab's log against the journal."""

from __future__ import annotations

import asyncio
import statistics
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from noc_console.bench import Row
from noc_console.bench.site import Site, site
from noc_console.catalogues import findings

GRACE_S = 0.25
WARM_UP_S = 45.0
TARGET_S = 6.0
# What the rule of an alarm type waits for beyond the first look, in target durations and in seconds: a stale playlist
# 1.5 TD (an MPD its minimumUpdatePeriod more), three 5xx at the pace of the playlist, three slow or wrongly long
# segments (a length is judged when the successor is known: the last one before a discontinuity is exempt).
HOLDS: Mapping[str, tuple[float, float]] = {
    "STALE_PLAYLIST": (1.5, 0.0),
    "ABR_SEGMENT_MISSING": (0.0, 1.0),
    "HTTP_5XX": (1.0, 0.0),
    "SEGMENT_SLOW": (2.0, 3.0),
    "SEGMENT_DURATION": (3.0, 0.0),
    "LADDER_INCOMPLETE": (1.0, 0.0),
    "MANIFEST_INVALID": (1.0, 0.0),
}
MORE_ON_AN_MPD = {"STALE_PLAYLIST": 1.0}


@dataclass(frozen=True, slots=True)
class Case:
    """One fault on one channel, and what came of it."""

    fault: str
    form: str
    channel: str
    alarm: str
    began_at: float
    raised_after_s: float | None
    other: tuple[str, ...]

    @property
    def limit_s(self) -> float:
        """One measuring interval, the rule's hold, and 250 ms."""
        targets, seconds = HOLDS[self.alarm]
        targets += MORE_ON_AN_MPD.get(self.alarm, 0.0) if self.form.startswith("dash") else 0.0
        return (1.0 + targets) * TARGET_S + seconds + GRACE_S


def run(options: Mapping[str, str]) -> list[Row]:
    """Run every fault that is due an alarm; options: `seconds` a fault lasts (60), `only` one kind."""
    return _rows(asyncio.run(_measure(float(options.get("seconds", "60")), options.get("only", ""))))


async def _measure(seconds: float, only: str) -> list[Case]:
    async with site(4) as tiny:
        plan = await _plan(tiny, only)
    per_form = max(Counter(form for _, form in plan).values(), default=1)
    async with site(4 * per_form) as one, httpx.AsyncClient() as http:
        lab = (await one.board())["agent"]["lab"]["url"]
        channels = (await http.get(f"{lab}/api/channels")).json()["channels"]
        await asyncio.sleep(WARM_UP_S)
        begun = []
        free = {form: [row for row in channels if row["form"] == form] for _, form in plan}
        for kind, form in plan:
            channel = free[form].pop()
            order = {"channel": channel["code"], "fault": kind["fault"], "seconds": seconds}
            if kind["needs_rung"]:
                order["rung"] = channel["expected"]["rungs"][0]
            answer = (await http.post(f"{lab}/api/faults", json=order)).json()
            begun.append((kind, form, channel["code"], answer))
            await asyncio.sleep(0.37)  # spread over the measuring interval
        await asyncio.sleep(seconds)
        return await _scored(one, begun)


async def _plan(one: Site, only: str) -> list[tuple[dict[str, Any], str]]:
    async with httpx.AsyncClient() as http:
        lab = (await one.board())["agent"]["lab"]["url"]
        kinds = (await http.get(f"{lab}/api/faults")).json()["faults"]
    due = [kind for kind in kinds if kind["alarm"] in HOLDS and only in ("", kind["fault"])]
    return [(kind, form) for kind in due for form in kind["fits"] if form.startswith(("hls", "dash"))]


async def _scored(one: Site, begun: list[tuple[dict[str, Any], str, str, dict[str, Any]]]) -> list[Case]:
    raised = [(event["at"], event["data"]["alarm"]) for event in await one.events("AlarmRaised")]
    cases = []
    for kind, form, code, fault in begun:
        own = [(at, alarm) for at, alarm in raised if alarm["channel_code"] == code and at >= fault["begins_at"]]
        due = _due(kind, form)
        hit, name = next(
            ((at, alarm["alarm_type"]) for at, alarm in own if alarm["alarm_type"] in due), (None, due[0])
        )
        others = tuple(sorted({alarm["alarm_type"] for _, alarm in own} - {name}))
        after = None if hit is None else hit - fault["begins_at"]
        cases.append(Case(kind["fault"], form, code, name, fault["begins_at"], after, others))
    return cases


def _due(kind: Mapping[str, Any], form: str) -> tuple[str, ...]:
    """Return the alarm types that are a right answer: the fault's own, and those its findings name on this form."""
    named = {findings()[name].alarm_type for name in kind["expects"][form.partition("-")[0]]}
    return (kind["alarm"], *sorted((named - {"", kind["alarm"]}) & HOLDS.keys()))


def _rows(cases: list[Case]) -> list[Row]:
    rows = []
    for case in cases:
        after = case.raised_after_s
        rows.append(
            Row(
                what=f"{case.fault} on {case.form} to {case.alarm}",
                goal=f"<= {case.limit_s:.2f} s",
                measured="not raised" if after is None else f"{after:.2f} s",
                is_met=after is not None and after <= case.limit_s,
                how=("also raised: " + ", ".join(case.other)) if case.other else "",
            )
        )
    times = [case.raised_after_s for case in cases if case.raised_after_s is not None]
    late = [case.raised_after_s - case.limit_s for case in cases if case.raised_after_s is not None]
    total = Row(
        what=f"fault to alarm event, {len(cases)} faults",
        goal="one measuring interval + hold + 250 ms",
        measured=f"{len(times)} raised, median {statistics.median(times):.2f} s, worst {max(times):.2f} s; "
        f"against the limit: median {statistics.median(late):+.2f} s, worst {max(late):+.2f} s",
        is_met=all(row.is_met for row in rows),
        how="begin from the lab's log, raised from the journal",
    )
    return [*rows, total]
