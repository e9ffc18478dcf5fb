"""Sequence header and extensions of MPEG-1 and MPEG-2 video (ISO/IEC 13818-2, 6.2.2)."""

from __future__ import annotations

from noc_console.media.es.format import Colour, Video

_RATES = (0.0, 24000 / 1001, 24.0, 25.0, 30000 / 1001, 30.0, 50.0, 60000 / 1001, 60.0)
_PROFILES = {5: "Simple", 4: "Main", 3: "SNR", 2: "Spatial", 1: "High"}
_LEVELS = {10: "Low", 8: "Main", 6: "High 1440", 4: "High"}
_CHROMA = ("", "4:2:0", "4:2:2", "4:4:4")
_VARIABLE = 0x3FFFF  # ISO/IEC 11172-2, 2.4.3.2: all ones is a variable bitrate
_HEAD, _EXTENSION = b"\x00\x00\x01\xb3", b"\x00\x00\x01\xb5"


def read_sequence(data: bytes) -> Video | None:
    """Return the format, None where no sequence header with its size is in the data."""
    at = data.find(_HEAD)
    if at < 0 or at + 12 > len(data):
        return None
    head = data[at + 4 : at + 12]
    width, height = head[0] << 4 | head[1] >> 4, (head[1] & 15) << 8 | head[2]
    code = head[3] & 15
    rate = _RATES[code] if code < len(_RATES) else 0.0
    units = int.from_bytes(head[4:7], "big") >> 6
    bitrate = units * 400 if units != _VARIABLE else 0
    extensions = {body[0] >> 4: body for body in _extensions(data, at)}
    one = extensions.get(1)
    if one is None:
        return Video("mpeg1video", "", "", width, height, round(rate, 3), bitrate_bps=bitrate, name="mp1v")
    marks = int.from_bytes(one[:6], "big")  # 48 bits: id 4, profile 8, progressive 1, chroma 2, sizes 2 + 2 ...
    escape = marks >> 43 & 1
    profile, level = marks >> 40 & 7, marks >> 36 & 15
    width |= (marks >> 31 & 3) << 12
    height |= (marks >> 29 & 3) << 12
    rate = rate * ((marks >> 5 & 3) + 1) / ((marks & 31) + 1)
    return Video(
        codec="mpeg2video",
        profile="4:2:2" if escape else _PROFILES.get(profile, f"profile {profile}"),
        level=_LEVELS.get(level, "") if not escape else "",
        width=width,
        height=height,
        frame_rate=round(rate, 3),
        is_interlaced=not marks >> 35 & 1,
        chroma=_CHROMA[marks >> 33 & 3],
        colour=_colour(extensions.get(2)),
        bitrate_bps=bitrate,
        name="mp2v",
    )


def _extensions(data: bytes, at: int) -> list[bytes]:
    found: list[bytes] = []
    for _ in range(4):
        at = data.find(_EXTENSION, at + 4)
        if at < 0 or at + 10 > len(data):
            break
        found.append(data[at + 4 : at + 12])
    return found


def _colour(display: bytes | None) -> Colour:
    if display is None or len(display) < 4 or not display[0] & 1:
        return Colour()
    return Colour(display[1], display[2], display[3])
