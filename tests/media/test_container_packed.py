"""Packed audio and WebVTT segments, and any bytes at all."""

from __future__ import annotations

import random
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noc_console.media.container import BadSegment, look


def test_packed_aac_follows_its_id3_stamp(testdata: Path) -> None:
    folder = testdata / "hls/shaka/hls-raw-aac"
    heads = [look((folder / f"fileSequence{n}.aac").read_bytes()) for n in range(3)]
    assert all(head.kind == "aac" and not head.errors for head in heads)
    for before, after in pairwise(heads):
        assert before.end_s == pytest.approx(after.first_s, abs=0.001)


def test_packed_ac3_counts_its_frames(testdata: Path) -> None:
    head = look((testdata / "media/androidx/sample.ac3").read_bytes())
    assert (head.kind, head.tracks[0].codec, head.tracks[0].samples) == ("ac3", "ac-3", 8)


def test_packed_audio_without_a_stamp_says_so() -> None:
    frame = bytes((0xFF, 0xF1, 0x50, 0x80, 0x02, 0x1F, 0xFC)) + b"\x00" * 9
    head = look(frame * 3)
    assert head.tracks[0].samples == 3
    assert head.duration_s == pytest.approx(3 * 1024 / 44100)
    assert [fault.code for fault in head.errors] == ["no-timestamps"]


def test_webvtt_is_moved_by_its_timestamp_map() -> None:
    body = (
        b"WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:900000,LOCAL:00:00:00.000\n\n"
        b"00:01.000 --> 00:02.500\nHello\n\n00:00:03.000 --> 00:00:04.000\nyou\n"
    )
    head = look(body)
    assert (head.kind, head.first_s, head.end_s) == ("webvtt", 11.0, 14.0)


def test_webvtt_without_cues_has_no_times() -> None:
    head = look(b"\xef\xbb\xbfWEBVTT\n\n")
    assert (head.kind, head.first_s, head.errors) == ("webvtt", None, ())


@settings(max_examples=300, deadline=None)
@given(
    start=st.sampled_from(
        [b"", b"G", b"ID3\x04\x00\x00", b"\x00\x00\x00\x18moof", b"\xff\xf1", b"\x0b\x77", b"WEBVTT"]
    ),
    rest=st.binary(max_size=2000),
)
def test_any_bytes_give_a_head_or_the_named_error(start: bytes, rest: bytes) -> None:
    with suppress(BadSegment):
        assert look(start + rest).size_bytes == len(start) + len(rest)


def test_real_segments_with_flipped_bytes_give_a_head_or_the_named_error(testdata: Path) -> None:
    dice = random.Random(7)
    names = ("cmaf/androidx/multi-segment/video_init.mp4", "hls/androidx/multi-segment/init.mp4")
    names += ("cmaf/androidx/multi-segment/audio_1.m4s", "hls/shaka/hls-multivideo/blue_1.ts")
    for name in names:
        clean = (testdata / name).read_bytes()[:20_000]
        for _ in range(150):
            body = bytearray(clean)
            for _ in range(dice.randint(1, 12)):
                body[dice.randrange(len(body))] = dice.randrange(256)
            with suppress(BadSegment):
                look(bytes(body), bytes(body))
