"""What a healthy lab serves: playlists that parse, segments that follow each other, ad breaks, HTTP by the rules."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise

import m3u8
import pytest
from lab_bench import NOON, Bench, Open
from lab_media import boxes, decode_spans
from lxml import etree

TS, FMP4, TIMELINE, NUMBER = (f"CH_OTT_DEMO_{n:03d}" for n in (1, 2, 3, 4))
NS = {"m": "urn:mpeg:dash:schema:mpd:2011"}


async def test_channels_take_turns_in_kind_and_say_what_to_expect(bench: Bench) -> None:
    listed = (await bench.ask("/api/channels")).json["channels"]
    assert [one["form"] for one in listed] == ["hls-ts", "hls-fmp4", "dash-timeline", "dash-number"]
    assert [one["kind"] for one in listed] == ["hls", "hls", "dash", "dash"]
    assert listed[0]["name"] == "News 1"
    assert len(listed[1]["expected"]["rungs"]) == 3
    assert listed[1]["expected"]["audio_languages"] == ["en"]


@pytest.mark.parametrize("code", [TS, FMP4])
async def test_every_rung_of_an_hls_ladder_lists_the_same_segments(bench: Bench, code: str) -> None:
    master = m3u8.loads(await bench.text(f"/{code}/master.m3u8"))
    assert [one.stream_info.resolution for one in master.playlists] == [(160, 90), (96, 54)]
    assert len(master.iframe_playlists) == 1
    uris = [one.uri for one in master.playlists] + [one.uri for one in master.media]
    lists = [m3u8.loads(await bench.text(f"/{code}/{uri}")) for uri in uris]
    assert len({one.media_sequence for one in lists}) == 1
    assert len({one.discontinuity_sequence for one in lists}) == 1
    assert {len(one.segments) for one in lists} == {10}
    assert all(segment.program_date_time for one in lists for segment in one.segments)


@pytest.mark.parametrize("code", [TS, FMP4])
async def test_declared_bandwidth_holds_for_every_segment(bench: Bench, code: str) -> None:
    master = m3u8.loads(await bench.text(f"/{code}/master.m3u8"))
    for variant in master.playlists:
        folder = variant.uri.rpartition("/")[0]
        listed = m3u8.loads(await bench.text(f"/{code}/{variant.uri}"))
        for segment in listed.segments:
            answer = await bench.ask(f"/{code}/{folder}/{segment.uri}")
            assert len(answer.body) * 8 / segment.duration <= variant.stream_info.bandwidth * 1.02


async def test_an_ad_break_stands_behind_discontinuities_with_cues_and_counts_right(opened: Open) -> None:
    async with opened(window=30) as bench:
        text = await bench.text(f"/{TS}/v90/playlist.m3u8")
        assert "#EXT-X-CUE-OUT:2.880" in text
        assert "SCTE35-OUT=0xFC" in text
        assert "SCTE35-IN=0xFC" in text
        segments = m3u8.loads(text).segments
        places = [n for n, segment in enumerate(segments) if segment.discontinuity]
        assert len(places) >= 3
        shorts = [n for n, segment in enumerate(segments) if segment.duration < 0.9]
        # the last segment before a break is short, no other
        assert all(n + 1 in places for n in shorts)
        assert shorts


async def test_sequence_numbers_grow_by_what_was_removed(opened: Open) -> None:
    async with opened() as bench:
        before = m3u8.loads(await bench.text(f"/{TS}/v90/playlist.m3u8"))
        for _ in range(40):
            bench.clock.at += 0.96
            after = m3u8.loads(await bench.text(f"/{TS}/v90/playlist.m3u8"))
            gone = after.media_sequence - before.media_sequence
            assert gone in (1, 2)
            dropped = before.segments[:gone]
            counted = after.discontinuity_sequence - before.discontinuity_sequence
            assert counted == sum(segment.discontinuity for segment in dropped)
            assert [s.uri for s in before.segments[gone:]] == [s.uri for s in after.segments[: 10 - gone]]
            before = after


async def test_dates_and_durations_in_a_playlist_fit_each_other(bench: Bench) -> None:
    for rung in ("v90", "audio"):
        segments = m3u8.loads(await bench.text(f"/{FMP4}/{rung}/playlist.m3u8")).segments
        for first, second in pairwise(segments):
            if not second.discontinuity:
                step = (second.program_date_time - first.program_date_time).total_seconds()
                assert step == pytest.approx(first.duration, abs=0.0015)
    assert segments[-1].program_date_time.timestamp() + segments[-1].duration == pytest.approx(NOON, abs=1.0)


@pytest.mark.parametrize(("rung", "sample"), [("v90", 3600), ("audio", 1024)])
async def test_timeline_segments_begin_where_the_mpd_says_and_leave_no_gap(
    bench: Bench, rung: str, sample: int
) -> None:
    root = etree.fromstring((await bench.text(f"/{TIMELINE}/manifest.mpd")).encode())
    holder = root.xpath(f"//m:AdaptationSet[m:Representation/@id='{rung}']", namespaces=NS)[0]
    times, at = [], 0
    for entry in holder.xpath(".//m:S", namespaces=NS):
        at = int(entry.get("t", at))
        for _ in range(int(entry.get("r", 0)) + 1):
            times.append((at, int(entry.get("d"))))
            at += int(entry.get("d"))
    assert len(times) == 11
    for time, duration in times:
        answer = await bench.ask(f"/{TIMELINE}/{rung}/t{time}.m4s")
        assert answer.status == 200
        spans = decode_spans(answer.body, sample)
        assert spans[0][0] == time
        assert all(a + length == b for (a, length), (b, _) in pairwise(spans))
        assert sum(length for _, length in spans) == duration


async def test_the_newest_number_is_there_and_the_next_one_is_not_yet(bench: Bench) -> None:
    root = etree.fromstring((await bench.text(f"/{NUMBER}/manifest.mpd")).encode())
    start = datetime.fromisoformat(root.get("availabilityStartTime")).astimezone(UTC).timestamp()
    newest = int((NOON - start) / 0.96) - 1
    answer = await bench.ask(f"/{NUMBER}/v90/{newest}.m4s")
    assert answer.status == 200
    assert decode_spans(answer.body, 3600)[0][0] == newest * 24 * 3600
    assert (await bench.ask(f"/{NUMBER}/v90/{newest + 2}.m4s")).status == 404
    assert (await bench.ask(f"/{NUMBER}/v90/{newest - 19}.m4s")).status == 200
    assert (await bench.ask(f"/{NUMBER}/v90/{newest - 30}.m4s")).status == 404


async def test_init_segments_hold_one_track(bench: Bench) -> None:
    for path in (f"/{FMP4}/v90/init.mp4", f"/{NUMBER}/audio/init.mp4"):
        answer = await bench.ask(path)
        assert [name for name, _ in boxes(answer.body)] == ["ftyp", "moov"]


async def test_iframe_ranges_hold_whole_packets_that_begin_with_the_tables(bench: Bench) -> None:
    listed = m3u8.loads(await bench.text(f"/{TS}/iframe/playlist.m3u8"))
    assert listed.is_i_frames_only
    for segment in listed.segments[:4]:
        size, offset = map(int, segment.byterange.split("@"))
        path = f"/{TS}/{segment.uri.removeprefix('../')}"
        answer = await bench.ask(path, Range=f"bytes={offset}-{offset + size - 1}")
        assert answer.status == 206
        assert len(answer.body) == size
        assert size % 188 == 0
        assert answer.body[:3] == b"\x47\x40\x00"


async def test_a_packager_restart_is_a_discontinuity_with_fresh_time_stamps(bench: Bench) -> None:
    before = m3u8.loads(await bench.text(f"/{TS}/v90/playlist.m3u8"))
    await bench.fault(TS, "packager-restart")
    seen = False
    for _ in range(16):
        bench.clock.at += 0.96
        after = m3u8.loads(await bench.text(f"/{TS}/v90/playlist.m3u8"))
        seen = seen or sum(s.discontinuity for s in after.segments) > 0
        assert after.media_sequence > before.media_sequence
        assert after.discontinuity_sequence >= before.discontinuity_sequence
    assert seen


async def test_answers_obey_http(bench: Bench) -> None:
    path = f"/{TS}/v90/playlist.m3u8"
    plain = await bench.ask(path)
    assert plain.headers["content-type"] == "application/vnd.apple.mpegurl"
    assert plain.headers["access-control-allow-origin"] == "*"
    assert "max-age" in plain.headers["cache-control"]
    assert plain.headers["date"] == "Mon, 21 Sep 2026 14:13:20 GMT"
    zipped = await bench.ask(path, Accept_Encoding="gzip")
    assert zipped.headers["content-encoding"] == "gzip"
    assert zipped.text == plain.text
    assert (await bench.ask(path, If_None_Match=plain.headers["etag"])).status == 304
    head = await bench.ask(path, "HEAD")
    assert (head.status, head.body) == (200, b"")
    assert head.headers["content-length"] == str(len(plain.body))
    assert (await bench.ask("/nowhere")).status == 404
    assert (await bench.ask(path, "POST", {})).status == 405


@pytest.mark.parametrize(
    ("data", "status"),
    [
        pytest.param(b"GARBAGE\r\n\r\n", b"400", id="no http"),
        pytest.param(b"GET /" + b"a" * 5000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", b"414", id="long target"),
        pytest.param(b"GET / HTTP/1.1\r\nX: " + b"a" * 20_000 + b"\r\n\r\n", b"431", id="long header"),
        pytest.param(
            b"POST /api/faults HTTP/1.1\r\nContent-Length: 100000\r\n\r\n" + b"a" * 100_000, b"413", id="big"
        ),
        pytest.param(
            b"POST /api/faults HTTP/1.1\r\nConnection: close\r\nContent-Length: 3\r\n\r\n[1]", b"400", id="list"
        ),
    ],
)
async def test_hostile_requests_are_refused(bench: Bench, data: bytes, status: bytes) -> None:
    assert (await bench.raw(data)).startswith(b"HTTP/1.1 " + status)


async def test_both_time_sources_tell_the_labs_time(bench: Bench) -> None:
    assert (await bench.ask("/time/iso")).text == "2026-09-21T14:13:20.000Z"
    assert (await bench.ask("/time/head", "HEAD")).headers["date"] == "Mon, 21 Sep 2026 14:13:20 GMT"
