"""What guides conclude from evidence: the decisions of the operator's document, and no cause where all is unknown."""

from __future__ import annotations

import math

import pytest
from content_a_house import Evidence, shipped, walked
from test_guides_content_a_kept import OWN, RUNBOOKS

from noc_console.guides.questions import AnyQuestion, OfOperator
from noc_console.guides.verdict import HIGH_FROM

ONE_LAYER = {"layer": 2, "upstream": 0}
HLS = {"hls": 1, "dash": 0, "layer": 2}
DASH = {"hls": 0, "dash": 1, "layer": 2}
FOUR_LAYERS = {"inputs": 4, "upstream": 1}

# operator's playbooks, 2.1 to 2.4 and 3
WRITTEN: list[tuple[str, Evidence, str]] = [
    ("PB-VIDEO-MOS-LOW", {"blockiness": 0.28, "bits": 0.02}, "encoder"),
    ("PB-VIDEO-MOS-LOW", {"blockiness": 0.05, "bits": 0.1, "upstream": 1, "loss": 0.006}, "network"),
    ("PB-VIDEO-MOS-LOW", {**FOUR_LAYERS, "l1": 3.0, "l2": 3.0, "l3": 2.9, "l4": 3.1}, "source"),
    ("PB-VIDEO-MOS-LOW", {**FOUR_LAYERS, "l1": 4.2, "l2": 4.1, "l3": 4.1, "l4": 3.0}, "isp"),
    ("PB-VIDEO-MOS-LOW", {**FOUR_LAYERS, "l1": 4.2, "l2": 3.0, "l3": 3.0, "l4": 3.0}, "packager"),
    ("PB-VIDEO-MOS-LOW", {"encoder_cpu": 95}, "encoder"),
    ("PB-VIDEO-MOS-LOW", {"signal": 60}, "source"),
    ("PB-VIDEO-MOS-LOW", {"peers": 6, "sick_peers": 3}, "encoder"),
    ("PB-TS-SYNC-LOSS", {"packets": 0, "sync_10s": 0}, "network"),
    ("PB-TS-SYNC-LOSS", {"packets": 4000, "sync_10s": 0, "sync_60s": 3, "silent": 0}, "encoder"),
    (
        "PB-TS-SYNC-LOSS",
        {"packets": 0, "sync_10s": 9, "sync_60s": 60, "groups": 3, "silent_groups": 0},
        "encoder",
    ),
    ("PB-TS-SYNC-LOSS", {"packets": 0, "sync_10s": 0, "groups": 9, "silent_groups": 9}, "network"),
    ("PB-TS-SYNC-LOSS", {"packets": 0, "sync_10s": 0, "sent": 0}, "encoder"),
    ("PB-TS-SYNC-LOSS", {"packets": 0, "sync_10s": 0, "sent": 100}, "network"),
    ("PB-TS-SYNC-LOSS", {"packets": 4000, "sync_10s": 0, "sync_60s": 0, "signal": 40}, "source"),
    ("PB-TS-SYNC-LOSS", {"join_failed": 1, "join.joined": 1, "join.packets_per_s": 900}, "probe"),
    ("PB-LOUDNESS", {"loudness": -15, "inverted": 0}, "source"),
    ("PB-LOUDNESS", {"loudness": -20, "inverted": 0}, "source"),
    ("PB-LOUDNESS", {"loudness": -31, "left": 1, "right": 1, "inverted": 0}, "source"),
    ("PB-LOUDNESS", {"loudness": -29, "left": 1, "right": 0, "inverted": 0}, "source"),
    ("PB-LOUDNESS", {"loudness": -23, "inverted": 1, "left": 1, "right": 1}, "source"),
    ("PB-LOUDNESS", {"loudness": -15, "sample": -23}, "probe"),
    ("PB-LOUDNESS", {"loudness": -15, "inverted": 0, "input_level": -18}, "encoder"),
    ("PB-LOUDNESS", {"loudness": -15, "inverted": 0, "layer": 2, "upstream": 1, "at_headend": -23}, "packager"),
    ("RB-OUTAGE", {"pings": 5, "sends": 0}, "encoder"),
    ("RB-OUTAGE", {"pings": 5, "sends": 1, "headend": 1, "joined": 1, "packets": 0, "is_ott": 0}, "network"),
    ("RB-OUTAGE", {"pings": 0}, "network"),
    ("RB-OUTAGE", {"pings": 5, "sends": 1, "headend": 1, "joined": 0, "join.packets_per_s": 900}, "probe"),
    (
        "RB-OUTAGE",
        {"sends": 1, "headend": 1, "joined": 1, "packets": 900, "is_ott": 1, "status": 404, "origin_status": 404},
        "packager",
    ),
    ("RB-QUALITY", {**FOUR_LAYERS, "l1": 3.0, "l2": 4.0, "l3": 4.0, "l4": 4.0}, "encoder"),
    ("RB-QUALITY", {**FOUR_LAYERS, "l1": 3.0, "l2": 3.0, "l3": 2.8, "l4": 3.0}, "source"),
    ("RB-QUALITY", {**FOUR_LAYERS, "l1": 4.1, "l2": 4.1, "l3": 4.1, "l4": 3.0}, "cdn"),
    ("RB-QUALITY", {"blockiness": 0.3, "upstream": 0}, "encoder"),
    ("RB-QUALITY", {"encoder_cpu": 92}, "encoder"),
    ("RB-QUALITY", {"sisters": 8, "poor_sisters": 8}, "cdn"),
    ("RB-NETWORK", {"groups": 5, "lossy_groups": 5, "drops": 0, "ours": 0, "own_cpu": 0.2}, "headend-network"),
    ("RB-NETWORK", {"drops": 9, "ours": 3, "own_cpu": 0.2}, "probe"),
    ("RB-NETWORK", {"starts_at": 5, "edge_loss": 3}, "network"),
    ("RB-NETWORK", {"starts_at": 0, "edge_loss": 3}, "isp"),
    ("RB-NETWORK", {"port_errors": 12, "use": 40}, "headend-network"),
    ("RB-NETWORK", {"port_errors": 0, "use": 97}, "network"),
]
# 4 and 5.17 to 5.21
TYPES: list[tuple[str, Evidence, str]] = [
    ("RB-PL-P0", {"health": 2, "resources_ok": 0, "ffmpeg_ok": 1, "storage_ok": 1, "cpu": 97}, "pipeline"),
    ("RB-PL-P0", {"health": 2, "resources_ok": 1, "ffmpeg_ok": 0, "storage_ok": 1}, "pipeline"),
    ("RB-PL-P0", {"health": 2, "resources_ok": 1, "ffmpeg_ok": 1, "storage_ok": 0}, "pipeline"),
    ("RB-PL-P1", {"error_rate": 15, "operations": 90, "ffmpeg_failed": 14, "upload_failed": 2}, "pipeline"),
    ("RB-PL-P1", {"ffmpeg_failed": 0, "upload_failed": 0, "validation_failed": 15}, "source"),
    ("RB-PL-P2A", {"average": 420, "operations": 60, "memory": 95}, "pipeline"),
    ("RB-PL-P2B", {"longest": 75, "stuck": 1, "quiet": 40, "processes": 1, "left": 0}, "pipeline"),
    ("RB-PL-P2B", {"longest": 75, "stuck": 1, "quiet": 40, "processes": 0, "left": 0}, "pipeline"),
    ("PB-PROBE-DOWN", {"silent_s": 4, "replaced": 2}, "probe"),
    ("PB-PROBE-DOWN", {"silent_s": 400, "pings": 5, "status": 401}, "probe"),
    ("PB-PROBE-DOWN", {"silent_s": 400, "pings": 5, "status": 0}, "probe"),
    ("PB-PROBE-DOWN", {"silent_s": 400, "disk": 0.98, "memory": 0.4}, "probe"),
    ("PB-RESOURCE", {"disk": 0.9, "memory": 0.3, "cpu": 0.2}, "probe"),
    ("PB-RESOURCE", {"disk": 0.5, "memory": 0.85, "memory_24h": 0.5, "added": 0, "cpu": 0.2}, "probe"),
    ("PB-RESOURCE", {"disk": 0.5, "memory": 0.3, "cpu": 0.8, "added": 0, "top_share": 100}, "probe"),
    ("PB-CERT-EXPIRY", {"clock": 0, "cert.days_left": 0.5, "cert.name_matches": 1}, "cdn"),
    ("PB-CERT-EXPIRY", {"clock": 0, "own": 0, "cert.serials": 2, "cert.days_left": 6}, "cdn"),
    ("PB-CERT-EXPIRY", {"clock": 0, "own": 1, "cert.days_left": 6, "cert.name_matches": 1}, "probe"),
    ("PB-MACROBLOCKING-HIGH", {"upstream": 1, "loss": 0.02, "cc_5m": 40, "bits": 0.2}, "network"),
    ("PB-MACROBLOCKING-HIGH", {**ONE_LAYER, "bitrate": 4e5, "bitrate_24h": 3e6, "sisters": 0}, "encoder"),
    ("PB-MACROBLOCKING-HIGH", {**ONE_LAYER, "encoder_cpu": 93, "qp": 26}, "encoder"),
    ("PB-PID-MISSING", {"packets": 900, "loss": 0, "cc_1m": 0, "crc_1m": 0, "psi": 0, "unreferenced": 0}, "encoder"),
    ("PB-PID-MISSING", {"packets": 900, "loss": 0.05, "cc_1m": 50, "health.cc_pids": 4}, "network"),
    ("PB-TRUE-PEAK-HIGH", {**ONE_LAYER, "loudness": -15, "sisters": 3, "high_sisters": 0}, "source"),
    ("PB-TRUE-PEAK-HIGH", {**ONE_LAYER, "loudness": -23, "sisters": 3, "high_sisters": 0}, "encoder"),
    ("PB-AV-SYNC", {**ONE_LAYER, "offset": 0.3, "low": 0.29, "high": 0.31, "drift": 0}, "encoder"),
    ("PB-AV-SYNC", {**ONE_LAYER, "offset": 0.2, "low": 0.15, "high": 0.25, "drift": 0.001}, "encoder"),
    ("PB-AV-SYNC", {"layer": 2, "upstream": 1, "at_headend": 0.01, "offset": 0.3, "span": 0.02}, "packager"),
    ("PB-SEGMENT-DURATION", {**HLS, "rounding": 1, "rewritten": 1, "breaks": 0}, "packager"),
    ("PB-SEGMENT-DURATION", {**HLS, "rounding": 0, "rewritten": 0, "breaks": 0, "keys": 5.0}, "encoder"),
    ("PB-SEGMENT-DURATION", {**HLS, "frame_rate": 25, "keys": 2}, "encoder"),
    ("PB-LADDER-INCOMPLETE", {"layer": 2, "ladder_events": 1, "config_events": 0, "sisters": 4}, "packager"),
    ("PB-LADDER-INCOMPLETE", {"layer": 4, "at_packager": 6, "rungs": 5, "ladder_events": 0}, "cdn"),
    ("PB-MANIFEST-INVALID", {**HLS, "sequence_back": 1, "valid": 1}, "packager"),
    ("PB-MANIFEST-INVALID", {**HLS, "layer": 4, "media_gone": 1, "status": 503}, "cdn"),
    ("PB-MANIFEST-INVALID", {**HLS, "layer": 3, "media_broken": 1, "status": 200}, "origin"),
    ("PB-MANIFEST-INVALID", {**DASH, "timeline_gap": 1}, "packager"),
    ("PB-SERVICE-DOWN", {"layer": 4, "name.addresses": 2, "name.answering": 2, "request.status": 503}, "cdn"),
    ("PB-SERVICE-DOWN", {"layer": 4, "name.addresses": 0, "dns_failed": 1, "sick_mates": 1}, "network"),
    ("PB-SERVICE-DOWN", {"layer": 3, "status": 502}, "origin"),
    ("PB-HIGH-ERROR-RATE", {"layer": 3, "requests": 900, "server_errors": 0.2}, "origin"),
    ("PB-HIGH-ERROR-RATE", {"requests": 900, "server_errors": 0, "playlist_status": 403, "clock": 30}, "probe"),
    ("PB-HIGH-ERROR-RATE", {"layer": 2, "requests": 900, "server_errors": 0, "missing": 30}, "packager"),
    ("PB-DATABASE-CONNECTION-FAILURE", {"disk": 0.99, "free": 10}, "probe"),
    ("PB-DATABASE-CONNECTION-FAILURE", {"disk": 0.4, "free": 90000, "sound": 0}, "probe"),
    ("PB-CLOCK-SKEW", {"stepped": 0, "others": 5, "ahead": 5, "behind": 0}, "probe"),
    ("PB-CLOCK-SKEW", {"stepped": 0, "others": 5, "ahead": 0, "behind": 0}, "origin"),
    ("PB-CLOCK-SKEW", {"ntp": 900}, "probe"),
    ("PB-NOTIFY-HELD", {"failing": 3, "spooled": 12, "waiting": 12}, "network"),
]


