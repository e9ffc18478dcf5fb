"""What the container says of its streams, beside what the streams say themselves: HDR, Dolby Vision, Atmos."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

from noc_console.media.container.boxes import Box, children, descend, find, u32
from noc_console.media.container.head import BadSegment

_MOST_MOOV = 64 * 1024 * 1024
_MOST_TOP = 4096
_PICTURE_SKIP, _SOUND_SKIP = 78, 28
Facts = dict[str, Any]


def facts_of(data: bytes) -> dict[int, Facts]:
    """Return what the movie box of an MP4 (or an initialisation segment) tells of each track, by its id."""
    found = {}
    try:
        moov = find(children(data, 0, len(data)), b"moov")
        for trak in children(data, moov.start, moov.end) if moov else ():
            if trak.kind == b"trak" and (one := _track(data, trak)):
                found[one[0]] = one[1]
    except (BadSegment, IndexError, ValueError):
        return {}
    return found


def facts_of_file(file: BinaryIO) -> dict[int, Facts]:
    """Return the same of a file, of which only the movie box is read."""
    at = 0
    for _ in range(_MOST_TOP):
        file.seek(at)
        head = file.read(16)
        if len(head) < 8:
            return {}
        size = int.from_bytes(head[:4], "big")
        size = int.from_bytes(head[8:16], "big") if size == 1 else size
        if head[4:8] == b"moov":
            file.seek(at)
            return facts_of(file.read(min(size, _MOST_MOOV) if size else _MOST_MOOV))
        if size < 8:
            return {}
        at += size
    return {}


def _track(data: bytes, trak: Box) -> tuple[int, Facts] | None:
    tkhd = find(children(data, trak.start, trak.end), b"tkhd")
    stsd = descend(data, trak, b"mdia", b"minf", b"stbl", b"stsd")
    hdlr = descend(data, trak, b"mdia", b"hdlr")
    if tkhd is None or stsd is None or hdlr is None:
        return None
    entry = next((box for box in children(data, stsd.start + 8, stsd.end) if box.kind), None)
    skip = {b"vide": _PICTURE_SKIP, b"soun": _SOUND_SKIP}.get(data[hdlr.start + 8 : hdlr.start + 12])
    if entry is None or skip is None or entry.start + skip > entry.end:
        return None
    facts: Facts = {"entry": entry.kind.decode("latin-1")}
    for box in children(data, entry.start + skip, entry.end):
        facts.update(_told(data, box))
    return u32(data, tkhd.start + (20 if data[tkhd.start] == 1 else 12)), facts


def _told(data: bytes, box: Box) -> Iterator[tuple[str, Any]]:
    body = data[box.start : box.end]
    if box.kind == b"colr" and body[:4] in (b"nclx", b"nclc") and len(body) >= 10:
        # ISO/IEC 14496-12, 12.1.5
        primaries, transfer, matrix = (int.from_bytes(body[at : at + 2], "big") for at in (4, 6, 8))
        yield "colour", {"primaries": primaries, "transfer": transfer, "matrix": matrix}
    elif box.kind == b"mdcv" and len(body) >= 24:
        yield "has_mastering", True
    elif box.kind == b"clli" and len(body) >= 4:
        yield "light", [int.from_bytes(body[:2], "big"), int.from_bytes(body[2:4], "big")]
    elif box.kind in (b"dvcC", b"dvvC", b"dvwC") and len(body) >= 5:
        yield "dolby_vision", _dolby_vision(body)
    elif box.kind == b"dec3" and len(body) >= 5:
        yield "atmos", _has_objects(body)


def _dolby_vision(body: bytes) -> Facts:
    """Dolby Vision streams within ISO BMFF 2.2, 3.2: the configuration record."""
    bits = int.from_bytes(body[2:5], "big")
    return {
        "profile": bits >> 17,
        "level": bits >> 11 & 63,
        "has_rpu": bool(bits >> 10 & 1),
        "has_enhancement": bool(bits >> 9 & 1),
        "has_base": bool(bits >> 8 & 1),
        "compatibility": bits >> 4 & 15,
    }


def _has_objects(body: bytes) -> bool:
    """ETSI TS 102 366, F.6, and TS 103 420, 8.3: flag_ec3_extension_type_a stands behind the substreams."""
    at = 2
    for _ in range((body[1] & 7) + 1):
        if at + 3 > len(body):
            return False
        at += 4 if body[at + 2] >> 1 & 15 else 3
    return at < len(body) and bool(body[at] & 1)
