"""Guides for delivery over HTTP: every decision of the document (5.9 to 5.15) names the cause it should."""

from __future__ import annotations

import pytest
from content_a_house import Evidence, walked

from noc_console.catalogues import alarm_types
from noc_console.guides.reading import read_guide
from noc_console.resources import playbooks

OWN: Evidence = {"own_lag": 0.1, "own_cpu": 0.3}
AT_PACKAGER: Evidence = {**OWN, "layer": 2, "at_l2": 1, "at_l3": 0, "at_l4": 0}
BEHIND: Evidence = {**OWN, "layer": 4, "at_l3": 1, "at_l4": 1}
AT_EDGE: Evidence = {**BEHIND, "at_l2": 1}
GONE: Evidence = {**AT_PACKAGER, "at_l1": 0, "status": 404, "hls_gone": 1}
EDGE_GONE: Evidence = {**AT_EDGE, "at_l1": 0, "status": 404}
OLD: Evidence = {
    **AT_PACKAGER,
    "at_l1": 0,
    "age": 4,
    "hls_stale": 1,
    "status": 200,
    "ended": 0,
    "back": 0,
    "spread": 0,
}
EDGE_OLD: Evidence = {**AT_EDGE, "at_l1": 0, "age": 4, "status": 200, "spread": 0}
FAILS: Evidence = {**OWN, "layer": 2, "at_l3": 0, "at_l4": 0, "share": 0.2, "requests": 400, "seg_status": 200}
SLOW: Evidence = {**OWN, "layer": 2, "at_l3": 0, "at_l4": 0, "others_n": 9, "others_slow": 1, "speed": 1.3}
MISSES: Evidence = {**OWN, "samples": 500, "hit": 0.6, "errors": 0}
FAR: Evidence = {**OWN, "others_n": 9, "others_slow": 1, "sisters": 2, "sick": 2, "ttfb": 0.3, "at_l3": 0}
ORIGIN: Evidence = {**OWN, "errors": 0.02, "fives": 0, "list_status": 200, "seg_status": 200, "at_l2": 0}

