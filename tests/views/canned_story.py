"""One moment at a site, 21:32:07 ICT, as the agent's board tells it: a slow packager, an ill channel, calm ones."""

from __future__ import annotations

import math
import random
from typing import Any

NOW = 1795185127.0  # 2026-11-20 14:32:07 UTC
RUNGS = ("1080p50@6.0M", "720p50@3.0M", "540p25@1.8M", "360p25@0.8M", "audio-vi@128k")
_BPS = (6_000_000, 3_000_000, 1_800_000, 800_000, 128_000)


def finding(id_: str, severity: str, scope: str, text: str, **more: Any) -> dict[str, Any]:
    base = {"clause": "", "where": {}, "count": 1, "since": NOW - 380, "at": NOW - 2, "cycles": 4}
    return {"id": id_, "severity": severity, "scope": scope, "text": text, **base, **more}


def rung(index: int, severity: str = "cleared", **metrics: float) -> dict[str, Any]:
    calm = {
        "segment.bitrate_bps": _BPS[index] * 0.86,
        "segment.duration_s": 6.0,
        "segment.download_s": 0.42 - 0.07 * index,
        "segment.ttfb_s": 0.05,
        "playlist.age_ratio": 0.7,
    }
    return {
        "rung": RUNGS[index],
        "severity": severity,
        "metrics": {**calm, **{key.replace("__", "."): value for key, value in metrics.items()}},
        "codec": "mp4a.40.2" if index == 4 else "avc1.640028",
        "bandwidth_bps": _BPS[index],
        "kind": "audio" if index == 4 else "video",
    }


def input_(id_: int, layer: int = 2, **more: Any) -> dict[str, Any]:
    calm = {
        "id": id_,
        "layer": layer,
        "kind": "hls",
        "url": f"https://edge.example/live/{id_}/master.m3u8",
        "level": "full",
        "promoted": False,
        "state": "ok",
        "at": NOW - 1,
        "severity": "cleared",
        "metrics": {"playlist.age_ratio": 0.7, "segment.download_s": 0.42, "segment.duration_s": 6.0},
        "rungs": [rung(index) for index in range(5)],
        "findings": [],
    }
    return {**calm, **more}


def channel(id_: int, code: str, name: str, **more: Any) -> dict[str, Any]:
    calm = {
        "id": id_,
        "code": code,
        "name": name,
        "tier": 1,
        "class": "HD",
        "template": "TPL_ABR_OTT",
        "enabled": True,
        "alarmed": True,
        "demo": False,
        "labels": [],
        "badges": ["HLS"],
        "state": "ok",
        "at": NOW - 1,
        "severity": "cleared",
        "acknowledged": False,
        "alarm_id": 0,
        "text": "",
        "since": 0.0,
        "owner": "",
        "open_alarms": 0,
        "spark": [0.1] * 60,
        "inputs": [input_(id_ * 10)],
    }
    return {**calm, **more}


def alarm(id_: int, channel_: int, code: str, type_: str, severity: str, message: str, **more: Any) -> dict[str, Any]:
    since = more.pop("ago", 380.0)
    calm = {
        "alarm_id": id_,
        "id": id_,
        "channel_id": channel_,
        "channel_code": code,
        "channel": code,
        "input_id": channel_ * 10,
        "layer": 2,
        "alarm_type": type_,
        "type": type_,
        "severity": severity,
        "message": message,
        "condition": "raised",
        "value": 3.1,
        "threshold": 2.0,
        "unit": "s",
        "rungs": [RUNGS[0]],
        "raised_at": NOW - since,
        "since": NOW - since,
        "cleared_at": None,
        "occurrences": 1,
        "findings": [],
        "event_type": "qualityOfService",
        "probable_cause": "responseTimeExcessive",
        "playbook": "PB-SEGMENT-SLOW",
        "acknowledged": False,
        "acknowledged_by": "",
        "acknowledged_at": None,
        "owner": "",
        "notes": [],
        "resolved": False,
        "resolved_by": "",
        "resolved_at": None,
        "test": False,
        "created_at": "2026-11-20T14:25:47Z",
        "timestamp": "2026-11-20T14:25:47Z",
    }
    return {**calm, **more}


