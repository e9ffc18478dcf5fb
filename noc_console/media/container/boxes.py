"""The box walk of ISO/IEC 14496-12, 4.2: sizes, 64-bit sizes, size zero, with bounds."""

from __future__ import annotations

import struct
from typing import NamedTuple

from noc_console.media.container.head import BadSegment

MOST_BOXES = 8192
_HEADER = struct.Struct(">I4s")


class Box(NamedTuple):
    """One box: where it begins, where its payload starts, where it ends (within the bytes at hand)."""

    kind: bytes
    at: int
    start: int
    end: int
    is_cut: bool = False


def children(data: bytes, start: int, end: int) -> list[Box]:
    """Return the boxes between two offsets; a box that runs over the end is cut there and says so."""
    boxes: list[Box] = []
    unpack = _HEADER.unpack_from
    while start + 8 <= end:
        size, kind = unpack(data, start)
        payload = start + 8
        if size == 1:
            if start + 16 > end:
                break
            size = int.from_bytes(data[start + 8 : start + 16], "big")
            payload = start + 16
        elif size == 0:
            size = end - start
        if size < payload - start:
            name = kind.decode("latin-1")
            raise BadSegment(f"box {name!r} at byte {start} claims a size of {size}")
        stop = start + size
        boxes.append(Box(kind, start, payload, min(stop, end), stop > end))
        if len(boxes) > MOST_BOXES:
            raise BadSegment(f"more than {MOST_BOXES} boxes in a row")
        start = stop
    if start < end:
        boxes.append(Box(b"", start, start, end, True))
    return boxes


def find(boxes: list[Box], kind: bytes) -> Box | None:
    """Return the first box of a kind."""
    return next((box for box in boxes if box.kind == kind), None)


def descend(data: bytes, box: Box, *path: bytes) -> Box | None:
    """Return the box at a path of kinds below another one."""
    here: Box | None = box
    for kind in path:
        if here is None:
            return None
        here = find(children(data, here.start, here.end), kind)
    return here


def u32(data: bytes, at: int) -> int:
    """Return the big-endian 32-bit number at an offset."""
    return int.from_bytes(data[at : at + 4], "big")


def u64(data: bytes, at: int) -> int:
    """Return the big-endian 64-bit number at an offset."""
    return int.from_bytes(data[at : at + 8], "big")


def uuid(value: bytes) -> str:
    """Return 16 bytes in the spelling of a UUID, lower case."""
    text = value.hex()
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:32]))
