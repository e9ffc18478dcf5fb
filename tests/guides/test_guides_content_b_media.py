"""Guides for picture and sound: every decision of the document (5.5 to 5.8, 5.20) names the cause it should."""

from __future__ import annotations

import pytest
from content_a_house import Evidence, walked

OWN: Evidence = {"own_cpu": 0.3, "skipped": 0}
ONE_LAYER: Evidence = {"at_l1": 0, "at_l2": 1, "at_l4": 0}
LAYERS: Evidence = {"at_l1": 1, "at_l2": 1, "at_l4": 1}
STILL: Evidence = {**OWN, **ONE_LAYER, "bars": 0, "slate": 0, "dead": 0, "freeze": 12, "frozen": 1, "broken": 0}
MOVES: Evidence = {**STILL, "freeze": 0, "frozen": 0, "silence": 0}
DARK: Evidence = {**OWN, **ONE_LAYER, "cues": 0, "in_break": 0, "dead": 0, "black": 3, "dark": 1, "is_hdr": 0}
MUTE: Evidence = {**OWN, **ONE_LAYER, "dead": 0, "one_leg": 0, "silence": 70, "level": -90, "freeze": 0, "black": 0}
HDR: Evidence = {**OWN, "is_hdr": 1, "present": 1, "missing": 0, "hls_range": 0, "dash_range": 0}
DROP: Evidence = {**OWN, "sisters": 3, "sick": 0, "at_l1": 0, "height_share": 1, "share": 1, "broken": 0}

CASES: list[tuple[str, Evidence, str]] = [
    # 5.5
    ("PB-FREEZE", {**STILL, "bars": 1, "silence": 0}, "source"),
    ("PB-FREEZE", {**STILL, "slate": 1, "silence": 0}, "source"),
    ("PB-FREEZE", {**STILL, "dead": 1}, "source"),
    ("PB-FREEZE", {**STILL, "silence": 12}, "source"),
    ("PB-FREEZE", {**STILL, "silence": 0}, "encoder"),
    ("PB-FREEZE", STILL, "encoder"),
    ("PB-FREEZE", {**MOVES, **LAYERS, "freeze_l1": 0, "freeze_l2": 20}, "packager"),
    ("PB-FREEZE", {**MOVES, **LAYERS, "freeze_l1": 0, "freeze_l2": 0, "freeze_l4": 20}, "cdn"),
    ("PB-FREEZE", {**MOVES, "signal": 50}, "source"),
    ("PB-FREEZE", {**MOVES, "signal": 97}, "encoder"),
    ("PB-FREEZE", {**MOVES, "sisters": 4, "sick": 4}, "source"),
    # 5.6
    ("PB-BLACK", {**DARK, "dead": 1}, "source"),
    ("PB-BLACK", {**DARK, "scrambled": 1}, "encoder"),
    ("PB-BLACK", {**DARK, "black": 14, "silence": 14}, "source"),
    ("PB-BLACK", {**DARK, "black": 7, "in_break": 1}, "source"),
    ("PB-BLACK", {**DARK, "silence": 3}, "source"),
    ("PB-BLACK", {**DARK, "silence": 0}, "encoder"),
    ("PB-BLACK", DARK, "encoder"),
    ("PB-BLACK", {**DARK, "is_hdr": 1, "hdr_changed": 1, "silence": 0}, "encoder"),
    ("PB-BLACK", {**DARK, **LAYERS, "black": 0, "dark": 0, "black_l1": 0, "black_l2": 9}, "packager"),
    # 5.7
    ("PB-SILENCE", {**MUTE, "dead": 1}, "source"),
    ("PB-SILENCE", {**MUTE, "freeze": 70}, "source"),
    ("PB-SILENCE", {**MUTE, "black": 70}, "source"),
    ("PB-SILENCE", {**MUTE, "one_leg": 1, "silence": 0}, "source"),
    ("PB-SILENCE", {**MUTE, "silence": 0, "left": 1, "right": 0}, "source"),
    ("PB-SILENCE", {**MUTE, "pid_gone": 1}, "encoder"),
    ("PB-SILENCE", {**MUTE, "rendition": 1}, "encoder"),
    ("PB-SILENCE", {**MUTE, "level": -52}, "expected"),
    ("PB-SILENCE", MUTE, "source"),
    (
        "PB-SILENCE",
        {**MUTE, **LAYERS, "silence": 0, "left": 1, "right": 1, "silent_l1": 0, "silent_l2": 70},
        "packager",
    ),
    ("PB-SILENCE", {**MUTE, "silence": 0, "left": 1, "right": 1, "sisters": 5, "sick": 5}, "source"),
    # 5.8
    ("PB-HDR-METADATA", {**HDR, "present": 0, "missing": 1}, "encoder"),
    ("PB-HDR-METADATA", {**HDR, "present": 0, "missing": 1, "hls_range": 1}, "encoder"),
    ("PB-HDR-METADATA", {**HDR, "hls_range": 1}, "packager"),
    ("PB-HDR-METADATA", {**HDR, "dash_range": 1}, "packager"),
    ("PB-HDR-METADATA", {**HDR, **LAYERS, "h_l1": 0, "h_l2": 0}, "encoder"),
    ("PB-HDR-METADATA", {**HDR, **LAYERS, "h_l1": 1, "h_l2": 0}, "packager"),
    ("PB-HDR-METADATA", {**HDR, **LAYERS, "at_l3": 1, "h_l1": 1, "h_l2": 1, "h_l3": 1, "h_l4": 0}, "cdn"),
    ("PB-HDR-METADATA", {**HDR, "is_hdr": 0}, "expected"),
    # 5.20
    ("PB-MOS-DROP", {**DROP, "blockiness": 0.3}, "encoder"),
    ("PB-MOS-DROP", {**DROP, "blockiness": 0.3, "share": 0.4}, "encoder"),
    ("PB-MOS-DROP", {**DROP, "blockiness": 0.02, "height_share": 0.5}, "source"),
    ("PB-MOS-DROP", {**DROP, "blockiness": 0.02, "freeze": 9}, "source"),
    ("PB-MOS-DROP", {**DROP, "blockiness": 0.02, "share": 0.5}, "encoder"),
    ("PB-MOS-DROP", {**DROP, "blockiness": 0.02, "at_l1": 1, "loss": 0.02, "cc_5m": 90}, "network"),
    ("PB-MOS-DROP", {**DROP, "sick": 3, "skipped": 7}, "probe"),
    ("PB-MOS-DROP", {**DROP, "blockiness": 0.02}, "source"),
]
SAID: list[tuple[str, Evidence, dict[str, int], str]] = [
    ("PB-FREEZE", {**STILL, "silence": 9}, {"still": 0}, "expected"),
    ("PB-FREEZE", OWN, {"seen": 0}, "encoder"),
    ("PB-FREEZE", {**STILL, "silence": 0}, {"second-look": 1}, "probe"),
    ("PB-BLACK", {**DARK, "silence": 0}, {"playout": 0}, "source"),
    ("PB-BLACK", {**DARK, "silence": 3}, {"playout": 1}, "encoder"),
    ("PB-BLACK", {**DARK, "silence": 0}, {"rungs": 0}, "encoder"),
    ("PB-SILENCE", MUTE, {"listen": 2}, "encoder"),
    ("PB-SILENCE", MUTE, {"listen": 3}, "packager"),
    ("PB-SILENCE", OWN, {"heard": 0}, "source"),
    ("PB-HDR-METADATA", {**HDR, "present": 0}, {"hlg": 0}, "expected"),
    ("PB-HDR-METADATA", HDR, {"native": 0}, "source"),
    ("PB-HDR-METADATA", HDR, {"view": 0}, "encoder"),
    ("PB-MOS-DROP", {**DROP, "blockiness": 0.02}, {"creative": 0}, "source"),
]


