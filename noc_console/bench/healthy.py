"""A healthy day: the lab with its ad breaks and packager restarts, and not one alarm on a channel."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping

import httpx

from noc_console.bench import Row
from noc_console.bench.site import Site, site


def run(options: Mapping[str, str]) -> list[Row]:
    """Watch the healthy lab; options: `seconds` (600; 28800 for the endurance run), `channels` (12)."""
    seconds, channels = float(options.get("seconds", "600")), int(options.get("channels", "12"))
    alarms, findings, restarts = asyncio.run(_watch(seconds, channels))
    told = ", ".join(f"{count} x {name}" for name, count in findings.most_common(6)) or "none"
    return [
        Row(
            what=f"healthy lab, {channels} channels, {seconds / 60:.0f} min, {restarts} packager restarts",
            goal="0 alarms",
            measured=f"{sum(alarms.values())} alarms" + (f" ({dict(alarms)})" if alarms else ""),
            is_met=not alarms,
            how=f"findings of minor or worse on the board at any look: {told}",
        )
    ]


async def _watch(seconds: float, channels: int) -> tuple[Counter[str], Counter[str], int]:
    findings: Counter[str] = Counter()
    restarts = 0
    async with site(channels) as one, httpx.AsyncClient() as http:
        lab = (await one.board())["agent"]["lab"]["url"]
        rows = (await http.get(f"{lab}/api/channels")).json()["channels"]
        hls = [row["code"] for row in rows if row["kind"].startswith("hls")]
        for look in range(int(seconds / 5)):
            if look % 24 == 12:  # every two minutes another packager restarts
                order = {"channel": hls[restarts % len(hls)], "fault": "packager-restart", "seconds": 1}
                (await http.post(f"{lab}/api/faults", json=order)).raise_for_status()
                restarts += 1
            await asyncio.sleep(5)
            findings.update(await _seen(one))
        raised = await one.events("AlarmRaised")
    return (
        Counter(event["data"]["alarm"]["alarm_type"] for event in raised if event["channel_id"]),
        findings,
        restarts,
    )


async def _seen(one: Site) -> list[str]:
    board = await one.board()
    return [
        finding["id"]
        for channel in board["channels"]
        for entry in channel["inputs"]
        for finding in entry["findings"]
        if finding["severity"] in ("minor", "major", "critical")
    ]
