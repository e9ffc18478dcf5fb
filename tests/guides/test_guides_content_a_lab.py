"""Faults of the lab with the evidence an agent had at its alarm: the right cause, even if nobody helps."""

from __future__ import annotations

import pytest
from content_a_house import Evidence, walked

from noc_console.guides.verdict import HIGH_FROM

OWN = {"own_cpu": 0.68, "own_lag": 0.02}
_HLS_FINDINGS = dict.fromkeys(
    (
        *("master_gone", "media_gone", "master_broken", "media_broken", "redirects", "segment_cut", "sequence_back"),
        *(
            "sequence_jump",
            "break_back",
            "break_differs",
            "target_changed",
            "extinf_long",
            "date_jump",
            "stamps_break",
        ),
    ),
    0.0,
)
_DASH_FINDINGS = dict.fromkeys(
    ("mpd_gone", "mpd_broken", "redirects", "start_changed", "timeline_gap", "timeline_overlap", "media_time"), 0.0
)
_PLAYLIST = {**OWN, "valid": 1.0, "status": 200.0, "age": 0.4, "layer": 2.0, "changes": 1.0}
_SISTERS = {"sisters": 17.0, "sick_sisters": 4.0}
HLS = {**_PLAYLIST, **_HLS_FINDINGS, **_SISTERS, "hls": 1.0, "dash": 0.0}
DASH = {**_PLAYLIST, **_DASH_FINDINGS, **_SISTERS, "hls": 0.0, "dash": 1.0}
LADDER = {
    **OWN,
    "rungs": 4.0,
    "expected": 5.0,
    "top": 280000.0,
    "top_24h": 440000.0,
    "spread": 0.0,
    "layer": 2.0,
    "ladder_events": 1.0,
    "config_events": 1.0,
    "sisters": 17.0,
    "sick_hls": 1.0,
    "sick_dash": 0.0,
}
TS = {"packets_24h": 505.0, "joined": 1.0, "join_failed": 0.0, "drops_60s": 0.0, "own_cpu": 0.94, "changes": 1.0}
GROUPS = {"groups": 5.0, "silent_groups": 1.0, "mates": 0.0}
PID = {
    "missing": 1.0,
    "packets": 511.0,
    "bitrate": 404015.0,
    "bitrate_24h": 396624.0,
    "loss": 0.0,
    "cc_1m": 0.0,
    "pmt_1m": 0.0,
    "crc_1m": 0.0,
    "drops": 0.0,
    "own_cpu": 0.95,
    "psi": 0.0,
    "unreferenced": 0.0,
    "mates": 0.0,
}
SOUND = {"own_cpu": 0.7, "skipped": 0.0, "layer": 2.0, "upstream": 0.0, "sisters": 11.0}
IN_RANGE = {**SOUND, "loud_sisters": 0.0, "quiet_sisters": 0.0, "left": 1.0, "right": 1.0, "inverted": 0.0}