@pytest.mark.parametrize(("guide", "evidence", "cause"), CASES)
def test_the_evidence_names_the_cause(guide: str, evidence: Evidence, cause: str) -> None:
    assert walked(guide, evidence).primary == cause


@pytest.mark.parametrize(("guide", "evidence", "said", "cause"), SAID)
def test_what_people_see_and_hear_decides(guide: str, evidence: Evidence, said: dict[str, int], cause: str) -> None:
    assert walked(guide, evidence, said).primary == cause


def test_a_short_black_at_a_splice_that_passes_is_expected() -> None:
    evidence = {**DARK, "cues": 1, "black": 0.8, "silence": 0}
    ended = walked("PB-BLACK", evidence, after={"black_now": 0})
    assert ended.primary == "expected"
    assert {"source", "encoder"} <= ended.ruled_out


def test_a_black_at_a_splice_that_stays_is_judged_as_any_other() -> None:
    evidence = {**DARK, "cues": 1, "black": 0.8, "silence": 0}
    ended = walked("PB-BLACK", evidence, after={**evidence, "black": 13, "black_now": 13})
    assert "passes.otherwise" in ended.ways
    assert ended.primary == "encoder"


def test_quality_that_comes_back_within_two_minutes_is_an_event_only() -> None:
    ended = walked("PB-MOS-DROP", {**DROP, "blockiness": 0.02}, after={"drop": 0.1})
    assert ended.ways[-2:] == ["over.next", "form.next"]


def test_source_and_encoder_are_told_apart_only_with_more_than_one_layer() -> None:
    ended = walked("PB-FREEZE", {**STILL, "silence": 0, "sisters": 4, "sick": 0})
    assert (ended.primary, ended.secondary) == ("encoder", {"source"})
    assert ended.confidence < 0.6
    assert {"network", "isp", "probe"} <= ended.ruled_out


@pytest.mark.parametrize("guide", ["PB-FREEZE", "PB-BLACK", "PB-SILENCE", "PB-HDR-METADATA", "PB-MOS-DROP"])
def test_nothing_known_names_no_cause(guide: str) -> None:
    assert walked(guide, {}).primary == ""
