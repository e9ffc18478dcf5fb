"""Dynamic range as decoders tell it: of real clips, of an encoder's HDR10, and of Dolby Vision behind the slices."""

from __future__ import annotations

from pathlib import Path
from struct import pack

import pytest

from noc_console.lab import hevc
from noc_console.lab.encode import HDR10, Stream, Wanted, encode_pictures
from noc_console.lab.options import Grid, RungSpec
from noc_console.lab.picture import canvas, draw
from noc_console.media.formats.tellings import Told, of_container, of_stream
from noc_console.media.formats.verdict import Verdict
from noc_console.probes.decode import formats
from noc_console.probes.decode.decoder import Decoder
from noc_console.probes.decode.job import KEYFRAMES, Job
from noc_console.probes.decode.units import Track, Unit

# ITU-T H.265, 7.3.1.1: type 62, as Dolby puts its metadata behind the slices of an access unit
RPU = b"\x7c\x01\x19\x08\x09\x00\x00\x03\x00\x80"
MARK = b"\x00\x00\x00\x01"


@pytest.fixture(scope="module")
def pictures() -> Stream:
    grid = Grid(2, 1, 2)
    painted = canvas("range", 0, (128, 96), grid.loop)
    want = Wanted([RungSpec("v96", 128, 96, 200_000)], grid, HDR10)
    return encode_pictures(lambda number: draw(painted, number), range(2), want)[0]


def told(track: Track, data: bytes) -> Told:
    found = formats.told(track, formats.headers(track, Unit(data, len(data), 0.0, True)))
    assert found is not None
    return of_stream(found)


def test_dolby_vision_is_seen_behind_the_slices_of_a_transport_stream(pictures: Stream) -> None:
    track = Track(1, "video", "hvc1", "pid/0x0100", "hevc")
    plain = pictures.frames[0]
    assert told(track, plain).text == "HDR10"
    assert told(track, plain + MARK + RPU).text == "Dolby Vision"


def test_dolby_vision_is_seen_behind_the_slices_of_fragments(pictures: Stream) -> None:
    record = bytes([1, *bytes(20), 3, 0])
    track = Track(1, "video", "hvc1", "v96", "hevc", extradata=record, is_prefixed=True)
    plain = hevc.sample(pictures.frames[0])
    assert told(track, plain).text == "HDR10"
    assert told(track, plain + pack(">I", len(RPU)) + RPU).text == "Dolby Vision"


@pytest.mark.parametrize(
    ("name", "stream", "container", "hdr"),
    [
        ("media/androidx/hlg10-color-test.mp4", "HLG", "HLG", "HLG"),
        ("media/androidx/sample_with_colr_mdcv_and_clli.mp4", "HDR10", "HDR10", "HDR10"),
        ("media/androidx/bt601.mp4", "SDR", "SDR", "SDR"),
        ("ts/androidx/sample_h265.ts", "", "", "SDR"),
    ],
)
def test_real_clips_are_what_stream_and_container_say(
    testdata: Path, name: str, stream: str, container: str, hdr: str
) -> None:
    found = Decoder().decode(Job(1, "", KEYFRAMES, path=str(testdata / name), is_last=True))
    (rung, picture), *_ = found.pictures.items()
    facts = found.facts.get("container", {}).get(rung, {})
    verdict = Verdict(of_stream(picture.format), of_container(facts))
    assert (verdict.stream.hdr, verdict.container.hdr, verdict.hdr) == (stream, container, hdr)
