"""The CRC of MPEG sections."""

from __future__ import annotations


def mpeg_crc32(data: bytes) -> int:
    """Return the CRC-32 of ISO/IEC 13818-1, annex A: polynomial 0x04C11DB7, not reflected, starts with all ones."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc = (crc << 8) & 0xFFFFFFFF ^ _TABLE[crc >> 24 ^ byte]
    return crc


def _entry(index: int) -> int:
    value = index << 24
    for _ in range(8):
        value = value << 1 ^ (0x04C11DB7 if value & 0x80000000 else 0)
    return value & 0xFFFFFFFF


_TABLE = tuple(_entry(index) for index in range(256))
