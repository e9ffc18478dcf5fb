"""`inspect --media` on what is fetched: a segment by its URL, and the newest segments of a playlist."""

from __future__ import annotations

import asyncio

import pytest
from hls_origin import origin
from media_made import Clip, cut, made

from noc_console.errors import KnownError
from noc_console.net.fetch import Fetcher
from noc_console.probes.inspection import Inspection, inspect
from noc_console.probes.media_collect import Collected
from noc_console.probes.tools import now
from noc_console.settings import Settings

MASTER = (
    "#EXTM3U\n"
    '#EXT-X-STREAM-INF:BANDWIDTH=900000,CODECS="avc1.42c00d,mp4a.40.2",RESOLUTION=256x144,FRAME-RATE=25\nhigh.m3u8\n'
    '#EXT-X-STREAM-INF:BANDWIDTH=300000,CODECS="avc1.42c00d,mp4a.40.2",RESOLUTION=160x90,FRAME-RATE=25\nlow.m3u8\n'
)


def playlist(name: str, count: int) -> bytes:
    lines = ["#EXTM3U", "#EXT-X-VERSION:3", "#EXT-X-TARGETDURATION:2", "#EXT-X-MEDIA-SEQUENCE:1"]
    for number in range(count):
        lines += ["#EXTINF:2.0,", f"{name}{number}.ts"]
    return "\n".join([*lines, "#EXT-X-ENDLIST", ""]).encode()


def inspected(files: dict[str, bytes], path: str, *, wants_media: bool = True) -> Inspection:
    """What an inspection of one address of an origin with these files says."""

    async def play() -> Inspection:
        media = Collected() if wants_media else None
        try:
            async with origin() as served, Fetcher(now) as fetcher:
                served.files |= files
                return await inspect(served.url + path, fetcher=fetcher, settings=Settings(), media=media)
        finally:
            if media is not None:
                media.close()
                assert not media.folder.exists()

    return asyncio.run(play())


def test_a_segment_is_measured_by_its_url() -> None:
    found = inspected({"/clip.ts": made(Clip(seconds=2.0))}, "/clip.ts")
    assert found.kind == "media"
    assert found.details["video"][0]["frames"] == 50
    assert found.metrics["audio.integrated_lufs"] == pytest.approx(-20.0, abs=0.2)


def test_a_segment_that_is_larger_than_a_playlist_may_be_is_fetched_whole() -> None:
    body = made(Clip(seconds=2.0)) + bytes(5 * 1024**2)
    assert inspected({"/clip.ts": body}, "/clip.ts", wants_media=False).details["video"][0]["frames"] >= 49


def test_the_best_rung_of_a_playlist_is_measured() -> None:
    high = cut(made(Clip(seconds=6.0)), 1)[0]
    low = made(Clip(seconds=2.0, width=160, height=90))
    files = {"/master.m3u8": MASTER.encode(), "/high.m3u8": playlist("high", 1), "/low.m3u8": playlist("low", 1)}
    found = inspected({**files, "/high0.ts": high, "/low0.ts": low}, "/master.m3u8")
    (video,), (audio,) = found.details["video"], found.details["audio"]
    assert (video["width"], video["rung"]) == (256, audio["rung"])
    assert video["frames"] == 150
    assert found.metrics["audio.true_peak_dbtp"] == pytest.approx(-20.0, abs=1.5)
    assert found.details["variants"]


def test_without_the_option_a_playlist_is_not_decoded() -> None:
    files = {"/low.m3u8": playlist("low", 1), "/low0.ts": made(Clip(seconds=2.0))}
    assert "video" not in inspected(files, "/low.m3u8", wants_media=False).details


def test_segments_that_are_no_media_leave_the_playlist_inspected() -> None:
    found = inspected({"/low.m3u8": playlist("low", 1), "/low0.ts": b"no media at all" * 99}, "/low.m3u8")
    assert found.details["video"] == []
    assert found.details["media_faults"]
    assert found.details["segments"] == 1


def test_a_page_is_still_no_playlist() -> None:
    with pytest.raises(KnownError, match="HTML"):
        inspected({"/index.html": b"<html><body>hello</body></html>"}, "/index.html")
