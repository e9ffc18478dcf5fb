"""Playlists are read with line numbers, and what is none is refused in one sentence."""

from __future__ import annotations

import pytest

from noc_console.media.hls import BadPlaylist, Master, Media, parse, parse_master, parse_media
from noc_console.media.hls.attributes import attributes, byterange, date, expand, integer, seconds
from noc_console.media.hls.lint_master import lint_master
from noc_console.media.hls.live import Memory, advance
from noc_console.media.hls.stale import Seen

URL = "http://origin.example/live/index.m3u8?token=1"


def media(text: str) -> Media:
    return parse_media(text.encode(), URL)


@pytest.mark.parametrize(
    ("body", "says"),
    [
        pytest.param(b"", "empty", id="no bytes"),
        pytest.param(b"\n \r\n", "empty", id="white space"),
        pytest.param(b"<!DOCTYPE html><html><body>Log in</body></html>", "HTML", id="a log-in page"),
        pytest.param(b'<?xml version="1.0"?><MPD type="dynamic"/>', "DASH", id="an MPD"),
        pytest.param(b"<?xml version='1.0'?><Error/>", "XML", id="an error of a store"),
        pytest.param(b'{"error": "no such stream"}', "JSON", id="an API's error"),
        pytest.param(b"\x47" + b"\0" * 187, "Binary", id="a transport stream"),
        pytest.param("#EXTM3U\n".encode("utf-16"), "UTF-16", id="wrong encoding"),
        pytest.param(b"# made by x\n#EXTM3U\n", "line 2", id="EXTM3U too late"),
        pytest.param(b"segment.ts\n", "first line", id="no EXTM3U"),
        pytest.param(b"#EXTM3U\n" + b"\n" * 400_000, "lines", id="too many lines"),
        pytest.param(b"#EXTM3U\n" + b"x" * 17_000_000, "bytes", id="huge"),
    ],
)
def test_what_is_no_playlist_is_refused_in_one_sentence(body: bytes, says: str) -> None:
    with pytest.raises(BadPlaylist) as refused:
        parse(body, URL, expect_media=True)
    assert says in str(refused.value)
    assert refused.value.finding_id == "hls-media-parse-error"
    assert "\n" not in str(refused.value)


def test_the_finding_of_an_unreadable_body_names_what_was_expected() -> None:
    with pytest.raises(BadPlaylist) as refused:
        parse(b"<html>", URL)
    assert refused.value.finding().id == "hls-master-parse-error"


def test_a_media_playlist_keeps_every_line_number() -> None:
    found = media(
        "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:4\n#EXT-X-MEDIA-SEQUENCE:17\n"
        '#EXT-X-DISCONTINUITY-SEQUENCE:3\n#EXT-X-MAP:URI="init.mp4",BYTERANGE="700@0"\n'
        '#EXT-X-KEY:METHOD=AES-128,URI="k",IV=0x01\n'
        "#EXT-X-PROGRAM-DATE-TIME:2026-11-20T04:00:00.000Z\n#EXTINF:4.0,title, with comma\na.m4s\n"
        "#EXT-X-DISCONTINUITY\n#EXT-X-KEY:METHOD=NONE\n#EXT-X-GAP\n#EXTINF:3.5,\nb.m4s\n#EXT-X-ENDLIST\n"
    )
    first, second = found.segments
    assert (first.line, first.sequence, first.duration_s, first.discontinuity_sequence) == (10, 17, 4.0, 3)
    assert first.date == 1795147200.0
    assert first.map is not None
    assert (first.map.line, first.map.byterange) == (6, (700, 0))
    assert [(key.line, key.method, key.iv) for key in first.keys] == [(7, "AES-128", "0x01")]
    assert (second.line, second.sequence, second.is_discontinuity, second.is_gap) == (15, 18, True, True)
    assert (second.discontinuity_sequence, second.keys) == (4, ())
    assert (second.date, second.is_dated) == (1795147204.0, False)
    assert (found.is_ended, found.is_live, found.duration_s, found.last_sequence) == (True, False, 7.5, 18)
    assert found.tags["EXT-X-DISCONTINUITY"] == 11
    assert not found.problems


def test_byte_ranges_without_offset_go_on_where_the_last_ended() -> None:
    found = media(
        "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXT-X-BYTERANGE:100@50\n#EXTINF:4,\na.ts\n"
        "#EXT-X-BYTERANGE:30\n#EXTINF:4,\na.ts\n#EXT-X-ENDLIST\n"
    )
    assert [segment.byterange for segment in found.segments] == [(100, 50), (30, 150)]


def test_a_byte_order_mark_and_crlf_are_read_but_the_mark_is_told() -> None:
    found = parse_media(b"\xef\xbb\xbf#EXTM3U\r\n#EXT-X-TARGETDURATION:4\r\n#EXTINF:4,\r\na.ts\r\n", URL)
    assert found.segments[0].uri == "a.ts"
    assert [problem.where["line"] for problem in found.problems] == [1]


