"""What *Add channel* proposes for a transport stream: class, badges, languages, template."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from noc_console.probes.learned import learned

_UHD_LINES, _HD_LINES = 1440, 720


def proposal(details: Mapping[str, Any]) -> dict[str, Any]:
    """Return the proposal made of the details of an inspected transport stream."""
    streams = [stream for service in details["services"] for stream in service["streams"]]
    first = next((one["streams"] for one in details["services"] if _has_picture(one)), ())
    height = max((int(stream.get("height") or 0) for stream in streams), default=0)
    is_hdr = any(stream.get("hdr") not in (None, "", "SDR") for stream in streams)
    kind = "4K" if height >= _UHD_LINES else "HD" if height >= _HD_LINES or not height else "SD"
    return {
        "segment_s": 6.0,
        "rungs": [],
        "audio_languages": _languages(streams, "audio"),
        "subtitle_languages": _languages(streams, "subtitle"),
        **learned(first, first),
        "is_hdr": is_hdr,
        "badges": ["TS", *(["4K"] if kind == "4K" else []), *(["HDR"] if is_hdr else [])],
        "class": kind,
        "template": "TPL_LIVE_4K_HDR" if is_hdr else "TPL_LIVE_HD",
    }


def _languages(streams: list[Mapping[str, Any]], kind: str) -> list[str]:
    found = (stream.get("languages") or () for stream in streams if str(stream.get("kind", "")).startswith(kind))
    return list(dict.fromkeys(str(language) for some in found for language in some if language))


def _has_picture(service: Mapping[str, Any]) -> bool:
    return any(stream.get("width") for stream in service["streams"])
