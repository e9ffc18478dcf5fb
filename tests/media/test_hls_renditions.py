"""The playlists of one channel beside each other, and what segments say against what is declared."""

from __future__ import annotations

import pytest
from hls_texts import AUDIO, BEGIN, LOW, VIDEO, date_tag, live, live_text

from noc_console.catalogues import severity_of
from noc_console.media.container import Fault, Head, Track
from noc_console.media.hls import Media, Segment, parse_media
from noc_console.media.hls.answers import lint_answer, lint_token, token_expiry
from noc_console.media.hls.bandwidth import Size, judge_live, judge_vod, peak_bps, remember
from noc_console.media.hls.blocking import Ask, judge_blocked, judge_delta, judge_refusals, next_ask, with_query
from noc_console.media.hls.renditions import Peer, compare_renditions
from noc_console.media.hls.truth import judge_alignment, judge_neighbours, judge_segment
from noc_console.media.ladder import Rung
from noc_console.model import Finding, Severity


def ids(*pairs: tuple[Rung, Media], late: float = 0.0) -> list[str]:
    peers = [Peer(rung, media, BEGIN + late * index) for index, (rung, media) in enumerate(pairs)]
    return [finding.id for finding in compare_renditions(peers)[0]]


def changed(first: int, old: str, new: str) -> Media:
    text = live_text(first)
    assert old in text
    return parse_media(text.replace(old, new).encode(), "http://x/low.m3u8")


def test_renditions_that_go_together_are_clean() -> None:
    assert ids((VIDEO, live(5)), (LOW, live(5)), (AUDIO, live(5))) == []


def test_one_segment_apart_is_the_moment_of_the_fetch_and_two_are_a_finding() -> None:
    assert ids((VIDEO, live(5)), (LOW, live(4))) == []
    assert ids((VIDEO, live(5)), (LOW, live(3))) == ["hls-rung-misaligned"]


def test_rungs_looked_at_in_different_rounds_are_not_compared() -> None:
    assert ids((VIDEO, live(5)), (LOW, live(3)), late=5.0) == []


def test_without_dates_the_sequence_numbers_are_compared() -> None:
    bare = [
        parse_media("\n".join(x for x in live_text(n).splitlines() if "DATE" not in x).encode(), "u")
        for n in (9, 6, 900)
    ]
    assert ids((VIDEO, bare[0]), (LOW, bare[1])) == ["hls-rung-misaligned"]
    assert ids((VIDEO, bare[0]), (LOW, bare[2])) == []  # numbered apart: nothing to compare


def test_target_durations_must_be_the_same_and_subtitles_may_differ() -> None:
    other = live(5, target=8)
    assert ids((VIDEO, live(5)), (LOW, other)) == ["hls-targetduration-mismatch"]
    assert ids((VIDEO, live(5)), (Rung("subtitles-en", "subtitles", "http://x/s"), other)) == []


def test_audio_cut_a_little_longer_is_only_a_warning() -> None:
    found, _ = compare_renditions([Peer(VIDEO, live(5), BEGIN), Peer(AUDIO, live(5, target=7), BEGIN)])
    assert [severity_of(finding) for finding in found] == [Severity.WARNING]


def test_the_same_segment_has_the_same_discontinuity_number_everywhere() -> None:
    one = live(5, head="#EXT-X-DISCONTINUITY-SEQUENCE:3")
    removed = live(6, head="#EXT-X-DISCONTINUITY-SEQUENCE:3")
    other = live(5, head="#EXT-X-DISCONTINUITY-SEQUENCE:4")
    assert ids((VIDEO, one), (LOW, removed)) == []
    assert ids((VIDEO, one), (LOW, other)) == ["hls-dseq-mismatch"]


def test_dates_in_one_rendition_are_due_in_all() -> None:
    bare = parse_media("\n".join(x for x in live_text(5).splitlines() if "DATE" not in x).encode(), "u")
    assert ids((VIDEO, live(5)), (LOW, bare)) == ["hls-pdt-partial"]


def test_a_daterange_is_due_in_all_variants_once_it_is_settled() -> None:
    settled = f'#EXT-X-DATERANGE:ID="ad",START-DATE="{date_tag(BEGIN + 42)[25:]}",DURATION=6'
    newest = f'#EXT-X-DATERANGE:ID="ad",START-DATE="{date_tag(BEGIN + 64)[25:]}",DURATION=6'
    assert ids((VIDEO, live(5, head=settled)), (LOW, live(5))) == ["hls-daterange-mismatch"]
    assert ids((VIDEO, live(5, head=newest)), (LOW, live(5))) == []


