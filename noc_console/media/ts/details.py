"""The stable keys of an inspected transport stream: what `noc-console inspect --json` tells under `details`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from noc_console.media.es.format import Audio, Format, Video
from noc_console.media.ts.descriptors import Descriptor
from noc_console.media.ts.outcome import PcrReport, PidReport, Report
from noc_console.media.ts.packets import NULL_PID
from noc_console.media.ts.psi import PsiReport
from noc_console.media.ts.psi_changes import plain
from noc_console.media.ts.psi_limits import PLACES, table_name
from noc_console.media.ts.psi_tree import ServiceStream, ServiceView
from noc_console.media.ts.tables import Happening

_MOST_ERRORS = 1000
_MOST_TABLES = 256
_DOLBY_VISION = 0xB0
# names by which an operator (and ffprobe) knows what the PMT announces
_FAMILIES = {
    "avc1": "h264",
    "hvc1": "hevc",
    "vvc1": "vvc",
    "av01": "av1",
    "mp1v": "mpeg1video",
    "mp2v": "mpeg2video",
    "mp4v": "mpeg4",
    "mp4a.40.2": "aac",
    "mp4a.40.2-latm": "aac_latm",
    "mp4a.40.34": "mp2",
    "ac-3": "ac3",
    "ec-3": "eac3",
    "ac-4": "ac4",
    "dvbsub": "dvb_subtitle",
    "teletext": "dvb_teletext",
}


def details(report: Report) -> dict[str, Any]:
    """Return a report as plain values; PIDs are keys in decimal."""
    psi: PsiReport | None = report.psi if isinstance(report.psi, PsiReport) else None
    services = psi.services if psi else ()
    return {
        "packet_size": report.packet_size,
        "packets": report.packets,
        "sync_losses": report.sync_losses,
        "sync_byte_errors": report.sync_byte_errors,
        "transport_errors": report.transport_errors,
        "null_packets": report.null_packets,
        "scrambled_packets": report.scrambled_packets,
        "duration_s": round(report.duration_s, 6),
        "bitrate_bps": round(report.bitrate_bps),
        "is_constant_bitrate": report.is_constant,
        "transport_stream_id": psi.transport_stream_id if psi and psi.transport_stream_id >= 0 else None,
        "network": psi.network if psi else "",
        "clock_utc": psi.clock_utc if psi else None,
        "pids": {str(pid): _pid(pid, one, report, psi) for pid, one in sorted(report.pids.items())},
        "services": [_service(one, report.formats) for one in services],
        "tables": _tables(psi),
        "psi": _contents(psi),
        "scte35": [dict(one) for one in psi.cues] if psi else [],
        "indicators": dict(report.counts),
        "errors": [
            {
                "indicator": one.indicator,
                "pid": one.pid,
                "packet": one.packet_index,
                "at": _plain(one.at),
                "text": one.text,
            }
            for one in report.errors[:_MOST_ERRORS]
        ],
    }


def _plain(at: float) -> float | None:
    return round(at, 6) if at == at else None


def _tables(psi: PsiReport | None) -> dict[str, Any]:
    if psi is None:
        return {}
    return {
        name: {"sections": one.sections, "versions": list(one.versions), "crc_errors": one.crc_errors}
        for name, one in psi.tables.items()
    }


def _contents(psi: PsiReport | None) -> list[dict[str, Any]]:
    """Return the tables in force as plain values, at most 256: what a change is judged by."""
    return [
        {"table": table_name(whole[0][0]), "pid": pid, "id": int.from_bytes(whole[0][3:5], "big"), **plain(whole)}
        for pid, whole in (psi.contents if psi else ())[:_MOST_TABLES]
    ]


def _pid(pid: int, one: PidReport, report: Report, psi: PsiReport | None) -> dict[str, Any]:
    kind, codec = _role(pid, psi)
    found = report.formats.get(pid)
    return {
        "packets": one.packets,
        "transport_errors": one.transport_errors,
        "continuity_errors": one.continuity_errors,
        "duplicates": one.duplicates,
        "scrambled": one.scrambled,
        "discontinuity_flags": one.discontinuity_flags,
        "bitrate_bps": round(one.bitrate_bps),
        "kind": kind,
        "codec": found.codec if isinstance(found, Video | Audio) else codec,
        "pcr": _pcr(one.pcr),
    }


def _pcr(pcr: PcrReport | None) -> dict[str, Any] | None:
    if pcr is None:
        return None
    return {
        "count": pcr.count,
        "max_interval_ms": pcr.max_interval_ms,
        "over_40ms": pcr.over_40ms,
        "over_100ms": pcr.over_100ms,
        "backward": pcr.backward,
        "max_accuracy_ns": pcr.max_accuracy_ns,
        "over_500ns": pcr.over_500ns,
    }


def _role(pid: int, psi: PsiReport | None) -> tuple[str, str]:
    """Return what a PID is for: video, audio, text, data, psi, si, pcr, ca, null, or unknown; and its codec."""
    if pid == NULL_PID:
        return "null", ""
    if psi is not None:
        if pid in psi.kinds:
            kind, codec = psi.kinds[pid]
            return kind, _FAMILIES.get(codec, codec)
        if any(one.pmt_pid == pid for one in psi.services):
            return "psi", ""
        if any(one.pcr_pid == pid for one in psi.services):
            return "pcr", ""
        if pid in _access_pids(psi):
            return "ca", ""
    if pid in PLACES:
        return ("psi" if pid < 2 else "si"), ""
    return "unknown", ""


def _access_pids(psi: PsiReport) -> set[int]:
    loops = [psi.cat, *(one.descriptors for one in psi.services)]
    loops += [stream.descriptors for one in psi.services for stream in one.streams]
    return {one.facts["ca_pid"] for loop in loops for one in loop if one.tag == 0x09 and "ca_pid" in one.facts}


def _service(one: ServiceView, formats: Mapping[int, Any]) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.name,
        "provider": one.provider,
        "service_type": one.service_type,
        "pmt_pid": one.pmt_pid,
        "pcr_pid": one.pcr_pid if one.pcr_pid >= 0 else None,
        "is_scrambled": one.is_scrambled,
        "ca_systems": [f"0x{system:04x}" for system in one.ca_systems],
        "descriptors": [_descriptor(descriptor) for descriptor in one.descriptors],
        "present": _happening(one.present),
        "following": _happening(one.following),
        "streams": [_stream(stream, formats.get(stream.pid)) for stream in one.streams],
    }


def _happening(one: Happening | None) -> dict[str, Any] | None:
    if one is None:
        return None
    return {"id": one.id, "name": one.name, "start": one.start or None, "length_s": one.length_s}


def _stream(stream: ServiceStream, found: Any) -> dict[str, Any]:
    vision = next((one.facts.get("dolby_vision") for one in stream.descriptors if one.tag == _DOLBY_VISION), None)
    told: dict[str, Any] = {
        "pid": stream.pid,
        "stream_type": stream.stream_type,
        "kind": stream.kind,
        "codec": found.codec if isinstance(found, Video | Audio) else _FAMILIES.get(stream.codec, stream.codec),
        "languages": list(stream.languages),
        "ca_systems": [f"0x{system:04x}" for system in stream.ca_systems],
        "descriptors": [_descriptor(one) for one in stream.descriptors],
    }
    if isinstance(found, Video | Audio):
        told |= format_details(found)
    if vision:
        told |= {"dolby_vision": vision, "hdr": "Dolby Vision"}
    return told


def _descriptor(one: Descriptor) -> dict[str, Any]:
    facts = {key: {str(a): b for a, b in value.items()} if isinstance(value, Mapping) else value
             for key, value in one.facts.items()}  # fmt: skip
    return {"tag": one.tag, "name": one.name, **({"facts": facts} if facts else {"bytes": one.body.hex()})}


def format_details(found: Format) -> dict[str, Any]:
    """Return a format as plain values."""
    if isinstance(found, Audio):
        return {
            "codec": found.codec,
            "codec_string": found.name,
            "profile": found.profile,
            "sample_rate": found.sample_rate,
            "channels": found.channels,
            "bitrate_bps": found.bitrate_bps,
            "atmos": found.is_atmos,
            "text": found.text,
        }
    mastering = found.mastering
    return {
        "codec": found.codec,
        "codec_string": found.name,
        "profile": found.profile,
        "level": found.level,
        "width": found.width,
        "height": found.height,
        "frame_rate": found.frame_rate,
        "interlaced": found.is_interlaced,
        "bit_depth": found.bit_depth,
        "chroma": found.chroma,
        "hdr": found.hdr,
        "primaries": found.colour.primaries,
        "transfer": found.colour.transfer,
        "matrix": found.colour.matrix,
        "mastering": (
            {"primaries": [list(one) for one in mastering.primaries], "max_cd_m2": mastering.brightest,
             "min_cd_m2": mastering.darkest}
            if mastering else None
        ),
        "max_cll": found.light[0] if found.light else None,
        "max_fall": found.light[1] if found.light else None,
        "captions": found.has_captions,
        "text": found.text,
    }  # fmt: skip
