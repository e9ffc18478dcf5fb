"""Puts HEVC pictures into fMP4: the sample entry with its HDR10 boxes, samples, and the codec's name (RFC 6381)."""

from __future__ import annotations

from struct import pack

from noc_console.lab import boxes
from noc_console.lab.encode import nal_units

_PARAMETER_SETS = (32, 33, 34)
_DELIMITER = 35
# ITU-T H.273: BT.2020 primaries, SMPTE ST 2084 (PQ), BT.2020 non-constant luminance
_PRIMARIES, _PQ, _MATRIX = 9, 16, 9
#: SMPTE ST 2086 in units of 0.00002 (P3 in the order green, blue, red; white D65) and of 0.0001 cd/m2.
MASTERING = (13250, 34500, 7500, 3000, 34000, 16000, 15635, 16450, 10_000_000, 1)
#: CTA-861.3: the brightest pixel and the brightest frame's average, cd/m2.
CONTENT_LIGHT = (1000, 400)


def kind(nal: bytes) -> int:
    """Return the type of a NAL unit (ITU-T H.265, 7.3.1.2)."""
    return nal[0] >> 1 & 63


def init(parameter_sets: bytes, width: int, height: int) -> bytes:
    """Return the initialisation segment of a track of HDR10 pictures, whose parameter sets may come again in band."""
    colour = boxes.box(b"colr", pack(">4sHHHB", b"nclx", _PRIMARIES, _PQ, _MATRIX, 0))
    entry = boxes.box(
        b"hev1",
        boxes.visual(width, height),
        boxes.box(b"hvcC", _configuration(parameter_sets)),
        colour,
        boxes.box(b"mdcv", pack(">8H2I", *MASTERING)),
        boxes.box(b"clli", pack(">2H", *CONTENT_LIGHT)),
        boxes.SQUARE_PIXELS,
    )
    return boxes.video_track(entry, width, height)


def sample(unit: bytes) -> bytes:
    """Return an Annex B access unit as an MP4 sample: each NAL unit behind its length, no delimiters."""
    return b"".join(pack(">I", len(nal)) + nal for nal in nal_units(unit) if kind(nal) != _DELIMITER)


def name(parameter_sets: bytes) -> str:
    """Return the codec's name (ISO/IEC 14496-15, E.3)."""
    level = _profile_tier_level(parameter_sets)
    flags = int.from_bytes(level[1:5], "big")
    reversed_flags = int(f"{flags:032b}"[::-1], 2)
    constraints = "".join(f".{byte:X}" for byte in level[5:11].rstrip(b"\x00"))
    return f"hev1.{level[0] & 31}.{reversed_flags:X}.{'H' if level[0] & 32 else 'L'}{level[11]}{constraints}"


def _configuration(parameter_sets: bytes) -> bytes:
    """Return the decoder configuration record (ISO/IEC 14496-15, 8.3.3.1): 4:2:0, 10 bits, 4-byte lengths."""
    units = [nal for nal in nal_units(parameter_sets) if kind(nal) in _PARAMETER_SETS]
    kinds = sorted({kind(nal) for nal in units})
    arrays = b""
    for one in kinds:
        mine = [nal for nal in units if kind(nal) == one]
        arrays += pack(">BH", one, len(mine)) + b"".join(pack(">H", len(nal)) + nal for nal in mine)
    fixed = bytes((0xF0, 0, 0xFC, 0xFC | 1, 0xF8 | 2, 0xF8 | 2, 0, 0, 0x0F, len(kinds)))
    return b"\x01" + _profile_tier_level(parameter_sets) + fixed + arrays


def _profile_tier_level(parameter_sets: bytes) -> bytes:
    """Return the twelve bytes of the SPS that tell what a decoder must be able to do (ITU-T H.265, 7.3.3)."""
    sps = next(nal for nal in nal_units(parameter_sets) if kind(nal) == 33)
    return sps.replace(b"\x00\x00\x03", b"\x00\x00")[3:15]