def test_rendition_reports_name_the_others_and_are_up_to_date() -> None:
    def low(report: str) -> Media:
        return live(5, head=f"#EXT-X-PART-INF:PART-TARGET=1\n{report}")

    good = (
        low('#EXT-X-RENDITION-REPORT:URI="low.m3u8",LAST-MSN=10'),
        low('#EXT-X-RENDITION-REPORT:URI="high.m3u8",LAST-MSN=10'),
    )
    assert ids((VIDEO, good[0]), (LOW, good[1])) == []
    assert ids((VIDEO, low('#EXT-X-RENDITION-REPORT:URI="low.m3u8",LAST-MSN=7')), (LOW, good[1])) == [
        "llhls-rendition-report-stale"
    ]
    assert ids((VIDEO, low("")), (LOW, good[1])) == ["llhls-rendition-report-stale"]


# bandwidth


def sizes(*megabits: float, seconds: float = 6.0) -> tuple[Size, ...]:
    return tuple(Size(number, seconds, int(rate * 1e6 / 8 * seconds)) for number, rate in enumerate(megabits))


def test_the_peak_is_that_of_contiguous_segments_of_half_to_one_and_a_half_target_durations() -> None:
    assert peak_bps(sizes(5, 9, 5), 6) == pytest.approx(9e6)
    short = sizes(20, 2, 2, 2, seconds=2.0)
    assert peak_bps(short, 6) == pytest.approx((20 + 2) / 2 * 1e6)  # one segment of 2 s is too short to be a peak
    assert peak_bps((*sizes(9), Size(7, 2.0, 10**9)), 6) == pytest.approx(9e6)  # not contiguous


def test_a_live_peak_from_125_percent_on_is_told() -> None:
    assert judge_live(VIDEO, sizes(6, 7.4), 6) == []
    assert [finding.id for finding in judge_live(VIDEO, sizes(6, 7.5), 6)] == ["hls-live-peak-exceeded"]


def test_the_average_is_judged_after_half_an_hour() -> None:
    assert judge_live(VIDEO, sizes(*[5.5] * 299), 6) == []
    assert [finding.id for finding in judge_live(VIDEO, sizes(*[5.5] * 300), 6)] == ["hls-live-average-exceeded"]
    assert judge_live(VIDEO, sizes(*[5.4] * 600), 6) == []


def test_an_hour_is_remembered() -> None:
    kept: tuple[Size, ...] = ()
    for number in range(1000):
        kept = remember(kept, Size(number, 6.0, 1000))
    assert len(kept) == 600
    assert kept[-1].sequence == 999
    assert remember(kept, kept[-1]) is kept


def test_vod_is_judged_by_ten_percent() -> None:
    assert judge_vod(VIDEO, sizes(6, 4, 5), 6) == []
    (finding,) = judge_vod(VIDEO, sizes(3, 3, 3), 6)
    assert finding.id == "hls-vod-bandwidth-off"


# the media against the playlist


def head(first: float, length: float, kind: str = "ts", **options: object) -> Head:
    told: dict[str, object] = {
        "width": 640,
        "height": 360,
        "codec": "avc1.64001e",
        "samples": int(length * 25),
        **options,
    }
    track = Track(256, "video", first_s=first, end_s=first + length, duration_s=length, **told)  # type: ignore[arg-type]
    return Head(kind, 1000, (track,), True)


SEGMENT: Segment = live(5).segments[0]


def test_a_segment_that_is_what_the_playlist_says_is_clean() -> None:
    assert judge_segment(SEGMENT, head(10, 6), VIDEO) == []


@pytest.mark.parametrize(
    ("found", "finding"),
    [
        (head(10, 5.85), "hls-extinf-rounding"),
        (head(10, 6, codec="hvc1.2.4.L120"), "hls-codecs-mismatch"),
        (Head("ts", 10, head(10, 6).tracks, False), "hls-segment-no-idr"),
        (Head("ts", 10, head(10, 3).tracks, True, is_truncated=True), "hls-segment-incomplete"),
        (Head("unknown", 10, errors=(Fault("html", "A web page was served."),)), "hls-segment-missing"),
    ],
)
def test_each_untruth_of_a_segment_has_its_finding(found: Head, finding: str) -> None:
    assert [one.id for one in judge_segment(SEGMENT, found, VIDEO)] == [finding]


@pytest.mark.parametrize(
    ("after", "finding"),
    [
        pytest.param(head(16.0, 6), [], id="exact"),
        pytest.param(head(16.1, 6), [], id="within two frames and a tenth"),
        pytest.param(head(16.5, 6), ["hls-segment-tfdt-gap"], id="a gap"),
        pytest.param(head(15.5, 6), ["hls-segment-tfdt-gap"], id="an overlap"),
        pytest.param(head(99.0, 6), ["hls-discontinuity-unsignalled"], id="another time line"),
        pytest.param(head(16.0, 6, width=1280), ["hls-discontinuity-unsignalled"], id="another picture"),
        pytest.param(head(16.0, 6, codec="hvc1.1"), ["hls-discontinuity-unsignalled"], id="another codec"),
        pytest.param(head(16.0, 6, kind="fmp4"), ["hls-discontinuity-unsignalled"], id="another container"),
    ],
)
def test_neighbours_without_discontinuity_go_on(after: Head, finding: list[str]) -> None:
    assert [one.id for one in judge_neighbours(head(10, 6), after, SEGMENT, VIDEO)] == finding