CASES: list[tuple[str, str, Evidence, set[str]]] = [
    ("wrong-targetduration", "PB-MANIFEST-INVALID", {**HLS, "target_changed": 1, "extinf_long": 1}, {"packager"}),
    ("media-sequence-back", "PB-MANIFEST-INVALID", {**HLS, "sequence_back": 1}, {"packager"}),
    (
        "discontinuity-sequence-error",
        "PB-MANIFEST-INVALID",
        {**HLS, "break_back": 1, "break_differs": 1},
        {"packager"},
    ),
    ("pdt-jump", "PB-MANIFEST-INVALID", {**HLS, "date_jump": 1}, {"packager"}),
    ("truncated-segment", "PB-MANIFEST-INVALID", {**HLS, "segment_cut": 1}, {"packager"}),
    ("html-playlist", "PB-MANIFEST-INVALID", {**HLS, "valid": 0, "media_broken": 1}, {"packager"}),
    ("html-playlist", "PB-MANIFEST-INVALID", {**DASH, "valid": 0, "mpd_broken": 1}, {"packager"}),
    ("empty-playlist", "PB-MANIFEST-INVALID", {**HLS, "valid": 0, "master_broken": 1}, {"packager"}),
    ("redirect-loop", "PB-MANIFEST-INVALID", {**HLS, "valid": 0, "status": 302, "media_gone": 1}, {"packager"}),
    ("connection-reset", "PB-MANIFEST-INVALID", {**HLS, "valid": 0, "status": 0, "media_gone": 1}, {"packager"}),
    ("connection-reset", "PB-MANIFEST-INVALID", {**DASH, "valid": 0, "status": 0, "mpd_gone": 1}, {"packager"}),
    ("mpd-gap", "PB-MANIFEST-INVALID", {**DASH, "age": 1.5, "timeline_gap": 1}, {"packager"}),
    ("mpd-availability-shift", "PB-MANIFEST-INVALID", {**DASH, "start_changed": 1}, {"packager"}),
    ("av-shift", "PB-MANIFEST-INVALID", {**DASH, "media_time": 1, "check.is_ok": 0}, {"encoder"}),
    ("variant-missing", "PB-LADDER-INCOMPLETE", LADDER, {"packager"}),
    (
        "extinf-off",
        "PB-SEGMENT-DURATION",
        {**OWN, "layer": 2, "hls": 1, "dash": 0, "rounding": 1, "rewritten": 1, "breaks": 1},
        {"packager"},
    ),
    (
        "ts-sync-loss",
        "PB-TS-SYNC-LOSS",
        {**TS, **GROUPS, "sync_10s": 3, "sync_60s": 3, "packets": 0, "silent": 1},
        {"encoder"},
    ),
    (
        "ts-stop",
        "PB-TS-SYNC-LOSS",
        {**TS, **GROUPS, "sync_10s": 0, "sync_60s": 0, "packets": 310, "silent": 1},
        {"network"},
    ),
    ("ts-pid-missing", "PB-PID-MISSING", PID, {"encoder"}),
    ("loud", "PB-LOUDNESS", {**IN_RANGE, "loudness": -15.1, "peak": 0.2}, {"source"}),
    ("quiet", "PB-LOUDNESS", {**IN_RANGE, "loudness": -31.0, "peak": -14.0}, {"source"}),
    ("phase-inverted", "PB-LOUDNESS", {**IN_RANGE, "loudness": -23.0, "inverted": 1}, {"source"}),
    ("loud", "PB-TRUE-PEAK-HIGH", {**SOUND, "peak": 0.4, "loudness": -15.2, "high_sisters": 0}, {"source"}),
    (
        "blockiness",
        "PB-MACROBLOCKING-HIGH",
        {**SOUND, "blockiness": 0.3, "bits": 0.01, "bitrate": 3e4, "bitrate_24h": 3.9e5, "blocky_sisters": 0},
        {"encoder"},
    ),
    (
        "av-shift",
        "PB-AV-SYNC",
        {**SOUND, "offset": 0.3, "low": 0.29, "high": 0.31, "late_sisters": 0, "early_sisters": 0},
        {"encoder"},
    ),
]


@pytest.mark.parametrize(("fault", "guide_id", "evidence", "causes"), CASES)
def test_a_fault_of_the_lab_is_put_down_to_its_cause(
    fault: str, guide_id: str, evidence: Evidence, causes: set[str]
) -> None:
    ended = walked(guide_id, evidence)
    assert ended.primary in causes, (fault, ended.ways)


@pytest.mark.parametrize(("fault", "guide_id", "evidence", "causes"), CASES)
def test_with_any_half_of_the_evidence_lost_the_guide_is_never_surely_wrong(
    fault: str, guide_id: str, evidence: Evidence, causes: set[str]
) -> None:
    names = sorted(evidence)
    for lost in (names[::2], names[1::2], names[: len(names) // 2], names[len(names) // 2 :]):
        ended = walked(guide_id, {name: value for name, value in evidence.items() if name not in lost})
        assert ended.primary in causes or ended.confidence < HIGH_FROM, (fault, lost, ended.ways)
