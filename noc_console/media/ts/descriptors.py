"""Descriptors of PSI and SI (ISO/IEC 13818-1, 2.6; EN 300 468, 6): what a monitor wants to know of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from noc_console.media.ts.bits import TooShort
from noc_console.media.ts.text import decoded

MOST = 256


@dataclass(frozen=True, slots=True)
class Descriptor:
    """One descriptor: tag, raw body, its name and the facts that could be read of it."""

    tag: int
    body: bytes
    name: str
    facts: Mapping[str, Any] = field(default_factory=dict)


def parse(data: bytes) -> tuple[Descriptor, ...]:
    """Return the descriptors of a loop; a cut one ends it."""
    return tuple(_named(tag, body) for tag, body in _split(data))


def _split(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    for _ in range(MOST):
        if at + 2 > len(data):
            return
        tag, length = data[at], data[at + 1]
        body = data[at + 2 : at + 2 + length]
        if len(body) < length:
            return
        yield tag, body
        at += 2 + length


def _named(tag: int, body: bytes) -> Descriptor:
    name, read = _TABLE.get(tag, ("", None))
    try:
        facts = read(body) if read else {}
    except (IndexError, TooShort, ValueError):
        facts = {"broken": True}
    return Descriptor(tag, body, name or f"descriptor 0x{tag:02x}", facts)


def _registration(body: bytes) -> dict[str, Any]:
    return {"format": body[:4].decode("latin-1")}


def _ca(body: bytes) -> dict[str, Any]:
    return {
        "ca_system": int.from_bytes(body[0:2], "big"),
        "ca_pid": int.from_bytes(body[2:4], "big") & 0x1FFF,
    } | ({} if len(body) >= 4 else {"broken": True})


def _language(body: bytes) -> dict[str, Any]:
    entries = [body[at : at + 4] for at in range(0, len(body) - 3, 4)]
    return {
        "languages": [one[:3].decode("latin-1") for one in entries],
        "audio_types": [one[3] for one in entries],
    }


def _subtitling(body: bytes) -> dict[str, Any]:
    entries = [body[at : at + 8] for at in range(0, len(body) - 7, 8)]
    return {
        "languages": [one[:3].decode("latin-1") for one in entries],
        "types": [one[3] for one in entries],
    }


def _teletext(body: bytes) -> dict[str, Any]:
    entries = [body[at : at + 5] for at in range(0, len(body) - 4, 5)]
    return {"languages": [one[:3].decode("latin-1") for one in entries], "types": [one[3] >> 3 for one in entries]}


def _service(body: bytes) -> dict[str, Any]:
    provider_end = 2 + body[1]
    name_end = provider_end + 1 + body[provider_end]
    return {
        "service_type": body[0],
        "provider": decoded(body[2:provider_end]),
        "name": decoded(body[provider_end + 1 : name_end]),
    }


def _text(key: str) -> Callable[[bytes], dict[str, Any]]:
    return lambda body: {key: decoded(body)}


def _short_event(body: bytes) -> dict[str, Any]:
    end = 4 + body[3]
    return {
        "language": body[:3].decode("latin-1"),
        "name": decoded(body[4:end]),
        "text": decoded(body[end + 1 : end + 1 + body[end]]),
    }


def _bitrate(body: bytes) -> dict[str, Any]:
    return {"maximum_bps": (int.from_bytes(body[:3], "big") & 0x3FFFFF) * 400}


def _avc(body: bytes) -> dict[str, Any]:
    return {"profile_idc": body[0], "level_idc": body[2], "still_pictures": bool(body[3] & 0x80)}


def _hevc(body: bytes) -> dict[str, Any]:
    # ISO/IEC 13818-1, 2.6.95: profile, 32 compatibility flags, 48 bits of further flags, then the level
    return {"profile_idc": body[0] & 0x1F, "level_idc": body[11] if len(body) > 11 else 0}


def _dovi(body: bytes) -> dict[str, Any]:
    word = int.from_bytes(body[2:4], "big")
    return {
        "dolby_vision": f"{word >> 9}.{(word >> 3) & 0x3F:02d}",
        "rpu": bool(word & 4),
        "el": bool(word & 2),
        "bl": bool(word & 1),
    }


def _stream_identifier(body: bytes) -> dict[str, Any]:
    return {"component_tag": body[0]}


def _enhanced_ac3(body: bytes) -> dict[str, Any]:
    return {"flags": body[0]}


def _extension(body: bytes) -> dict[str, Any]:
    return {"extension_tag": body[0]}


def _cue_identifier(body: bytes) -> dict[str, Any]:
    return {"cue_stream_type": body[0]}


def _logical_channels(body: bytes) -> dict[str, Any]:
    rows = [body[at : at + 4] for at in range(0, len(body) - 3, 4)]
    return {
        "channels": {int.from_bytes(row[:2], "big"): int.from_bytes(row[2:], "big") & 0x3FF for row in rows},
    }


_TABLE: Mapping[int, tuple[str, Callable[[bytes], dict[str, Any]] | None]] = {
    0x02: ("video stream", None),
    0x03: ("audio stream", None),
    0x05: ("registration", _registration),
    0x09: ("conditional access", _ca),
    0x0A: ("language", _language),
    0x0E: ("maximum bitrate", _bitrate),
    0x28: ("AVC video", _avc),
    0x2B: ("MPEG-2 AAC", None),
    0x38: ("HEVC video", _hevc),
    0x40: ("network name", _text("network")),
    0x41: ("service list", None),
    0x43: ("satellite delivery", None),
    0x44: ("cable delivery", None),
    0x45: ("VBI data", None),
    0x47: ("bouquet name", _text("bouquet")),
    0x48: ("service", _service),
    0x4D: ("short event", _short_event),
    0x52: ("stream identifier", _stream_identifier),
    0x56: ("teletext", _teletext),
    0x59: ("subtitling", _subtitling),
    0x5A: ("terrestrial delivery", None),
    0x5F: ("private data specifier", None),
    0x6A: ("AC-3", None),
    0x6F: ("application signalling", None),
    0x7A: ("Enhanced AC-3", _enhanced_ac3),
    0x7B: ("DTS", None),
    0x7C: ("AAC", None),
    0x7F: ("extension", _extension),
    0x81: ("AC-3 (ATSC)", None),
    0x83: ("logical channel", _logical_channels),
    0x8A: ("cue identifier", _cue_identifier),
    0xB0: ("Dolby Vision", _dovi),
    0xCC: ("Enhanced AC-3 (ATSC)", None),
}