@pytest.mark.parametrize(("guide_id", "evidence", "cause"), [*WRITTEN, *TYPES])
def test_evidence_leads_to_the_cause_the_operators_document_names(
    guide_id: str, evidence: Evidence, cause: str
) -> None:
    ended = walked(guide_id, evidence)
    assert ended.primary == cause, ended.ways


@pytest.mark.parametrize("guide_id", [*OWN.values(), *RUNBOOKS])
def test_where_nothing_is_known_no_cause_is_named_with_confidence(guide_id: str) -> None:
    ended = walked(guide_id, {})
    assert ended.run.ended_at is not None
    assert ended.confidence < 0.5, (ended.primary, ended.ways)


@pytest.mark.parametrize("guide_id", [*OWN.values(), *RUNBOOKS])
def test_no_single_number_makes_a_guide_sure(guide_id: str) -> None:
    """One answer alone, whatever it is, with all others unknown, never gives high confidence."""
    for name, asked in shipped(guide_id).questions.items():
        for value in (-30.0, 0.0, 1.0, 500.0) if asked.kind != "diagnostic" else ():
            ended = walked(guide_id, {name: _typeable(asked, value)})
            assert ended.confidence < HIGH_FROM, (name, value, ended.primary, ended.ways)


def _typeable(asked: AnyQuestion, value: float) -> float:
    if not isinstance(asked, OfOperator):
        return value
    low = -math.inf if asked.minimum is None else asked.minimum
    high = math.inf if asked.maximum is None else asked.maximum
    return float(value == 1) if asked.type == "yes_no" else min(max(value, low), high)


