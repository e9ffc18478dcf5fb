"""Heads of media segments: MPEG-2 TS, fragmented MP4, packed audio and WebVTT, read without decoding."""

from __future__ import annotations

import struct

from noc_console.media.container.fragment import look_mp4
from noc_console.media.container.head import BadSegment, Fault, Head, Track
from noc_console.media.container.packed import look_packed, look_webvtt
from noc_console.media.container.ts import look_ts, looks_like_ts

__all__ = ["BadSegment", "Fault", "Head", "Track", "look", "looks_like_mp4", "looks_like_ts"]

_BOXES = frozenset(
    (b"ftyp", b"styp", b"moov", b"moof", b"sidx", b"emsg", b"prft", b"mdat", b"free", b"skip", b"pssh", b"uuid")
)
MOST_BYTES = 256 * 1024 * 1024


def look(body: bytes | memoryview, init: bytes | None = None) -> Head:
    """Return what the heads of a segment say; `init` is the EXT-X-MAP or initialisation segment of an fMP4.

    What is wrong with the bytes stands in `Head.errors`; only bytes nobody can walk raise BadSegment.
    """
    data = bytes(body) if isinstance(body, memoryview) else body
    if len(data) > MOST_BYTES:
        raise BadSegment(f"segment of {len(data)} bytes is larger than {MOST_BYTES}")
    try:
        return _by_kind(data, init)
    except (struct.error, IndexError, OverflowError) as error:
        raise BadSegment(f"segment cannot be read: {error}") from None


def looks_like_mp4(data: bytes) -> bool:
    """Return whether the bytes begin with a box of a segment or an MP4 file."""
    return data[4:8] in _BOXES


def _by_kind(data: bytes, init: bytes | None) -> Head:
    if not data:
        return Head("unknown", 0, errors=(Fault("empty", "The segment has no bytes."),))
    if looks_like_mp4(data):
        return look_mp4(data, init)
    if looks_like_ts(data):
        return look_ts(data)
    if data[:9].removeprefix(b"\xef\xbb\xbf").startswith(b"WEBVTT"):
        return look_webvtt(data)
    return look_packed(data) or _unknown(data)


def _unknown(data: bytes) -> Head:
    start = data[:256].lstrip().lower()
    if start.startswith((b"<!doctype", b"<html")):
        fault = Fault("html", "A web page was served instead of a segment.")
    else:
        fault = Fault("unknown", f"The segment is no known container; it begins with {data[:8].hex(' ')}.")
    return Head("unknown", len(data), errors=(fault,))
