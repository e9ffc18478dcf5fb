"""Recorded successions of one playlist: what another monitor reports we report, what it lets pass we let pass."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from noc_console.catalogues import severity_of
from noc_console.media.hls import parse_media
from noc_console.media.hls.live import Memory, advance
from noc_console.media.hls.stale import Seen
from noc_console.model import Finding

#: What each sequence of hls-monitor must give; its expected.csv says which of them are errors.
EXPECTED = {
    "seq01": {"hls-media-sequence-step"},
    "seq02": {"hls-media-sequence-step"},
    "seq04": {"hls-media-sequence-decreased"},
    "seq06": {"hls-dseq-not-incremented"},
    "seq08": {"hls-dseq-not-incremented", "hls-media-sequence-step"},
    "seq10": set(),
}
#: True of these snippets, and nothing their authors meant: two segments of 10 s, no dates.
BESIDE = {"hls-pdt-missing", "hls-window-too-short"}


def played(folder: Path, level: str) -> Iterator[tuple[int, Finding]]:
    memory = Memory()
    for number, step in enumerate(sorted(folder.glob("step*"))):
        media = parse_media((step / level).read_bytes(), "http://origin.example/live/a.m3u8")
        result = advance(memory, media, Seen(1000.0 + 10 * number))
        memory = result.memory
        yield from ((number, finding) for finding in result.findings)


@pytest.mark.parametrize("level", ["level_0.m3u8", "level_1.m3u8"])
def test_the_sequences_of_another_monitor(testdata: Path, level: str) -> None:
    folder = testdata / "hls-live-sequences" / "hls-monitor"
    with (folder / "expected.csv").open() as file:
        told = {row["sequence"]: row["expected"] == "error" for row in csv.DictReader(file)}
    assert told.keys() == EXPECTED.keys()
    for name, is_error in told.items():
        found = {finding.id for _, finding in played(folder / name, level)} - BESIDE
        assert found == EXPECTED[name], name
        assert bool(found) == is_error, name


def test_half_a_minute_of_a_real_packager_is_clean_and_no_segment_is_missed(testdata: Path) -> None:
    memories: dict[str, Memory] = {}
    bodies: dict[str, str] = {}
    fresh: dict[str, list[int]] = {}
    for line in (testdata / "hls-live-sequences/recorded/rec_ffmpeg_normal.jsonl").read_text().splitlines():
        row = json.loads(line)
        url, body = row["url"], row["body"]
        if row["status"] != 200 or not url.endswith(".m3u8") or "master" in url:
            continue
        memory = memories.get(url, Memory())
        media = memory.media if bodies.get(url) == body else parse_media(body.encode(), url)
        at = datetime.fromisoformat("2026-11-20T02:27:47Z").timestamp() + row["t"]
        step = advance(memory, media, Seen(at, float(row["headers"].get("Age", 0))))
        memories[url], bodies[url] = step.memory, body
        fresh.setdefault(url, []).extend(segment.sequence for segment in step.fresh)
        bad = [finding for finding in step.findings if (found := severity_of(finding)) and found.rank >= 3]
        assert not bad
    assert len(fresh) == 4
    for numbers in fresh.values():
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
        assert len(numbers) > 10
