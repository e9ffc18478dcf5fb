"""What an elementary stream is by the stream_type and the descriptors of its PMT entry."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

# ISO/IEC 13818-1 table 2-34, ATSC A/53, Apple SAMPLE-AES
_TYPES: Mapping[int, tuple[str, str]] = {
    0x01: ("video", "mp1v"),
    0x02: ("video", "mp2v"),
    0x03: ("audio", "mp4a.40.34"),
    0x04: ("audio", "mp4a.40.34"),
    0x0F: ("audio", "mp4a.40.2"),
    0x10: ("video", "mp4v"),
    0x11: ("audio", "mp4a.40.2-latm"),
    0x15: ("data", "id3"),
    0x1B: ("video", "avc1"),
    0x1C: ("audio", "mp4a.40.2"),
    0x20: ("video", "avc1"),
    0x24: ("video", "hvc1"),
    0x33: ("video", "vvc1"),
    0x42: ("video", "cavs"),
    0x81: ("audio", "ac-3"),
    0x84: ("audio", "ec-3"),
    0x86: ("data", "scte35"),
    0x87: ("audio", "ec-3"),
    0xC1: ("audio", "ac-3"),
    0xC2: ("audio", "ec-3"),
    0xCF: ("audio", "mp4a.40.2"),
    0xD2: ("video", "cavs"),
    0xDB: ("video", "avc1"),
}
# ETSI EN 300 468: descriptors that tell what private data is
_PRIVATE: Mapping[int, tuple[str, str]] = {
    0x6A: ("audio", "ac-3"),
    0x7A: ("audio", "ec-3"),
    0x7B: ("audio", "dts"),
    0x7C: ("audio", "mp4a.40.2-latm"),
    0x56: ("text", "teletext"),
    0x59: ("text", "dvbsub"),
    0x81: ("audio", "ac-3"),
    0xCC: ("audio", "ec-3"),
}
# SMPTE registrations (registration_descriptor) of streams without a stream_type of their own
_REGISTERED: Mapping[bytes, tuple[str, str]] = {
    b"AC-3": ("audio", "ac-3"),
    b"EAC3": ("audio", "ec-3"),
    b"HEVC": ("video", "hvc1"),
    b"DTS1": ("audio", "dts"),
    b"DTS2": ("audio", "dts"),
    b"DTS3": ("audio", "dts"),
    b"Opus": ("audio", "opus"),
    b"AV01": ("video", "av01"),
    b"DOVI": ("video", "hvc1"),
    b"CUEI": ("data", "scte35"),
}
# Blu-ray programmes (registration HDMV) use numbers of their own
_HDMV: Mapping[int, tuple[str, str]] = {
    0x80: ("audio", "lpcm"),
    0x81: ("audio", "ac-3"),
    0x82: ("audio", "dts"),
    0x83: ("audio", "truehd"),
    0x84: ("audio", "ec-3"),
    0x85: ("audio", "dts"),
    0x86: ("audio", "dts"),
    0x90: ("text", "pgs"),
}


def kind_and_codec(
    stream_type: int, descriptors: Iterable[tuple[int, bytes]], registration: bytes = b""
) -> tuple[str, str]:
    """Return kind (video, audio, text, data) and codec family of a stream; `descriptors` are (tag, body).

    A descriptor is asked only where the type says "private" (ISO/IEC 13818-1: 0x06, user private from 0x80 on).
    `registration` is the programme's own format_identifier.
    """
    told = _HDMV.get(stream_type) if registration == b"HDMV" else None
    told = told or _TYPES.get(stream_type)
    if told is not None:
        return told
    if stream_type in (0x05, 0x06) or stream_type >= 0x80:
        for tag, body in descriptors:
            if tag == 0x8A:  # SCTE 35, 8.2: cue_identifier_descriptor
                return "data", "scte35"
            if tag == 0x05 and body[:4] in _REGISTERED:
                return _REGISTERED[body[:4]]
            if stream_type == 0x06 and tag in _PRIVATE:
                return _PRIVATE[tag]
            # EN 300 468, 6.4: extension descriptor 0x15 is AC-4
            if stream_type == 0x06 and tag == 0x7F and body[:1] == b"\x15":
                return "audio", "ac-4"
    return "data", f"0x{stream_type:02x}"
