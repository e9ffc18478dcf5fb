"""100 channels of the lab at level full: no segment and no poll missed, and what agent and workers cost."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from noc_console.bench import Row
from noc_console.bench.cores import bind, count
from noc_console.bench.site import Site, site

_CPU_GOAL = 0.5
_LATE_POLLS = 2.0  # of the target duration: a longer gap between two polls means that one was left out


@dataclass(frozen=True, slots=True)
class Watched:
    """What one watch gave: the lab's own account, and CPU seconds of core and workers over `passed_s`."""

    account: Mapping[str, Any]
    passed_s: float
    core_s: float
    workers_s: float


def run(options: Mapping[str, str]) -> list[Row]:
    """Measure; options: `seconds` (600), `channels` (100), `workers` (1), `segment_s` (6)."""
    seconds, channels = float(options.get("seconds", "600")), int(options.get("channels", "100"))
    workers, segment_s = int(options.get("workers", "1")), float(options.get("segment_s", "6"))
    seen = asyncio.run(_watch(seconds, channels, workers, segment_s))
    account = seen.account
    rungs = [rung for report in account["channels"].values() for rung in report.values()]
    what = f"{channels} channels, {len(rungs)} rungs, {segment_s:g} s segments, full, {seconds / 60:.1f} min"
    late = [rung for rung in rungs if rung["longest_gap_s"] > _LATE_POLLS * segment_s]
    ratio = (seen.core_s + seen.workers_s) / seen.passed_s
    is_whole = account["published"] > 0 and len(account["channels"]) == channels
    return [
        Row(
            f"{what}: segments missed",
            "0, by the origin's log",
            f"{account['missed']} of {account['published']}",
            is_whole and account["missed"] == 0,
            "segments published since the start; the last segment duration is not judged",
        ),
        Row(
            f"{what}: polls missed",
            "0, by the origin's log",
            f"{len(late)} rungs; longest gap {account['longest_gap_s']:.2f} s",
            is_whole and not late,
            f"no gap over {_LATE_POLLS:g} target durations; {sum(rung['polls'] for rung in rungs)} polls",
        ),
        Row(
            f"{what}: CPU of core and workers",
            f"<= {_CPU_GOAL} of a core",
            f"{ratio:.3f} (core {seen.core_s / seen.passed_s:.3f}, workers {seen.workers_s / seen.passed_s:.3f})",
            is_whole and ratio <= _CPU_GOAL,
            f"process times over {seen.passed_s:.0f} s; lab on {'the other' if count() > 1 else 'the same'} core",
        ),
    ]


async def _watch(seconds: float, channels: int, workers: int, segment_s: float) -> Watched:
    async with (
        site(channels, workers=workers, lab={"NOC_LAB_SEGMENT_S": str(segment_s)}) as one,
        httpx.AsyncClient(timeout=60) as http,
    ):
        board = await one.board()
        lab = board["agent"]["lab"]["url"]
        team = _team(one)
        # the first looks at a hundred channels are over before the account begins
        await asyncio.sleep(2 * segment_s)
        (await http.post(f"{lab}/api/log/reset")).raise_for_status()
        before, began = [_cpu_s(pid) for pid in team], asyncio.get_running_loop().time()
        await asyncio.sleep(seconds)
        passed = asyncio.get_running_loop().time() - began
        core, *rest = [now - then for now, then in zip(map(_cpu_s, team), before, strict=True)]
        account = (await http.get(f"{lab}/api/missed")).json()
        return Watched(account, passed, core, sum(rest))


def _team(one: Site) -> list[int]:
    """Return core and workers, bound to one core; the lab goes to the other."""
    workers = []
    for pid in _children(one.process.pid):
        is_lab = b"\0lab\0" in _command(pid)
        bind(pid, 1 if is_lab else 0)
        if b"probes.worker" in _command(pid):
            workers.append(pid)
    bind(one.process.pid, 0)
    return [one.process.pid, *workers]


def _children(pid: int) -> list[int]:
    text = " ".join(path.read_text(encoding="ascii") for path in Path(f"/proc/{pid}/task").glob("*/children"))
    return [int(child) for child in text.split()]


def _command(pid: int) -> bytes:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""


def _cpu_s(pid: int) -> float:
    """Return user and system time of a process in seconds (proc(5), stat fields 14 and 15)."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
