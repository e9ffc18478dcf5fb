"""Parameter sets of H.265 (ITU-T H.265, 7.3.2): profile, size, frame rate, interlace, colour."""

from __future__ import annotations

from dataclasses import replace

from noc_console.media.es.avc import CHROMA
from noc_console.media.es.format import Video
from noc_console.media.es.golomb import Golomb, without_emulation
from noc_console.media.es.nal import hevc_name
from noc_console.media.es.vui import frames_per_second, read_colour
from noc_console.media.ts.bits import TooShort

_PROFILES = {1: "Main", 2: "Main 10", 3: "Main Still Picture", 4: "Rext", 9: "SCC"}


def read_vps(unit: bytes) -> float:
    """Return the frame rate that a VPS tells, 0 where it does not."""
    bits = Golomb(without_emulation(unit[2:]))
    try:
        bits.skip(12)
        layers = bits.take(3)
        bits.skip(17)
        _tier_level(bits, layers)
        _ordering(bits, layers)
        width = bits.take(6)
        for _ in range(bits.ue(1023)):
            bits.skip(width + 1)
        return frames_per_second(bits.take(32), bits.take(32)) if bits.flag() else 0.0
    except TooShort:
        return 0.0


def read_sps(unit: bytes) -> Video:
    """Return the format that an SPS tells; TooShort where it is cut before the size is known."""
    body = without_emulation(unit[2:])
    bits = Golomb(body)
    bits.skip(4)
    layers = bits.take(3)
    bits.skip(1)
    _tier_level(bits, layers)
    bits.ue(15)
    chroma = bits.ue(3)
    if chroma == 3:
        bits.skip(1)
    width, height = bits.ue(16888), bits.ue(16888)
    if bits.flag():
        left, right, top, bottom = (bits.ue(16888) for _ in range(4))
        width -= (2 if chroma in (1, 2) else 1) * (left + right)
        height -= (2 if chroma == 1 else 1) * (top + bottom)
    depth = 8 + bits.ue(8)
    level = body[12]
    video = Video(
        codec="hevc",
        profile=_PROFILES.get(body[1] & 0x1F, f"profile {body[1] & 0x1F}"),
        level=f"{level / 30:.1f}",
        width=max(width, 0),
        height=max(height, 0),
        bit_depth=depth,
        chroma=CHROMA[chroma],
        name=hevc_name(body[1:13]),
        # H.265, 7.4.4: general_progressive_source_flag and general_interlaced_source_flag
        is_interlaced=body[6] & 0xC0 == 0x40,
    )
    try:
        return _usability(bits, video, layers)
    except TooShort:
        return video


def _usability(bits: Golomb, video: Video, layers: int) -> Video:
    """Read on to the VUI and add what it says."""
    bits.ue(8)
    order_bits = bits.ue(12) + 4
    _ordering(bits, layers)
    for _ in range(6):
        bits.ue()
    if bits.flag() and bits.flag():
        _scaling_lists(bits)
    bits.skip(2)
    if bits.flag():
        bits.skip(8)
        bits.ue()
        bits.ue()
        bits.skip(1)
    _reference_sets(bits)
    if bits.flag():
        for _ in range(bits.ue(32)):
            bits.skip(order_bits + 1)
    bits.skip(2)
    if not bits.flag():
        return video
    video = replace(video, colour=read_colour(bits))
    bits.skip(1)
    is_fields = bits.flag()
    bits.skip(1)
    if bits.flag():
        for _ in range(4):
            bits.ue()
    rate = frames_per_second(bits.take(32), bits.take(32), 2 if is_fields else 1) if bits.flag() else 0.0
    height = video.height * (2 if is_fields else 1)
    return replace(video, frame_rate=rate, height=height, is_interlaced=video.is_interlaced or is_fields)


def _tier_level(bits: Golomb, layers: int) -> None:
    bits.skip(96)
    flags = [(bits.flag(), bits.flag()) for _ in range(layers)]
    if layers:
        bits.skip(2 * (8 - layers))
    for has_profile, has_level in flags:
        bits.skip((88 if has_profile else 0) + (8 if has_level else 0))


def _ordering(bits: Golomb, layers: int) -> None:
    for _ in range(layers + 1 if bits.flag() else 1):
        bits.ue()
        bits.ue()
        bits.ue()


def _scaling_lists(bits: Golomb) -> None:
    for size in range(4):
        for _ in range(0, 6, 3 if size == 3 else 1):
            if not bits.flag():
                bits.ue()
                continue
            if size > 1:
                bits.se()
            for _ in range(min(64, 1 << (4 + (size << 1)))):
                bits.se()


def _reference_sets(bits: Golomb) -> int:
    """H.265, 7.3.7: return how many; only the number of pictures of each is kept, the next set may refer to it."""
    pictures, count = 0, bits.ue(64)
    for at in range(count):
        if at and bits.flag():
            bits.skip(1)
            bits.ue()
            kept = 0
            for _ in range(pictures + 1):
                is_used = bits.flag()
                kept += is_used or bits.flag()
            pictures = kept
        else:
            pictures = bits.ue(16) + bits.ue(16)
            for _ in range(pictures):
                bits.ue()
                bits.skip(1)
    return count
