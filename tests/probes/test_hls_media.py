"""The HLS probe over media that a real packager (libavformat) cut: clean as it is, and told where it is not."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from hls_origin import BEGIN, Origin, Probe, probe

from noc_console.catalogues import severity_of
from noc_console.model import Expected

SEGMENT_S, COUNT = 1.0, 8


@pytest.fixture(scope="module", params=["mpegts", "fmp4"])
def packaged(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with eight segments of one second, picture and sound."""
    folder = tmp_path_factory.mktemp(request.param)
    options = {"hls_time": "1", "hls_list_size": "0", "hls_segment_type": request.param}
    with av.open(str(folder / "index.m3u8"), "w", format="hls", options=options) as output:
        video = output.add_stream("libx264", rate=25, options={"g": "25", "sc_threshold": "0", "preset": "ultrafast"})
        video.width, video.height, video.pix_fmt = 64, 48, "yuv420p"
        audio = output.add_stream("aac", rate=48000)
        audio.layout = "stereo"
        samples = 0
        for number in range(25 * COUNT):
            picture = av.VideoFrame.from_ndarray(np.full((48, 64, 3), number % 255, np.uint8), format="rgb24")
            picture.pts, picture.time_base = number, Fraction(1, 25)
            output.mux(video.encode(picture))
            while samples * 25 < (number + 1) * 48000:
                sound = av.AudioFrame.from_ndarray(np.zeros((2, 1024), np.float32), format="fltp", layout="stereo")
                sound.sample_rate, sound.pts, sound.time_base = 48000, samples, Fraction(1, 48000)
                output.mux(audio.encode(sound))
                samples += 1024
        output.mux(video.encode())
        output.mux(audio.encode())
    return folder


def windows(folder: Path) -> list[str]:
    """Return the playlist as a live one of four segments, one version for each new segment, dates added."""
    text = (folder / "index.m3u8").read_text()
    parts = re.findall(r"#EXTINF:([\d.]+),\n(\S+)\n", text)
    head = [
        line
        for line in text.splitlines()
        if line.startswith(("#EXTM3U", "#EXT-X-VERSION", "#EXT-X-TARGET", "#EXT-X-MAP"))
    ]
    found = []
    for first in range(len(parts) - 3):
        lines = [*head[:3], f"#EXT-X-MEDIA-SEQUENCE:{first}", *head[3:]]
        for number in range(first, first + 4):
            lines += [
                f"#EXT-X-PROGRAM-DATE-TIME:2026-09-21T14:13:{20 + number}Z",
                f"#EXTINF:{parts[number][0]},",
                parts[number][1],
            ]
        found.append("\n".join(lines) + "\n")
    return found


async def played(origin: Origin, hls: Probe, folder: Path, versions: list[str]) -> set[str]:
    """Play all versions, and return every finding of minor or worse that any look gave."""
    origin.files |= {
        f"/{file.name}": file.read_bytes() for file in folder.iterdir() if file.suffix != ".m3u8"
    } | origin.files
    for number, version in enumerate(versions):
        origin.files["/index.m3u8"] = version.encode()
        await hls.round(BEGIN + 4.5 + number * SEGMENT_S)
    looks = [finding for one in hls.recorder.observations for finding in one.findings]
    return {finding.id for finding in looks if (found := severity_of(finding)) and found.rank >= 3}


async def test_what_a_real_packager_writes_is_clean(packaged: Path) -> None:
    async with probe(BEGIN, path="/index.m3u8", expected=Expected(SEGMENT_S)) as (origin, hls):
        assert await played(origin, hls, packaged, windows(packaged)) == set()
        looks = hls.looks("segment/video")
        assert len(looks) == 5
        assert all(look.metrics["segment.size_bytes"] > 500 for look in looks)
        assert len(hls.watch.rungs["video"].heads) == 5


async def test_an_extinf_that_is_untrue_is_measured(packaged: Path) -> None:
    async with probe(BEGIN, path="/index.m3u8", expected=Expected(0.0)) as (origin, hls):
        untrue = [version.replace("#EXTINF:1.0", "#EXTINF:1.2") for version in windows(packaged)]
        await played(origin, hls, packaged, untrue)
        assert "hls-extinf-rounding" in {finding.id for finding in hls.looks("segment/video")[-1].findings}


async def test_media_of_another_moment_leaves_a_gap(packaged: Path) -> None:
    async with probe(BEGIN, path="/index.m3u8", expected=Expected(SEGMENT_S)) as (origin, hls):
        names = [line for line in (packaged / "index.m3u8").read_text().splitlines() if line and line[0] != "#"]
        origin.files[f"/{names[6]}"] = (packaged / names[4]).read_bytes()
        assert await played(origin, hls, packaged, windows(packaged)) == {"hls-segment-tfdt-gap"}


async def test_a_segment_cut_in_the_middle_is_incomplete(packaged: Path) -> None:
    async with probe(BEGIN, path="/index.m3u8", expected=Expected(SEGMENT_S)) as (origin, hls):
        names = [line for line in (packaged / "index.m3u8").read_text().splitlines() if line and line[0] != "#"]
        whole = (packaged / names[7]).read_bytes()
        origin.files[f"/{names[7]}"] = whole[: len(whole) // 2 - len(whole) // 2 % 188 + 100]
        assert "hls-segment-incomplete" in await played(origin, hls, packaged, windows(packaged))


async def test_an_initialisation_that_is_missing_is_told(packaged: Path) -> None:
    if not (packaged / "init.mp4").exists():
        pytest.skip("TS has no initialisation section")
    async with probe(BEGIN, path="/index.m3u8", expected=Expected(SEGMENT_S)) as (origin, hls):
        origin.files["/init.mp4"] = None
        assert "hls-map-missing" in await played(origin, hls, packaged, windows(packaged))
