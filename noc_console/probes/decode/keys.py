"""Which access units are key pictures: a decoder that is given only those can show them."""

from __future__ import annotations

from noc_console.media.es.golomb import Golomb, without_emulation
from noc_console.media.ts.bits import TooShort

_PREFIX = b"\x00\x00\x01"
_LOOKED_AT = 64 * 1024
_INTRA = frozenset({2, 4, 7, 9})
ANNEX_B = frozenset({"avc1", "hvc1"})
KNOWN = frozenset({"avc1", "hvc1", "mp2v", "mp1v"})


def may_be_key(codec: str, head: bytes, at: int) -> bool:
    """Say whether the first bytes of an access unit, from `at` on, look like a key picture: cheap, and never too few.

    Parameter sets stand before every key picture of a transport stream, at most behind a delimiter.
    """
    if codec not in KNOWN:
        return True
    at = head.find(_PREFIX, at)
    while 0 <= at < len(head) - 3:
        code = head[at + 3]
        if codec == "avc1" and code & 0x1F in (1, 5, 7):
            return code & 0x1F != 1
        if codec == "hvc1" and (code >> 1 <= 9 or 16 <= code >> 1 <= 21 or 32 <= code >> 1 <= 34):
            return code >> 1 > 9
        if codec in ("mp2v", "mp1v") and code in (0xB3, 0xB8, 0x00):
            return code != 0x00 or at + 5 >= len(head) or head[at + 5] >> 3 & 7 == 1
        at = head.find(_PREFIX, at + 3)
    return False


def has_sets(codec: str, data: bytes) -> bool:
    """Say whether an access unit (with start codes) brings the parameter sets that it needs itself."""
    marks = {"avc1": (0x1F, 7), "hvc1": (0x7E, 0x42), "mp2v": (0xFF, 0xB3), "mp1v": (0xFF, 0xB3)}
    mask, wanted = marks.get(codec, (0, 1))
    at = data.find(_PREFIX, 0, _LOOKED_AT)
    while 0 <= at < len(data) - 3:
        if data[at + 3] & mask == wanted:
            return True
        at = data.find(_PREFIX, at + 3, _LOOKED_AT)
    return False


def is_key(codec: str, data: bytes) -> bool:
    """Say whether a whole access unit (with start codes) is a picture that needs no other one."""
    at = data.find(_PREFIX, 0, _LOOKED_AT)
    has_set = False
    while 0 <= at < len(data) - 6:
        code = data[at + 3]
        if codec == "avc1":
            kind = code & 0x1F
            has_set |= kind == 7
            if kind == 5:
                return True
            if kind == 1:  # no IDR: an intra picture with its parameter sets is where one may tune in
                return has_set and _is_intra(data[at + 4 : at + 20])
        elif codec == "hvc1":
            kind = code >> 1 & 0x3F
            if kind < 32:  # ITU-T H.265, table 7-1: 16 to 21 are random access pictures
                return 16 <= kind <= 21
        elif code == 0:  # ISO/IEC 13818-2, 6.3.9: picture_coding_type 1 is intra
            return data[at + 5] >> 3 & 7 == 1
        at = data.find(_PREFIX, at + 3, _LOOKED_AT)
    return False


def _is_intra(slice_head: bytes) -> bool:
    """Read slice_type (ITU-T H.264, 7.3.3)."""
    bits = Golomb(without_emulation(slice_head))
    try:
        bits.ue()
        return bits.ue() in _INTRA
    except TooShort:
        return False


def pictures(codec: str, data: bytes) -> list[bytes]:
    """Cut a PES packet that carries more than one picture; most carry one and are given back as they are."""
    mark = {"avc1": b"\x00\x00\x01\x09", "hvc1": b"\x00\x00\x01\x46", "mp2v": b"\x00\x00\x01\x00"}.get(codec)
    if mark is None:
        return [data]
    first = data.find(mark)
    second = data.find(mark, first + 4) if first >= 0 else -1
    if second < 0 or (codec == "mp2v" and _is_second_field(data, second)):
        return [data]
    cuts, at = [0], second
    while at >= 0 and len(cuts) < 256:
        cuts.append(_before_headers(data, at) if codec == "mp2v" else at)
        at = data.find(mark, at + 4)
    return [data[a:b] for a, b in zip(cuts, [*cuts[1:], len(data)], strict=True)]


def _is_second_field(data: bytes, at: int) -> bool:
    """Say whether a picture is coded as a field: two of them are one frame (ISO/IEC 13818-2, 6.3.10)."""
    extension = data.find(b"\x00\x00\x01\xb5", at, at + 64)
    return extension >= 0 and len(data) > extension + 6 and data[extension + 6] & 3 != 3


def _before_headers(data: bytes, at: int) -> int:
    """Return where the sequence header or group of pictures before a picture begins."""
    start = max(0, at - 512)
    marks = [where for mark in (b"\xb3", b"\xb8") if (where := data.find(_PREFIX + mark, start, at)) >= 0]
    return min(marks, default=at)
