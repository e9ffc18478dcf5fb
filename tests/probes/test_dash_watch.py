"""The DASH probe against a live origin on loopback: healthy, then with one fault at a time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from dash_origin import Answer, Origin, running, watching

from noc_console.model import Level

RUNGS = ("180p@100k", "280p@200k")
MISSING: Answer = (404, b"", {})


def fetched(origin: Origin, rep: str) -> list[int]:
    """Numbers of the segments of a representation as they were asked for, without repeats."""
    tails = [path.rpartition("/")[2] for path in origin.paths if f"/{rep}/" in path and path.endswith(".m4s")]
    found = [int(t[1:-4]) // origin.ticks if t.startswith("t") else int(t[:-4]) for t in tails]
    return list(dict.fromkeys(found))


@pytest.mark.parametrize("is_listed", [True, False], ids=["timeline", "numbers"])
async def test_a_healthy_channel_is_fetched_whole_and_clean(is_listed: bool) -> None:
    async with running(Origin(is_listed=is_listed)) as origin, watching(origin) as seen:
        await seen.until(lambda: len(fetched(origin, "v1")) >= 5 and len(fetched(origin, "v2")) >= 5)
        assert seen.found() == set()
    for rep in origin.reps:
        numbers = fetched(origin, rep)
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    assert sum(path.endswith("init.mp4") for path in origin.paths) == 2
    assert origin.paths.count("/time") == 1


async def test_an_unchanged_mpd_makes_segments_all_the_same() -> None:
    async with running(Origin(update_s=3600)) as origin, watching(origin) as seen:
        await seen.until(lambda: len(fetched(origin, "v1")) >= 4)
        assert sum(path.endswith(".mpd") for path in origin.paths) == 1


async def test_level_sample_takes_the_rungs_in_turn() -> None:
    async with running(Origin()) as origin, watching(origin, Level.SAMPLE) as seen:
        await seen.until(lambda: len(fetched(origin, "v1")) >= 2 and len(fetched(origin, "v2")) >= 2)
        assert not set(fetched(origin, "v1")) & set(fetched(origin, "v2"))
        assert seen.found() == set()


async def test_level_light_asks_for_first_bytes_only() -> None:
    async with running(Origin()) as origin, watching(origin, Level.LIGHT) as seen:
        await seen.until(lambda: len(seen.looks(f"segment/{RUNGS[0]}")) >= 2)
        figures = [one.metrics for one in seen.observations if one.scope.startswith("segment/")]
        assert all("segment.ttfb_s" in one and "segment.bitrate_bps" not in one for one in figures)
        assert seen.found() == set()


async def test_a_finding_promotes_to_full() -> None:
    async with running(Origin()) as origin, watching(origin, Level.LIGHT, rungs=("1080p@6.0M",)) as seen:
        await seen.until(lambda: seen.events("InputPromoted"))
        await seen.until(lambda: any("segment.bitrate_bps" in one.metrics for one in seen.observations))
        await seen.until(lambda: any(one.metrics.get("input.promoted") for one in seen.observations))
        assert "dash-representation-missing" in seen.found("mpd")


async def test_a_segment_that_never_comes_is_missing() -> None:
    origin = Origin(faults=lambda path: MISSING if "/v2/" in path and path.endswith(".m4s") else None)
    async with running(origin), watching(origin) as seen:
        await seen.until(lambda: "dash-segment-missing" in seen.found(f"segment/{RUNGS[1]}"))
        assert seen.found(f"segment/{RUNGS[0]}") == set()


async def test_a_segment_that_comes_a_little_later_is_late() -> None:
    seen_before: set[str] = set()

    def once(path: str) -> Answer | None:
        if not path.endswith(".m4s") or path in seen_before:
            return None
        seen_before.add(path)
        return MISSING

    origin = Origin(ticks=1000, faults=once)
    async with running(origin), watching(origin) as seen:
        await seen.until(lambda: "dash-segment-late" in seen.found(f"segment/{RUNGS[0]}"))
        assert "dash-segment-missing" not in seen.found()


async def test_a_missing_init_segment_is_said_with_its_rung() -> None:
    origin = Origin(faults=lambda path: MISSING if path.endswith("v1/init.mp4") else None)
    async with running(origin), watching(origin) as seen:
        await seen.until(lambda: "dash-init-missing" in seen.found(f"segment/{RUNGS[0]}"))
        assert "dash-init-missing" not in seen.found(f"segment/{RUNGS[1]}")


async def test_media_that_is_not_where_the_time_line_says_is_found() -> None:
    origin = Origin(is_listed=True)

    def moved(path: str) -> Answer | None:
        from dash_origin import segment

        if not path.endswith(".m4s"):
            return None
        return 200, segment(int(path.rpartition("/t")[2][:-4]) + 200, origin.ticks), {}

    origin.faults = moved
    async with running(origin), watching(origin) as seen:
        await seen.until(lambda: "dash-tfdt-mismatch" in seen.found())


async def test_a_segment_that_is_a_web_page_is_missing() -> None:
    page: Answer = (200, b"<html><body>Log in</body></html>", {})
    origin = Origin(faults=lambda path: page if path.endswith(".m4s") else None)
    async with running(origin), watching(origin) as seen:
        await seen.until(lambda: "dash-segment-missing" in seen.found())
        texts = [finding.text for one in seen.observations for finding in one.findings]
        assert any("web page" in text for text in texts)


async def test_an_mpd_that_stands_still_is_stale_and_then_well_again() -> None:
    async with running(Origin(is_listed=True)) as origin, watching(origin) as seen:
        await seen.until(lambda: len(fetched(origin, "v1")) >= 3)
        origin.frozen_at = origin.start + (origin.edge() + 1) * origin.ticks / 1000
        await seen.until(lambda: "dash-mpd-stale" in seen.found("mpd"))
        origin.frozen_at = 0.0
        before = len(seen.looks("mpd"))
        await seen.until(lambda: any(look == () for look in seen.looks("mpd")[before:]))


@pytest.mark.parametrize(
    ("answer", "finding"),
    [
        ((404, b"", {}), "dash-mpd-unreachable"),
        ((200, b"<html></html>", {}), "dash-mpd-parse-error"),
        ((200, b"", {}), "dash-mpd-parse-error"),
        ((302, b"", {"Location": "/live/manifest.mpd"}), "cdn-redirect-chain"),
    ],
)
async def test_an_mpd_that_does_not_come_is_said(answer: Answer, finding: str) -> None:
    origin = Origin(faults=lambda path: answer if path.endswith(".mpd") else None)
    async with running(origin), watching(origin) as seen:
        await seen.until(lambda: finding in seen.found("mpd"))
        assert {one.metrics["playlist.is_valid"] for one in seen.observations if one.scope == "mpd"} == {0.0}


async def test_segments_go_on_while_the_mpd_is_away() -> None:
    async with running(Origin()) as origin, watching(origin) as seen:
        await seen.until(lambda: len(fetched(origin, "v1")) >= 2)
        origin.faults = lambda path: MISSING if path.endswith(".mpd") else None
        await seen.until(lambda: "dash-mpd-unreachable" in seen.found("mpd"))
        taken = len(fetched(origin, "v1"))
        await seen.until(lambda: len(fetched(origin, "v1")) >= taken + 2)


async def test_a_rung_that_goes_is_told_and_leaves_no_finding_behind() -> None:
    origin = Origin(faults=lambda path: MISSING if "/v2/" in path else None)
    async with running(origin), watching(origin) as seen:
        await seen.until(lambda: "dash-segment-missing" in seen.found(f"segment/{RUNGS[1]}"))
        origin.reps = ("v1",)
        await seen.until(lambda: seen.events("LadderChanged"))
        assert seen.events("LadderChanged")[0]["text"] == "The ladder changed: 280p@200k gone."
        assert len([data for name, data in seen.notes if name == "ladder"]) == 2
        await seen.until(lambda: seen.looks(f"segment/{RUNGS[1]}")[-1] == ())
        assert "dash-representation-changed" in seen.found("mpd")


async def test_a_server_that_ignores_conditions_is_told() -> None:
    async with running(Origin(update_s=3600, headers={"ETag": '"1"'})) as origin:
        origin.update_s = 0.5
        frozen = origin.mpd()
        origin.faults = lambda path: (200, frozen, {"ETag": '"1"'}) if path.endswith(".mpd") else None
        async with watching(origin) as seen:
            await seen.until(lambda: "dash-conditional-get" in seen.found("mpd"))


async def test_an_honest_304_is_as_good_as_a_body() -> None:
    headers = {"ETag": '"1"', "honest": "1"}
    async with running(Origin(headers=headers)) as origin:
        frozen = origin.mpd()
        origin.faults = lambda path: (200, frozen, headers) if path.endswith(".mpd") else None
        async with watching(origin) as seen:
            await seen.until(lambda: len(seen.looks("mpd")) >= 3)
            statuses = [one.metrics["playlist.status"] for one in seen.observations if one.scope == "mpd"]
            assert statuses[:3] == [200, 304, 304]
            assert seen.found() == set()


@pytest.mark.parametrize(
    "timing",
    [
        '<UTCTiming schemeIdUri="urn:mpeg:dash:utc:http-xsdate:2014" value="/time"/>',
        '<UTCTiming schemeIdUri="urn:mpeg:dash:utc:http-head:2014" value="/time"/>',
        '<UTCTiming schemeIdUri="urn:mpeg:dash:utc:ntp:2014" value="x"/>'
        '<UTCTiming schemeIdUri="urn:mpeg:dash:utc:http-iso:2014" value="/time"/>',
    ],
    ids=["xsdate", "head", "the first one it understands"],
)
async def test_a_server_whose_clock_is_an_hour_ahead_is_followed(timing: str) -> None:
    ahead = datetime.now(UTC) + timedelta(hours=1)

    def told(path: str) -> Answer | None:
        body = ahead.isoformat(timespec="milliseconds").encode()
        return (200, body, {"Date": format_datetime(ahead, usegmt=True)}) if path == "/time" else None

    origin = Origin(timing=timing, faults=told)
    origin.start += 3600
    origin.ahead_s = 3600
    async with running(origin), watching(origin) as seen:
        await seen.until(lambda: len(fetched(origin, "v1")) >= 3)
        assert "dash-segment-missing" not in seen.found()


async def test_a_new_key_is_an_event_told_once() -> None:
    async with running(Origin()) as origin, watching(origin) as seen:
        await seen.until(lambda: len(seen.looks("mpd")) >= 1)
        origin.protection = '<ContentProtection schemeIdUri="urn:uuid:edef8ba9-79d6-4ace-a3c8-27dcd51d21ed"/>'
        await seen.until(lambda: seen.events("ProtectionChanged"))
        looks = len(seen.looks("mpd"))
        await seen.until(lambda: len(seen.looks("mpd")) >= looks + 2)
        assert len(seen.events("ProtectionChanged")) == 1
        assert seen.found("mpd") == set()