CASES: list[tuple[str, Evidence, str]] = [
    # 5.9
    ("PB-ABR-SEGMENT-MISSING", GONE, "packager"),
    ("PB-ABR-SEGMENT-MISSING", {**GONE, "status": 200}, "packager"),
    ("PB-ABR-SEGMENT-MISSING", {**GONE, "rungs": 4, "rungs_expected": 5}, "packager"),
    ("PB-ABR-SEGMENT-MISSING", {**GONE, "status": 403}, "origin"),
    ("PB-ABR-SEGMENT-MISSING", {**GONE, "status": 503}, "origin"),
    ("PB-ABR-SEGMENT-MISSING", {**GONE, "status": 0}, "origin"),
    ("PB-ABR-SEGMENT-MISSING", {**EDGE_GONE, "miss_l2": 0, "miss_l4": 0.4}, "cdn"),
    ("PB-ABR-SEGMENT-MISSING", {**EDGE_GONE, "miss_l2": 0, "miss_l3": 0.4, "miss_l4": 0}, "origin"),
    ("PB-ABR-SEGMENT-MISSING", {**AT_EDGE, "at_l1": 1, "ts_l1": 0}, "source"),
    # 5.10
    ("PB-STALE", OLD, "packager"),
    ("PB-STALE", {**OLD, "ended": 1}, "packager"),
    ("PB-STALE", {**OLD, "back": 1}, "packager"),
    ("PB-STALE", {**OLD, "spread": 6}, "packager"),
    ("PB-STALE", {**EDGE_OLD, "age_l2": 0.8, "age_l4": 4}, "cdn"),
    ("PB-STALE", {**EDGE_OLD, "http_age": 90, "target": 6}, "cdn"),
    ("PB-STALE", {**EDGE_OLD, "age_l2": 0.8, "age_l3": 4, "age_l4": 1}, "origin"),
    ("PB-STALE", {**OLD, "layer": 4, "at_l2": 0, "at_l1": 1, "ts_l1": 0}, "source"),
    ("PB-STALE", {**OLD, "disk": 1}, "packager"),
    # 5.11
    ("PB-HTTP-5XX", {**FAILS, "list_status": 502}, "origin"),
    ("PB-HTTP-5XX", {**FAILS, "seg_status": 504}, "origin"),
    ("PB-HTTP-5XX", {**FAILS, "list_status": 503}, "origin"),
    ("PB-HTTP-5XX", {**FAILS, "list_status": 500}, "origin"),
    ("PB-HTTP-5XX", {**FAILS, "share": 0.002, "keys": 1}, "origin"),
    ("PB-HTTP-5XX", {**FAILS, "share": 0, "list_status": 200, "media_gone": 1}, "origin"),
    ("PB-HTTP-5XX", {**FAILS, **BEHIND, "e_l3": 0, "e_l4": 0.3, "share": 0}, "cdn"),
    ("PB-HTTP-5XX", {**FAILS, **BEHIND, "e_l3": 0.2, "e_l4": 0.3}, "origin"),
    ("PB-HTTP-5XX", {**FAILS, "ttfb": 0.9, "ttfb_ratio": 4}, "origin"),
    # 5.12
    ("PB-SLOW-SEGMENT", {**SLOW, "others_slow": 9}, "probe"),
    ("PB-SLOW-SEGMENT", {**SLOW, "ttfb": 1.6, "body": 1}, "origin"),
    ("PB-SLOW-SEGMENT", {**SLOW, "ttfb": 0.01, "body": 3, "fetch": 0.01}, "origin"),
    ("PB-SLOW-SEGMENT", {**SLOW, "ttfb": 0.01, "body": 3, "layer": 4}, "cdn"),
    ("PB-SLOW-SEGMENT", {**SLOW, "ttfb": 0.01, "body": 0.1, "dns": 0.9}, "network"),
    ("PB-SLOW-SEGMENT", {**SLOW, "ttfb": 0.01, "body": 0.1, "tls": 0.9}, "cdn"),
    ("PB-SLOW-SEGMENT", {**SLOW, **BEHIND, "ttfb": 0.1, "body": 3, "d_l3": 0.4, "d_l4": 3.1}, "cdn"),
    ("PB-SLOW-SEGMENT", {**SLOW, "ttfb": 0.01, "body": 0.1, "peak": 1}, "encoder"),
    # 5.13
    ("PB-CACHE-HIT", {**MISSES, "sisters": 5, "sick": 5}, "cdn"),
    ("PB-CACHE-HIT", {**MISSES, "sisters": 5, "sick": 0}, "cdn"),
    ("PB-CACHE-HIT", {**MISSES, "key_split": 1}, "cdn"),
    ("PB-CACHE-HIT", {**MISSES, "hit": 0.95, "disk": 97, "logged": 50}, "cdn"),
    ("PB-CACHE-HIT", {**MISSES, "hit": 0.95, "disk": 40, "logged": 97}, "probe"),
    # 5.14
    ("PB-EDGE-LATENCY", {**FAR, "others_slow": 9}, "network"),
    ("PB-EDGE-LATENCY", {**FAR, "connect": 0.2, "connect_spread": 0.3, "path.loss_ratio": 0.02}, "isp"),
    ("PB-EDGE-LATENCY", {**FAR, "connect": 0.2, "connect_spread": 0.01, "ttfb": 0.1}, "isp"),
    ("PB-EDGE-LATENCY", {**FAR, "connect": 0.02, "connect_spread": 0.01}, "cdn"),
    ("PB-EDGE-LATENCY", {**FAR, "moved": 1}, "cdn"),
    ("PB-EDGE-LATENCY", {**FAR, "ttfb": 0.1, "connect": 0.02, "at_l3": 1, "t_l3": 0.4}, "origin"),
    # 5.15
    ("PB-ORIGIN-ERRORS", {**ORIGIN, "fives": 0.02}, "origin"),
    ("PB-ORIGIN-ERRORS", {**ORIGIN, "fives": 0.02, "hit": 0.4}, "cdn"),
    ("PB-ORIGIN-ERRORS", {**ORIGIN, "hls_gone": 1}, "packager"),
    ("PB-ORIGIN-ERRORS", {**ORIGIN, "early": 1}, "expected"),
    ("PB-ORIGIN-ERRORS", {**ORIGIN, "seg_status": 403}, "origin"),
    ("PB-ORIGIN-ERRORS", {**ORIGIN, "errors": 0.001, "disk": 95, "rate": 1}, "origin"),
    ("PB-ORIGIN-ERRORS", {**ORIGIN, "errors": 0.001, "disk": 20, "rate": 5}, "player"),
    ("PB-ORIGIN-ERRORS", {**ORIGIN, "errors": 0.001, "at_l2": 1, "age_l2": 5}, "packager"),
]
SAID: list[tuple[str, Evidence, dict[str, int], str]] = [
    ("PB-ABR-SEGMENT-MISSING", OWN, {"race": 0}, "packager"),
    ("PB-ABR-SEGMENT-MISSING", OWN, {"rungs-hit": 2}, "origin"),
    ("PB-STALE", OLD, {"pair": 0}, "packager"),
    ("PB-STALE", OLD, {"second-look": 1}, "probe"),
    ("PB-HTTP-5XX", {**FAILS, "share": 0, "layer": 4}, {"one-edge": 0}, "cdn"),
    ("PB-SLOW-SEGMENT", {**SLOW, "ttfb": 0.01, "body": 0.1, "layer": 4}, {"regions": 0}, "isp"),
    ("PB-CACHE-HIT", MISSES, {"only-us": 0}, "probe"),
    ("PB-CACHE-HIT", MISSES, {"classes": 0}, "expected"),
    ("PB-EDGE-LATENCY", {**FAR, "ttfb": 0.1}, {"daily": 0}, "expected"),
    ("PB-ORIGIN-ERRORS", ORIGIN, {"pair": 0}, "origin"),
]
GUIDES = [
    *("PB-PAT-PMT", "PB-CC", "PB-PCR-JITTER", "PB-PTS-DTS", "PB-PACKET-LOSS"),
    *("PB-FREEZE", "PB-BLACK", "PB-SILENCE", "PB-HDR-METADATA", "PB-MOS-DROP"),
    *("PB-ABR-SEGMENT-MISSING", "PB-STALE", "PB-HTTP-5XX", "PB-SLOW-SEGMENT"),
    *("PB-CACHE-HIT", "PB-EDGE-LATENCY", "PB-ORIGIN-ERRORS"),
]


