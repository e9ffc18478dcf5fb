"""What an inspection learned of a channel goes into its record, and what the form does not show stays there."""

from __future__ import annotations

from noc_console.views.edit_channel_values import Values, input_of, with_proposal

PROPOSAL = {"kind": "hls", "segment_s": 6.0, "is_hdr": True, "video_codec": "hevc", "hdr": "HDR10", "height": 2160}


def test_what_was_learned_of_the_streams_is_kept_with_the_channel() -> None:
    values = with_proposal(Values(url="http://h/a.m3u8"), PROPOSAL, frozenset())
    expected = input_of(values, {})["expected"]
    assert (expected["video_codec"], expected["hdr"], expected["height"]) == ("hevc", "HDR10", 2160)
    assert expected["is_hdr"]
    assert "width" not in expected


def test_editing_a_channel_leaves_alone_what_the_form_does_not_show() -> None:
    before = {"expected": {"is_still": True, "slates": {"Soon": "0123456789abcdef"}, "segment_s": 2.0}}
    expected = input_of(Values(segment_s=6.0), before)["expected"]
    assert expected["is_still"]
    assert expected["slates"] == {"Soon": "0123456789abcdef"}
    assert expected["segment_s"] == 6.0