def test_latin_1_is_read_and_told() -> None:
    found = parse_media(b"#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,t\xe9l\xe9\na.ts\n", URL)
    assert len(found.segments) == 1
    assert "UTF-8" in found.problems[0].text
    assert found.problems[0].where["line"] == 3


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("#EXTINF:abc,\na.ts", "no duration"),
        ("#EXTINF:nan,\na.ts", "no duration"),
        ("#EXTINF:-1,\na.ts", "no duration"),
        ("a.ts", "no EXTINF"),
        ("#EXTINF:4,", "not followed"),
        ('#EXT-X-KEY:URI="k"', "no METHOD"),
        ('#EXT-X-MAP:BYTERANGE="1@0"', "no URI"),
        ("#EXT-X-PROGRAM-DATE-TIME:yesterday", "cannot be read"),
        ('#EXT-X-PART:URI="p"', "no DURATION"),
        ('#EXT-X-KEY:METHOD=AES-128,URI="k', "cannot be read"),
        ('#EXT-X-KEY:METHOD=AES-128,METHOD=NONE,URI="k"', "twice"),
        ("#EXT-X-MEDIA-SEQUENCE:many", "no number"),
        ('#EXT-X-DEFINE:IMPORT="token"', "no value"),
        ("#EXT-X-PLAYLIST-TYPE:LIVE", "neither"),
    ],
)
def test_what_is_malformed_is_told_with_its_line(line: str, says: str) -> None:
    found = media(f"#EXTM3U\n#EXT-X-TARGETDURATION:4\n{line}\n")
    assert says in " ".join(problem.text for problem in found.problems)
    assert all(int(problem.where["line"]) >= 3 for problem in found.problems)


def test_a_playlist_that_is_all_wrong_is_told_by_its_first_faults_only() -> None:
    found = media("#EXTM3U\n" + "#EXTINF:x,\na.ts\n" * 1000)
    assert len(found.problems) == 100


def test_variables_are_defined_imported_and_taken_from_the_query() -> None:
    found = parse_media(
        b'#EXTM3U\n#EXT-X-DEFINE:NAME="p",VALUE="path"\n#EXT-X-DEFINE:IMPORT="cdn"\n'
        b'#EXT-X-DEFINE:QUERYPARAM="token"\n#EXT-X-TARGETDURATION:4\n'
        b'#EXT-X-MAP:URI="{$p}/init.mp4"\n#EXTINF:4,\n{$cdn}/{$p}/a.m4s?t={$token}\n',
        URL,
        {"cdn": "http://cdn"},
    )
    assert found.segments[0].uri == "http://cdn/path/a.m4s?t=1"
    assert found.maps[0].uri == "path/init.mp4"
    assert not found.problems


def test_variables_that_name_variables_do_not_explode() -> None:
    lines = ['#EXT-X-DEFINE:NAME="v0",VALUE="' + "x" * 100 + '"']
    lines += [f'#EXT-X-DEFINE:NAME="v{n}",VALUE="{f"{{$v{n - 1}}}" * 10}"' for n in range(1, 30)]
    found = media("\n".join(["#EXTM3U", *lines, "#EXT-X-TARGETDURATION:4", "#EXTINF:4,", "{$v29}"]))
    assert len(found.segments[0].uri) < 1000


def test_one_variable_used_often_is_bounded() -> None:
    told: list[str] = []
    assert expand("{$v}" * 1000, {"v": "x" * 1000}, told.append) == "{$v}" * 1000
    assert "64 KiB" in told[0]


def test_variables_do_not_make_a_small_playlist_fill_the_memory() -> None:
    lines = ["#EXTM3U", "#EXT-X-TARGETDURATION:6", f'#EXT-X-DEFINE:NAME="a",VALUE="{"x" * 60_000}"']
    found = media("\n".join([*lines, *["#EXTINF:6,", "{$a}"] * 5000, ""]))
    assert sum(len(segment.uri) for segment in found.segments) < 10_000_000
    assert found.segments[-1].uri == "{$a}", "the rest is read as it is written"


def test_a_ladder_without_end_is_not_read() -> None:
    body = "#EXTM3U\n" + "".join(f"#EXT-X-STREAM-INF:BANDWIDTH={n}\nv{n}.m3u8\n" for n in range(1, 6000))
    with pytest.raises(BadPlaylist, match="more than 5000 variants and renditions"):
        parse(body.encode(), URL)


