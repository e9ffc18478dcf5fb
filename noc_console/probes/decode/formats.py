"""What a stream turned out to be: from its own headers where `media` reads them, else from what the decoder says."""

from __future__ import annotations

import struct
from dataclasses import replace
from typing import Any

from av.sidedata.sidedata import SideDataContainer

from noc_console.media.es import dolby, sound
from noc_console.media.es.format import Audio, Colour, Mastering, Video
from noc_console.media.es.picture import look_picture
from noc_console.media.ts.bits import TooShort
from noc_console.probes.decode.units import Track, Unit

_LOOKED_AT = 32 * 1024
_MOST_UNITS = 64
_START = b"\x00\x00\x00\x01"
_RPU = b"\x00\x00\x01\x7c\x01"  # NAL unit type 62 (Dolby Vision reference processing unit) behind a start code
_NAMES = {
    "hvc1": "hevc",
    "avc1": "h264",
    "mp2v": "mpeg2video",
    "mp1v": "mpeg1video",
    "mp4v": "mpeg4",
    "av01": "av1",
    "vp09": "vp9",
}
_CHROMA = {"420": "4:2:0", "422": "4:2:2", "444": "4:4:4", "gray": "4:0:0"}


def headers(track: Track, unit: Unit) -> bytes:
    """Return what `media.es` reads of a picture, with start codes: parameter sets, messages, the first slice.

    The metadata of Dolby Vision stands behind the slices of HEVC; here its header comes first.
    """
    if not track.is_prefixed:
        has_dolby = track.codec == "hvc1" and unit.data.rfind(_RPU) >= 0
        return (_START + _RPU[3:] if has_dolby else b"") + unit.data[:_LOOKED_AT]
    sets = _avc_sets(track.extradata) if track.codec == "avc1" else _hevc_sets(track.extradata)
    width = _width(track)
    parts, at = list(sets), 0
    while at + width < len(unit.data) and len(parts) < _MOST_UNITS:
        size = int.from_bytes(unit.data[at : at + width], "big")
        at += width
        parts.append(unit.data[at : at + min(size, _LOOKED_AT)])
        at += max(size, 1)
        kind = parts[-1][0] if parts[-1] else 0
        if track.codec == "hvc1" and parts[-1][:2] == _RPU[3:]:
            parts.insert(0, parts.pop()[:2])
            continue
        if (kind & 0x1F in (1, 5)) if track.codec == "avc1" else (kind >> 1 & 0x3F) < 32:
            parts[-1] = parts[-1][:64]
            if track.codec == "avc1":
                break
    return _START + _START.join(parts)


def video(track: Track, head: bytes, frame: Any) -> Video:
    """Return the format of a picture from its headers and a decoded frame."""
    found = told(track, head)
    return found if found is not None and found.width else _seen(track, frame)


def told(track: Track, head: bytes) -> Video | None:
    """Return what the headers of a picture tell, None where they do not, or the codec's are not read here."""
    if track.codec not in ("avc1", "hvc1", "mp2v", "mp1v"):
        return None
    try:
        return look_picture(track.codec, head)[0]
    except (TooShort, IndexError):
        return None


def _seen(track: Track, frame: Any) -> Video:
    name = frame.format.name
    depth = frame.format.components[0].bits if frame.format.components else 8
    chroma = next((text for part, text in _CHROMA.items() if part in name), "4:2:0")
    codec = _NAMES.get(track.codec, track.codec)
    colour = Colour(int(frame.color_primaries), int(frame.color_trc), int(frame.colorspace))
    profile = str(getattr(track.context, "profile", "") or "")
    rest = (frame.width, frame.height, 0.0, bool(frame.interlaced_frame), depth, chroma, colour)
    return Video(codec, profile, "", *rest, mastering=_mastering(frame), light=_light(frame))


def _mastering(frame: Any) -> Mastering | None:
    """Read AVMasteringDisplayMetadata: fractions of primaries (red, green, blue), white, least and most light."""
    data = _side_data(frame, "MASTERING_DISPLAY_METADATA")
    if len(data) < 88:
        return None
    numbers = struct.unpack_from("=20i2i", data)
    parts = [over / under if under else 0.0 for over, under in zip(numbers[0:20:2], numbers[1:20:2], strict=True)]
    red, green, blue, white = ((round(parts[at] * 50_000), round(parts[at + 1] * 50_000)) for at in (0, 2, 4, 6))
    return Mastering((green, blue, red, white), parts[9], parts[8])


