"""What MP4 boxes say of their streams, of bytes made by hand: colour, mastering, light, Dolby Vision, Atmos."""

from __future__ import annotations

import io
import struct

import pytest
from media_made import Clip, made

from noc_console.probes.decode.container_facts import facts_of, facts_of_file
from noc_console.probes.decode.decoder import Decoder
from noc_console.probes.decode.job import FULL, KEYFRAMES, Job


def box(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I4s", 8 + len(body), kind) + body


def movie(handler: bytes, entry: bytes, number: int = 3) -> bytes:
    """A movie box of one track with one sample entry."""
    tkhd = box(b"tkhd", bytes(12), struct.pack(">I", number), bytes(64))
    stsd = box(b"stsd", bytes(4), struct.pack(">I", 1), entry)
    mdia = box(b"mdia", box(b"hdlr", bytes(8), handler, bytes(12)), box(b"minf", box(b"stbl", stsd)))
    return box(b"moov", box(b"trak", tkhd, mdia))


def test_a_picture_s_boxes_are_read() -> None:
    # Dolby Vision streams within ISO BMFF 2.2, 3.2: version 1.0, profile 8, level 6, RPU and base, compatibility 1
    dolby = bytes([1, 0, 8 << 1, 6 << 3 | 0b101, 1 << 4]) + bytes(19)
    colour = b"nclx" + struct.pack(">HHHB", 9, 16, 9, 0)
    boxes = (box(b"colr", colour), box(b"mdcv", bytes(24)), box(b"clli", struct.pack(">HH", 1000, 400)))
    facts = facts_of(movie(b"vide", box(b"hvc1", bytes(78), *boxes, box(b"dvvC", dolby))))[3]
    assert facts["entry"] == "hvc1"
    assert facts["colour"] == {"primaries": 9, "transfer": 16, "matrix": 9}
    assert (facts["has_mastering"], facts["light"]) == (True, [1000, 400])
    told = {"profile": 8, "level": 6, "has_rpu": True, "has_enhancement": False, "has_base": True, "compatibility": 1}
    assert facts["dolby_vision"] == told


@pytest.mark.parametrize(("tail", "atmos"), [(b"\x01\x10", True), (b"", False), (b"\x00\x00", False)])
def test_objects_in_enhanced_ac3_are_told(tail: bytes, atmos: bool) -> None:
    # ETSI TS 102 366, F.6: data_rate, one independent substream without dependent ones, then the extension
    dec3 = struct.pack(">H", 640 << 3) + bytes([0x20, 0x0F, 0x00]) + tail
    assert facts_of(movie(b"soun", box(b"ec-3", bytes(28), box(b"dec3", dec3))))[3]["atmos"] is atmos


def test_the_movie_box_of_a_file_is_found_behind_its_media() -> None:
    data = box(b"ftyp", b"isom" * 4) + box(b"mdat", bytes(100_000)) + movie(b"vide", box(b"avc1", bytes(78)))
    assert facts_of_file(io.BytesIO(data)) == {3: {"entry": "avc1"}}


@pytest.mark.parametrize(
    "data",
    [b"", b"moov", bytes(4000), b"\xff" * 4000, box(b"moov", b"\x00\x00\x00\x01trak"), movie(b"vide", b"\x00")],
)
def test_hostile_boxes_tell_nothing(data: bytes) -> None:
    assert facts_of(data) == {}
    assert facts_of_file(io.BytesIO(data)) == {}


@pytest.mark.parametrize("mode", [KEYFRAMES, FULL])
def test_files_of_one_rung_come_one_after_the_other(mode: str) -> None:
    decoder, body = Decoder(), made(Clip(seconds=2.0, container="mp4"))
    for number in range(3):
        found = decoder.decode(Job(1, "r", mode, body=body, sequence=number))
        assert len(found.pictures["r"].frames) == (50 if mode == FULL else 2)
        assert found.pictures["r"].broken_frames == 0


def test_more_is_decoded_from_one_stretch_to_the_next() -> None:
    decoder, body = Decoder(), made(Clip(seconds=2.0))
    counts = []
    for number, mode in enumerate((KEYFRAMES, FULL, KEYFRAMES, FULL)):
        found = decoder.decode(Job(1, "r", mode, body=body, sequence=number, is_last=mode == FULL))
        counts.append(len(found.pictures["r"].frames))
    assert counts == [2, 50, 2, 50]