def test_a_master_playlist_gives_its_ladder() -> None:
    found = parse_master(
        b'#EXTM3U\n#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="English",LANGUAGE="en",DEFAULT=YES,URI="en.m3u8"\n'
        b'#EXT-X-STREAM-INF:BANDWIDTH=6000000,AVERAGE-BANDWIDTH=5000000,CODECS="avc1.640028,mp4a.40.2",'
        b'RESOLUTION=1920x1080,FRAME-RATE=50,AUDIO="a"\nv/1080.m3u8\n'
        b'#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=100000,URI="i.m3u8"\n',
        URL,
    )
    (variant,) = found.variants
    assert (variant.line, variant.bandwidth_bps, variant.resolution, variant.frame_rate) == (
        3,
        6_000_000,
        "1920x1080",
        50.0,
    )
    assert variant.codecs == "avc1.640028,mp4a.40.2"
    assert found.absolute(variant.uri) == "http://origin.example/live/v/1080.m3u8"
    assert (found.renditions[0].language, found.renditions[0].is_default) == ("en", True)
    assert found.iframes[0].uri == "i.m3u8"


def test_a_variant_without_uri_is_told() -> None:
    found = parse_master(b"#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n#EXT-X-STREAM-INF:BANDWIDTH=2\na.m3u8\n", URL)
    assert [variant.bandwidth_bps for variant in found.variants] == [2]
    assert "not followed" in found.problems[0].text


def test_a_playlist_of_neither_kind_is_a_master_without_variants() -> None:
    assert isinstance(parse(b"#EXTM3U\n", URL), Master)


def test_a_master_where_a_media_playlist_is_due_is_refused() -> None:
    with pytest.raises(BadPlaylist, match="master playlist arrived"):
        parse_media(b"#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\na.m3u8\n", URL)


def test_attribute_lists_keep_commas_inside_quotes() -> None:
    told: list[str] = []
    assert attributes('A="x,y",B=1 , C-D=0xFF', told.append) == {"A": "x,y", "B": "1", "C-D": "0xFF"}
    assert not told


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", 12),
        ("", None),
        ("-1", None),
        ("1.0", None),
        ("18446744073709551616", None),
        ("٣", None),
        ("9" * 5000, None),
    ],
)
def test_integers_are_decimal_and_bounded(text: str, value: int | None) -> None:
    assert integer(text) == value


def test_numbers_beyond_reason_are_refused() -> None:
    assert [seconds(text) for text in ("inf", "nan", "-1", "1e12", "6.006")] == [None, None, None, None, 6.006]
    assert [byterange(text) for text in ("5@1", "5", "a@1", "5@")] == [(5, 1), (5, None), None, (5, None)]


def test_dates_are_read_with_and_without_zone() -> None:
    assert date("2026-11-20T04:00:00Z") == date("2026-11-20T05:00:00.000+0100") == date("2026-11-20T04:00:00")
    assert date("0001-01-01T00:00:00+23:59") is None or isinstance(date("0001-01-01T00:00:00+23:59"), float)
    assert date("not a date") is None


START = "#EXTM3U\n#EXT-X-TARGETDURATION:6\n"
HOSTILE = {
    "a hundred thousand parts": START + '#EXT-X-PART:DURATION=1,URI="a"\n' * 100_000,
    "a key format for each of many keys": START
    + "".join(f'#EXT-X-KEY:METHOD=X,URI="k",KEYFORMAT="{number}"\n' for number in range(40_000)),
    "commas": f"{START}#EXT-X-KEY:{',' * 3_900_000}",
    "an attribute list that never ends": f"{START}#EXT-X-PART:{'A=1,' * 900_000}",
    "an open quote": START + '#EXT-X-KEY:A="' + "a," * 1_900_000,
    "a million variables": START + '#EXT-X-DEFINE:NAME="v",VALUE="x"\n#EXTINF:1,\n' + "{$v}" * 900_000,
    "a URI of megabytes": f"{START}#EXTINF:1,\n{'a' * 3_900_000}",
    "discontinuities beside date ranges": START
    + "#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:00Z\n"
    + "#EXT-X-DISCONTINUITY\n#EXTINF:1,\na\n" * 30_000
    + '#EXT-X-DATERANGE:ID="a",START-DATE="2026-01-01T00:00:00Z",DURATION=1\n' * 20_000,
    "five thousand variants": "#EXTM3U\n"
    + "".join(f'#EXT-X-STREAM-INF:BANDWIDTH={n},AUDIO="g{n}"\nv{n}.m3u8\n' for n in range(5000)),
}


@pytest.mark.timeout(10)
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_playlist_costs_bounded_time_and_gives_bounded_findings(name: str) -> None:
    found = parse(HOSTILE[name].encode(), URL)
    if isinstance(found, Master):
        findings = lint_master(found)
    else:
        memory = advance(Memory(), found, Seen(1000.0)).memory
        changed = HOSTILE[name].replace("TARGETDURATION:6\n", "TARGETDURATION:6\n#EXT-X-MEDIA-SEQUENCE:3\n")
        findings = advance(memory, parse_media(changed.encode(), URL), Seen(1006.0)).findings
    assert len(findings) <= 300
    assert len(str(findings)) < 200_000
