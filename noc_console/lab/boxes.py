"""Writes the boxes of fragmented MP4 (ISO/IEC 14496-12): initialisation segments and fragments."""

from __future__ import annotations

from collections.abc import Sequence
from struct import pack

from noc_console.lab.encode import nal_units
from noc_console.lab.options import AAC_SAMPLES, SAMPLE_RATE, TICKS

VIDEO_SCALE = 90_000
AUDIO_SCALE = SAMPLE_RATE
# where the sequence number lies in a fragment: after the heads of moof and mfhd, version and flags
SEQUENCE_AT = 20
_UNITY = pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
_KEY, _NOT_KEY = 0x02000000, 0x01010000
_EMPTY_TABLES = (b"stts", b"stsc", b"stco")

SEGMENT_TYPE = pack(">I4s4sI4s4s", 24, b"styp", b"msdh", 0, b"msdh", b"msix")


def video_init(parameter_sets: bytes, width: int, height: int) -> bytes:
    """Return the initialisation segment of a video track from its SPS and PPS in Annex B."""
    sps, pps = (
        next(nal for nal in nal_units(parameter_sets) if nal[0] & 31 == kind) for kind in (7, 8)
    )  # fmt: skip
    avcc = bytes((1, *sps[1:4], 0xFF, 0xE1)) + pack(">H", len(sps)) + sps + b"\x01" + pack(">H", len(pps)) + pps
    entry = box(b"avc1", visual(width, height), box(b"avcC", avcc), SQUARE_PIXELS)
    return video_track(entry, width, height)


def visual(width: int, height: int) -> bytes:
    """Return the head of a visual sample entry (ISO/IEC 14496-12, 12.1.3)."""
    return bytes(6) + pack(">H16xHHIIIH32sHh", 1, width, height, 0x480000, 0x480000, 0, 1, b"", 24, -1)


def video_track(entry: bytes, width: int, height: int) -> bytes:
    """Return the initialisation segment of a video track with this sample entry."""
    media = _full(b"vmhd", 1, bytes(8))
    return _init(entry, media, b"vide", VIDEO_SCALE, pack(">II", width << 16, height << 16))


def audio_init(config: bytes) -> bytes:
    """Return the initialisation segment of an AAC track from its AudioSpecificConfig."""
    decoder = bytes((0x40, 0x15, 0, 0, 0)) + pack(">II", 64_000, 64_000) + _descriptor(5, config)
    esds = _full(b"esds", 0, _descriptor(3, bytes((0, 1, 0)) + _descriptor(4, decoder) + _descriptor(6, b"\x02")))
    entry = box(b"mp4a", bytes(6) + pack(">H8xHHHHI", 1, 2, 16, 0, 0, SAMPLE_RATE << 16), esds)
    return _init(entry, _full(b"smhd", 0, bytes(4)), b"soun", AUDIO_SCALE, bytes(8))


def fragment(samples: Sequence[bytes], is_video: bool) -> bytes:
    """Return moof and mdat of these samples, with decode time and sequence number 0; only the first is a key."""
    flags = 0x205 if is_video else 0x201
    sizes = pack(f">{len(samples)}I", *map(len, samples))
    length = 0
    for _ in range(2):  # the first turn finds how long the head is
        first = pack(">I", _KEY) if is_video else b""
        run = _full(b"trun", flags, pack(">Ii", len(samples), length + 8) + first + sizes)
        head = _full(
            b"tfhd",
            0x020028,
            pack(">III", 1, TICKS if is_video else AAC_SAMPLES, _NOT_KEY if is_video else _KEY),
        )
        traf = box(b"traf", head, _full(b"tfdt", 1 << 24, bytes(8)), run)
        moof = box(b"moof", _full(b"mfhd", 0, bytes(4)), traf)
        length = len(moof)
    return moof + box(b"mdat", *samples)


def video_sample(unit: bytes) -> bytes:
    """Return an Annex B access unit as an MP4 sample: slices only, each behind its length."""
    slices = [nal for nal in nal_units(unit) if nal[0] & 31 in (1, 5)]
    return b"".join(pack(">I", len(nal)) + nal for nal in slices)


def _init(entry: bytes, media: bytes, handler: bytes, scale: int, size: bytes) -> bytes:
    tables = [_full(name, 0, bytes(4)) for name in _EMPTY_TABLES]
    stbl = box(b"stbl", _full(b"stsd", 0, pack(">I", 1) + entry), *tables, _full(b"stsz", 0, bytes(8)))
    source = box(b"dinf", _full(b"dref", 0, pack(">I", 1) + _full(b"url ", 1, b"")))
    language = 0x15C7 if handler == b"soun" else 0x55C4  # eng, und
    mdia = box(
        b"mdia",
        _full(b"mdhd", 0, pack(">IIIIHH", 0, 0, scale, 0, language, 0)),
        _full(b"hdlr", 0, pack(">I4s12x", 0, handler) + b"noc-console lab\x00"),
        box(b"minf", media, source, stbl),
    )
    volume = 0x0100 if handler == b"soun" else 0
    tkhd = _full(b"tkhd", 7, pack(">IIIII8xhhHH", 0, 0, 1, 0, 0, 0, 0, volume, 0) + _UNITY + size)
    mvhd = _full(b"mvhd", 0, pack(">IIIIIH10x", 0, 0, 1000, 0, 0x10000, 0x0100) + _UNITY + bytes(24) + pack(">I", 2))
    mvex = box(b"mvex", _full(b"trex", 0, pack(">IIIII", 1, 1, 0, 0, 0)))
    ftyp = box(b"ftyp", b"iso6" + bytes(4) + b"iso6cmfcmp41")
    return ftyp + box(b"moov", mvhd, box(b"trak", tkhd, mdia), mvex)


def box(name: bytes, *parts: bytes) -> bytes:
    """Return a box of these parts."""
    body = b"".join(parts)
    return pack(">I4s", len(body) + 8, name) + body


def _full(name: bytes, version_flags: int, body: bytes) -> bytes:
    return box(name, pack(">I", version_flags), body)


def _descriptor(tag: int, body: bytes) -> bytes:
    return bytes((tag, len(body))) + body


SQUARE_PIXELS = box(b"pasp", pack(">II", 1, 1))
