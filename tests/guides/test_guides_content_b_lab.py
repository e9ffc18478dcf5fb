"""The lab's faults with the evidence an agent had of them: the right cause, and never surely a wrong one."""

from __future__ import annotations

import pytest
from content_a_house import Evidence, walked

from noc_console.guides.verdict import HIGH_FROM

HTTP: Evidence = {"own_lag": 0.3, "own_cpu": 0.4, "layer": 2, "sisters": 15, "sick": 0}
LISTED: Evidence = {**HTTP, "at_l1": 0, "at_l2": 1, "at_l4": 0}
ALONE: Evidence = {"own_lag": 0.3, "own_cpu": 0.4, "drops_60s": 0, "groups": 9}
TS: Evidence = {**ALONE, "sick_groups": 0}
TABLES: Evidence = {**ALONE, "sick_pat": 0, "sick_pmt": 0, "packets": 500, "cc_60s": 0, "crc_60s": 0, "scrambled": 0}
PCR: Evidence = {"cc_60s": 0, "jitter": 0.002, "interval": 0.041, "drift": 2.0}
DECODED: Evidence = {"own_cpu": 0.4, "skipped": 0, "at_l1": 0, "sisters": 15, "sick": 0}
MEDIA: Evidence = {**DECODED, "at_l2": 1, "at_l4": 0}
SHOWN: Evidence = {"bars": 0, "slate": 0, "dead": 0, "silence": 0, "broken": 0}

# what was measured in the lab when the alarm had been raised
LAB: list[tuple[str, str, Evidence, set[str]]] = [
    (
        "stale-playlist",
        "PB-STALE",
        {
            **HTTP,
            "age": 1.9,
            "status": 200,
            "hls_stale": 1,
            "spread": 0,
            "ended": 0,
            "back": 0,
            "at_l2": 1,
            "at_l4": 0,
        },
        {"packager"},
    ),
    (
        "expired-mpd",
        "PB-STALE",
        {**LISTED, "age": 1.9, "status": 200, "dash_stale": 1, "ended": 1, "spread": 0},
        {"packager"},
    ),
    (
        "missing-segment",
        "PB-ABR-SEGMENT-MISSING",
        {**LISTED, "status": 404, "list_status": 200, "dash_gone": 1, "rungs": 5, "rungs_expected": 5},
        {"packager", "origin"},
    ),
    (
        "truncated-segment",
        "PB-ABR-SEGMENT-MISSING",
        {**LISTED, "status": 200, "list_status": 200, "dash_gone": 1, "rungs": 5, "rungs_expected": 5},
        {"packager", "origin"},
    ),
    (
        "5xx-burst",
        "PB-HTTP-5XX",
        {
            **HTTP,
            "share": 0.05,
            "list_status": 503,
            "seg_status": 200,
            "requests": 210,
            "ttfb": 0.004,
            "ttfb_ratio": 1.1,
        },
        {"origin", "packager"},
    ),
    (
        "slow-segment",
        "PB-SLOW-SEGMENT",
        {**HTTP, "others_n": 15, "others_slow": 0, "ttfb": 0.006, "body": 3.0, "fetch": 0.006, "speed": 1.9},
        {"origin", "packager"},
    ),
    ("freeze", "PB-FREEZE", {**MEDIA, **SHOWN, "freeze": 2, "frozen": 1, "share": 0.6}, {"encoder", "source"}),
    ("colour-bars", "PB-FREEZE", {**MEDIA, **SHOWN, "bars": 1, "freeze": 12, "share": 0.1}, {"source", "encoder"}),
    (
        "black",
        "PB-BLACK",
        {
            **MEDIA,
            "cues": 0,
            "in_break": 0,
            "is_hdr": 0,
            "dead": 0,
            "black": 2,
            "dark": 1,
            "silence": 0,
            "share": 0.4,
        },
        {"encoder", "source"},
    ),
    (
        "silence",
        "PB-SILENCE",
        {**MEDIA, "dead": 0, "one_leg": 0, "silence": 62, "level": -90, "freeze": 0, "black": 0, "languages": 1},
        {"source", "encoder"},
    ),
    (
        "channel-mute",
        "PB-SILENCE",
        {**MEDIA, "dead": 0, "one_leg": 1, "silence": 0, "left": 1, "right": 0, "freeze": 0, "languages": 1},
        {"source", "encoder"},
    ),
    (
        "hdr-dropped",
        "PB-HDR-METADATA",
        {**MEDIA, "is_hdr": 1, "present": 0, "missing": 1, "hls_range": 0, "at_l3": 0},
        {"encoder"},
    ),
    (
        "blockiness",
        "PB-MOS-DROP",
        {**DECODED, "blockiness": 0.4, "share": 0.2, "height_share": 1, "freeze": 0, "black": 0, "mates": 0},
        {"encoder"},
    ),
    ("ts-cc-errors", "PB-CC", {**TS, "cc_60s": 11, "rtp_lost": 0, "pcr_off": 0}, {"encoder"}),
    ("ts-datagram-loss", "PB-CC", {**TS, "cc_60s": 11, "pcr_off": 0, "pcr_max": 1, "pcr_min": 0}, {"network"}),
    ("rtp-loss", "PB-CC", {**TS, "cc_60s": 40, "rtp_lost": 12, "pcr_off": 0}, {"network"}),
    (
        "rtp-loss",
        "PB-PACKET-LOSS",
        {**TS, "path_loss": 0, "is_ts": 500, "rtp_lost": 60, "cc_5m": 200, "pcr_max": 9e6, "pcr_min": -9e6},
        {"network"},
    ),
    (
        "ts-pat-missing",
        "PB-PAT-PMT",
        {**TABLES, "pat_60s": 4, "pmt_60s": 0},
        {"encoder"},
    ),
    (
        "ts-pmt-late",
        "PB-PAT-PMT",
        {**TABLES, "pat_60s": 0, "pmt_60s": 3},
        {"encoder"},
    ),
    ("ts-pcr-jitter", "PB-PCR-JITTER", {**TS, **PCR, "pcr_max": 2000, "pcr_min": -60}, {"encoder"}),
    (
        "ts-pts-gap",
        "PB-PTS-DTS",
        {**TS, "pts_60s": 2, "cc_60s": 0, "gone": 0, "jump": 0, "repetition": 0, "switched": 0},
        {"encoder"},
    ),
]


@pytest.mark.parametrize(("fault", "guide", "evidence", "causes"), LAB)
def test_a_fault_of_the_lab_is_put_down_to_its_cause(
    fault: str, guide: str, evidence: Evidence, causes: set[str]
) -> None:
    ended = walked(guide, evidence)
    assert ended.primary in causes, fault
    assert not causes <= ended.ruled_out


@pytest.mark.parametrize(("fault", "guide", "evidence", "causes"), LAB)
def test_with_any_answer_lost_no_wrong_cause_is_sure(
    fault: str, guide: str, evidence: Evidence, causes: set[str]
) -> None:
    for lost in evidence:
        ended = walked(guide, {name: value for name, value in evidence.items() if name != lost})
        assert ended.primary in causes or ended.confidence < HIGH_FROM, (fault, lost)


@pytest.mark.parametrize(("fault", "guide", "evidence", "causes"), LAB)
def test_half_of_the_evidence_never_makes_a_wrong_cause_sure(
    fault: str, guide: str, evidence: Evidence, causes: set[str]
) -> None:
    names = sorted(evidence)
    for kept in (names[::2], names[1::2]):
        ended = walked(guide, {name: evidence[name] for name in kept})
        assert ended.primary in causes or ended.confidence < HIGH_FROM, (fault, kept)