@pytest.mark.parametrize(("guide", "evidence", "cause"), CASES)
def test_the_evidence_names_the_cause(guide: str, evidence: Evidence, cause: str) -> None:
    assert walked(guide, evidence).primary == cause


@pytest.mark.parametrize(("guide", "evidence", "said", "cause"), SAID)
def test_what_people_say_decides_where_nothing_is_measured(
    guide: str, evidence: Evidence, said: dict[str, int], cause: str
) -> None:
    assert walked(guide, evidence, said).primary == cause


def test_a_rung_that_is_gone_leads_to_the_guide_for_ladders() -> None:
    assert "ladder.next" in walked("PB-ABR-SEGMENT-MISSING", {**GONE, "rungs": 4, "rungs_expected": 5}).ways


def test_few_requests_are_waited_for_and_may_have_been_chance() -> None:
    few = {**MISSES, "samples": 20}
    assert walked("PB-CACHE-HIT", few, after={**few, "hit": 0.96}).primary == "expected"
    assert walked("PB-CACHE-HIT", few, after={**few, "hit": 0.5}).primary == "cdn"


def test_a_wrong_clock_of_ours_is_mended_before_anything_is_judged() -> None:
    off = {**OLD, "clock": 2.4}
    mended = walked("PB-STALE", off, after={"age": 0.9, "clock": 0.01})
    assert mended.primary == "probe"
    assert {"packager", "origin", "cdn"} <= mended.ruled_out
    still_old = walked("PB-STALE", off, after={**OLD, "age": 5, "clock": 0.01})
    assert still_old.primary == "packager"


def test_a_stale_playlist_that_is_served_from_the_packager_rules_out_everything_behind_it() -> None:
    assert {"network", "isp", "cdn", "origin"} <= walked("PB-STALE", OLD).ruled_out


@pytest.mark.parametrize("name", GUIDES)
def test_each_alarm_type_names_the_guide_that_opens_for_it(name: str) -> None:
    file = f"{name.lower()}.yaml"
    guide = read_guide(file, (playbooks() / file).read_text(encoding="utf-8")).guide
    assert guide is not None
    assert guide.alarms
    assert {alarm_types()[one].playbook for one in guide.alarms} == {name}


@pytest.mark.parametrize("guide", GUIDES[10:])
def test_nothing_known_names_no_cause(guide: str) -> None:
    assert walked(guide, {}).primary == ""
