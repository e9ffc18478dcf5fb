"""The bytes before a picture's first slice: parameter sets and messages of H.264 and HEVC, headers of MPEG-2."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from noc_console.media.es import avc, hevc
from noc_console.media.es.format import Video
from noc_console.media.es.golomb import without_emulation
from noc_console.media.es.mpeg2 import read_sequence
from noc_console.media.es.nal import whole_units
from noc_console.media.es.sei import Extras, read_sei
from noc_console.media.ts.bits import TooShort

_MOST_UNITS = 64
_PICTURE_START = b"\x00\x00\x01\x00"


def look_picture(codec: str, data: bytes) -> tuple[Video | None, bool]:
    """Return the format, and whether more bytes of this picture would add nothing."""
    if codec == "avc1":
        return _avc(data)
    if codec == "hvc1":
        return _hevc(data)
    # the extensions of a sequence header stand between it and the picture
    is_done = _PICTURE_START in data
    return (read_sequence(data) if is_done else None), is_done


def _avc(data: bytes) -> tuple[Video | None, bool]:
    """ITU-T H.264, table 7-1: 1 to 5 slices, 6 SEI, 7 SPS; 28 carries Dolby Vision metadata."""
    video, extras, is_done = None, Extras(), False
    for unit, is_whole in whole_units(data, _MOST_UNITS):
        kind = unit[0] & 0x1F if unit else 0
        if kind == 7 and is_whole:
            video = _quiet(avc.read_sps, unit) or video
        elif kind == 6 and is_whole:
            read_sei(without_emulation(unit[1:]), extras)
        elif kind == 28:
            extras.has_dolby_vision = True
        elif 1 <= kind <= 5:
            is_done = True
            break
    return _with(video, extras), is_done


def _hevc(data: bytes) -> tuple[Video | None, bool]:
    """ITU-T H.265, table 7-1: below 32 slices, 32 VPS, 33 SPS, 39 and 40 SEI; 62 carries the Dolby Vision RPU."""
    video, extras, is_done, rate = None, Extras(), False, 0.0
    for unit, is_whole in whole_units(data, _MOST_UNITS):
        kind = (unit[0] >> 1) & 0x3F if unit else 63
        if kind == 32 and is_whole:
            rate = hevc.read_vps(unit)
        elif kind == 33 and is_whole:
            video = _quiet(hevc.read_sps, unit) or video
        elif kind in (39, 40) and is_whole:
            read_sei(without_emulation(unit[2:]), extras)
        elif kind == 62:
            extras.has_dolby_vision = True
        elif kind < 32:
            is_done = True
            break
    if video is not None and not video.frame_rate:
        video = replace(video, frame_rate=rate)
    return _with(video, extras), is_done


def _quiet(read: Callable[[bytes], Video], unit: bytes) -> Video | None:
    """Return what a parameter set tells, None where it is cut or not one."""
    try:
        return read(unit)
    except (TooShort, IndexError):
        return None


def _with(video: Video | None, extras: Extras) -> Video | None:
    if video is None:
        return None
    return replace(
        video,
        colour=replace(video.colour, alternative=extras.alternative),
        mastering=extras.mastering,
        light=extras.light,
        has_dolby_vision=extras.has_dolby_vision,
        has_hdr10_plus=extras.has_hdr10_plus,
        has_captions=extras.has_captions,
    )
