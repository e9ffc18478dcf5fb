"""The HLS probe against a real origin on loopback, round by round, time turned by hand."""

from __future__ import annotations

import pytest
from hls_origin import BEGIN, HIGH, LOW, MASTER, media_text, probe

from noc_console.catalogues import severity_of
from noc_console.model import Access, Expected, Level, Severity

AT = BEGIN + 36.5


async def test_the_first_round_looks_at_everything_and_takes_the_newest_segments() -> None:
    async with probe(AT) as (origin, hls):
        origin.publish(0)
        following = await hls.round()
        assert sorted(origin.asked) == ["/high.m3u8", "/high5.ts", "/low.m3u8", "/low5.ts", "/master.m3u8"]
        assert following == AT + 6
        master = hls.looks("master")[0]
        assert (master.metrics["ladder.rungs"], master.metrics["ladder.max_bandwidth_bps"]) == (2, 6_000_000)
        assert hls.looks(f"playlist/{HIGH}")[0].metrics["playlist.target_duration_s"] == 6
        assert hls.looks(f"segment/{LOW}")[0].metrics["segment.sequence"] == 5
        assert hls.looks("set")[0].metrics["ladder.edge_spread"] == 0


async def test_every_new_segment_of_every_variant_is_taken_once() -> None:
    async with probe(AT) as (origin, hls):
        for number in range(5):
            origin.publish(2 * number)
            await hls.round(AT + 12 * number)
        taken = origin.segments()
        for name in ("high", "low"):
            mine = [target for target in taken if name in target]
            assert sorted(mine, key=lambda target: int(target[len(name) + 1 : -3])) == [
                f"/{name}{number}.ts" for number in range(5, 14)
            ]
        assert len(taken) == len(set(taken))


async def test_an_unchanged_playlist_is_not_parsed_and_asked_again_after_half_a_target_duration() -> None:
    async with probe(AT) as (origin, hls):
        origin.publish(0)
        await hls.round()
        before = hls.watch.rungs[HIGH].media
        assert await hls.round(AT + 6) == AT + 9
        assert hls.watch.rungs[HIGH].media is before
        assert hls.looks(f"playlist/{HIGH}")[-1].metrics["playlist.age_s"] == pytest.approx(6, abs=0.2)
        assert len(origin.segments()) == 2


async def test_only_the_rung_that_stood_still_is_asked_again_early() -> None:
    async with probe(AT) as (origin, hls):
        origin.publish(0)
        await hls.round()
        origin.files["/high.m3u8"] = media_text(1, "high")
        assert await hls.round(AT + 6) == AT + 9
        origin.asked.clear()
        await hls.round(AT + 9)
        assert "/low.m3u8" in origin.asked
        assert "/high.m3u8" not in origin.asked


async def test_an_interval_of_the_operator_overrides_the_target_duration() -> None:
    async with probe(AT, poll_s=30.0) as (origin, hls):
        origin.publish(0)
        assert await hls.round() == AT + 30
        assert await hls.round(AT + 30) == AT + 60


async def test_a_master_that_is_not_delivered_is_told_and_the_known_ladder_is_still_watched() -> None:
    async with probe(AT) as (origin, hls):
        origin.publish(0)
        await hls.round()
        origin.statuses["/master.m3u8"] = 500
        origin.asked.clear()
        await hls.round(AT + 6)
        assert hls.found("master") == {"hls-master-unreachable"}
        assert "/high.m3u8" in origin.asked
        del origin.statuses["/master.m3u8"]
        await hls.round(AT + 12)
        assert "hls-master-unreachable" not in hls.found("master")


