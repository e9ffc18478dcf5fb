"""Transport streams as the agent tells them, on the board, in /ts, /packets and /series: an ill one, a silent one."""

from __future__ import annotations

import math
from typing import Any

import canned_story as story

NOW = story.NOW
ILL, RTP, CALM_INPUT, STALE = 910, 920, 930, 940


def ts_finding(number: str, id_: str, severity: str, text: str, **more: Any) -> dict[str, Any]:
    where = {"tr": number, "priority": int(number[0]), **more.pop("where", {})}
    return story.finding(id_, severity, more.pop("scope", "ts"), text, where=where, **more)


def ts_input(id_: int, number: int, **more: Any) -> dict[str, Any]:
    metrics = {
        "ts.bitrate_bps": 6_053_600.0,
        "ts.null_ratio": 0.13,
        "ts.cc_errors": 0.0,
        "ts.p1_errors": 0.0,
        "ts.p2_errors": 0.0,
        "ts.p3_errors": 0.0,
        "ts.pcr_accuracy_ns": 24.0,
        "ts.pcr_interval_s": 0.032,
        "ts.pcr_drift_ppm": 0.4,
        "ts.arrival_jitter_s": 0.0031,
        "ts.ring_s": 20.0,
        "ts.socket_drops": 0.0,
        **more.pop("metrics", {}),
    }
    base = story.input_(id_, layer=1, kind="ts", url=f"udp://@239.255.0.{number}:8090?iface=eth1", rungs=[])
    return {**base, "metrics": metrics, **more}


def channels() -> list[dict[str, Any]]:
    ill = ts_input(
        ILL,
        1,
        severity="critical",
        metrics={"ts.cc_errors": 3.0, "ts.p1_errors": 4.0, "ts.p2_errors": 1.0, "ts.pcr_accuracy_ns": 2007.0},
        findings=[
            ts_finding("1.4", "ts-cc", "major", "The continuity counter does not follow on.", count=128),
            ts_finding("1.5.a", "ts-pmt", "critical", "No PMT of programme 1 for 0.76 s; limit 0.5 s.", count=21),
            ts_finding("2.4", "ts-pcr-accuracy", "major", "PID 0x0100: the PCR is +2007 ns off its place.", count=50),
            ts_finding("2.3.a", "ts-pcr-repetition", "warning", "PID 0x0100: no PCR for 62.9 ms.", count=12),
            ts_finding(
                "3.6.a", "ts-eit", "minor", "No EIT present for 2.28 s; it must come every 2 s.", count=12_345
            ),
        ],
    )
    rtp = ts_input(RTP, 2, severity="minor", findings=[ts_finding("3.5", "ts-sdt", "minor", "No SDT for 2.4 s.")])
    rtp["url"] = "rtp://@239.255.0.2:8090?iface=eth1"
    stale = ts_input(STALE, 4, state="stale", at=NOW - 40)
    return [
        story.channel(
            91,
            "CH_TV_HD_091",
            "News 1",
            severity="critical",
            alarm_id=1,
            inputs=[story.input_(911), ill],
            badges=["HLS", "TS"],
        ),
        story.channel(92, "CH_TV_HD_092", "Sport 2", inputs=[rtp], severity="minor", badges=["TS"]),
        story.channel(93, "CH_TV_HD_093", "Film 3", inputs=[ts_input(CALM_INPUT, 3)], badges=["TS"]),
        story.channel(94, "CH_TV_HD_094", "Music 4", inputs=[stale], state="stale", at=NOW - 40, badges=["TS"]),
    ]


def calm_channels(count: int) -> list[dict[str, Any]]:
    return [
        story.channel(
            1000 + n, f"CH_TV_SD_{n:03d}", f"Calm {n}", inputs=[ts_input(5000 + n, n % 250 + 1)], badges=["TS"]
        )
        for n in range(count)
    ]


def board(more: int = 0, **told: Any) -> dict[str, Any]:
    """Return an answer of GET /board with the transport streams, and some calm ones more."""
    return {**story.board(), "channels": [*channels(), *calm_channels(more)], **told}


def series(input_id: int, rung: str, metric: str, start: float, end: float, points: int) -> dict[str, Any]:
    step = max((end - start) / max(points, 1), 1.0)
    count = int((end - start) / step)
    times = [start + (index + 0.5) * step for index in range(count)]
    is_ill = input_id == ILL

    def value(index: int) -> float:
        late = index > count * 0.7 and is_ill
        match metric:
            case "ts.p1_errors":
                return (index % 7 == 0) * 3.0 if late else 0.0
            case "ts.p2_errors":
                return (index % 3 == 0) * 0.1 if late else 0.0
            case "ts.p3_errors":
                return 0.02 if is_ill and index % 11 == 0 else 0.0
            case "ts.pcr_accuracy_ns":
                return 2007.0 if late and index % 4 == 0 else 20 + 12 * math.sin(index / 5)
            case "ts.pcr_interval_s":
                return 0.063 if late and index % 9 == 0 else 0.0324
            case "ts.pcr_drift_ppm":
                return 0.6 * math.sin(index / 40) - 0.2
            case "ts.arrival_jitter_s":
                return 0.003 + 0.001 * math.sin(index)
            case "ts.bitrate_bps":
                base = {"0x0100": 4.1e6, "0x0101": 192e3, "0x1fff": 0.8e6}.get(rung, 60e3)
                return 6_053_600.0 if not rung else base * (1 + 0.05 * math.sin(index / 7))
        return 0.0

    samples = max(int(step), 1)
    rows = [[at, value(index), value(index), value(index), samples] for index, at in enumerate(times)]
    return {"unit": "", "points": rows, "gaps": []}


