"""Inspections of MPDs: real files, a live origin on loopback, and what cannot be read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from dash_origin import Origin, running

from noc_console.model import Severity
from noc_console.net.fetch import Fetcher
from noc_console.probes.inspection import Inspection, inspect, severity
from noc_console.probes.tools import now
from noc_console.settings import Settings


async def inspected(source: str, seconds: float = 0.0) -> Inspection:
    async with Fetcher(now) as fetcher:
        return await inspect(source, fetcher=fetcher, settings=Settings(), seconds=seconds)


async def test_a_real_file_shows_its_facts_under_the_stable_keys(testdata: Path) -> None:
    found = await inspected(str(testdata / "dash/livesim2-patch/testpic_2s_1.mpd"))
    details: Any = found.details
    assert (details["type"], details["time_shift_buffer_s"]) == ("dynamic", 60.0)
    assert details["live_edge_s"] == pytest.approx(1711640590.0)
    sets = details["periods"][0]["adaptation_sets"]
    video = sets[1]["representations"][0]
    keys = ("id", "bandwidth", "codecs", "width", "height", "rung")
    assert [video[key] for key in keys] == ["V300", 300_000, "avc1.64001e", 640, 360, "360p30@300k"]
    assert found.is_clean


async def test_a_proposal_names_what_the_channel_has(testdata: Path) -> None:
    found = await inspected(str(testdata / "dash/livesim2-patch/testpic_2s_1.mpd"))
    assert found.proposal_form() == {
        "kind": "dash",
        "segment_s": 2.0,
        "rungs": ["audio-en@48k", "360p30@300k"],
        "audio_languages": ["en"],
        "subtitle_languages": [],
        "is_hdr": False,
        "badges": ["DASH"],
        "class": "SD",
        "template": "TPL_ABR_OTT",
    }


async def test_broken_xml_is_a_finding_with_its_line(testdata: Path) -> None:
    found = await inspected(str(testdata / "dash/livesim2/testpic_2s/Manifest.mpd"))
    assert [(finding.id, finding.where["line"]) for finding in found.findings] == [("dash-mpd-parse-error", 2)]
    assert found.details == {"type": None, "periods": [], "live_edge_s": None, "time_shift_buffer_s": None}


async def test_every_real_file_can_be_inspected(testdata: Path) -> None:
    for path in sorted((testdata / "dash").rglob("*.mpd"))[::5]:
        assert (await inspected(str(path))).form()["kind"] == "dash"


@pytest.mark.parametrize("is_listed", [True, False], ids=["timeline", "numbers"])
async def test_a_healthy_live_url_is_clean_and_measured(is_listed: bool) -> None:
    async with running(Origin(is_listed=is_listed)) as origin:
        found = await inspected(origin.url)
    assert found.is_clean, found.findings
    assert origin.paths.count("/live/manifest.mpd") == 1
    assert found.metrics["segment.download_s"] > 0
    assert found.proposal["segment_s"] == 0.5
    assert {row["rung"] for row in found.requests} >= {"180p@100k", "280p@200k"}


async def test_a_fault_of_a_live_url_is_found_within_one_look() -> None:
    origin = Origin(faults=lambda path: (404, b"", {}) if "/v2/" in path else None, timing="")
    async with running(origin):
        found = await inspected(origin.url)
    assert {"dash-segment-missing", "dash-init-missing", "dash-utctiming-missing"} <= {
        one.id for one in found.findings
    }
    assert severity(found.findings[0]) is Severity.CRITICAL


async def test_watching_for_some_time_finds_what_one_look_cannot() -> None:
    async with running(Origin(is_listed=True)) as origin:

        def shifted(path: str) -> None:
            if path.endswith(".mpd") and origin.paths.count(path) == 3:
                origin.start -= 1

        origin.faults = shifted
        found = await inspected(origin.url, seconds=2.5)
    assert "dash-ast-changed" in {one.id for one in found.findings}
