"""Splice information sections (SCTE 35) to cues: splice_insert, time_signal and segmentation descriptors."""

from __future__ import annotations

from dataclasses import dataclass, replace

from noc_console.media.ts.bits import Bits, TooShort
from noc_console.media.ts.crc import is_intact

WRAP = 1 << 33
CLOCK = 90_000
COMMANDS = {0: "splice_null", 4: "splice_schedule", 5: "splice_insert", 6: "time_signal", 7: "bandwidth_reservation"}
COMMANDS |= {0xFF: "private_command"}
_CUEI = b"CUEI"
_SEGMENTATION = 2
_WITH_SUB_SEGMENTS = frozenset({0x30, 0x32, 0x34, 0x36, 0x38, 0x3A, 0x44, 0x46})
_MOST = 64


class BrokenCue(ValueError):
    """The section cannot be read as a splice information section."""


@dataclass(frozen=True, slots=True)
class Segmentation:
    """One segmentation descriptor; `duration_s` is None where none is given."""

    event_id: int
    is_cancelled: bool
    type_id: int = 0
    duration_s: float | None = None
    upid_type: int = 0
    upid: str = ""
    segment_num: int = 0
    segments_expected: int = 0
    is_web_delivery_allowed: bool | None = None


@dataclass(frozen=True, slots=True)
class Cue:
    """One splice information section.

    `pts` is the splice time in 90 kHz ticks with pts_adjustment already added, None where it is immediate or absent.
    """

    command: str
    pts_adjustment: int
    pts: int | None = None
    is_encrypted: bool = False
    is_crc_good: bool = True
    event_id: int | None = None
    is_cancelled: bool = False
    is_out: bool | None = None
    is_immediate: bool = False
    duration_s: float | None = None
    auto_return: bool = False
    program_id: int | None = None
    avail: tuple[int, int] = (0, 0)
    tier: int = 0xFFF
    segmentations: tuple[Segmentation, ...] = ()

    @property
    def pts_s(self) -> float | None:
        """The splice time in seconds of the programme's clock."""
        return None if self.pts is None else self.pts / CLOCK


def decode(section: bytes) -> Cue:
    """Return the cue of one whole section from table_id to CRC_32; BrokenCue where it cannot be read."""
    if len(section) < 15 or section[0] != 0xFC:
        raise BrokenCue("Not a splice information section.")
    length = 3 + (int.from_bytes(section[1:3], "big") & 0x0FFF)
    if length > len(section) or length < 15:
        raise BrokenCue("The splice information section is cut.")
    section = section[:length]
    try:
        return replace(_decode(section), is_crc_good=is_intact(section))
    except TooShort as error:
        raise BrokenCue(f"The splice information section is cut: {error}.") from None


def _decode(section: bytes) -> Cue:
    bits = Bits(section[3:-4])
    bits.skip(8)  # protocol_version
    is_encrypted = bits.flag()
    bits.skip(6)
    adjustment = bits.take(33)
    bits.skip(8)  # cw_index
    tier = bits.take(12)
    size, kind = bits.take(12), bits.take(8)
    cue = Cue(COMMANDS.get(kind, f"command 0x{kind:02x}"), adjustment, is_encrypted=is_encrypted, tier=tier)
    if is_encrypted:
        return cue
    cue = _command(cue, kind, size, bits)
    return replace(cue, segmentations=_segmentations(bits))


def _command(cue: Cue, kind: int, size: int, bits: Bits) -> Cue:
    if size != 0xFFF:  # 0xFFF: written by encoders older than the length field
        body = bits.octets(size)
        try:
            return _read(cue, kind, Bits(body))
        except TooShort:
            return _read(cue, kind, Bits(body), has_components=False)
    if kind not in (0, 5, 6):
        raise BrokenCue("The length of the splice command is not given.")
    return _read(cue, kind, bits)


def _read(cue: Cue, kind: int, bits: Bits, has_components: bool = True) -> Cue:
    match kind:
        case 5:
            return _insert(cue, bits, has_components)
        case 6:
            return replace(cue, pts=_splice_time(bits, cue.pts_adjustment))
        case _:
            return cue


def _insert(cue: Cue, bits: Bits, has_components: bool) -> Cue:
    """Read a splice_insert; some encoders leave the component loop out of an immediate one."""
    cue = replace(cue, event_id=bits.take(32), is_cancelled=bits.flag())
    bits.skip(7)
    if cue.is_cancelled:
        return cue
    is_out, whole, has_duration, is_now = bits.flag(), bits.flag(), bits.flag(), bits.flag()
    bits.skip(4)
    pts = None
    if whole:
        pts = None if is_now else _splice_time(bits, cue.pts_adjustment)
    elif has_components:
        times = []
        for _ in range(bits.take(8)):
            bits.skip(8)
            times.append(None if is_now else _splice_time(bits, cue.pts_adjustment))
        pts = next((time for time in times if time is not None), None)
    auto, duration = _break(bits) if has_duration else (False, None)
    return replace(
        cue,
        is_out=is_out,
        is_immediate=is_now,
        pts=pts,
        duration_s=duration,
        auto_return=auto,
        program_id=bits.take(16),
        avail=(bits.take(8), bits.take(8)),
    )


def _break(bits: Bits) -> tuple[bool, float]:
    auto = bits.flag()
    bits.skip(6)
    return auto, bits.take(33) / CLOCK


def _splice_time(bits: Bits, adjustment: int) -> int | None:
    if not bits.flag():
        bits.skip(7)
        return None
    bits.skip(6)
    return (bits.take(33) + adjustment) % WRAP


def _segmentations(bits: Bits) -> tuple[Segmentation, ...]:
    loop = Bits(bits.octets(bits.take(16)))
    found: list[Segmentation] = []
    while loop.left >= 16 and len(found) < _MOST:
        tag, body = loop.take(8), loop.octets(loop.take(8))
        if tag == _SEGMENTATION and body[:4] == _CUEI:
            found.append(_readable(Bits(body[4:])))
    return tuple(found)


def _readable(bits: Bits) -> Segmentation:
    """Return what a segmentation descriptor says; one that is cut costs itself, not the cue."""
    try:
        return _segmentation(bits)
    except TooShort:
        return Segmentation(0, False)


def _segmentation(bits: Bits) -> Segmentation:
    event_id, is_cancelled = bits.take(32), bits.flag()
    bits.skip(7)
    if is_cancelled:
        return Segmentation(event_id, True)
    whole, has_duration, unrestricted = bits.flag(), bits.flag(), bits.flag()
    web = None if unrestricted else bits.flag()
    bits.skip(5 if unrestricted else 4)
    if not whole:
        bits.skip(48 * bits.take(8))
    duration = bits.take(40) / CLOCK if has_duration else None
    upid_type, upid = bits.take(8), bits.octets(bits.take(8))
    type_id, number, expected = bits.take(8), bits.take(8), bits.take(8)
    return Segmentation(event_id, False, type_id, duration, upid_type, upid.hex(), number, expected, web)


def is_out(cue: Cue) -> bool | None:
    """Say whether a cue leaves the programme (True), returns to it (False), or neither (None).

    Segmentation types that start a break, an advertisement or a placement opportunity lead out, those that end one
    lead back (SCTE 35, table of segmentation_type_id).
    """
    if cue.command == "splice_insert":
        return cue.is_out
    for one in cue.segmentations:
        if one.type_id in (0x22, *_WITH_SUB_SEGMENTS):
            return True
        if one.type_id in (0x23, *(kind + 1 for kind in _WITH_SUB_SEGMENTS)):
            return False
    return None
