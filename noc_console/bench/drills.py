"""Drills: faults of the lab on random channels, each alarm's guide walked, the verdict beside the truth."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import httpx

from noc_console.bench import Row, drill_healthy, drill_page
from noc_console.bench.drill_walks import raised_of
from noc_console.bench.site import Site, site
from noc_console.drills.outcome import Outcome
from noc_console.drills.plan import Drill, Round, pairs, rounds
from noc_console.drills.trainee import BY
from noc_console.drills.truth import TruthTable, shipped_truth
from noc_console.net.api_client import AgentRefused

WARM_UP_S = 45.0
#: An alarm that has not come by then does not come; pictures and sounds wait for their decoder before.
LONGEST_S: Mapping[str, float] = {"delivery": 75.0, "media": 150.0, "ts": 45.0}
SETTLE_S = 12.0  # after the first alarm of a drill: what else it brings
_REST_S = 5.0
#: Channels of the lab by part: `delivery` and `media` have no transport streams beside them.
SITES: Mapping[str, Mapping[str, str]] = {
    "delivery": {"NOC_LAB_CHANNELS": "20", "NOC_LAB_MULTICAST": "0"},
    "media": {"NOC_LAB_CHANNELS": "16", "NOC_LAB_MULTICAST": "0", "NOC_LAB_HDR": "1"},
    "ts": {"NOC_LAB_CHANNELS": "4", "NOC_LAB_MULTICAST": "16"},
}


_NUMBERS = (("seed", "1"), ("most", "3"), ("pairs", "0"))


@dataclass(frozen=True, slots=True)
class Wish:
    """What a run of drills is asked for."""

    part: str
    seed: int = 1
    most: int = 3
    only: frozenset[str] = frozenset()
    pairs: int = 0
    warm_up_s: float = WARM_UP_S
    settle_s: float = SETTLE_S
    shape: Mapping[str, str] | None = None


@dataclass(slots=True)
class Field:
    """Where drills run: the site, its lab, and what the lab has."""

    one: Site
    wish: Wish
    lab: str
    http: httpx.AsyncClient
    table: TruthTable
    kinds: Sequence[Mapping[str, Any]]
    channels: Sequence[Mapping[str, Any]]


def run(options: Mapping[str, str]) -> list[Row]:
    """Run drills; options: `part` (delivery, media, ts, healthy), `seed`, `only` (faults), `pairs`, `out` (JSON).

    `from` (such JSON files, comma separated) and `page` make a Markdown table of runs that were kept.
    """
    only = frozenset(name for name in options.get("only", "").split(",") if name)
    parts = options.get("part", ",".join(SITES)).split(",")
    if parts == ["healthy"]:
        return drill_healthy.run(options)
    if "from" in options:
        kept = [one for name in options["from"].split(",") for one in drill_page.from_json(Path(name).read_text())]
        Path(options["page"]).write_text(drill_page.page(kept), "utf-8")
        return drill_page.totals(kept)
    outcomes: list[Outcome] = []
    for part in parts:
        seed, most, two = (int(options.get(name, default)) for name, default in _NUMBERS)
        wish = Wish(part, seed, most, only, two)
        outcomes += asyncio.run(drilled(wish))
    if "out" in options:
        Path(options["out"]).write_text(drill_page.to_json(outcomes), "utf-8")
    return drill_page.rows(outcomes)


async def drilled(wish: Wish) -> list[Outcome]:
    """Start a site, run the drills of one part in rounds, and return what came of each."""
    random, table = Random(wish.seed), shipped_truth()
    shape = wish.shape or SITES[wish.part]
    async with site(_count(shape), lab=shape) as one, httpx.AsyncClient() as http:
        field_ = await _field(one, http, table, wish)
        await _shorten(one, table)
        await asyncio.sleep(wish.warm_up_s)
        drawn = _drawn(field_, wish, random)
        outcomes: list[Outcome] = []
        for some in drawn:
            outcomes += await _round(field_, some)
            await asyncio.sleep(_REST_S)
        return outcomes


def _count(shape: Mapping[str, str]) -> int:
    return max(int(shape["NOC_LAB_CHANNELS"]), int(shape["NOC_LAB_MULTICAST"])) + int(shape.get("NOC_LAB_HDR", "0"))


def _drawn(here: Field, wish: Wish, random: Random) -> list[Round]:
    if wish.pairs:
        return pairs(here.table, here.kinds, here.channels, wish.pairs, random)
    return rounds(here.table, here.kinds, here.channels, wish.most, random)


async def _field(one: Site, http: httpx.AsyncClient, table: TruthTable, wish: Wish) -> Field:
    lab = (await one.board())["agent"]["lab"]["url"]
    channels = (await http.get(f"{lab}/api/channels")).json()["channels"]
    kinds = (await http.get(f"{lab}/api/faults")).json()["faults"]
    if wish.part == "ts":
        channels = [row for row in channels if row["kind"] == "ts"]
    wanted = [one for one in kinds if one["fault"] in table.faults and _is_of(one, wish.part)]
    return Field(
        one, wish, lab, http, table, [k for k in wanted if not wish.only or k["fault"] in wish.only], channels
    )


def _is_of(kind: Mapping[str, Any], part: str) -> bool:
    is_ts = set(kind["fits"]) <= {"ts", "rtp"}
    is_media = any(name.startswith("media-") for names in kind["expects"].values() for name in names)
    return {"ts": is_ts, "media": is_media, "delivery": not is_ts and not is_media}[part]


async def _shorten(one: Site, table: TruthTable) -> None:
    """Shorten the long holds on this agent, for all tiers."""
    for rule, changes in table.holds.items():
        for tier in ("1", "2", "3"):
            body = {"level": "tier", "target": tier, "rule": rule, "changes": dict(changes), "note": "drills"}
            await one.api.post("/rules/changes", body)


async def _round(here: Field, some: Round) -> list[Outcome]:
    return list(await asyncio.gather(*(_drill(here, drill) for drill in some)))


async def _drill(here: Field, drill: Drill) -> Outcome:
    await asyncio.sleep(drill.onset_s)
    truth = here.table.faults[drill.fault]
    order = {"channel": drill.channel, "fault": drill.fault, "seconds": 600, "params": dict(drill.params)}
    answer = await here.http.post(f"{here.lab}/api/faults", json={**order, "rung": drill.rung})
    fault = answer.raise_for_status().json()
    try:
        alarms = await _alarms(here, drill, fault["id"], bool(truth.alarms))
        began_at = await _began_at(here, fault)
        raised, folded = [], []
        for alarm in alarms.values():
            now = (await here.one.api.get(f"/alarms/{alarm['alarm_id']}"))["alarm"]
            if now.get("parent_id") in alarms:
                folded.append(alarm["alarm_type"])
            else:
                after_s = alarm["raised_at"] - began_at
                raised.append(await raised_of(here.one.api, here.table, truth, now, after_s))
            with suppress(AgentRefused):  # it may have cleared and closed while the walks were taken
                await here.one.api.post(f"/alarms/{alarm['alarm_id']}/acknowledge", {"by": BY})
    finally:
        await here.http.delete(f"{here.lab}/api/faults/{fault['id']}")
    shortened = ", ".join(sorted({name for name in here.table.holds if _shortens(name, truth.alarms)}))
    return Outcome(drill, truth.causes, truth.alarms, tuple(raised), tuple(folded), shortened)


def _shortens(rule: str, alarms: Sequence[str]) -> bool:
    return bool(set(_RULE_ALARMS.get(rule, ())) & set(alarms))


_RULE_ALARMS: Mapping[str, tuple[str, ...]] = {
    "audio-loudness": ("LOUDNESS_OUT_OF_RANGE",),
    "video-blockiness": ("MACROBLOCKING_HIGH",),
    "audio-silence": ("AUDIO_SILENCE",),
    "av-sync": ("AV_SYNC",),
    "hdr-missing": ("HDR_METADATA_MISSING",),
    "ts-packet-loss": ("HIGH_PACKET_LOSS",),
    "ts-sync-loss": ("TS_SYNC_LOSS",),
}


async def _began_at(here: Field, fault: Mapping[str, Any]) -> float:
    """Return when a fault truly began: of media that is known only when they are made."""
    log = (await here.http.get(f"{here.lab}/api/faults/log", params={"after": fault["id"] - 1})).json()["faults"]
    return float(next((one["begins_at"] for one in log if one["id"] == fault["id"]), fault["begins_at"]))


async def _alarms(here: Field, drill: Drill, fault_id: int, is_due: bool) -> dict[int, dict[str, Any]]:
    """Wait for the alarms of a channel: the first, and what follows soon; none within `LONGEST_S` is none."""
    since = time.time()
    found: dict[int, dict[str, Any]] = {}
    until = since + LONGEST_S[here.wish.part]
    while time.time() < until:
        for event in await here.one.events("AlarmRaised"):
            alarm = event["data"]["alarm"]
            if alarm["channel_code"] == drill.channel and event["at"] >= since and alarm["alarm_id"] not in found:
                if not found:
                    until = min(until, time.time() + here.wish.settle_s)
                # a type that was open before is raised anew in the same alarm: the event says when
                found[int(alarm["alarm_id"])] = {**alarm, "raised_at": event["at"]}
        await asyncio.sleep(0.5)
    return found