def ill_channel() -> dict[str, Any]:
    rungs = [
        rung(0, "major", segment__download_s=4.78, segment__bitrate_bps=4.1e6, playlist__age_ratio=2.1),
        rung(1, "major", segment__download_s=2.9, playlist__age_ratio=1.9),
        *(rung(index) for index in (2, 3, 4)),
    ]
    findings = [
        finding(
            "hls-playlist-stale",
            "major",
            f"playlist/{RUNGS[0]}",
            "Playlist unchanged for 12.6 s, limit 9.0 s",
            where={"line": 18},
            count=5,
        ),
        finding("hls-playlist-stale", "major", f"playlist/{RUNGS[1]}", "Playlist unchanged for 11.4 s, limit 9.0 s"),
        finding("hls-segment-slow", "major", f"segment/{RUNGS[0]}", "Segment download 4.78 s, limit 2.0 s", count=12),
        finding(
            "hls-segment-over-target",
            "minor",
            f"playlist/{RUNGS[0]}",
            "Segment 6.7 s, target duration 6 s",
            where={"line": 13},
        ),
    ]
    one = input_(
        10,
        severity="major",
        rungs=rungs,
        findings=findings,
        metrics={
            "playlist.age_ratio": 2.1,
            "segment.download_s": 4.78,
            "segment.duration_s": 6.0,
        },
    )
    edge = input_(11, layer=4, kind="hls", level="light")
    return channel(
        1,
        "CH_TV_4K_001",
        "Sport 4K",
        severity="major",
        text="Segment download 4.78 s, limit 2.0 s",
        badges=["HLS"],
        inputs=[one, edge],
        open_alarms=2,
        alarm_id=1,
        since=NOW - 380,
        **{"class": "4K"},
    )


def channels() -> list[dict[str, Any]]:
    others = [
        ("CH_TV_HD_087", "Sport 7"),
        ("CH_TV_HD_088", "Sport 8"),
        ("CH_TV_HD_041", "News 3"),
        ("CH_TV_HD_203", "Cinema 2"),
        ("CH_TV_HD_012", "Nature 2"),
        ("CH_TV_HD_156", "Music 1"),
    ]
    return [ill_channel(), *(channel(index + 2, code, name, tier=2) for index, (code, name) in enumerate(others))]


def alarms() -> list[dict[str, Any]]:
    a = alarm
    return [
        a(
            2,
            2,
            "CH_TV_HD_087",
            "SEGMENT_MISSING",
            "critical",
            "Segment 48219 answered 404 on 3 of 5 rungs",
            ago=48,
            value=404,
            threshold=None,
            unit="",
        ),
        a(1, 1, "CH_TV_4K_001", "SEGMENT_SLOW", "major", "Segment download 4.78 s, limit 2.0 s", value=4.78),
        a(
            3,
            3,
            "CH_TV_HD_088",
            "PLAYLIST_STALE",
            "major",
            "Playlist age 2.4 target durations, limit 1.5",
            ago=310,
            occurrences=2,
        ),
        a(
            4,
            5,
            "CH_TV_HD_203",
            "LADDER_INCOMPLETE",
            "major",
            "Rung 1080p50 is not offered, 4 of 5",
            ago=2520,
            layer=1,
            acknowledged=True,
            acknowledged_by="Minh",
            acknowledged_at=NOW - 2400,
            owner="Minh",
            notes=[{"at": NOW - 2390, "by": "Minh", "text": "Asked the packager team."}],
        ),
        a(5, 4, "CH_TV_HD_041", "TTFB_HIGH", "minor", "TTFB p95 412 ms, limit 300", ago=1080, layer=4, occurrences=3),
        a(
            6,
            7,
            "CH_TV_HD_156",
            "SEGMENT_DURATION",
            "minor",
            "Segment duration 7.2 s, expected 6.0 s",
            ago=4320,
            layer=1,
            occurrences=4,
            acknowledged=True,
            acknowledged_by="Minh",
            acknowledged_at=NOW - 4000,
            owner="Minh",
        ),
        a(7, 6, "CH_TV_HD_012", "PLAYLIST_DISCONTINUITY", "warning", "3 discontinuities in 1 h", ago=1560, layer=0),
        a(8, 1, "CH_TV_4K_001", "PLAYLIST_STALE", "major", "Playlist unchanged for 12.6 s, limit 9.0 s", ago=360),
        a(9, 4, "CH_TV_HD_041", "DATA_STALE", "indeterminate", "No sample for 4 m 12 s", ago=252, layer=4),
    ]


def closed_alarms() -> list[dict[str, Any]]:
    ends = ((2, 6200, 900), (1, 5900, 300), (3, 5000, 420), (3, 3400, 700), (4, 2600, 400), (2, 3000, 1200))
    return [
        alarm(
            100 + index,
            3,
            "CH_TV_HD_088",
            "SEGMENT_SLOW",
            "minor",
            "Segment download 2.4 s, limit 2.0 s",
            ago=ago,
            layer=layer,
            resolved=True,
            resolved_at=NOW - ago + lasted,
            cleared_at=NOW - ago + lasted,
            condition="cleared",
            acknowledged=True,
            acknowledged_at=NOW - ago + 120,
            acknowledged_by="Linh",
        )
        for index, (layer, ago, lasted) in enumerate(ends)
    ]


