"""The access log tells what was missed, and what was not."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from lab_bench import Bench, Open

TS = "CH_OTT_DEMO_001"


async def poll(bench: Bench) -> list[str]:
    return re.findall(r"^\d+\.ts$", await bench.text(f"/{TS}/v90/playlist.m3u8"), re.M)


async def watched(bench: Bench, skip: int = -1) -> dict[str, object]:
    await poll(bench)
    for turn in range(8):
        bench.clock.at += 0.96
        uri = (await poll(bench))[-1]
        if turn != skip:
            await bench.ask(f"/{TS}/v90/{uri}")
    return (await bench.ask(f"/api/missed?channel={TS}")).json


async def test_who_fetches_everything_has_missed_nothing(bench: Bench) -> None:
    report = await watched(bench)
    assert report["missed"] == 0
    assert report["fetched"] == report["published"] == 7
    assert report["longest_gap_s"] == pytest.approx(0.96, abs=0.001)


async def test_a_segment_never_fetched_is_named(bench: Bench) -> None:
    report = await watched(bench, skip=3)
    assert report["missed"] == 1
    named = report["channels"][TS]["v90"]["missed_segments"][0]
    published = (await bench.ask(f"/api/published?channel={TS}")).json["segments"]
    assert named["seq"] == published[3]["seq"]
    assert named["published_at"] == pytest.approx(published[3]["published_at"])


async def test_a_new_watch_forgets_the_old_one(bench: Bench) -> None:
    await watched(bench, skip=3)
    await bench.ask("/api/log/reset", "POST", {})
    assert (await bench.ask("/api/missed")).json["missed"] == 0


async def test_the_log_goes_on_after_a_number_and_into_a_file(opened: Open, tmp_path: Path) -> None:
    path = tmp_path / "access.jsonl"
    async with opened(log=path) as bench:
        for _ in range(3):
            await poll(bench)
        first = (await bench.ask("/api/log?limit=2")).json
        assert [one["n"] for one in first["entries"]] == [1, 2]
        rest = (await bench.ask(f"/api/log?after={first['next']}")).json
        assert [one["n"] for one in rest["entries"]] == [3]
        assert rest["entries"][0]["what"] == "playlist"
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert [line["n"] for line in lines] == [1, 2, 3]
