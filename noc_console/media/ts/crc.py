"""CRC-32 of MPEG-2 sections (ISO/IEC 13818-1, annex A): polynomial 0x04C11DB7, first value all ones."""

from __future__ import annotations

import zlib

_MIRROR = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


def crc32(data: bytes | bytearray | memoryview) -> int:
    """Return the CRC of some bytes.

    zlib computes the mirrored polynomial at the speed of C, so bytes and result are mirrored around it.
    """
    mirrored = zlib.crc32(bytes(data).translate(_MIRROR)) ^ 0xFFFFFFFF
    return int.from_bytes(mirrored.to_bytes(4, "little").translate(_MIRROR), "big")


def is_intact(section: bytes | bytearray | memoryview) -> bool:
    """Say whether a section that ends with its CRC_32 is unharmed."""
    return len(section) >= 7 and crc32(section) == 0