async def test_a_page_instead_of_a_playlist_is_told_until_the_playlist_is_back() -> None:
    async with probe(AT) as (origin, hls):
        origin.publish(0)
        await hls.round()
        origin.files["/low.m3u8"] = b"<html><body>Log in</body></html>"
        for after in (6, 9):
            await hls.round(AT + after)
            assert "hls-media-parse-error" in hls.found(f"playlist/{LOW}")
            assert hls.looks(f"playlist/{LOW}")[-1].metrics["playlist.is_valid"] == 0
        origin.publish(2)
        await hls.round(AT + 12)
        assert "hls-media-parse-error" not in hls.found(f"playlist/{LOW}")
        assert "/low7.ts" in origin.asked


async def test_a_playlist_that_is_gone_is_unreachable_with_its_status() -> None:
    async with probe(AT) as (origin, hls):
        origin.publish(0)
        origin.files["/low.m3u8"] = None
        await hls.round()
        (finding,) = hls.looks(f"playlist/{LOW}")[0].findings
        assert (finding.id, finding.where["status"]) == ("hls-media-unreachable", 404)


async def test_a_listed_segment_that_is_not_there_is_tried_three_times_and_told() -> None:
    async with probe(AT) as (origin, hls):
        origin.publish(0)
        origin.files["/low5.ts"] = None
        await hls.round()
        assert origin.asked.count("/low5.ts") == 3
        assert "hls-segment-missing" in hls.found(f"segment/{LOW}")
        assert "hls-segment-missing" not in hls.found(f"segment/{HIGH}")


async def test_a_changed_ladder_is_an_event() -> None:
    async with probe(AT, expected=Expected(6.0, (HIGH, LOW))) as (origin, hls):
        origin.publish(0)
        await hls.round()
        assert "hls-ladder-rung-missing" not in hls.found("master")
        origin.publish(1)
        origin.files["/master.m3u8"] = MASTER.split("#EXT-X-STREAM-INF:BANDWIDTH=900000")[0].encode()
        await hls.round(AT + 6)
        assert hls.events() == ["LadderChanged"]
        assert "hls-ladder-rung-missing" in hls.found("master")
        assert list(hls.watch.rungs) == [HIGH]


async def test_level_light_takes_first_bytes_of_the_newest_segment_only() -> None:
    async with probe(AT, level=Level.LIGHT) as (origin, hls):
        origin.publish(0)
        await hls.round()
        origin.publish(2)
        await hls.round(AT + 12)
        assert sorted(origin.segments()) == ["/high5.ts", "/high7.ts", "/low5.ts", "/low7.ts"]
        assert "segment.download_s" not in hls.looks(f"segment/{HIGH}")[-1].metrics


async def test_level_sample_takes_one_variant_in_turn() -> None:
    async with probe(AT, level=Level.SAMPLE) as (origin, hls):
        for number in range(4):
            origin.publish(number)
            await hls.round(AT + 6 * number)
        taken = origin.segments()
        assert len(taken) == 4
        assert {target[1:4] for target in taken} == {"hig", "low"}


async def test_a_serious_finding_promotes_to_full_for_two_minutes() -> None:
    async with probe(AT, level=Level.LIGHT) as (origin, hls):
        origin.publish(0)
        await hls.round()
        assert hls.looks("set")[-1].metrics["input.promoted"] == 0
        origin.publish(1)
        origin.files["/low.m3u8"] = media_text(1, "low").replace(b"TARGETDURATION:6", b"TARGETDURATION:3")
        await hls.round(AT + 6)
        assert hls.watch.level is Level.FULL
        assert hls.events() == ["InputPromoted"]
        assert hls.looks("set")[-1].metrics["input.promoted"] == 1
        origin.publish(30)
        await hls.round(AT + 180)
        origin.publish(55)
        await hls.round(AT + 330)
        assert hls.watch.level is Level.LIGHT


async def test_a_media_playlist_without_master_is_watched_and_fetched_once_per_round() -> None:
    async with probe(AT, path="/high.m3u8") as (origin, hls):
        origin.publish(0)
        await hls.round()
        assert origin.asked == ["/high.m3u8", "/high5.ts"]
        origin.publish(1)
        await hls.round(AT + 6)
        assert [target for target in origin.asked[2:] if target.startswith("/")] == ["/high.m3u8", "/high6.ts"]
        assert not hls.looks("master")


