"""Drills without a fault: packagers restart, ads come and go, nobody is called, and "is it us?" says so."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping
from random import Random

import httpx

from noc_console.bench import Row
from noc_console.bench.site import Site, site

_EVERY_S = 20.0
_SHAPE = {"NOC_LAB_CHANNELS": "8", "NOC_LAB_MULTICAST": "2"}
_ASKED = 4


def run(options: Mapping[str, str]) -> list[Row]:
    """Watch a healthy site; options: `seconds` (180), `seed`."""
    seconds, random = float(options.get("seconds", "180")), Random(int(options.get("seed", "1")))
    restarts, alarms, verdicts = asyncio.run(_watched(seconds, random))
    told = ", ".join(f"{count} x {name}" for name, count in sorted(verdicts.items()))
    return [
        Row(
            f"healthy, {seconds / 60:.0f} min, {restarts} packager restarts: alarms",
            "0",
            str(dict(alarms)),
            not alarms,
        ),
        Row("is it us? on healthy channels", "nothing is wrong", told, set(verdicts) == {"nothing"}),
    ]


async def _watched(seconds: float, random: Random) -> tuple[int, Counter[str], Counter[str]]:
    restarts = 0
    async with site(8, lab=_SHAPE) as one, httpx.AsyncClient() as http:
        lab = (await one.board())["agent"]["lab"]["url"]
        rows = (await http.get(f"{lab}/api/channels")).json()["channels"]
        hls = [row["code"] for row in rows if row["form"].startswith("hls")]
        for _ in range(int(seconds / _EVERY_S)):
            await asyncio.sleep(_EVERY_S)
            order = {"channel": random.choice(hls), "fault": "packager-restart", "seconds": 1}
            (await http.post(f"{lab}/api/faults", json=order)).raise_for_status()
            restarts += 1
        verdicts = await _asked(one, random)
        raised = [event["data"]["alarm"] for event in await one.events("AlarmRaised")]
    # an agent that is busy is no fault of a channel
    return restarts, Counter(row["alarm_type"] for row in raised if row["channel_id"]), verdicts


async def _asked(one: Site, random: Random) -> Counter[str]:
    channels = [row["id"] for row in (await one.board())["channels"]]
    found: Counter[str] = Counter()
    for number in random.sample(channels, min(_ASKED, len(channels))):
        answer = (await one.api.post(f"/channels/{number}/is-it-us", {"by": "trainee"}))["answer"]
        found[str(answer["verdict"])] += 1
    return found
