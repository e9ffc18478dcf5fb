"""The sequence parameter set of H.264 (ITU-T H.264, 7.3.2.1.1): profile, size, frame rate, interlace, colour."""

from __future__ import annotations

from noc_console.media.es.format import Colour, Video
from noc_console.media.es.golomb import Golomb, without_emulation
from noc_console.media.es.vui import frames_per_second, read_colour
from noc_console.media.ts.bits import TooShort

_WITH_CHROMA = frozenset({100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135})
_PROFILES = {66: "Baseline", 77: "Main", 88: "Extended", 100: "High", 110: "High 10", 122: "High 4:2:2"}
_PROFILES |= {244: "High 4:4:4 Predictive", 44: "CAVLC 4:4:4", 118: "Multiview High", 128: "Stereo High"}
CHROMA = ("4:0:0", "4:2:0", "4:2:2", "4:4:4")


def read_sps(unit: bytes) -> Video:
    """Return the format that an SPS tells; TooShort where it is cut before the size is known."""
    body = without_emulation(unit[1:])
    bits = Golomb(body)
    profile, constraints, level = bits.take(8), bits.take(8), bits.take(8)
    bits.ue(31)
    chroma, depth = _chroma(bits) if profile in _WITH_CHROMA else (1, 8)
    bits.ue(12)  # log2_max_frame_num_minus4
    _picture_order(bits)
    bits.ue(16)
    bits.skip(1)
    width, height = (bits.ue(1023) + 1) * 16, (bits.ue(1023) + 1) * 16
    is_progressive = bits.flag()
    if not is_progressive:
        height *= 2
        bits.skip(1)
    bits.skip(1)
    if bits.flag():
        left, right, top, bottom = (bits.ue(8192) for _ in range(4))
        across = 2 if chroma in (1, 2) else 1
        down = (2 if chroma == 1 else 1) * (1 if is_progressive else 2)
        width, height = width - across * (left + right), height - down * (top + bottom)
    colour, rate = _usability(bits)
    return Video(
        codec="h264",
        profile=_profile(profile, constraints),
        level=f"{level / 10:.1f}",
        width=max(width, 0),
        height=max(height, 0),
        frame_rate=rate,
        is_interlaced=not is_progressive,
        bit_depth=depth,
        chroma=CHROMA[chroma],
        colour=colour,
        name=f"avc1.{body[:3].hex()}",
    )


def _profile(profile: int, constraints: int) -> str:
    name = _PROFILES.get(profile, f"profile {profile}")
    # H.264, A.2.1.1: constraint_set1_flag with Baseline is Constrained Baseline
    return f"Constrained {name}" if profile == 66 and constraints & 0x40 else name


def _chroma(bits: Golomb) -> tuple[int, int]:
    chroma = bits.ue(3)
    if chroma == 3:
        bits.skip(1)
    depth = 8 + bits.ue(6)
    bits.ue(6)
    bits.skip(1)
    if bits.flag():
        for at in range(8 if chroma != 3 else 12):
            if bits.flag():
                _scaling_list(bits, 16 if at < 6 else 64)
    return chroma, depth


def _scaling_list(bits: Golomb, size: int) -> None:
    last = following = 8
    for _ in range(size):
        if following:
            following = (last + bits.se() + 256) % 256
        last = following or last


def _picture_order(bits: Golomb) -> None:
    kind = bits.ue(2)
    if kind == 0:
        bits.ue(12)
    elif kind == 1:
        bits.skip(1)
        bits.se()
        bits.se()
        for _ in range(bits.ue(255)):
            bits.se()


def _usability(bits: Golomb) -> tuple[Colour, float]:
    """Return colour and frame rate; what is cut off costs only what stands behind the cut."""
    colour, rate = Colour(), 0.0
    try:
        if bits.flag():
            colour = read_colour(bits)
            if bits.flag():
                # H.264, E.2.1: two ticks of the clock are one frame
                rate = frames_per_second(bits.take(32), bits.take(32), 2)
    except TooShort:
        pass
    return colour, rate
