"""The payload of a PES packet (ISO/IEC 13818-1, 2.4.3.6)."""

from __future__ import annotations

# stream ids whose packets have no optional header
_PLAIN = frozenset({0xBC, 0xBE, 0xBF, 0xF0, 0xF1, 0xF2, 0xF8, 0xFF})


def payload(data: bytes) -> bytes | None:
    """Return what follows the head of a PES packet; None where there is no head, or it says scrambled."""
    if len(data) < 9 or data[:3] != b"\x00\x00\x01" or data[3] in _PLAIN:
        return None
    if data[6] & 0xC0 != 0x80 or data[6] & 0x30:
        return None
    return data[9 + data[8] :]
