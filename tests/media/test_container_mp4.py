"""Heads of fragmented MP4: real segments with their init, hand-made boxes, lies in the boxes."""

from __future__ import annotations

import csv
import struct
from itertools import pairwise
from pathlib import Path

import pytest

from noc_console.media.container import look

NAMES = {"h264": "avc", "hevc": "hvc1", "av1": "av01", "aac": "mp4a", "ac3": "ac-3"}


def box(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I4s", 8 + len(body), kind) + body


def fragment(time: int, durations: list[int], *, offsets: list[int] | None = None, data: bytes = b"x") -> bytes:
    flags = 0x101 | (0x800 if offsets else 0)
    rows = b"".join(
        struct.pack(">I", length) + (struct.pack(">i", offsets[n]) if offsets else b"")
        for n, length in enumerate(durations)
    )
    run = box(b"trun", struct.pack(">IIi", 1 << 24 | flags, len(durations), 0), rows)
    head = box(b"tfhd", struct.pack(">II", 0x020000, 1))
    moof = box(b"moof", box(b"traf", head, box(b"tfdt", struct.pack(">IQ", 1 << 24, time)), run))
    return moof + box(b"mdat", data)


def test_codecs_sizes_and_transfer_are_those_that_ffprobe_names(testdata: Path) -> None:
    transfers = {"arib-std-b67": 18, "smpte2084": 16}
    with (testdata / "expected_ffprobe.csv").open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["file"].startswith("media/") and row["id"]]
    compared = 0
    for row in rows:
        if row["codec"] not in NAMES:
            continue
        head = look((testdata / row["file"]).read_bytes())
        track = next(track for track in head.tracks if track.id == int(row["id"], 16))
        assert track.codec.startswith(NAMES[row["codec"]]), row
        if row["width"]:
            assert (track.width, track.height) == (int(row["width"]), int(row["height"]))
        if row["color_transfer"] in transfers:
            assert track.transfer == transfers[row["color_transfer"]]
        compared += 1
    assert compared >= 15


def test_segments_follow_each_other_without_a_hole(testdata: Path) -> None:
    folder = testdata / "cmaf/androidx/multi-segment"
    for kind in ("video", "audio"):
        init = (folder / f"{kind}_init.mp4").read_bytes()
        heads = [look((folder / f"{kind}_{n}.m4s").read_bytes(), init) for n in range(1, 13)]
        for before, after in pairwise(heads):
            assert before.end_s == pytest.approx(after.first_s, abs=1e-6)
        if kind == "video":
            assert heads[0].starts_with_idr is True
            assert heads[0].tracks[0].codec == "avc1.4d401e"


def test_protection_is_told_by_the_init_segment(testdata: Path) -> None:
    head = look((testdata / "dash/shaka/dash-clearkey/video-H264-288-400k_init.mp4").read_bytes())
    assert head.tracks[0].scheme == "cenc"
    assert head.tracks[0].codec == "avc1.640015"
    assert "edef8ba9-79d6-4ace-a3c8-27dcd51d21ed" in head.pssh_systems
    assert len(head.tracks[0].default_kid) == 36


def test_an_encrypted_segment_still_shows_its_key_frame(testdata: Path) -> None:
    folder = testdata / "dash/shaka/clear-encrypted"
    init = (folder / "enc-v-init.mp4").read_bytes()
    head = look((folder / "enc-v-s1.mp4").read_bytes(), init)
    assert head.starts_with_idr is True


def test_without_init_the_time_scale_is_unknown_and_said() -> None:
    head = look(fragment(1000, [10, 10]))
    assert (head.tracks[0].first_ticks, head.tracks[0].first_s) == (1000, None)
    assert {fault.code for fault in head.errors} == {"no-init"}


def test_chunks_of_one_segment_add_up() -> None:
    head = look(fragment(1000, [10, 10]) + fragment(1020, [10, 10]))
    assert (head.tracks[0].first_ticks, head.tracks[0].samples) == (1000, 4)


def test_the_earliest_presentation_takes_composition_offsets_in() -> None:
    head = look(fragment(1000, [10, 10, 10], offsets=[20, 40, 0]))
    assert head.tracks[0].earliest_ticks == 1020


def test_a_segment_cut_in_its_media_is_truncated() -> None:
    body = fragment(0, [10], data=b"x" * 100)
    head = look(body[:-60])
    assert head.is_truncated
    assert "mdat" in head.errors[0].text


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(struct.pack(">I4s", 4, b"moof") + b"\x00" * 40, id="box smaller than its head"),
        pytest.param(box(b"moof", box(b"traf", b"")), id="track fragment without a header"),
        pytest.param(
            box(
                b"moof",
                box(
                    b"traf",
                    box(b"tfhd", struct.pack(">II", 0, 1)),
                    box(b"trun", struct.pack(">II", 0x100, 0xFFFFFFFF)),
                ),
            ),
            id="a run that claims four thousand million samples",
        ),
    ],
)
def test_a_lie_in_the_boxes_is_a_fault_and_no_crash(body: bytes) -> None:
    assert [fault.code for fault in look(body).errors] == ["bad-box"]


def test_a_box_of_size_zero_reaches_to_the_end() -> None:
    body = fragment(0, [10])
    at = body.index(b"mdat") - 4
    head = look(body[:at] + b"\x00\x00\x00\x00" + body[at + 4 :])
    assert not head.is_truncated and head.tracks[0].samples == 1


def test_a_64_bit_size_is_read() -> None:
    moof = fragment(0, [10]).partition(b"mdat")[0][:-4]
    head = look(moof + struct.pack(">I4sQ", 1, b"mdat", 24) + b"12345678")
    assert not head.is_truncated and head.tracks[0].samples == 1