def board() -> dict[str, Any]:
    return {
        "rev": 1,
        "boot": "canned",
        "at": NOW,
        "agent": {
            "name": "local",
            "version": "0.1.0",
            "pid": 1,
            "started_at": NOW - 9000,
            "recording": {
                "state": "ok",
                "since": 0.0,
                "text": "",
                "kept_days": 30,
                "disk_ratio": 0.62,
                "db_bytes": 0,
                "forecast_bytes": 0,
            },
            "workers": [],
            "clock": {"offset_s": 0.0, "hosts": 3, "is_synced": True},
            "machine": {"cpu_ratio": 0.1, "memory_ratio": 0.2, "disk_ratio": 0.6},
            "lab": {"url": "http://127.0.0.1:1234", "channels": 12},
        },
        "channels": channels(),
        "alarms": alarms(),
        "gone": {"channels": [], "alarms": []},
    }


def _level(rung_: str, metric: str) -> float:
    index = RUNGS.index(rung_) if rung_ in RUNGS else 0
    return {
        "playlist.age_ratio": 0.7,
        "segment.download_s": 0.42 - 0.07 * index,
        "segment.bitrate_bps": _BPS[index] * 0.86,
        "segment.ttfb_s": 0.05,
    }[metric]


def baseline(rung_: str, metric: str) -> dict[str, Any]:
    level = _level(rung_, metric)
    return {"low": level * 0.88, "mean": level, "high": level * 1.12, "n": 14_000, "covered_s": 86_400.0}


def series(input_id: int, rung_: str, metric: str, start: float, end: float) -> dict[str, Any]:
    noise = random.Random(hash((rung_, metric)) % 1000)
    index = RUNGS.index(rung_) if rung_ in RUNGS else 0
    level = _level(rung_, metric)
    points, at = [], start
    gap = (NOW - 2400, NOW - 2150)
    while at < end:
        value = level * (1 + noise.gauss(0, 0.06))
        if index < 2 and at > NOW - 480 and input_id == 10:
            grown = min((at - NOW + 480) / 120, 1.0)
            value *= {"playlist.age_ratio": 1 + 2 * grown, "segment.bitrate_bps": 1 - 0.25 * grown}.get(
                metric, 1 + 9 * grown
            )
        if not gap[0] < at < gap[1]:
            points.append([at, value, value, value, 1])
        at += max(6.0, (end - start) / 2000)
    return {"unit": "", "points": points, "gaps": [[*gap, "no data"]]}


def requests() -> list[dict[str, Any]]:
    rows = []
    for index in range(12):
        body = 0.4 + 0.2 * math.sin(index) if index < 7 else 3.6 + 0.5 * (index % 3)
        rows.append(
            {
                "at": NOW - 6 * (12 - index),
                "rung": RUNGS[0],
                "uri": f"https://edge.example/live/1/v1/seg_{48211 + index}.ts",
                "status": 200,
                "dns_s": 0.09 if index == 0 else 0.0,
                "connect_s": 0.12 if index == 0 else 0.0,
                "tls_s": 0.15 if index == 0 else 0.0,
                "ttfb_s": 0.14 + 0.2 * (index > 6),
                "body_s": body,
                "total_s": body + 0.14 + 0.2 * (index > 6) + 0.36 * (index == 0),
                "size_bytes": 4_100_000,
                "reused": index > 0,
                "protocol": "HTTP/2",
                "peer": "203.0.113.7:443",
                "redirects": 0,
                "duration_s": 6.0,
                "error": "",
                "http_age_s": 0.0,
                "cache": "hit",
            }
        )
    return rows


PLAYLIST = "\n".join(
    [
        "#EXTM3U",
        "#EXT-X-VERSION:6",
        "#EXT-X-TARGETDURATION:6",
        "#EXT-X-MEDIA-SEQUENCE:48211",
        "#EXT-X-DISCONTINUITY-SEQUENCE:3",
        "#EXT-X-INDEPENDENT-SEGMENTS",
        "#EXT-X-PROGRAM-DATE-TIME:2026-11-20T21:31:30.400+07:00",
        "#EXTINF:6.000,",
        "seg_48217.ts",
        "#EXTINF:6.000,",
        "seg_48218.ts",
        "",
        "#EXTINF:6.700,",
        "seg_48219.ts",
        "#EXTINF:6.000,",
        "seg_48220.ts",
        "#EXTINF:6.000,",
        "seg_48221.ts",
        "",
    ]
)


def playlist() -> dict[str, Any]:
    before = PLAYLIST.replace("48211", "48210").replace("#EXTINF:6.000,\nseg_48221.ts\n", "")
    before = before.replace(
        "#EXTINF:6.000,\nseg_48217.ts", "#EXTINF:6.000,\nseg_48216.ts\n#EXTINF:6.000,\nseg_48217.ts"
    )
    return {
        "scope": f"playlist/{RUNGS[0]}",
        "url": "https://edge.example/live/1/v1/live.m3u8",
        "fetched_at": NOW - 2,
        "text": PLAYLIST,
        "findings": [one for one in ill_channel()["inputs"][0]["findings"] if one["where"]],
        "before": {"fetched_at": NOW - 8, "text": before},
    }


