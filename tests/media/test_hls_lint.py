"""What a master or media playlist has wrong by itself."""

from __future__ import annotations

import pytest
from hls_texts import BEGIN, date_tag, live, live_text

from noc_console.catalogues import severity_of
from noc_console.media.hls import Media, parse_master, parse_media
from noc_console.media.hls.lint_master import lint_master
from noc_console.media.hls.lint_media import lint_media
from noc_console.media.hls.rungs import ladder_changes, rungs_of
from noc_console.model import Expected, Severity

URL = "http://origin.example/live/master.m3u8"
GOOD = (
    "#EXTM3U\n"
    '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="Tiếng Việt",LANGUAGE="vi",URI="vi.m3u8"\n'
    '#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="s",NAME="English",LANGUAGE="eng",URI="sub.m3u8"\n'
    '#EXT-X-STREAM-INF:BANDWIDTH=6000000,CODECS="avc1.640028,mp4a.40.2",RESOLUTION=1920x1080,FRAME-RATE=50,'
    'AUDIO="a",SUBTITLES="s",CLOSED-CAPTIONS=NONE\n1080.m3u8\n'
    '#EXT-X-STREAM-INF:BANDWIDTH=3000000,CODECS="avc1.64001f,mp4a.40.2",RESOLUTION=1280x720,FRAME-RATE=50,'
    'AUDIO="a",SUBTITLES="s"\n720.m3u8\n'
    '#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=300000,RESOLUTION=1280x720,CODECS="avc1.64001f",URI="i.m3u8"\n'
)


def master_ids(text: str, expected: Expected | None = None) -> list[str]:
    return [finding.id for finding in lint_master(parse_master(text.encode(), URL), expected)]


def test_a_good_master_is_clean() -> None:
    expected = Expected(6.0, ("1080p50@6.0M", "720p50@3.0M", "audio-vi"), ("vie",), ("en",))
    assert master_ids(GOOD, expected) == []


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("BANDWIDTH=6000000,", "", "hls-bandwidth-missing"),
        ('CODECS="avc1.640028,mp4a.40.2",', "", "hls-codecs-missing"),
        ("RESOLUTION=1920x1080,", "", "hls-resolution-missing"),
        ("RESOLUTION=1920x1080", "RESOLUTION=1440x1080", "hls-aspect-mismatch"),
        ('TYPE=AUDIO,GROUP-ID="a"', 'TYPE=AUDIO,GROUP-ID="b"', "hls-media-group-undefined"),
        ('URI="i.m3u8"', 'URI="i.m3u8"\n#EXT-X-STREAM-INF:BANDWIDTH=x\nx.m3u8', "hls-master-parse-error"),
    ],
)
def test_each_fault_of_a_master_has_its_finding(old: str, new: str, found: str) -> None:
    assert old in GOOD
    assert found in master_ids(GOOD.replace(old, new, 1))


def test_a_missing_frame_rate_alone_is_only_a_warning() -> None:
    (finding,) = lint_master(parse_master(GOOD.replace(",FRAME-RATE=50", "", 1).encode(), URL))
    assert (finding.id, severity_of(finding)) == ("hls-resolution-missing", Severity.WARNING)


def test_a_master_without_variants_is_told() -> None:
    assert master_ids("#EXTM3U\n") == ["hls-master-no-variants"]


def test_hdr_without_sdr_and_an_hdr_channel_without_hdr() -> None:
    hdr = GOOD.replace("FRAME-RATE=50", "FRAME-RATE=50,VIDEO-RANGE=PQ")
    assert master_ids(hdr) == ["hls-sdr-variant-missing"]
    assert master_ids(GOOD, Expected(is_hdr=True)) == ["hls-video-range-missing"]


def test_what_is_expected_and_not_offered_is_told() -> None:
    expected = Expected(6.0, ("2160p50@16.0M",), ("en",), ("vi",))
    assert master_ids(GOOD, expected) == [
        "hls-ladder-rung-missing",
        "hls-audio-rendition-missing",
        "hls-subtitle-rendition-missing",
    ]


def test_the_same_variant_twice_is_told_with_both_lines() -> None:
    twice = GOOD + GOOD.splitlines()[3] + "\nbackup.m3u8\n"
    (finding,) = lint_master(parse_master(twice.encode(), URL))
    assert finding.id == "hls-ladder-duplicate-rung"
    assert (finding.where["line"], "line 4" in finding.text) == (9, True)


def test_an_audio_only_variant_needs_no_resolution() -> None:
    audio = GOOD + '#EXT-X-STREAM-INF:BANDWIDTH=64000,CODECS="mp4a.40.5",AUDIO="a"\nlow.m3u8\n'
    assert master_ids(audio) == []


def test_rungs_are_named_once_even_where_offered_with_two_audio_groups() -> None:
    text = GOOD.replace('NAME="Tiếng Việt"', 'NAME="v"') + (
        '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="b",NAME="5.1",LANGUAGE="vi",URI="vi51.m3u8"\n'
        '#EXT-X-STREAM-INF:BANDWIDTH=6300000,CODECS="avc1.640028,ec-3",RESOLUTION=1920x1080,FRAME-RATE=50,AUDIO="b"\n'
        "1080.m3u8\n"
    )
    labels = [rung.label for rung in rungs_of(parse_master(text.encode(), URL))]
    assert labels == ["1080p50@6.3M", "720p50@3.0M", "audio-vi", "subtitles-eng", "audio-vi#2", "iframe-720p@300k"]


