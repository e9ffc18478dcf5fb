"""The stable keys of an HLS inspection: what `noc-console inspect --json` tells under `details`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from noc_console.media.hls import Master, Media
from noc_console.media.hls.playlist import Key, Rendition, Variant
from noc_console.media.hls.rungs import rungs_of


def master_details(master: Master) -> dict[str, Any]:
    """Return the ladder; None where the playlist does not tell, addresses absolute."""
    labels = {rung.uri: rung.label for rung in rungs_of(master)}
    return {
        "version": master.version,
        "variants": [_variant(master, variant, labels) for variant in master.variants],
        "iframe_variants": [_variant(master, variant, labels) for variant in master.iframes],
        "renditions": [_rendition(master, rendition, labels) for rendition in master.renditions],
        "session_keys": [key_details(key) for key in master.session_keys],
    }


def media_details(media: Media) -> dict[str, Any]:
    """Return the figures of one media playlist; durations in seconds."""
    keys = {(key.method, key.keyformat): key for key in media.keys}
    return {
        "version": media.version,
        "target_duration_s": media.target_duration_s or None,
        "media_sequence": media.media_sequence,
        "discontinuity_sequence": media.discontinuity_sequence,
        "discontinuities": media.discontinuities,
        "segments": len(media.segments),
        "parts": media.part_count,
        "part_target_s": media.part_target_s or None,
        "duration_s": round(media.duration_s, 6),
        "live": media.is_live,
        "playlist_type": media.playlist_type or None,
        "keys": [key_details(key) for key in keys.values()],
        "dateranges": len(media.dateranges),
        "program_date_time": media.edge_date,
    }


def no_details(body: bytes) -> dict[str, Any]:
    """Return the stable keys of a playlist that cannot be read: a master's where it has variants."""
    if b"#EXT-X-STREAM-INF" in body or b"#EXT-X-MEDIA:" in body:
        return {"variants": [], "renditions": []}
    numbers = (
        "target_duration_s",
        "media_sequence",
        "discontinuity_sequence",
        "segments",
        "parts",
        "duration_s",
        "live",
    )
    return {**dict.fromkeys(numbers), "keys": []}


def key_details(key: Key) -> dict[str, Any]:
    """Return what a key is, with the name of its DRM system; its address without query, which may hold a token."""
    return {
        "method": key.method,
        "system": key.system,
        "keyformat": key.keyformat,
        "uri": key.uri.partition("?")[0][:200],
        "line": key.line,
    }


def _variant(master: Master, variant: Variant, labels: Mapping[str, str]) -> dict[str, Any]:
    url = master.absolute(variant.uri)
    return {
        "uri": variant.uri,
        "url": url,
        "rung": labels.get(url),
        "bandwidth": variant.bandwidth_bps or None,
        "average_bandwidth": variant.average_bandwidth_bps or None,
        "codecs": variant.codecs or None,
        "resolution": variant.resolution or None,
        "frame_rate": variant.frame_rate or None,
        "video_range": variant.video_range or None,
        "audio": variant.audio or None,
        "subtitles": variant.subtitles or None,
        "line": variant.line,
    }


def _rendition(master: Master, rendition: Rendition, labels: Mapping[str, str]) -> dict[str, Any]:
    url = master.absolute(rendition.uri) if rendition.uri else None
    return {
        "type": rendition.type,
        "group_id": rendition.group,
        "name": rendition.name,
        "language": rendition.language or None,
        "uri": rendition.uri or None,
        "url": url,
        "rung": labels.get(url or ""),
        "default": rendition.is_default,
        "autoselect": rendition.is_autoselect,
        "forced": rendition.is_forced,
        "channels": rendition.channels or None,
        "line": rendition.line,
    }
