"""What *Add channel* learns of the streams themselves becomes the channel's record."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from noc_console.model import Expected
from noc_console.probes.learned import learned
from noc_console.probes.ts_inspect import inspect_file

PICTURE: dict[str, Any] = {
    "codec": "hevc",
    "profile": "Main 10",
    "width": 3840,
    "height": 2160,
    "frame_rate": 50.0,
    "hdr": "HDR10",
    "captions": False,
}


def test_the_largest_picture_and_the_richest_sound_make_the_record() -> None:
    small = {**PICTURE, "width": 640, "height": 360, "hdr": "SDR"}
    sounds = [{"codec": "aac", "channels": 2, "atmos": False}, {"codec": "eac3", "channels": 6, "atmos": True}]
    told = learned([small, PICTURE], sounds)
    expected = Expected(**told)
    assert (expected.video_codec, expected.width, expected.frame_rate, expected.hdr) == ("hevc", 3840, 50.0, "HDR10")
    assert (expected.audio_codec, expected.audio_channels, expected.has_atmos) == ("eac3", 6, True)
    assert expected.is_hdr


def test_what_is_not_known_is_left_out() -> None:
    assert learned([{"codec": "avc1"}], []) == {}


def test_a_transport_stream_is_learned_from_its_heads(testdata: Path) -> None:
    found = inspect_file(testdata / "ts" / "androidx" / "sample_h264_mpeg_audio.ts", lambda ratio, text: None)
    told = dict(found.proposal)
    assert (told["video_codec"], told["width"], told["height"], told["hdr"]) == ("h264", 640, 426, "")
    assert (told["audio_codec"], told["audio_channels"]) == ("mp2", 1)
    assert not told["is_hdr"]
