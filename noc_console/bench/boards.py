"""Makes boards of any size in the form of GET /board: what the painting benches and the views' tests draw."""

from __future__ import annotations

import math
from typing import Any

Json = dict[str, Any]

_GENRES = ("News", "Kids", "Life", "Science", "Music", "Docu", "Drama", "Sport", "Nature", "Travel", "Region")
_T0 = 1_790_000_000.0


def board(count: int, *, rev: int = 1, boot: str = "bench", at: float = _T0, phase: int = 0) -> Json:
    """Return a board of `count` channels telling one story: a slow packager, a few others ill, two stale."""
    channels = [channel(number, at, phase) for number in range(1, count + 1)]
    alarms = [alarm(one, at) for one in channels if one["alarm_id"]]
    return {
        "rev": rev,
        "boot": boot,
        "at": at,
        "agent": agent(at, count),
        "channels": channels,
        "alarms": alarms,
        "gone": {"channels": [], "alarms": []},
    }


def agent(at: float, inputs: int) -> Json:
    """Return the agent's own part of a board."""
    return {
        "name": "local",
        "version": "0.1.0",
        "pid": 1,
        "started_at": at - 90_000,
        "recording": {
            "state": "ok",
            "since": at - 90_000,
            "text": "",
            "kept_days": 30,
            "disk_ratio": 0.62,
            "db_bytes": 510_000_000,
            "forecast_bytes": 2_100_000_000,
        },
        "workers": [
            {
                "slot": 0,
                "pid": 2,
                "state": "ok",
                "inputs": inputs,
                "cpu_ratio": 0.21,
                "rss_bytes": 180_000_000,
                "lag_s": 0.002,
                "requests_per_s": inputs * 1.4,
                "bandwidth_bps": inputs * 6.0e6,
            }
        ],
        "clock": {"offset_s": 0.004, "hosts": 3, "is_synced": True},
        "machine": {"cpu_ratio": 0.36, "memory_ratio": 0.41, "disk_ratio": 0.62},
        "lab": None,
    }


_STORY: dict[int, tuple[str, bool, str, float, str, str]] = {
    # number: severity, acknowledged, sentence, seconds ago, owner, alarm type
    1: ("major", False, "Segment download 3.1 s, limit 2.0 s", 380, "", "SEGMENT_SLOW"),
    6: ("warning", False, "Top rung bitrate 12 % under its declaration", 230, "", "LADDER_INCOMPLETE"),
    41: ("minor", False, "Time to first byte 412 ms, limit 300 ms", 1080, "", "EDGE_LATENCY_HIGH"),
    87: ("critical", False, "No new segment for 48 s", 48, "T. Linh", "STALE_PLAYLIST"),
    88: ("major", False, "Segment gap 6.4 s on 3 of 5 rungs", 310, "", "SEGMENT_SLOW"),
    89: ("minor", False, "Playlist age 9.8 s, limit 9.0 s", 280, "", "STALE_PLAYLIST"),
    90: ("minor", False, "Segment size differs by 31 %", 245, "", "SEGMENT_DURATION"),
    156: ("minor", True, "Segment duration 12 % over EXTINF", 4320, "Minh", "SEGMENT_DURATION"),
    203: ("major", True, "HTTP 5xx 2.4 %, limit 1 %", 2520, "Minh", "HTTP_5XX"),
    231: ("warning", False, "Rungs differ by 0.4 s", 3060, "", "LADDER_INCOMPLETE"),
}


def channel(number: int, at: float, phase: int = 0) -> Json:
    """Return one channel of the story; `phase` moves its figures."""
    severity, acked, text, ago, owner, _ = _STORY.get(number, ("cleared", False, "", 0.0, "", ""))
    is_uhd = number <= 20
    code = f"CH_TV_{'4K' if is_uhd else 'HD'}_{number if is_uhd else number - 20:03d}"
    state = {142: "stale", 143: "stale", 260: "disabled", 261: "disabled", 262: "loading"}.get(number, "ok")
    is_slow = severity in ("major", "critical") and not acked
    spark = [
        0.08 + 0.05 * math.sin((minute + phase + number * 7) / 3.0) ** 2 + (1.2 if is_slow and minute > 52 else 0)
        for minute in range(60)
    ]
    layers = (2, 4) if number % 3 else (2,)
    return {
        "id": number,
        "code": code,
        "name": f"{_GENRES[number % len(_GENRES)]} {number % 9 + 1}",
        "tier": 1 if is_uhd or number % 10 == 7 else 2,
        "class": "4K" if is_uhd else "HD",
        "template": "TPL_LIVE_4K_HDR" if is_uhd else "TPL_ABR_OTT",
        "enabled": state != "disabled",
        "alarmed": True,
        "demo": False,
        "labels": [],
        "badges": ["4K", "HDR"] if is_uhd and number % 2 else ["DASH"] if number % 5 == 0 else [],
        "state": state,
        "at": at - 252 if state == "stale" else at - 1,
        "severity": severity,
        "acknowledged": acked,
        "alarm_id": number if number in _STORY else None,
        "text": text,
        "since": at - ago,
        "owner": owner,
        "open_alarms": 1 if number in _STORY else 0,
        "spark": [round(value, 3) for value in spark],
        "inputs": [
            _source(number, layer, state, severity if layer == 2 else "cleared", at, spark[-1]) for layer in layers
        ],
    }


def alarm(one: Json, at: float) -> Json:
    """Return the open alarm of an ill channel."""
    severity, acked, text, ago, owner, kind = _STORY[one["id"]]
    return {
        "alarm_id": one["id"],
        "id": one["id"],
        "channel_id": one["id"],
        "channel_code": one["code"],
        "channel": one["code"],
        "input_id": one["id"] * 10 + 2,
        "layer": 2,
        "alarm_type": kind,
        "type": kind,
        "severity": severity,
        "message": text,
        "condition": "raised",
        "value": 3.1,
        "threshold": 2.0,
        "unit": "s",
        "rungs": ["1080p50@6.0M"],
        "raised_at": at - ago,
        "since": at - ago,
        "cleared_at": None,
        "occurrences": 1,
        "findings": [],
        "event_type": "qualityOfService",
        "probable_cause": "responseTimeExcessive",
        "playbook": "",
        "acknowledged": acked,
        "acknowledged_by": owner if acked else "",
        "acknowledged_at": at - ago + 60 if acked else None,
        "owner": owner,
        "notes": [],
        "resolved": False,
        "resolved_by": "",
        "resolved_at": None,
        "test": False,
        "created_at": "2026-11-20T14:25:47Z",
        "timestamp": "2026-11-20T14:25:47Z",
    }


def _source(number: int, layer: int, state: str, severity: str, at: float, slow: float) -> Json:
    return {
        "id": number * 10 + layer,
        "layer": layer,
        "kind": "dash" if number % 5 == 0 else "hls",
        "url": f"http://origin.example/ch{number:03d}/master.m3u8",
        "level": "full",
        "promoted": False,
        "state": state if state != "disabled" else "stale",
        "at": at - 1,
        "severity": severity,
        "metrics": {
            "playlist.age_ratio": 2.4 if number == 87 else 1.63 if number == 89 else 0.6 + number % 7 * 0.07,
            "segment.download_s": round(slow * 6, 3),
            "ladder.rungs": 4,
        },
        "rungs": [
            {
                "rung": "1080p50@6.0M",
                "severity": severity,
                "metrics": {"segment.bitrate_bps": 5.7e6},
                "codec": "avc1.640028",
                "bandwidth_bps": 6_000_000,
                "kind": "video",
            }
        ],
        "findings": [],
    }
