"""The lab's panel with transport streams: which faults fit a channel that has one, and what is due."""

from __future__ import annotations

from noc_console.views.lab_panel_values import due, fitting

FAULTS = [
    {
        "fault": "stale-playlist",
        "title": "Playlist stands still",
        "fits": ["hls-ts"],
        "expects": {"hls": ["hls-playlist-stale"], "dash": []},
        "alarm": "STALE_PLAYLIST",
    },
    {
        "fault": "ts-cc-errors",
        "title": "Continuity errors at a rate",
        "fits": ["ts"],
        "expects": {"ts": ["ts-cc"]},
        "alarm": "CC_ERROR",
    },
    {
        "fault": "rtp-loss",
        "title": "RTP packets are lost",
        "fits": ["rtp"],
        "expects": {"ts": ["ts-rtp-loss"]},
        "alarm": "HIGH_PACKET_LOSS",
    },
]


def names(channel: dict[str, object]) -> list[str]:
    return [str(fault["fault"]) for fault in fitting(FAULTS, channel)]


def test_a_channel_with_a_stream_takes_faults_of_both_its_inputs():
    assert names({"form": "hls-ts", "forms": ["hls-ts", "ts"]}) == ["ts-cc-errors", "stale-playlist"]


def test_faults_of_rtp_fit_streams_in_rtp_only():
    assert "rtp-loss" in names({"form": "ts", "forms": ["ts", "rtp"]})
    assert "rtp-loss" not in names({"form": "ts", "forms": ["ts"]})


def test_a_channel_without_a_stream_takes_none_of_them():
    assert names({"form": "hls-ts"}) == ["stale-playlist"]


def test_what_is_due_is_told_by_the_input_the_fault_is_made_on():
    channel = {"kind": "hls", "forms": ["hls-ts", "ts"]}
    assert due(FAULTS[1], channel) == "alarm CC_ERROR; finding ts-cc"
    assert due(FAULTS[0], channel) == "alarm STALE_PLAYLIST; finding hls-playlist-stale"