async def test_a_media_playlist_that_was_not_there_at_first_leaves_no_finding_behind() -> None:
    async with probe(AT, path="/high.m3u8") as (origin, hls):
        await hls.round()
        assert hls.found("master") == {"hls-master-unreachable"}
        origin.publish(0)
        await hls.round(AT + 7)
        assert hls.found("master") == set()
        assert hls.looks("playlist/video")


KEY = '#EXT-X-KEY:METHOD=AES-128,URI="key.bin"'


@pytest.mark.parametrize(("key", "is_bad"), [(b"0123456789abcdef", False), (b"short", True), (None, True)])
async def test_a_plain_key_must_be_there_with_sixteen_bytes(key: bytes | None, is_bad: bool) -> None:
    async with probe(AT) as (origin, hls):
        origin.publish(0, extra={0: KEY})
        origin.files["/key.bin"] = key
        await hls.round()
        assert ("hls-key-unreachable" in hls.found(f"playlist/{HIGH}")) is is_bad
        origin.publish(1, extra={1: KEY})
        await hls.round(AT + 6)
        assert origin.asked.count("/key.bin") == 2  # once for each rung, not at every look


async def test_a_removed_segment_that_vanished_at_once_is_told() -> None:
    async with probe(AT) as (origin, hls):
        origin.publish(0)
        await hls.round()
        origin.publish(1)
        origin.files["/high0.ts"] = origin.files["/low0.ts"] = None
        await hls.round(AT + 6)
        assert "hls-removed-segment-gone" in hls.found("set")


async def test_a_short_last_segment_before_a_discontinuity_is_exempt() -> None:
    async with probe(AT) as (origin, hls):
        short = {6: 2.5}
        origin.publish(0)
        await hls.round()
        origin.publish(1, durations=short)
        await hls.round(AT + 6)
        origin.publish(2, durations=short, extra={7: "#EXT-X-DISCONTINUITY"})
        await hls.round(AT + 12)
        assert all(
            "hls-segment-duration-off" not in {f.id for f in one.findings} for one in hls.looks(f"segment/{HIGH}")
        )


async def test_a_short_segment_without_discontinuity_is_told_when_the_next_one_is_known() -> None:
    async with probe(AT) as (origin, hls):
        short = {6: 2.5, 7: 2.5}
        for first in (0, 1, 2, 3):
            origin.publish(first, durations=short)
            await hls.round(AT + 6 * first)
        told = [
            finding.where["sequence"]
            for one in hls.looks(f"segment/{HIGH}")
            for finding in one.findings
            if finding.id == "hls-segment-duration-off"
        ]
        assert told == [6, 7]


async def test_a_rung_that_lags_is_misaligned() -> None:
    async with probe(AT) as (origin, hls):
        origin.publish(3)
        origin.files["/low.m3u8"] = media_text(0, "low")
        origin.files["/low5.ts"] = b"x"
        await hls.round(AT + 18)
        assert "hls-rung-misaligned" in hls.found("set")


async def test_a_huge_playlist_is_refused_by_its_size() -> None:
    async with probe(AT) as (origin, hls):
        origin.publish(0)
        origin.files["/low.m3u8"] = b"#EXTM3U\n" + b"#" * 5_000_000
        await hls.round()
        assert hls.found(f"playlist/{LOW}") == {"hls-media-unreachable"}


async def test_a_ladder_without_end_is_bounded_and_told() -> None:
    async with probe(AT) as (origin, hls):
        variants = "".join(f"#EXT-X-STREAM-INF:BANDWIDTH={n + 1}\nv{n}.m3u8\n" for n in range(500))
        origin.files["/master.m3u8"] = f"#EXTM3U\n{variants}".encode()
        await hls.round()
        assert len(origin.asked) == 65
        assert hls.events() == ["RungsLeftOut"]


