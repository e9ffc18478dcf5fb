"""Every fault is visible on the wire while it lasts, and gone afterwards."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

import pytest
from lab_bench import Answer, Bench

from noc_console.catalogues import alarm_types, findings
from noc_console.lab.fault import DASH, HLS
from noc_console.lab.faults import FAULTS
from noc_console.lab.media_faults import MEDIA_FAULTS

TS, FMP4, TIMELINE, NUMBER = (f"CH_OTT_DEMO_{n:03d}" for n in (1, 2, 3, 4))
Look = Callable[[Bench], Awaitable[object]]


def page(path: str) -> Look:
    async def look(bench: Bench) -> Answer:
        answer = await bench.ask(path)
        return Answer(answer.status, {}, answer.body, answer.is_whole)

    return look


def value(path: str, pattern: str) -> Look:
    async def look(bench: Bench) -> list[str]:
        return re.findall(pattern, await bench.text(path))

    return look


async def newest_segment(bench: Bench) -> Answer:
    uri = re.findall(r"^\d+\.ts$", await bench.text(f"/{TS}/v90/playlist.m3u8"), re.M)[-1]
    answer = await bench.ask(f"/{TS}/v90/{uri}")
    return Answer(answer.status, {}, b"", answer.is_whole)


MEDIA, MASTER = f"/{TS}/v90/playlist.m3u8", f"/{TS}/master.m3u8"
MPD, NUMBERED = f"/{TIMELINE}/manifest.mpd", f"/{NUMBER}/manifest.mpd"
CASES = [
    ("missing-segment", TS, newest_segment),
    ("truncated-segment", TS, newest_segment),
    ("5xx-burst", TS, page(MASTER)),
    ("5xx-burst", NUMBER, page(NUMBERED)),
    ("wrong-targetduration", TS, value(MEDIA, r"TARGETDURATION:(\d+)")),
    ("extinf-off", TS, value(MEDIA, r"EXTINF:([\d.]+)")),
    ("media-sequence-back", TS, value(MEDIA, r"MEDIA-SEQUENCE:(\d+)")),
    ("discontinuity-sequence-error", TS, value(MEDIA, r"DISCONTINUITY-SEQUENCE:(\d+)")),
    ("variant-missing", TS, value(MASTER, r"RESOLUTION=(\w+),FRAME")),
    ("variant-missing", TIMELINE, value(MPD, r'Representation id="(\w+)"')),
    ("misaligned-variants", TS, value(MEDIA, r"(?m)^(\d+\.ts)$")),
    ("pdt-jump", TS, value(MEDIA, r"DATE-TIME:(\S+)")),
    ("html-playlist", TS, page(MEDIA)),
    ("html-playlist", TIMELINE, page(MPD)),
    ("empty-playlist", TS, page(MEDIA)),
    ("empty-playlist", TIMELINE, page(MPD)),
    ("mpd-gap", TIMELINE, value(MPD, r"<S[^>]*>")),
    ("mpd-availability-shift", NUMBER, value(NUMBERED, r'availabilityStartTime="(\S+)"')),
    ("expired-mpd", TIMELINE, value(MPD, r'availabilityEndTime="(\S+)"')),
    ("redirect-loop", TS, page(MEDIA)),
    ("connection-reset", TS, page(MEDIA)),
]


@pytest.mark.parametrize(("fault", "channel", "look"), CASES, ids=[f"{one[0]}-{one[1][-1]}" for one in CASES])
async def test_a_fault_shows_while_it_lasts_and_is_gone_when_its_time_is_over(
    bench: Bench, fault: str, channel: str, look: Look
) -> None:
    healthy = await look(bench)
    told = await bench.fault(channel, fault, seconds=0.5)
    assert await look(bench) != healthy
    assert told["ends_at"] - told["begins_at"] == pytest.approx(0.5)
    running = (await bench.ask("/api/faults")).json["running"]
    assert [one["id"] for one in running] == [told["id"]]
    bench.clock.at += 0.5
    assert (await bench.ask("/api/faults")).json["running"] == []
    # back at the moment of the first look, without the fault, the channel looks as it did
    bench.clock.at -= 0.5
    assert await look(bench) == healthy


@pytest.mark.parametrize(("channel", "path"), [(TS, MEDIA), (TIMELINE, MPD), (NUMBER, NUMBERED)])
async def test_a_stale_playlist_stands_still_and_then_catches_up(bench: Bench, channel: str, path: str) -> None:
    before = await bench.text(path)
    await bench.fault(channel, "stale-playlist", seconds=5)
    bench.clock.at += 4.9
    assert await bench.text(path) == before
    bench.clock.at += 0.2
    assert await bench.text(path) != before


async def test_a_slow_segment_takes_the_time_asked_for(bench: Bench) -> None:
    await bench.fault(TS, "slow-segment", params={"seconds": 0.2})
    uri = re.findall(r"^\d+\.ts$", await bench.text(MEDIA), re.M)[-1]
    assert (await bench.ask(f"/{TS}/v90/{uri}")).is_whole
    # the lab's own clock stands still in tests: the bytes came in many parts, and all of them are in the log
    entries = (await bench.ask("/api/log")).json["entries"]
    assert entries[-1]["fault"] == 1
    assert entries[-1]["bytes"] > 0


async def test_a_lasting_fault_goes_on_being_one(bench: Bench) -> None:
    await bench.fault(TS, "media-sequence-back")
    numbers = []
    for _ in range(4):
        numbers.append(int(re.findall(r"#EXT-X-MEDIA-SEQUENCE:(\d+)", await bench.text(MEDIA))[0]))
        bench.clock.at += 0.96
    assert numbers == sorted(numbers, reverse=True)
    assert len(set(numbers)) == 4


async def test_a_fault_on_one_rung_leaves_the_others_healthy(bench: Bench) -> None:
    other = f"/{TS}/v54/playlist.m3u8"
    healthy = await bench.text(other)
    await bench.fault(TS, "html-playlist", rung="v90")
    assert (await bench.ask(MEDIA)).headers["content-type"].startswith("text/html")
    assert await bench.text(other) == healthy


async def test_the_log_of_faults_keeps_when_each_really_ended(bench: Bench) -> None:
    told = await bench.fault(TS, "stale-playlist", seconds=60)
    bench.clock.at += 7
    await bench.ask(f"/api/faults/{told['id']}", "DELETE")
    logged = (await bench.ask("/api/faults/log")).json["faults"]
    assert logged[0]["ends_at"] - logged[0]["begins_at"] == pytest.approx(7)
    assert logged[0]["alarm"] == "STALE_PLAYLIST"
    assert "hls-playlist-stale" in logged[0]["expects"]


@pytest.mark.parametrize(
    "order",
    [
        {"channel": TS, "fault": "mpd-gap"},
        {"channel": "nobody", "fault": "stale-playlist"},
        {"channel": TS, "fault": "nonsense"},
        {"channel": TS, "fault": "stale-playlist", "seconds": -1},
        {"channel": TS, "fault": "stale-playlist", "seconds": "long"},
        {"channel": TS, "fault": "html-playlist", "rung": "v9000"},
        {"channel": NUMBER, "fault": "packager-restart"},
    ],
    ids=str,
)
async def test_what_cannot_be_done_is_refused_in_one_sentence(bench: Bench, order: dict[str, object]) -> None:
    answer = await bench.ask("/api/faults", "POST", order)
    assert answer.status == 400
    assert answer.json["message"].endswith(".")


def test_every_fault_expects_findings_and_alarms_of_the_catalogue() -> None:
    assert len(FAULTS) == 19 + len(MEDIA_FAULTS)
    for kind in FAULTS.values():
        assert set(kind.hls) | set(kind.dash) <= set(findings())
        assert not kind.alarm or kind.alarm in alarm_types()
        assert bool(kind.hls) is bool(kind.fits & HLS)
        assert bool(kind.dash) is bool(kind.fits & DASH)
