"""Guides for transport streams: every decision of the document (5.1 to 5.4, 5.16) names the cause it should."""

from __future__ import annotations

import pytest
from content_a_house import Evidence, walked

from noc_console.guides.verdict import HIGH_FROM

OWN: Evidence = {"drops_60s": 0, "own_lag": 0.1, "own_cpu": 0.3}
TABLES: Evidence = {**OWN, "packets": 5000, "crc_60s": 0, "cc_60s": 0, "scrambled": 0, "pat_60s": 0, "pmt_60s": 0}
CLOCK: Evidence = {**OWN, "cc_60s": 0, "pcr_max": 0, "pcr_min": 0, "jitter": 0.002, "interval": 0.035}
STAMPS: Evidence = {**OWN, "pts_60s": 12, "cc_60s": 0, "jump": 0, "repetition": 0, "gone": 0, "switched": 0}
LOSS: Evidence = {**OWN, "path_loss": 0, "is_ts": 5000, "cc_5m": 900, "pcr_max": 90, "pcr_min": -90}
ALONE: Evidence = {"groups": 3, "sick_groups": 0}

CASES: list[tuple[str, Evidence, str]] = [
    # 5.1
    ("PB-PAT-PMT", {**TABLES, "pat_60s": 60, "cc_60s": 40}, "network"),
    ("PB-PAT-PMT", {**TABLES, "crc_60s": 9}, "encoder"),
    ("PB-PAT-PMT", {**TABLES, "pmt_60s": 60}, "encoder"),
    ("PB-PAT-PMT", {**TABLES, "pat_60s": 60, "pmt_60s": 60}, "encoder"),
    ("PB-PAT-PMT", {**TABLES, "scrambled": 1}, "encoder"),
    ("PB-PAT-PMT", {**TABLES, "interval": 0.75}, "encoder"),
    ("PB-PAT-PMT", {**TABLES, "interval": 3}, "encoder"),
    ("PB-PAT-PMT", {**TABLES, "mates": 4, "mates_pat": 4}, "encoder"),
    # 5.2
    ("PB-CC", {**OWN, "cc_60s": 60, "rtp_lost": 30}, "network"),
    ("PB-CC", {**OWN, "cc_60s": 60, "rtp_lost": 0}, "encoder"),
    ("PB-CC", {**OWN, "cc_60s": 60, "pcr_off": 1}, "network"),
    ("PB-CC", {**OWN, "cc_60s": 60, "pcr_off": 0, "pcr_max": 3_000_000, "pcr_min": 0}, "network"),
    ("PB-CC", {**OWN, "cc_60s": 60, "groups": 5, "sick_groups": 5}, "network"),
    (
        "PB-CC",
        {**OWN, "cc_60s": 0, "health.cc_pids": 1, "health.pids": 8, "health.cc_errors": 20},
        "encoder",
    ),
    ("PB-CC", {**OWN, "cc_60s": 60, "rtp_lost": 0, "pcr_off": 1}, "network"),
    ("PB-CC", {**OWN, "cc_60s": 0, "health.cc_pids": 3, "health.p2_errors": 9}, "network"),
    ("PB-CC", {**OWN, "cc_60s": 0, "rtp_lost": 0, "health.cc_pids": 3, "health.p2_errors": 0}, "encoder"),
    ("PB-CC", {**OWN, "port_errors": 12}, "network"),
    # 5.3
    ("PB-PCR-JITTER", {**CLOCK, "pcr_max": 2000}, "encoder"),
    ("PB-PCR-JITTER", {**CLOCK, "pcr_min": -2000}, "encoder"),
    ("PB-PCR-JITTER", {**CLOCK, "pcr_max": 90, "jitter": 0.08}, "network"),
    ("PB-PCR-JITTER", {**CLOCK, "interval": 0.15}, "encoder"),
    ("PB-PCR-JITTER", {**CLOCK, "interval": 0.05}, "encoder"),
    ("PB-PCR-JITTER", {**CLOCK, "drift": 45}, "encoder"),
    ("PB-PCR-JITTER", {**CLOCK, "drift": -45}, "encoder"),
    ("PB-PCR-JITTER", {**CLOCK, "pcr_max": 90_000, "cc_60s": 40}, "network"),
    ("PB-PCR-JITTER", {**CLOCK, "pcr_max": 90_000, "cc_60s": 40, "rtp_lost": 0}, "encoder"),
    ("PB-PCR-JITTER", {**CLOCK, "reference": 0}, "encoder"),
    # 5.4
    ("PB-PTS-DTS", {**STAMPS, "cc_60s": 40}, "network"),
    ("PB-PTS-DTS", {**STAMPS, "jump": 1, "switched": 1}, "encoder"),
    ("PB-PTS-DTS", {**STAMPS, "jump": 1}, "encoder"),
    ("PB-PTS-DTS", STAMPS, "encoder"),
    ("PB-PTS-DTS", {**STAMPS, "gone": 1}, "encoder"),
    ("PB-PTS-DTS", {**STAMPS, "pts_60s": 0, "hours": 26.5}, "encoder"),
    # 5.16
    ("PB-PACKET-LOSS", {**LOSS, "rtp_lost": 300}, "network"),
    ("PB-PACKET-LOSS", {**LOSS, "rtp_lost": 0}, "encoder"),
    ("PB-PACKET-LOSS", LOSS, "network"),
    ("PB-PACKET-LOSS", {**LOSS, "cc_5m": 0, "groups": 4, "sick_groups": 4}, "network"),
    ("PB-PACKET-LOSS", {**LOSS, "cc_5m": 0, "port_errors": 3}, "network"),
    ("PB-PACKET-LOSS", {**LOSS, "cc_5m": 0, "path.loss_ratio": 0.02}, "network"),
    ("PB-PACKET-LOSS", {**OWN, "path_loss": 1, "speed": 6.0}, "expected"),
    ("PB-PACKET-LOSS", {**OWN, "path_loss": 1, "speed": 0.7}, "network"),
]
SAID: list[tuple[str, Evidence, dict[str, int], str]] = [
    ("PB-PAT-PMT", {**TABLES, "pmt_60s": 4}, {"intended": 0}, "expected"),
    ("PB-PAT-PMT", {**TABLES, "pat_60s": 4}, {"pair": 1}, "probe"),
    ("PB-CC", {**OWN, "cc_60s": 60}, {"pair": 1}, "probe"),
    ("PB-CC", {**OWN, "cc_60s": 0}, {"pattern": 0}, "network"),
    ("PB-CC", {**OWN, "cc_60s": 0}, {"second-look": 0}, "network"),
    ("PB-CC", {**OWN, "cc_60s": 0}, {"second-look": 1}, "encoder"),
    ("PB-CC", {**OWN, "cc_60s": 0, "cues": 1, "cc_now": 0}, {"pattern": 1}, "expected"),
    ("PB-PCR-JITTER", {**OWN, "cc_60s": 0}, {"constant": 0}, "expected"),
    ("PB-PTS-DTS", {**STAMPS, "pts_60s": 0}, {"buffer": 0}, "encoder"),
    ("PB-PACKET-LOSS", {**LOSS, "rtp_lost": 30}, {"pair": 1}, "probe"),
    ("PB-PACKET-LOSS", {**LOSS, "cc_5m": 0}, {"pair": 0}, "network"),
    ("PB-PACKET-LOSS", {**LOSS, "cc_5m": 0}, {"pattern": 0}, "network"),
    ("PB-PACKET-LOSS", {**LOSS, "cc_5m": 0}, {"pattern": 2}, "network"),
]


