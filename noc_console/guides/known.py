"""What a guide may name: metrics with units, findings, alarm types, facts, diagnostics with their result fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from noc_console import catalogues

# facts of a channel and of the site, and their units
FACTS: Mapping[str, str] = {
    "tier": "1",
    "layer": "1",
    "is_hdr": "1",
    "is_4k": "1",
    "is_hd": "1",
    "is_sd": "1",
    "is_demo": "1",
    "is_ott": "1",
    "rungs_expected": "1",
    "segment_expected_s": "s",
    "audio_languages": "1",
    "subtitle_languages": "1",
    # of the whole site, for checklists
    "alarms_critical": "1",
    "alarms_major": "1",
    "alarms_minor": "1",
    "alarms_24h_critical": "1",
    "alarms_24h_major": "1",
    "alarms_24h_minor": "1",
    "channels": "1",
    "channels_silent": "1",
    "hd_silent": "1",
    "uhd_silent": "1",
    "agents_expected": "1",
    "agents_online": "1",
    "workers_ill": "1",
    "is_recording": "1",
    "notices_waiting": "1",
    "receivers_failing": "1",
}
# built-in diagnostics, and the fields of their results with units; is_ok is 1 where nothing was found wrong
DIAGNOSTICS: Mapping[str, Mapping[str, str]] = {
    "http-waterfall": {
        "is_ok": "1",
        "status": "1",
        "dns_s": "s",
        "connect_s": "s",
        "tls_s": "s",
        "ttfb_s": "s",
        "total_s": "s",
        "size_bytes": "byte",
        "age_s": "s",
        "cache_hit": "1",
    },
    "dns": {"is_ok": "1", "addresses": "1", "dns_s": "s", "answering": "1"},
    "tls": {
        "is_ok": "1",
        "days_left": "d",
        "addresses": "1",
        "serials": "1",
        "name_matches": "1",
        "chain_days_left": "d",
    },
    "ping": {"is_ok": "1", "sent": "1", "received": "1", "loss_ratio": "1", "mean_s": "s", "max_s": "s"},
    "path": {"is_ok": "1", "hops": "1", "loss_ratio": "1", "mean_s": "s", "lossy_hop": "1"},
    "multicast-join": {"is_ok": "1", "joined": "1", "packets_per_s": "1/s", "senders": "1", "drops": "1"},
    "ts-health": {
        "is_ok": "1",
        "p1_errors": "1",
        "p2_errors": "1",
        "p3_errors": "1",
        "cc_errors": "1",
        "cc_pids": "1",
        "pids": "1",
        "services": "1",
        "bitrate_bps": "bit/s",
        "seconds": "s",
    },
    "playlist-check": {
        "is_ok": "1",
        "status": "1",
        "findings": "1",
        "worst_severity": "1",
        "age_ratio": "1",
        "age_s": "s",
    },
    "ladder-check": {"is_ok": "1", "rungs": "1", "rungs_expected": "1", "failing": "1", "edge_spread": "1"},
    "loudness-trend": {
        "is_ok": "1",
        "mean_lufs": "LUFS",
        "min_lufs": "LUFS",
        "max_lufs": "LUFS",
        "spread_lu": "LU",
        "deviation_lu": "LU",
        "points": "1",
    },
    "log-tail": {
        "is_ok": "1",
        "lines": "1",
        "errors": "1",
        "warnings": "1",
        "distinct_codes": "1",
        "top_code_count": "1",
    },
}
# what a form may be filled with beside questions
FILLS = frozenset(
    ("started_at", "raised_at", "now", "open_min", "channel", "input", "alarm", "guide", "verdict", "confidence")
)
# what may stand in braces in a command
PLACEHOLDERS = frozenset(
    (
        *("channel", "channel_name", "input_url", "url", "host", "group", "port", "nic", "agent", "agent_host"),
        *("encoder_host", "encoder_unit", "encoder_log", "encoder_ui", "source_host", "packager_host", "origin_host"),
        *("edge_host", "edge_url", "pipeline_host", "session_id", "pid", "rung", "bucket", "region"),
    )
)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Every name a guide may use; metrics, facts and diagnostics' fields carry units."""

    metrics: Mapping[str, str]
    findings: frozenset[str]
    alarm_types: frozenset[str]
    facts: Mapping[str, str]
    diagnostics: Mapping[str, Mapping[str, str]]


@cache
def shipped_vocabulary() -> Vocabulary:
    """Return the vocabulary of the shipped catalogues."""
    return Vocabulary(
        metrics={key: metric.unit for key, metric in catalogues.metrics().items()},
        findings=frozenset(catalogues.findings()),
        alarm_types=frozenset(catalogues.alarm_types()),
        facts=FACTS,
        diagnostics=DIAGNOSTICS,
    )
