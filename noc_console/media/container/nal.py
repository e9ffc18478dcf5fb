"""NAL units of AVC and HEVC: does a picture start with a key frame, and which profile does it name?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from noc_console.media.es.golomb import without_emulation
from noc_console.media.es.nal import hevc_name

_MOST_UNITS = 64


@dataclass(frozen=True, slots=True)
class Picture:
    """What the first NAL units of a picture tell; None or empty where they do not."""

    is_key: bool | None = None
    codec: str = ""


def read_units(units: Iterator[bytes], codec: str) -> Picture:
    """Return key frame and codec string from the units of one picture; `codec` is avc1 or hvc1."""
    name = ""
    for count, unit in enumerate(units):
        if count >= _MOST_UNITS or not unit:
            break
        kind = unit[0] & 0x1F if codec == "avc1" else (unit[0] >> 1) & 0x3F
        if codec == "avc1":
            # ITU-T H.264, table 7-1: 5 is a slice of an IDR picture, 1 to 4 other slices, 7 the SPS
            if kind == 7 and len(unit) > 3:
                name = f"avc1.{unit[1:4].hex()}"
            if 1 <= kind <= 5:
                return Picture(kind == 5, name)
        else:
            # ITU-T H.265, table 7-1: 16 to 21 are random access pictures, 33 is the SPS
            if kind == 33:
                name = hevc_name(without_emulation(unit[3:])[:12])
            if kind < 32:
                return Picture(16 <= kind <= 21, name)
    return Picture(None, name)


def prefixed(data: bytes, start: int, end: int, width: int) -> Iterator[bytes]:
    """Yield the first bytes of each length-prefixed unit of a sample (ISO/IEC 14496-15)."""
    end = min(end, len(data))
    while start + width < end:
        size = int.from_bytes(data[start : start + width], "big")
        start += width
        yield data[start : start + min(size, 32)]
        start += max(size, 1)