@pytest.mark.parametrize(("guide", "evidence", "cause"), CASES)
def test_the_evidence_names_the_cause(guide: str, evidence: Evidence, cause: str) -> None:
    assert walked(guide, evidence).primary == cause


@pytest.mark.parametrize(("guide", "evidence", "said", "cause"), SAID)
def test_what_people_say_decides_where_nothing_is_measured(
    guide: str, evidence: Evidence, said: dict[str, int], cause: str
) -> None:
    assert walked(guide, evidence, said).primary == cause


def test_without_packets_the_tables_are_no_fault_of_their_own() -> None:
    ended = walked("PB-PAT-PMT", {**TABLES, "packets": 0, "pat_60s": 0})
    assert "sync-loss.next" in ended.ways
    assert ended.primary == ""


@pytest.mark.parametrize(
    ("guide", "evidence", "step"),
    [
        ("PB-PAT-PMT", {**TABLES, "pat_60s": 60, "cc_60s": 40}, "see-cc.next"),
        ("PB-PCR-JITTER", {**CLOCK, "pcr_max": 90_000, "cc_60s": 40}, "see-cc.next"),
        ("PB-PTS-DTS", {**STAMPS, "cc_60s": 40}, "see-cc.next"),
    ],
)
def test_lost_packets_lead_to_the_guide_for_lost_packets(guide: str, evidence: Evidence, step: str) -> None:
    assert step in walked(guide, evidence).ways


def test_lost_numbers_on_one_stream_only_are_the_network_for_sure_and_not_our_port() -> None:
    ended = walked("PB-PACKET-LOSS", {**LOSS, **ALONE, "rtp_lost": 300, "pcr_max": 3_000_000})
    assert ended.primary == "network"
    assert "probe" in ended.ruled_out


def test_a_clock_that_is_wrong_by_its_place_is_the_encoders_for_sure() -> None:
    well = {"acc_2m_max": 90, "acc_2m_min": -90}
    ended = walked("PB-PCR-JITTER", {**CLOCK, **ALONE, "pcr_max": 2000, "drift": 1, "reference": 1}, after=well)
    assert ended.primary == "encoder"
    assert ended.confidence >= HIGH_FROM
    assert {"network", "probe"} <= ended.ruled_out


def test_packets_this_machine_dropped_are_held_against_it() -> None:
    ended = walked("PB-CC", {**OWN, "drops_60s": 40, "cc_60s": 0})
    assert "trust.branches.0" in ended.ways
    assert "probe" in ended.secondary


@pytest.mark.parametrize("guide", ["PB-PAT-PMT", "PB-CC", "PB-PCR-JITTER", "PB-PTS-DTS", "PB-PACKET-LOSS"])
def test_nothing_known_names_no_cause(guide: str) -> None:
    assert walked(guide, {}).primary == ""