async def test_the_bodies_of_a_playlist_are_kept_as_fetched() -> None:
    async with probe(AT) as (origin, hls):
        for first in (0, 1, 2):
            origin.publish(first)
            await hls.round(AT + 6 * first)
        kept = hls.tools.bodies(f"playlist/{HIGH}")
        assert [body.body for body in kept] == [media_text(1, "high"), media_text(2, "high")]


async def test_an_old_answer_of_a_cache_is_told_by_its_age() -> None:
    async with probe(AT) as (origin, hls):
        origin.publish(0)
        await hls.round()
        origin.headers["Age"] = "9"
        await hls.round(AT + 10)
        stale = next(one for one in hls.looks(f"playlist/{HIGH}")[-1].findings if one.id == "hls-playlist-stale")
        assert stale.where["cause"] == "cache"
        assert hls.looks(f"playlist/{HIGH}")[-1].metrics["playlist.http_age_s"] == 9


LOW_LATENCY = (
    "#EXTM3U\n#EXT-X-VERSION:9\n#EXT-X-TARGETDURATION:4\n#EXT-X-PART-INF:PART-TARGET=1\n"
    "#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=3,CAN-SKIP-UNTIL=24\n#EXT-X-MEDIA-SEQUENCE:5\n"
    '#EXTINF:4,\ns5.ts\n#EXTINF:4,\ns6.ts\n#EXTINF:4,\ns7.ts\n#EXT-X-PART:DURATION=1,URI="p0.ts"\n'
)


async def test_blocking_reload_is_tested_once_an_hour_where_it_is_announced() -> None:
    async with probe(AT, path="/low.m3u8") as (origin, hls):
        origin.files["/low.m3u8"] = LOW_LATENCY.encode()
        origin.files["/low.m3u8?_HLS_msn=8&_HLS_part=1"] = (
            LOW_LATENCY + '#EXT-X-PART:DURATION=1,URI="p1.ts"\n'
        ).encode()
        origin.statuses["/low.m3u8?_HLS_msn=1007"] = 400
        await hls.round()
        for after in (30, 31, 60):
            await hls.round(AT + after)
        assert [target for target in origin.asked if "_HLS" in target] == [
            "/low.m3u8?_HLS_msn=8&_HLS_part=1",
            "/low.m3u8?_HLS_msn=1007",
            "/low.m3u8?_HLS_part=0",
            "/low.m3u8?_HLS_skip=YES",
        ]
        told = {finding.id for finding in hls.looks("set")[-1].findings}
        assert told == {"llhls-part-without-msn-not-400"}


@pytest.mark.parametrize("where", ["address", "input"])
async def test_a_token_that_runs_out_is_told_and_never_shown(where: str) -> None:
    token = f"exp={int(AT) + 1800}&sig=secret"
    access = Access(query=token) if where == "input" else Access()
    path = "/high.m3u8" if where == "input" else f"/high.m3u8?{token}"
    async with probe(AT, path=path, access=access) as (origin, hls):
        origin.publish(0)
        await hls.round()
        told = [one for one in hls.looks("playlist/video")[0].findings if one.id == "hls-token-expiring"]
        assert [severity_of(one) for one in told] == [Severity.MAJOR]
        assert "secret" not in str(told)


async def test_a_live_playlist_that_has_ended_is_looked_at_as_before() -> None:
    async with probe(AT) as (origin, hls):
        origin.publish(0)
        await hls.round()
        for name in ("/high.m3u8", "/low.m3u8"):
            body = origin.files[name]
            assert body is not None
            origin.files[name] = body + b"#EXT-X-ENDLIST\n"
        following = await hls.round(AT + 6)
        assert "hls-endlist-in-live" in hls.found(f"playlist/{LOW}")
        assert following <= AT + 12.1, "the second look makes the alarm, and the end of the fault is seen as soon"