def test_time_stamps_that_wrap_go_on() -> None:
    wrap = 2**33 / 90_000
    assert judge_neighbours(head(wrap - 6, 6), head(0.0, 6), SEGMENT, VIDEO) == []


def test_variants_whose_time_stamps_differ_are_told() -> None:
    starts = {"a": ("ts", 10.0), "b": ("ts", 10.02), "c": ("ts", 12.0), "d": ("fmp4", 99.0)}
    (finding,) = judge_alignment(starts, 7)
    assert (finding.id, finding.where["rung"]) == ("hls-timestamp-mismatch", "c")


# answers


def test_the_mime_type_and_compression_of_a_playlist() -> None:
    good = {"content-type": "application/vnd.apple.mpegurl; charset=utf-8", "content-encoding": "gzip"}
    assert lint_answer(good, 100_000) == []
    assert [one.id for one in lint_answer({"content-type": "text/plain"}, 100_000)] == [
        "hls-content-type-wrong",
        "hls-playlist-not-compressed",
    ]
    assert lint_answer({"content-type": "audio/mpegurl"}, 500) == []


@pytest.mark.parametrize(
    ("url", "expiry"),
    [
        ("http://x/a.m3u8?exp=1790000000&sig=1", 1790000000),
        ("http://x/a.m3u8?hdnts=st=1~exp=1790000000~acl=/*~hmac=ff", 1790000000),
        ("http://x/exp=1790000000~acl=/hmac/a.m3u8", 1790000000),
        ("http://x/a.m3u8?Expires=1790000000&Key-Pair-Id=k", 1790000000),
        ("http://x/a.m3u8?t=eyJhbGciOiJub25lIn0.eyJleHAiOjE3OTAwMDAwMDB9.x", 1790000000),
        ("http://x/a.m3u8?t=eyJ.%ff.x", None),
        ("http://x/a.m3u8?exp=tomorrow", None),
        ("http://[x", None),
    ],
)
def test_tokens_tell_when_they_run_out(url: str, expiry: float | None) -> None:
    assert token_expiry(url) == expiry


def test_a_token_is_told_a_day_before_and_is_major_in_the_last_hour() -> None:
    url = "http://x/a.m3u8?exp=1790000000"

    def severity(left: float) -> list[Severity | None]:
        return [severity_of(finding) for finding in lint_token(url, 1_790_000_000 - left)]

    assert severity(90_000) == []
    assert severity(7_200) == [Severity.WARNING]
    assert severity(600) == severity(-5) == [Severity.MAJOR]
    assert url not in lint_token(url, 1_790_000_000)[0].text


# blocking reload


def low_latency(parts: int, first: int = 5) -> Media:
    text = live_text(first, head="#EXT-X-PART-INF:PART-TARGET=1")
    return parse_media((text + "".join(f'#EXT-X-PART:DURATION=1,URI="p{n}"\n' for n in range(parts))).encode(), "u")


def blocked(ask: Ask, status: int, answer: Media | None, waited: float) -> list[Finding]:
    return judge_blocked(ask, status, answer, waited, 6.0)


def test_a_blocking_reload_gives_what_was_asked_for() -> None:
    ask = next_ask(low_latency(2))
    assert (ask, with_query("http://x/a?b=1", ask.query)) == (Ask(11, 2), "http://x/a?b=1&_HLS_msn=11&_HLS_part=2")
    assert blocked(ask, 200, low_latency(3), 0.9) == []
    assert blocked(ask, 200, low_latency(0, first=6), 0.9) == []
    assert [one.id for one in blocked(ask, 200, low_latency(2), 0.01)] == ["llhls-blocking-broken"]
    assert [one.id for one in blocked(ask, 0, None, 19.0)] == ["llhls-blocking-broken"]


def test_what_cannot_be_is_refused_with_400() -> None:
    assert judge_refusals(400, 400) == judge_refusals(0, 0) == []
    assert [one.id for one in judge_refusals(200, 200)] == [
        "llhls-msn-range-not-400",
        "llhls-part-without-msn-not-400",
    ]


def test_a_delta_update_fits_the_full_playlist() -> None:
    def delta(uri: str) -> Media:
        head = "#EXTM3U\n#EXT-X-TARGETDURATION:6\n#EXT-X-MEDIA-SEQUENCE:5\n#EXT-X-SKIP:SKIPPED-SEGMENTS=4\n"
        return parse_media(f"{head}#EXTINF:6,\n{uri}\n".encode(), "u")

    assert delta("s9.ts").segments[0].sequence == 9
    assert judge_delta(live(5), delta("s9.ts")) == []
    assert [one.id for one in judge_delta(live(5), delta("s8.ts"))] == ["llhls-delta-wrong"]
