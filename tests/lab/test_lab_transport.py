"""Transport stream of the lab: continuous over the loop's seam and over the 33-bit wrap, and it decodes."""

from __future__ import annotations

import io
from itertools import pairwise

import av
import pytest
from lab_media import Packets, tone_lufs

from noc_console.lab.channels import look_names
from noc_console.lab.crc import mpeg_crc32
from noc_console.lab.options import LabOptions
from noc_console.lab.schedule import Schedule
from noc_console.lab.store import looks
from noc_console.lab.studio import Studio
from noc_console.lab.transport import AUDIO_PID, PMT_PID, VIDEO_PID

WRAP = 1 << 33


@pytest.fixture(scope="module")
def studio(options: LabOptions) -> Studio:
    return Studio(looks(look_names(options), options))


def joined(studio: Studio, first: int, count: int) -> bytes:
    schedule = Schedule(studio.grid)
    return b"".join(studio.segment(True, 0, "v90", schedule.slot(first + n)) for n in range(count))


@pytest.mark.parametrize("first", [0, 1, 7, 1_864_583_333], ids=str)
def test_counters_and_time_stamps_go_on_over_the_seam_of_the_loop(studio: Studio, first: int) -> None:
    packets = Packets(joined(studio, first, 6))
    for pid in (0, PMT_PID, VIDEO_PID, AUDIO_PID):
        counters = packets.counters(pid)
        assert len(counters) > 10
        assert all(after == (before + 1) % 16 for before, after in pairwise(counters)), pid
    assert {(b - a) % WRAP for a, b in pairwise(packets.pts(VIDEO_PID))} == {3600}
    assert {(b - a) % WRAP for a, b in pairwise(packets.pcr())} == {3600}


def test_time_stamps_wrap_at_33_bits_without_a_step(studio: Studio) -> None:
    seq = WRAP // 3600 // studio.grid.segment - 1
    stamps = Packets(joined(studio, seq, 4)).pts(VIDEO_PID)
    assert any(after < before for before, after in pairwise(stamps))
    assert {(b - a) % WRAP for a, b in pairwise(stamps)} == {3600}


def test_pcr_stays_behind_the_picture_it_comes_with(studio: Studio) -> None:
    packets = Packets(joined(studio, 3, 2))
    waits = {(pts - pcr) % WRAP for pts, pcr in zip(packets.pts(VIDEO_PID), packets.pcr(), strict=True)}
    assert waits == {45_000}


def test_a_segment_begins_with_its_tables_and_they_are_valid(studio: Studio) -> None:
    data = joined(studio, 5, 1)
    assert data[:3] == b"\x47\x40\x00"
    for at, length in ((5, 16), (188 + 5, 26)):
        assert mpeg_crc32(data[at : at + length]) == 0


def test_the_crc_is_the_one_of_the_standard() -> None:
    assert mpeg_crc32(b"123456789") == 0x0376E6E7


def test_pictures_and_tone_decode_over_the_seam_and_are_what_they_claim(studio: Studio) -> None:
    with av.open(io.BytesIO(joined(studio, 2, 5)), format="mpegts") as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        frames = list(container.decode(video, audio))
    pictures = [frame for frame in frames if isinstance(frame, av.VideoFrame)]
    assert (pictures[0].width, pictures[0].height) == (160, 90)
    assert len(pictures) == 5 * studio.grid.segment
    assert {b.pts - a.pts for a, b in pairwise(pictures)} == {3600}
    assert pictures[0].to_ndarray().tobytes() != pictures[5].to_ndarray().tobytes()
    sound = [frame for frame in frames if isinstance(frame, av.AudioFrame)]
    # the first frames after a cold start of the decoder are not whole
    assert tone_lufs(sound[4:]) == pytest.approx(-23.0, abs=0.2)


def test_every_gop_begins_with_a_key_frame(studio: Studio) -> None:
    with av.open(io.BytesIO(joined(studio, 2, 3)), format="mpegts") as container:
        keys = [packet.is_keyframe for packet in container.demux(video=0) if packet.size]
    assert [place for place, is_key in enumerate(keys) if is_key] == list(
        range(0, 3 * studio.grid.segment, studio.grid.gop)
    )
