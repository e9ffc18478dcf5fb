"""As much of an SCTE-35 section as its carriage in an MPD is judged by: is it whole, and how long is the break."""

from __future__ import annotations

from dataclasses import dataclass

_INSERT, _SIGNAL, _SEGMENTATION = 0x05, 0x06, 0x02
_TICKS = 90_000


@dataclass(frozen=True, slots=True)
class Splice:
    """What a section says; `fault` is one phrase, empty where the section is whole. Seconds, None where untold."""

    fault: str = ""
    command: int = -1
    break_s: float | None = None
    is_encrypted: bool = False


def read_section(section: bytes) -> Splice:
    """Return what a splice_info_section says (ANSI/SCTE 35, 9.6); never raises."""
    if len(section) < 17:
        return Splice("it is too short for a splice_info_section")
    if section[0] != 0xFC:
        return Splice(f"its table id is 0x{section[0]:02X}, not 0xFC")
    length = 3 + ((section[1] & 0x0F) << 8 | section[2])
    if length > len(section) or length < 17:
        return Splice(f"its length field says {length} bytes, there are {len(section)}")
    section = section[:length]
    if _crc(section) != 0:
        return Splice("its CRC is wrong")
    command = section[13]
    if section[4] & 0x80:
        return Splice(command=command, is_encrypted=True)
    size = (section[11] & 0x0F) << 8 | section[12]
    body = section[14:-4]
    if size == 0xFFF:  # 9.6.1: an old encoder does not tell the length
        return Splice(command=command, break_s=_insert(body) if command == _INSERT else None)
    if size > len(body):
        return Splice("its command runs over its end", command)
    if command == _INSERT:
        return Splice(command=command, break_s=_insert(body[:size]))
    if command == _SIGNAL:
        return Splice(command=command, break_s=_segmentation(body[size:]))
    return Splice(command=command)


def _insert(body: bytes) -> float | None:
    """Return the break duration of a splice_insert (9.7.3)."""
    if len(body) < 6 or body[4] & 0x80:
        return None
    flags, at = body[5], 6
    has_program, has_duration, is_immediate = flags & 0x40, flags & 0x20, flags & 0x10
    if has_program and not is_immediate:
        at += 5 if at < len(body) and body[at] & 0x80 else 1
    elif not has_program and at < len(body):
        count, at = body[at], at + 1
        for _ in range(count):
            at += 1
            if not is_immediate:
                at += 5 if at < len(body) and body[at] & 0x80 else 1
    return _time(body[at : at + 5]) if has_duration else None


def _segmentation(loop: bytes) -> float | None:
    """Return the longest segmentation duration of the descriptors (10.3.3)."""
    found: list[float] = []
    at, end = 2, 2 + int.from_bytes(loop[:2], "big")
    while at + 2 <= min(end, len(loop)):
        tag, length = loop[at], loop[at + 1]
        body = loop[at + 2 : at + 2 + length]
        at += 2 + length
        if tag != _SEGMENTATION or len(body) < 10 or body[8] & 0x80:
            continue
        flags, place = body[9], 10
        if not flags & 0x80:
            place += 1 + 6 * (body[place] if place < len(body) else 0)
        if flags & 0x40 and place + 5 <= len(body):
            found.append(int.from_bytes(body[place : place + 5], "big") / _TICKS)
    return max(found, default=None)


def _time(field: bytes) -> float | None:
    return (int.from_bytes(field, "big") & ((1 << 33) - 1)) / _TICKS if len(field) == 5 else None


def _table() -> tuple[int, ...]:
    table = []
    for byte in range(256):
        value = byte << 24
        for _ in range(8):
            value = (value << 1 ^ 0x04C11DB7 if value & 0x80000000 else value << 1) & 0xFFFFFFFF
        table.append(value)
    return tuple(table)


_CRC_TABLE = _table()


def _crc(data: bytes) -> int:
    """Return the CRC-32 of MPEG-2, 0 over a section with a right one."""
    value = 0xFFFFFFFF
    for byte in data:
        value = (value << 8 & 0xFFFFFFFF) ^ _CRC_TABLE[value >> 24 ^ byte]
    return value