def test_the_mocked_up_window_of_low_picture_quality_comes_out_as_drawn() -> None:
    evidence = {
        **FOUR_LAYERS,
        "blockiness": 0.28,
        "bits": 0.08,
        "bitrate_share": 0.95,
        "loss": 0.0005,
        "cc_5m": 0,
        "l1": 2.8,
        "l2": 2.8,
        "l3": 2.8,
        "l4": 2.8,
        "peers": 1,
        "sick_peers": 0,
    }
    ended = walked("PB-VIDEO-MOS-LOW", evidence)
    assert ended.primary == "encoder"
    assert "source" in ended.secondary
    assert "network" in ended.ruled_out


def test_a_stale_clock_of_our_own_is_not_blamed_on_the_playlist() -> None:
    evidence = {**HLS, "clock": 40, "date_jump": 1}
    ended = walked("PB-MANIFEST-INVALID", evidence, said={"second-look": 1})
    assert ended.primary == "probe"
    assert ended.ways[-1].startswith("form")


def test_a_maintenance_of_an_agent_is_expected() -> None:
    ended = walked("PB-PROBE-DOWN", {"silent_s": 300}, said={"elsewhere": 1, "planned": 0})
    assert ended.primary == "expected"


def test_our_own_route_is_told_from_a_dead_agent() -> None:
    ended = walked("PB-PROBE-DOWN", {"silent_s": 300}, said={"elsewhere": 0})
    assert ended.primary == "network"
    assert "probe" in ended.ruled_out


def test_a_clean_redundant_probe_speaks_for_our_own_port() -> None:
    ended = walked("PB-TS-SYNC-LOSS", {"packets": 0, "sync_10s": 0}, said={"pair": 0})
    assert ended.primary in ("probe", "network")
    assert ended.confidence < HIGH_FROM
