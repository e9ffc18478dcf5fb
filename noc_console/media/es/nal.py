"""NAL units between start codes, and the RFC 6381 name of HEVC: for transport streams and segments alike."""

from __future__ import annotations

from collections.abc import Iterator

_PREFIX = b"\x00\x00\x01"


def annex_b(data: bytes, most: int = 32) -> Iterator[bytes]:
    """Yield the first `most` bytes of what follows each start code (ITU-T H.264 annex B), into the next unit too."""
    at = data.find(_PREFIX)
    while at >= 0:
        yield data[at + 3 : at + 3 + most]
        at = data.find(_PREFIX, at + 3)


def whole_units(data: bytes, most: int) -> Iterator[tuple[bytes, bool]]:
    """Yield (unit, is_whole) between start codes, at most `most` of them; the last may be cut by the data's end."""
    at = data.find(_PREFIX)
    for _ in range(most):
        if at < 0:
            return
        after = data.find(_PREFIX, at + 3)
        end = after if after >= 0 else len(data)
        yield data[at + 3 : end].rstrip(b"\x00") if after >= 0 else data[at + 3 :], after >= 0
        at = after


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
