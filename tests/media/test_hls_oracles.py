"""Every real playlist at hand against what other parsers say of it; each disagreement has its reason here."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import m3u8
import pytest

from noc_console.catalogues import severity_of
from noc_console.media.hls import BadPlaylist, Master, Media, parse
from noc_console.media.hls.lint_master import lint_master
from noc_console.media.hls.lint_media import lint_media
from noc_console.media.hls.live import Memory, advance
from noc_console.media.hls.stale import Seen

URL = "http://origin.example/live/a.m3u8"

#: Not playlists by RFC 8216 4.3.1.1 (EXTM3U must be first): fragments of parsers' own tests, and an empty file.
REFUSED = {
    "hls/globocom-m3u8/variant_playlist_with_iframe_stable_variant_id.m3u8",
    "hls/globocom-m3u8/variant_playlist_with_stable_rendition_id.m3u8",
    "hls/globocom-m3u8/variant_playlist_with_stable_variant_id.m3u8",
    "hls/grafov-m3u8/media-playlist-with-discontinuity.m3u8",
    "hls/videojs-m3u8-parser/empty.m3u8",
    "hls/videojs-m3u8-parser/master.m3u8",
    "hls/videojs-m3u8-parser/start.m3u8",
}

#: (file ending, fact): why we say otherwise than m3u8-parser (video.js).
JUSTIFIED = {
    ("media-playlist-with-date-range.m3u8", "dateranges"): "it joins ranges of the same ID",
    ("date_range_scte35.m3u8", "dateranges"): "it joins ranges of the same ID",
    ("date_range_scte35.m3u8", "total_duration"): "broken lines are segments without EXTINF: it invents a duration",
    ("map_uri_playlist.m3u8", "maps"): "it counts maps only once a segment follows",
    ("map_playlist.m3u8", "maps"): "it counts maps only once a segment follows",
    ("L2463-parse-clear-enc-clear-enc-playlist.m3u8", "maps"): "it counts different maps, we count tags",
    ("L0488-parse-level-with-several-fragments.m3u8", "total_duration"): "it does not read `EXTINF: 11.3`",
    ("L2001-parses-segment-tags-used-to-get-bitrate-and-byte-length-from.m3u8", "total_duration"): "it rounds",
    ("extinf.m3u8", "total_duration"): "it invents durations where EXTINF cannot be read",
    ("missingExtinf.m3u8", "total_duration"): "it invents a duration where EXTINF is missing",
    ("extXPlaylistTypeInvalidPlaylist.m3u8", "playlist_type"): "we report the type as written and judge it",
    ("invalidPlaylistType.m3u8", "playlist_type"): "we report the type as written and judge it",
    ("masterplaylist.m3u8", "variants"): "a URI without STREAM-INF before it is no variant",
    ("negativeDurationMediaPlaylist.m3u8", "total_duration"): "a negative duration is none",
}

#: Neither variants nor segments: nobody can tell the kind; we call it a master without variants.
OF_NO_KIND = (
    "multiple_session_data_playlist.m3u8",
    "session_data_playlist.m3u8",
    "session_data.m3u8",
    "version_playlist.m3u8",
    "headerOnly.m3u8",
    "L1162-parses-manifest-with-one-audio-track.m3u8",
)


def oracle(testdata: Path) -> Iterator[tuple[str, dict[str, Any], Master | Media]]:
    for line in (testdata / "hls" / "oracle.jsonl").read_text().splitlines():
        row = json.loads(line)
        if row["file"] not in REFUSED:
            yield row["file"], row["m3u8parser"], parse((testdata / row["file"]).read_bytes(), URL)


def facts(playlist: Master | Media) -> dict[str, Any]:
    if isinstance(playlist, Master):
        audio = [rendition for rendition in playlist.renditions if rendition.type == "AUDIO"]
        return {
            "variants": len(playlist.variants),
            "iframe_playlists": len(playlist.iframes),
            "audio_renditions": len(audio),
            "audio_groups": len({rendition.group for rendition in audio}),
        }
    cues = [cue.kind for segment in playlist.segments for cue in segment.cues]
    return {
        "segments": len(playlist.segments),
        "media_sequence": playlist.media_sequence,
        "discontinuity_sequence": playlist.discontinuity_sequence,
        "discontinuities": playlist.discontinuities,
        "endlist": playlist.is_ended,
        "target_duration": playlist.target_duration_s or None,
        "total_duration": playlist.duration_s,
        "version": playlist.version,
        "parts": playlist.part_count,
        "part_target": playlist.part_target_s or None,
        "skipped": playlist.skipped_segments,
        "dateranges": len(playlist.dateranges),
        "maps": len(playlist.maps),
        "playlist_type": playlist.playlist_type or None,
        "cue_out": cues.count("out"),
        "cue_in": cues.count("in"),
    }


def agree(mine: Any, theirs: Any) -> bool:
    if isinstance(mine, float) and isinstance(theirs, int | float):
        return abs(mine - theirs) < 0.6  # it gives whole seconds of some sums
    return bool(mine == theirs)


def test_the_facts_of_all_real_playlists_agree_with_another_parser(testdata: Path) -> None:
    wrong, used, checked = [], set(), 0
    for name, theirs, playlist in oracle(testdata):
        if "error" in theirs or name.endswith(OF_NO_KIND):
            continue
        assert theirs["is_master"] == isinstance(playlist, Master), name
        for fact, mine in facts(playlist).items():
            said = theirs[fact]
            checked += 1
            # a playlist that says nothing has the default of the RFC: version 1, sequence 0
            if agree(mine, said) or (
                said is None and fact in ("version", "media_sequence", "discontinuity_sequence")
            ):
                continue
            reason = (name.rsplit("/", 1)[1], fact)
            used.add(reason)
            if reason not in JUSTIFIED:
                wrong.append((name, fact, mine, said))
    assert not wrong
    assert checked > 3000


def test_every_refused_file_is_refused_with_the_reason(testdata: Path) -> None:
    for name in REFUSED:
        with pytest.raises(BadPlaylist, match=r"empty|EXTM3U"):
            parse((testdata / name).read_bytes(), URL)


def test_segments_and_addresses_agree_with_the_m3u8_package(testdata: Path) -> None:
    compared = 0
    for name, _, playlist in oracle(testdata):
        try:
            theirs = m3u8.loads((testdata / name).read_text(encoding="utf-8", errors="replace"))
        except (ValueError, AttributeError, IndexError, KeyError, TypeError):
            continue  # it throws on some real playlists
        if isinstance(playlist, Media) and not playlist.problems and "EXT-X-DEFINE" not in playlist.tags:
            assert [segment.uri for segment in playlist.segments] == [
                one.uri for one in theirs.segments if one.uri
            ], name
            compared += 1
        elif isinstance(playlist, Master) and not playlist.problems and not playlist.variables:
            assert [variant.uri for variant in playlist.variants] == [one.uri for one in theirs.playlists], name
            compared += 1
    assert compared > 250


def test_the_values_of_the_browser_players_own_tests_agree(testdata: Path) -> None:
    compared = 0
    for case in json.loads((testdata / "hls/hls.js/assertions.json").read_text()):
        playlist = parse((testdata / case["file"]).read_bytes(), URL)
        for check in case["assertions"]:
            mine = of_hls_js(playlist, check["expr"])
            if mine is not None and check["op"] in ("equal", "have.lengthOf"):
                assert mine == json.loads(check["value"].replace("'", '"')), (case["title"], check)
                compared += 1
    assert compared >= 60


def of_hls_js(playlist: Master | Media, expression: str) -> Any:
    """Return our word for what hls.js calls so, None where there is no such thing."""
    if isinstance(playlist, Master):
        if expression.endswith("levels") and expression.startswith("result"):
            return len(playlist.variants)
        if expression.startswith("result.levels[0].") and playlist.variants:
            first = playlist.variants[0]
            known = {
                "bitrate": first.bandwidth_bps,
                "width": first.width,
                "height": first.height,
                "name": first.name or None,
            }
            return known.get(expression.rsplit(".", 1)[1])
        return None
    known_media = {
        "result.fragments": len(playlist.segments),
        "result.targetduration": playlist.target_duration_s,
        "result.version": playlist.version,
        "result.startSN": playlist.media_sequence,
    }
    return known_media.get(expression)


def test_all_judgements_of_all_real_playlists_have_a_known_finding_and_a_sentence(testdata: Path) -> None:
    files = [
        *testdata.glob("hls/**/*.m3u8"),
        *testdata.glob("hls-live-sequences/**/*.m3u8"),
        *testdata.glob("cmaf/**/*.m3u8"),
    ]
    assert len(files) > 300
    for file in files:
        try:
            playlist = parse(file.read_bytes(), URL)
        except BadPlaylist:
            continue
        if isinstance(playlist, Master):
            findings = lint_master(playlist)
        else:
            step = advance(Memory(expects_live=False), playlist, Seen(1000.0))
            findings = (*lint_media(playlist), *step.findings)
        for finding in findings:
            assert severity_of(finding) is not None
            assert finding.text.endswith(".")
            assert "\n" not in finding.text


#: Clean ladders and playlists of packagers and test streams in the field: nothing of minor or worse may be said.
CLEAN = (
    "hls/yt-dlp/img_bipbop_adv_example_fmp4.m3u8",
    "hls/chaos-stream-proxy/hls1_multitrack/manifest.m3u8",
)


@pytest.mark.parametrize("name", CLEAN)
def test_clean_real_ladders_are_called_clean(testdata: Path, name: str) -> None:
    playlist = parse((testdata / name).read_bytes(), URL)
    assert isinstance(playlist, Master)
    bad = [finding for finding in lint_master(playlist) if (severity_of(finding) or 0) and rank(finding) >= 3]
    assert not bad


def rank(finding: Any) -> int:
    severity = severity_of(finding)
    return severity.rank if severity else 0
