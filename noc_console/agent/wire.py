"""Channels and events in the words of the API; secrets are masked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from noc_console.agent.forms import MASK
from noc_console.model import Channel, Event, Input


def channel_json(channel: Channel, measured: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return a channel in both name sets (requirements R-158, C-38); `measured` is its entry on the board."""
    lowest = min(channel.inputs, key=lambda one: one.layer, default=None)
    return {
        "channel_id": channel.id,
        "id": channel.id,
        "channel_code": channel.code,
        "code": channel.code,
        "channel_name": channel.name,
        "name": channel.name,
        "channel_type": "LIVE",
        "tier": channel.tier,
        "class": channel.channel_class,
        **picture_of(measured),
        "is_4k": is_4k(channel),
        "is_hdr": bool(lowest and lowest.expected.is_hdr) or "HDR" in channel.badges,
        "has_atmos": "ATMOS" in (badge.upper() for badge in channel.badges),
        "probe_id": 1,
        "input_url": lowest.url if lowest else "",
        "template": channel.template,
        "template_name": channel.template,
        "enabled": channel.is_enabled,
        "alarmed": channel.is_alarmed,
        "demo": channel.is_demo,
        "labels": list(channel.labels),
        "badges": list(channel.badges),
        "inputs": [input_json(one) for one in channel.inputs],
    }


def is_4k(channel: Channel) -> bool:
    """Return whether a channel is of the 4K class."""
    return "4K" in channel.channel_class.upper() or "4K" in channel.badges


def picture_of(measured: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return codec, resolution and frame rate of the best rung that was seen; empty before."""
    rungs = [rung for one in (measured or {}).get("inputs", ()) for rung in one["rungs"]]
    best: Mapping[str, Any] = max(
        rungs, key=lambda rung: (rung.get("height") or 0, rung.get("bandwidth_bps") or 0), default={}
    )
    width, height = best.get("width") or 0, best.get("height") or 0
    return {
        "codec": str(best.get("codec") or ""),
        "resolution": f"{width}x{height}" if width and height else "",
        "fps": best.get("frame_rate") or None,
    }


def input_json(one: Input) -> dict[str, Any]:
    """Return an input; header values and the query token are shown as ***."""
    access = one.access
    return {
        "id": one.id,
        "layer": int(one.layer),
        "kind": str(one.kind),
        "url": one.url,
        "level": str(one.level),
        "poll_s": one.poll_s,
        "media": str(one.media),
        "media_rung": one.media_rung,
        "access": {
            "headers": dict.fromkeys(access.headers, MASK),
            "query": MASK if access.query else "",
            "ca_file": access.ca_file,
            "pin": access.pin,
            "hosts": list(access.hosts),
        },
        "expected": {
            "segment_s": one.expected.segment_s,
            "rungs": list(one.expected.rungs),
            "audio_languages": list(one.expected.audio_languages),
            "subtitle_languages": list(one.expected.subtitle_languages),
            "is_hdr": one.expected.is_hdr,
            "is_still": one.expected.is_still,
            "has_atmos": one.expected.has_atmos,
            "video_codec": one.expected.video_codec,
            "width": one.expected.width,
            "height": one.expected.height,
            "frame_rate": one.expected.frame_rate,
            "slates": dict(one.expected.slates),
            "hdr": one.expected.hdr,
            "video_profile": one.expected.video_profile,
            "audio_codec": one.expected.audio_codec,
            "audio_channels": one.expected.audio_channels,
            "has_captions": one.expected.has_captions,
        },
    }


def event_json(event: Event) -> dict[str, Any]:
    """Return an event as the journal tells it."""
    return {
        "seq": event.seq,
        "at": event.at,
        "kind": event.kind,
        "channel_id": event.channel_id,
        "input_id": event.input_id,
        "data": dict(event.data),
    }
