"""From a sample entry to the RFC 6381 codec string, the picture and the protection."""

from __future__ import annotations

from dataclasses import dataclass

from noc_console.media.container.boxes import Box, children, descend, find, u32, uuid
from noc_console.media.es.nal import hevc_name

_VISUAL_SKIP = 78
_AUDIO_SKIP = 28


@dataclass(frozen=True, slots=True)
class Entry:
    """What a sample entry tells; `nal_width` is the length of the NAL size fields, 0 where there are none."""

    codec: str
    width: int = 0
    height: int = 0
    transfer: int = 0
    nal_width: int = 0
    scheme: str = ""
    default_kid: str = ""


def read_entry(data: bytes, box: Box, handler: str) -> Entry:
    """Return what the first sample entry of a track tells (ISO/IEC 14496-12, 8.5.2)."""
    skip = {"video": _VISUAL_SKIP, "audio": _audio_skip(data, box)}.get(handler, 8)
    inner = children(data, box.start + skip, box.end) if box.start + skip < box.end else []
    kind, scheme, kid = box.kind.decode("latin-1"), "", ""
    if kind in ("encv", "enca", "enct", "encs"):
        kind, scheme, kid = _protection(data, inner, kind)
    is_video = handler == "video"
    return Entry(
        codec=_codec(data, inner, kind),
        width=int.from_bytes(data[box.start + 24 : box.start + 26], "big") if is_video else 0,
        height=int.from_bytes(data[box.start + 26 : box.start + 28], "big") if is_video else 0,
        transfer=_transfer(data, inner) if is_video else 0,
        nal_width=_nal_width(data, inner),
        scheme=scheme,
        default_kid=kid,
    )


def _audio_skip(data: bytes, box: Box) -> int:
    version = int.from_bytes(data[box.start + 8 : box.start + 10], "big")
    return _AUDIO_SKIP + {1: 16, 2: 36}.get(version, 0)


def _protection(data: bytes, inner: list[Box], kind: str) -> tuple[str, str, str]:
    """Return original format, scheme and default KID (ISO/IEC 23001-7, 4 and 8)."""
    sinf = find(inner, b"sinf")
    if sinf is None:
        return kind, "", ""
    parts = children(data, sinf.start, sinf.end)
    frma, schm, tenc = find(parts, b"frma"), find(parts, b"schm"), descend(data, sinf, b"schi", b"tenc")
    name = data[frma.start : frma.start + 4].decode("latin-1") if frma else kind
    scheme = data[schm.start + 4 : schm.start + 8].decode("latin-1") if schm else ""
    kid = data[tenc.start + 8 : tenc.start + 24] if tenc else b""
    return name, scheme, uuid(kid) if len(kid) == 16 else ""


def _codec(data: bytes, inner: list[Box], kind: str) -> str:
    if kind in ("avc1", "avc3") and (box := find(inner, b"avcC")):
        return f"{kind}.{data[box.start + 1 : box.start + 4].hex()}"
    if kind in ("hvc1", "hev1") and (box := find(inner, b"hvcC")):
        return hevc_name(data[box.start + 1 : box.start + 13], kind)
    if kind in ("dvh1", "dvhe", "dva1", "dvav") and (box := find(inner, b"dvcC") or find(inner, b"dvvC")):
        bits = int.from_bytes(data[box.start + 2 : box.start + 4], "big")
        return f"{kind}.{bits >> 9:02d}.{bits >> 3 & 63:02d}"
    if kind == "mp4a" and (box := find(inner, b"esds")):
        return _mp4a(data[box.start + 4 : box.end])
    if kind == "av01" and (box := find(inner, b"av1C")):
        one, two = data[box.start + 1], data[box.start + 2]
        depth = 12 if two & 0x20 and two & 0x40 else 10 if two & 0x40 else 8
        return f"av01.{one >> 5}.{one & 31:02d}{'H' if two & 0x80 else 'M'}.{depth:02d}"
    if kind in ("vp08", "vp09") and (box := find(inner, b"vpcC")):
        profile, level, bits = data[box.start + 4 : box.start + 7]
        return f"{kind}.{profile:02d}.{level:02d}.{bits >> 4:02d}"
    return {"Opus": "opus", "fLaC": "flac"}.get(kind, kind)


def _mp4a(descriptor: bytes) -> str:
    """Return the name of MPEG-4 audio from its elementary stream descriptor."""
    indication, specific = specific_config(descriptor)
    if len(specific) > 1:
        first, second = specific[0], specific[1]
        kind = first >> 3 if first >> 3 != 31 else 32 + ((first & 7) << 3 | second >> 5)
        return f"mp4a.{indication:02x}.{kind}"
    return f"mp4a.{indication:02x}" if indication else "mp4a"


def specific_config(descriptor: bytes) -> tuple[int, bytes]:
    """Return the object type indication and the decoder specific information of a descriptor (14496-1, 7.2.6)."""
    at, indication = 0, 0
    while at + 2 <= len(descriptor):
        tag, at, size = descriptor[at], at + 1, 0
        for _ in range(4):
            byte = descriptor[at] if at < len(descriptor) else 0
            at, size = at + 1, size << 7 | byte & 0x7F
            if byte & 0x80 == 0:
                break
        if tag == 3:
            flags = descriptor[at + 2] if at + 2 < len(descriptor) else 0
            at += 3 + (2 if flags & 0x80 else 0) + (2 if flags & 0x20 else 0)
        elif tag == 4:
            indication = descriptor[at] if at < len(descriptor) else 0
            at += 13
        elif tag == 5:
            return indication, descriptor[at : at + size]
        else:
            at += size
    return indication, b""


def _transfer(data: bytes, inner: list[Box]) -> int:
    """Return the transfer characteristics of the colour box (ISO/IEC 23091-2: 16 PQ, 18 HLG), 0 without one."""
    for box in inner:
        if box.kind == b"colr" and data[box.start : box.start + 4] in (b"nclx", b"nclc"):
            return int.from_bytes(data[box.start + 6 : box.start + 8], "big")
    return 0


def _nal_width(data: bytes, inner: list[Box]) -> int:
    if box := find(inner, b"avcC"):
        return (data[box.start + 4] & 3) + 1
    if box := find(inner, b"hvcC"):
        return (data[box.start + 21] & 3) + 1
    return 0


def language(data: bytes, box: Box | None) -> str:
    """Return the ISO 639-2 code of a media header, empty where it is undetermined."""
    if box is None:
        return ""
    at = box.start + (32 if data[box.start] == 1 else 20)
    bits = u32(data, at) >> 16
    text = "".join(chr((bits >> shift & 31) + 0x60) for shift in (10, 5, 0))
    return text if text.isalpha() and text != "und" else ""