def report() -> dict[str, Any]:
    """Return an answer of GET /channels/{id}/ts."""

    def pid(kind: str, codec: str, bitrate: float, **more: Any) -> dict[str, Any]:
        calm = {
            "packets": int(bitrate * 60 / 1504),
            "transport_errors": 0,
            "continuity_errors": 0,
            "duplicates": 0,
            "scrambled": 0,
            "discontinuity_flags": 0,
            "bitrate_bps": bitrate,
            "kind": kind,
            "codec": codec,
            "pcr": None,
        }
        return {**calm, **more}

    pcr = {
        "count": 1875,
        "max_interval_ms": 62.9,
        "over_40ms": 12,
        "over_100ms": 0,
        "backward": 0,
        "max_accuracy_ns": 2007.4,
        "over_500ns": 50,
    }
    descriptor = {"tag": 10, "name": "ISO_639_language", "facts": {"languages": ["vie"], "audio_types": [0]}}
    return {
        "source": {
            "sender": "10.1.7.20:41234",
            "protocol": "udp",
            "datagrams": 34_500,
            "socket_drops": 0,
            "overrun": 0,
            "sender_changes": 0,
            "rtp": None,
            "ring_s": 20.0,
            "ring_bytes": 15_000_000,
        },
        "packet_size": 188,
        "packets": 241_500,
        "sync_losses": 0,
        "null_packets": 31_900,
        "bitrate_bps": 6_053_600,
        "is_constant_bitrate": True,
        "transport_stream_id": 1,
        "network": "NOC Lab",
        "pids": {
            "0": pid("psi", "", 15_800),
            "17": pid("si", "", 1_504),
            "18": pid("si", "", 3_008),
            "256": pid("video", "h264", 4_100_000, continuity_errors=128, pcr=pcr),
            "257": pid("audio", "aac", 192_000, scrambled=4),
            "258": pid("data", "scte35", 1_504),
            "4096": pid("psi", "", 15_800),
            "8191": pid("null", "", 810_000),
        },
        "services": [
            {
                "id": 1,
                "name": "News 1",
                "provider": "NOC Lab",
                "service_type": 25,
                "pmt_pid": 4096,
                "pcr_pid": 256,
                "is_scrambled": False,
                "ca_systems": [],
                "descriptors": [{"tag": 5, "name": "registration", "facts": {"format": "CUEI"}}],
                "streams": [
                    {
                        "pid": 256,
                        "stream_type": 27,
                        "kind": "video",
                        "codec": "h264",
                        "languages": [],
                        "ca_systems": [],
                        "descriptors": [],
                        "profile": "High",
                        "width": 1920,
                        "height": 1080,
                        "frame_rate": 25.0,
                    },
                    {
                        "pid": 257,
                        "stream_type": 15,
                        "kind": "audio",
                        "codec": "aac",
                        "languages": ["vie"],
                        "ca_systems": [],
                        "descriptors": [descriptor],
                        "sample_rate": 48000,
                        "channels": 2,
                    },
                    {
                        "pid": 258,
                        "stream_type": 134,
                        "kind": "data",
                        "codec": "scte35",
                        "languages": [],
                        "ca_systems": [],
                        "descriptors": [],
                    },
                ],
            }
        ],
        "tables": {
            "PAT": {"sections": 600, "versions": [0], "crc_errors": 0},
            "PMT": {"sections": 600, "versions": [0, 1], "crc_errors": 3},
            "SDT": {"sections": 60, "versions": [0], "crc_errors": 0},
            "EIT": {"sections": 120, "versions": [4], "crc_errors": 0},
        },
        "scte35": [
            {"command": "splice_null", "pid": 258, "packet": 240_000, "at": NOW - 3, "sections": 60},
            {
                "command": "splice_insert",
                "is_out": True,
                "event_id": 4711,
                "duration_s": 24.0,
                "preroll_s": 8.1,
                "pid": 258,
                "packet": 239_000,
                "at": NOW - 3.5,
                "sections": 4,
            },
        ],
        "indicators": {"1.4": 128, "1.5.a": 21, "2.4": 50},
        "errors": [],
    }


def packets(indicator: str = "") -> list[dict[str, Any]]:
    """Return an answer of GET /channels/{id}/packets: newest first."""
    head = {
        "sync_byte": 0x47,
        "transport_error": False,
        "payload_start": False,
        "priority": False,
        "pid": 256,
        "scrambling": 0,
        "adaptation_field": True,
        "payload": True,
        "continuity_counter": 9,
        "discontinuity": False,
        "random_access": False,
        "pcr": True,
    }
    raw = "47010039" + "0710000b2f3a7e51" + "".join(f"{n * 7 % 256:02x}" for n in range(176))
    texts = {
        "1.4": "The continuity counter does not follow on.",
        "2.4": "PID 0x0100: the PCR is +2007 ns off its place.",
    }
    rows = [
        {
            "indicator": number,
            "pid": 256,
            "packet": 241_500 - n * 311,
            "offset": (241_500 - n * 311) * 188,
            "at": NOW - 1 - n * 0.8,
            "text": texts[number],
            "count": 1,
            "ours": n == 3,
            "header": head,
            "hex": raw,
        }
        for n, number in ((n, "1.4" if n % 3 else "2.4") for n in range(40))
    ]
    lost = {**rows[0], "indicator": "1.5.a", "pid": 4096, "text": "No PMT of programme 1 for 0.76 s.", "header": None}
    return [row for row in [{**lost, "hex": ""}, *rows] if indicator in ("", row["indicator"])]