def lab() -> dict[str, Any]:
    channels_ = [
        {
            "code": f"CH_OTT_DEMO_{n:03d}",
            "name": f"Demo {n}",
            "kind": "hls",
            "form": "hls-ts",
            "tier": 1,
            "url": f"http://127.0.0.1:1234/live/{n}/master.m3u8",
            "badges": ["HLS"],
            "expected": {"rungs": list(RUNGS)},
        }
        for n in range(1, 5)
    ]
    faults = [
        {
            "fault": "stale-playlist",
            "title": "The playlist stands still",
            "fits": ["hls-ts"],
            "alarm": "PLAYLIST_STALE",
            "expects": {"hls": ["hls-playlist-stale"], "dash": []},
            "params": {},
            "needs_rung": False,
        },
        {
            "fault": "expired-mpd",
            "title": "The MPD has expired",
            "fits": ["dash-number"],
            "alarm": "MPD_EXPIRED",
            "expects": {"hls": [], "dash": ["dash-expired"]},
            "params": {},
            "needs_rung": False,
        },
    ]
    running_ = [
        {
            "id": 1,
            "fault": "stale-playlist",
            "channel": "CH_OTT_DEMO_002",
            "rung": "",
            "begins_at": NOW - 20,
            "ends_at": NOW + 40,
        }
    ]
    return {"url": "http://127.0.0.1:1234", "channels": channels_, "faults": faults, "running": running_}


def inspection() -> dict[str, Any]:
    variants = [
        {
            "uri": f"v{index}.m3u8",
            "bandwidth": rate,
            "codecs": "avc1.640028,mp4a.40.2",
            "resolution": size,
            "frame_rate": 50,
        }
        for index, (rate, size) in enumerate(((6_000_000, "1920x1080"), (3_000_000, "1280x720")))
    ]
    return {
        "state": "done",
        "progress": 1.0,
        "message": "",
        "result": {
            "source": "https://edge.example/live/news-1/master.m3u8",
            "kind": "hls",
            "findings": [
                {
                    "id": "hls-bandwidth-missing",
                    "severity": "major",
                    "clause": "RFC 8216 §4.3.4.2",
                    "count": 1,
                    "text": "STREAM-INF without BANDWIDTH in line 7",
                    "where": {"line": 7},
                }
            ],
            "metrics": {"playlist.age_ratio": 0.7, "segment.download_s": 0.41, "segment.duration_s": 4.0},
            "details": {"variants": variants, "live": True},
        },
        "proposal": {
            "kind": "hls",
            "segment_s": 4.0,
            "rungs": ["1080p50@6.0M", "720p50@3.0M"],
            "audio_languages": ["vi"],
            "subtitle_languages": [],
            "is_hdr": False,
            "badges": ["HLS", "TS"],
            "class": "HD",
            "template": "TPL_ABR_OTT",
        },
    }


def catalogue_channel() -> dict[str, Any]:
    expected = {
        "segment_s": 6.0,
        "rungs": list(RUNGS[:2]),
        "audio_languages": ["vi"],
        "subtitle_languages": [],
        "is_hdr": False,
    }
    access = {"headers": {"Authorization": "***"}, "query": "", "ca_file": "", "pin": ""}
    return {
        "id": 1,
        "code": "CH_TV_4K_001",
        "name": "Sport 4K",
        "tier": 1,
        "class": "4K",
        "template": "TPL_LIVE_4K_HDR",
        "enabled": True,
        "alarmed": True,
        "demo": False,
        "labels": [],
        "badges": ["HLS"],
        "inputs": [
            {
                "id": 10,
                "layer": 2,
                "kind": "hls",
                "url": "https://edge.example/live/1/master.m3u8",
                "level": "full",
                "poll_s": 0.0,
                "access": access,
                "expected": expected,
            },
            {
                "id": 11,
                "layer": 4,
                "kind": "hls",
                "url": "https://hcm.example/live/1/master.m3u8",
                "level": "light",
                "poll_s": 0.0,
                "access": access,
                "expected": expected,
            },
        ],
    }


def import_answer() -> dict[str, Any]:
    before = {**catalogue_channel(), "tier": 2}
    new = {**catalogue_channel(), "code": "CH_OTT_NEWS_1", "name": "News 1"}
    return {
        "add": [new],
        "change": [{"code": "CH_TV_4K_001", "before": before, "after": catalogue_channel()}],
        "same": 3,
        "errors": [{"line": 7, "message": "input_url: the URL must begin with http:// or https:// and name a host."}],
    }
