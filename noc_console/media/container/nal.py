"""NAL units of AVC and HEVC: does a picture start with a key frame, and which profile does it name?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

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
                name = hevc_name(unit[3:].replace(b"\x00\x00\x03", b"\x00\x00")[:12])
            if kind < 32:
                return Picture(16 <= kind <= 21, name)
    return Picture(None, name)


def annex_b(data: bytes) -> Iterator[bytes]:
    """Yield the first bytes of each unit between start codes (ITU-T H.264 annex B)."""
    at = data.find(b"\x00\x00\x01")
    while at >= 0:
        yield data[at + 3 : at + 35]
        at = data.find(b"\x00\x00\x01", at + 3)


def prefixed(data: bytes, start: int, end: int, width: int) -> Iterator[bytes]:
    """Yield the first bytes of each length-prefixed unit of a sample (ISO/IEC 14496-15)."""
    end = min(end, len(data))
    while start + width < end:
        size = int.from_bytes(data[start : start + width], "big")
        start += width
        yield data[start : start + min(size, 32)]
        start += max(size, 1)


def hevc_name(tier_level: bytes, brand: str = "hvc1") -> str:
    """Return the RFC 6381 name from a profile_tier_level of 12 bytes (ISO/IEC 14496-15, E.3)."""
    if len(tier_level) < 12:
        return brand
    space = ("", "A", "B", "C")[tier_level[0] >> 6]
    tier = "H" if tier_level[0] & 0x20 else "L"
    flags = int(f"{int.from_bytes(tier_level[1:5], 'big'):032b}"[::-1], 2)
    constraints = tier_level[5:11].rstrip(b"\x00")
    name = f"{brand}.{space}{tier_level[0] & 0x1F}.{flags:X}.{tier}{tier_level[11]}"
    return name + "".join(f".{byte:X}" for byte in constraints)
