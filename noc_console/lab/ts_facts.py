"""Tells what a transport stream of the lab is, and what its faults are, in the words of the lab's API."""

from __future__ import annotations

from typing import Any

from noc_console.lab.fault import Fault
from noc_console.lab.ts_faults import TS_FAULTS, TsFaultKind
from noc_console.lab.ts_station import Outlet, Station
from noc_console.model import Layer

# the forms of a transport stream, beside those of `channels.Form`
TRANSPORT, RTP = "ts", "rtp"


def with_transport(facts: dict[str, Any], outlet: Outlet | None) -> dict[str, Any]:
    """Return a channel's facts with its transport stream as a second input, at the headend."""
    if outlet is None:
        return facts
    names = ("kind", "url", "layer", "expected")
    inputs = [{name: facts[name] for name in names}, _transport_input(outlet)]
    forms = [facts["form"], *_forms(outlet)]
    return {**facts, "badges": [*facts["badges"], "MPEG-TS"], "inputs": inputs, "forms": forms}


def transport_facts(outlet: Outlet) -> dict[str, Any]:
    """Return the facts of a channel that is sent as a transport stream only."""
    name = f"Multicast {outlet.code.rpartition('_')[2].lstrip('0')}"
    told = {"code": outlet.code, "name": name, "form": TRANSPORT, "class": "HD", "tier": 2, "badges": ["MPEG-TS"]}
    return {**told, "forms": _forms(outlet), **_transport_input(outlet)}


def transport_fault(name: str, kind: TsFaultKind) -> dict[str, Any]:
    """Return what the API says of a kind of fault."""
    return {
        "fault": name,
        "title": kind.title,
        "fits": [RTP] if kind.is_rtp_only else [TRANSPORT],
        "expects": {"ts": kind.expects},
        "alarm": kind.alarm,
        "params": dict(kind.params),
        "needs_rung": False,
    }


def transport_fault_told(fault: Fault, made: int) -> dict[str, Any]:
    """Return what the API says of a fault that was made; `made` counts the errors put on the wire so far."""
    kind = TS_FAULTS[fault.kind]
    return {
        "id": fault.id,
        "channel": fault.channel,
        "fault": fault.kind,
        "title": kind.title,
        "rung": "",
        "begins_at": fault.begins_at,
        "ends_at": fault.ends_at,
        "params": dict(fault.params),
        "expects": kind.expects,
        "alarm": kind.alarm,
        "made": made,
    }


def station_facts(station: Station) -> dict[str, Any]:
    """Return what was sent so far, in all and of each stream."""
    return {
        "sent": station.sent,
        "failed": station.failed,
        "skipped": station.skipped,
        "streams": [
            {
                "code": outlet.code,
                "url": outlet.url,
                "sent": station.sent_to(outlet.code),
                "bitrate_bps": carrier.mux.turn.bitrate_bps,
                "packets_per_s": carrier.mux.packets_per_s,
            }
            for carrier in station.carriers
            for outlet in carrier.outlets
        ],
    }


def _forms(outlet: Outlet) -> list[str]:
    return [TRANSPORT, RTP] if outlet.is_rtp else [TRANSPORT]


def _transport_input(outlet: Outlet) -> dict[str, Any]:
    expected: dict[str, Any] = {
        "segment_s": 6.0,
        "rungs": [],
        "audio_languages": ["en"],
        "subtitle_languages": [],
        "is_hdr": False,
    }
    return {"kind": "ts", "url": outlet.url, "layer": Layer.HEADEND.value, "expected": expected}