def _light(frame: Any) -> tuple[int, int] | None:
    data = _side_data(frame, "CONTENT_LIGHT_LEVEL")
    return struct.unpack_from("=II", data) if len(data) >= 8 else None


def _side_data(frame: Any, name: str) -> bytes:
    # not frame.side_data: that keeps the frame alive in a cycle until garbage is collected
    parts = SideDataContainer(frame)  # type: ignore[call-arg]
    found = next((one for one in parts if one.type.name == name), None)
    return bytes(found) if found is not None else b""


def audio(track: Track, unit: Unit, context: Any, layout: tuple[str, ...]) -> Audio:
    """Return the format of a sound from the head of one of its frames and the decoder."""
    has_lfe = any(name.startswith("LFE") for name in layout)
    rate, channels = int(context.sample_rate or 0), len(layout)
    plain = Audio(_audio_name(track), str(context.profile or ""), rate, channels, has_lfe=has_lfe)
    try:
        found = _head(track, unit.data)
    except (TooShort, IndexError):
        found = None
    if found is None:
        return plain
    # what comes out of the decoder is right about rate and channels: replication and parametric stereo are in it
    profile = _replicated(found, rate, channels) or plain.profile or found.profile
    return replace(found, profile=profile, sample_rate=rate, channels=max(channels, found.channels), has_lfe=has_lfe)


def _head(track: Track, data: bytes) -> Audio | None:
    if track.codec in ("ac-3", "ec-3"):
        found = dolby.dolby(data, 0)
        return dolby.combined(found[0], data, 0, found[1]) if found and found[0].codec == "eac3" else _first(found)
    if track.codec == "mp4a.40.34" or track.decoder in ("mp2", "mp3", "mp3float", "mp2float"):
        return _first(sound.mpeg_audio(data, 0))
    if track.codec == "dts":
        return _first(sound.dts(data, 0))
    return _first(sound.adts(data, 0)) if track.codec == "mp4a.40.2" and not track.extradata else None


def _first(found: tuple[Audio, int] | None) -> Audio | None:
    return found[0] if found else None


def _replicated(found: Audio, rate: int, channels: int) -> str:
    if found.codec != "aac" or not rate:
        return ""
    if rate == 2 * found.sample_rate:
        return "HE-AACv2" if found.channels == 1 and channels == 2 else "HE-AAC"
    return ""


def _audio_name(track: Track) -> str:
    names = {"mp4a.40.2": "aac", "mp4a.40.2-latm": "aac_latm", "ac-3": "ac3", "ec-3": "eac3", "mp4a.40.34": "mp3"}
    return names.get(track.codec, {"mp3float": "mp3", "mp2float": "mp2"}.get(track.codec, track.codec))


def _width(track: Track) -> int:
    at = 4 if track.codec == "avc1" else 21
    return (track.extradata[at] & 3) + 1 if len(track.extradata) > at else 4


def _avc_sets(record: bytes) -> list[bytes]:
    """Return the parameter sets of an AVCDecoderConfigurationRecord (ISO/IEC 14496-15, 5.3.3.1)."""
    sets: list[bytes] = []
    at = 5
    for mask in (0x1F, 0xFF):
        if at >= len(record):
            break
        count, at = record[at] & mask, at + 1
        for _ in range(count):
            size = int.from_bytes(record[at : at + 2], "big")
            sets.append(record[at + 2 : at + 2 + size])
            at += 2 + size
    return [one for one in sets if one]


def _hevc_sets(record: bytes) -> list[bytes]:
    """Return the parameter sets and messages of an HEVCDecoderConfigurationRecord (ISO/IEC 14496-15, 8.3.3.1)."""
    sets: list[bytes] = []
    at = 23
    for _ in range(record[22] if len(record) > 22 else 0):
        count, at = int.from_bytes(record[at + 1 : at + 3], "big"), at + 3
        for _ in range(min(count, _MOST_UNITS)):
            size = int.from_bytes(record[at : at + 2], "big")
            sets.append(record[at + 2 : at + 2 + size])
            at += 2 + size
    return [one for one in sets if one]
