"""Whatever a server sends: a playlist or BadPlaylist, never another exception, and every judgement goes through."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from noc_console.catalogues import severity_of
from noc_console.media.hls import BadPlaylist, Master, Media, parse
from noc_console.media.hls.lint_master import lint_master
from noc_console.media.hls.lint_media import lint_media
from noc_console.media.hls.live import Memory, advance
from noc_console.media.hls.media_tags import TAGS
from noc_console.media.hls.renditions import Peer, compare_renditions
from noc_console.media.hls.rungs import rungs_of
from noc_console.media.hls.stale import Seen
from noc_console.media.ladder import Rung

URL = "http://origin.example/a.m3u8?x=1"
NAMES = [
    *TAGS,
    "EXTINF",
    "EXT-X-PROGRAM-DATE-TIME",
    "EXT-X-STREAM-INF",
    "EXT-X-MEDIA",
    "EXT-X-ENDLIST",
    "EXT-X-SESSION-KEY",
]
VALUES = st.one_of(
    st.sampled_from(
        ["", "6", "-1", "nan", "1e400", "6.5,", "9" * 30, "1@2", "@", "LAST-MSN=1", "PART-TARGET=0.3",
         "2026-11-20T00:00:00Z", "9999-12-31T23:59:59-23:00", 'URI="a",DURATION=1,INDEPENDENT=YES',
         'ID="x",START-DATE="2026-11-20T00:00:00Z",SCTE35-OUT=0x1,PLANNED-DURATION=5', 'METHOD=AES-128,URI="k"',
         "BANDWIDTH=1,RESOLUTION=1x0", "RESOLUTION=0x0,BANDWIDTH=0", 'NAME="a",VALUE="{$a}"',
         "SKIPPED-SEGMENTS=99999999999", 'TYPE=AUDIO,GROUP-ID="a",URI="b"']
    ),
    st.text(max_size=30),
)  # fmt: skip
LINES = st.one_of(
    st.builds(lambda name, value: f"#{name}:{value}", st.sampled_from(NAMES), VALUES),
    st.text(max_size=20),
    st.sampled_from(["a.ts", "b.m4s?x=1", "{$a}", "http://[bad"]),
)
PLAYLISTS = st.lists(LINES, max_size=25).map(lambda lines: "\n".join(["#EXTM3U", *lines]).encode())


def read(body: bytes) -> Master | Media | None:
    try:
        return parse(body, URL)
    except BadPlaylist as bad:
        assert severity_of(bad.finding()) is not None
        return None


@given(st.binary(max_size=400))
def test_any_bytes_are_a_playlist_or_refused(body: bytes) -> None:
    read(body)
    read(b"#EXTM3U\n" + body)


@settings(max_examples=400)
@given(PLAYLISTS, PLAYLISTS, st.floats(0, 100), st.floats(0, 1e6))
def test_every_judgement_goes_through_whatever_the_lines_say(
    one: bytes, other: bytes, wait: float, age: float
) -> None:
    memory, peers, at = Memory(), [], 1000.0
    for body in (one, other, one):
        found = read(body)
        if isinstance(found, Master):
            rungs_of(found)
            judged = lint_master(found)
        elif isinstance(found, Media):
            lint_media(found)
            at += wait
            step = advance(memory, found, Seen(at, age, at - age, 0.1))
            again = advance(step.memory, step.memory.media, Seen(at + 1))
            judged = (*step.findings, *again.findings, *advance(again.memory, None, Seen(at + 100)).findings)
            memory = step.memory
            peers.append(Peer(Rung(f"r{len(peers)}", "video", URL), found, at))
        else:
            continue
        assert all(severity_of(finding) is not None and "\n" not in finding.text for finding in judged)
    compare_renditions(peers)