def test_a_change_of_the_ladder_is_one_sentence_per_rung() -> None:
    before = rungs_of(parse_master(GOOD.encode(), URL))
    after = rungs_of(parse_master(GOOD.replace("3000000", "2500000").replace("avc1.640028", "hvc1").encode(), URL))
    assert ladder_changes(before, after) == (
        "Rung 720p50@2.5M added",
        "Rung 720p50@3.0M removed",
        "Rung 1080p50@6.0M: codecs avc1.640028,mp4a.40.2 became hvc1,mp4a.40.2",
    )
    assert ladder_changes(before, before) == ()


def media_ids(media: Media) -> list[str]:
    return [finding.id for finding in lint_media(media)]


def test_a_good_live_playlist_is_clean() -> None:
    assert media_ids(live(100)) == []


def edited(*changes: tuple[str, str], first: int = 100, count: int = 6) -> Media:
    text = live_text(first, count)
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return parse_media(text.encode(), URL)


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (("#EXT-X-TARGETDURATION:6\n", ""), ["hls-targetduration-missing"]),
        (("EXTINF:6.000,\ns103", "EXTINF:6.500,\ns103"), ["hls-extinf-exceeds-target"]),
        (("EXTINF:6.000,\ns103", "EXTINF:6.499,\ns103"), []),
        (("EXTINF:6.000,\ns103", "EXTINF:6.6,\ns103"), ["hls-extinf-exceeds-target", "hls-segment-over-half-second"]),
        (("EXTINF:6.000,\ns103", "EXTINF:2.000,\ns103"), []),
        (("VERSION:6", "VERSION:2"), ["hls-version-too-low"]),
        ((".ts", ".m4s"), ["hls-map-missing"]),
        (("#EXTINF:6.000,\ns104", "#EXT-X-GAP\n#EXTINF:6.000,\ns104"), ["hls-gap-present"]),
        (("#EXT-X-MEDIA", "#EXT-X-PLAYLIST-TYPE:EVENT\n#EXT-X-MEDIA"), ["hls-playlist-type-in-live"]),
    ],
)
def test_each_fault_of_a_media_playlist_has_its_finding(change: tuple[str, str], found: list[str]) -> None:
    assert media_ids(edited(change)) == found


def test_a_window_of_less_than_three_target_durations_is_told_once_segments_were_removed() -> None:
    assert media_ids(live(100, 2)) == ["hls-window-too-short"]
    assert media_ids(live(0, 2)) == []
    assert media_ids(live(100, 3)) == []


def test_a_live_playlist_without_dates_is_told_and_one_that_has_ended_is_not() -> None:
    text = "\n".join(line for line in live_text(100).splitlines() if "DATE" not in line)
    assert media_ids(parse_media(text.encode(), URL)) == ["hls-pdt-missing"]
    assert media_ids(parse_media((text + "\n#EXT-X-ENDLIST").encode(), URL)) == []


def test_dates_that_jump_are_told_unless_a_discontinuity_stands_there() -> None:
    jump = (date_tag(BEGIN + 6 * 103), date_tag(BEGIN + 6 * 103 + 30))
    later = [(date_tag(BEGIN + 6 * n), date_tag(BEGIN + 6 * n + 30)) for n in (104, 105)]
    (finding,) = lint_media(edited(jump, *later))
    assert (finding.id, finding.where["sequence"], finding.count) == ("hls-pdt-jump", 103, 1)
    cut = (date_tag(BEGIN + 6 * 103 + 30), "#EXT-X-DISCONTINUITY\n" + date_tag(BEGIN + 6 * 103 + 30))
    assert media_ids(edited(jump, cut, *later)) == []


def test_dates_that_go_back_are_told() -> None:
    assert media_ids(edited((date_tag(BEGIN + 6 * 103), date_tag(BEGIN)))) == ["hls-pdt-jump"]


LOW_HEAD = "#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=3,HOLD-BACK=18,CAN-SKIP-UNTIL=36\n"


def low(head: str = LOW_HEAD, parts: str = "", inf: str = "#EXT-X-PART-INF:PART-TARGET=1\n") -> list[str]:
    text = live_text(100, 6, head=head + inf).replace("VERSION:6", "VERSION:9") + parts
    return media_ids(parse_media(text.encode(), URL))


PART = '#EXT-X-PART:DURATION={},URI="p{}"\n'


def test_a_good_low_latency_playlist_is_clean() -> None:
    assert low(parts=PART.format(1, 1) + PART.format(0.9, 2) + PART.format(0.2, 3)) == []


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("PART-HOLD-BACK=3", "PART-HOLD-BACK=1.9", "llhls-part-hold-back-low"),
        ("PART-HOLD-BACK=3", "PART-HOLD-BACK=2.5", "llhls-part-hold-back-tight"),
        (",HOLD-BACK=18", ",HOLD-BACK=17", "llhls-hold-back-low"),
        ("CAN-SKIP-UNTIL=36", "CAN-SKIP-UNTIL=30", "llhls-skip-until-low"),
    ],
)
def test_each_promise_of_server_control_has_its_limit(old: str, new: str, found: str) -> None:
    assert old in LOW_HEAD
    assert low(LOW_HEAD.replace(old, new)) == [found]


def test_parts_have_a_target_and_keep_it() -> None:
    assert low(inf="", parts=PART.format(1, 1)) == ["llhls-part-inf-missing"]
    assert low(parts=PART.format(1.2, 1)) == ["llhls-part-too-long"]
    assert low(parts=PART.format(0.5, 1) + PART.format(1, 2)) == ["llhls-part-too-short"]


def test_parts_far_from_the_end_should_be_gone() -> None:
    text = live_text(
        100, 8, head=LOW_HEAD + "#EXT-X-PART-INF:PART-TARGET=1\n", extra={101: [PART.format(1, 1).strip()]}
    )
    assert media_ids(parse_media(text.replace("VERSION:6", "VERSION:9").encode(), URL)) == ["llhls-part-retained"]
