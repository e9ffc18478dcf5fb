"""Bytes that mean harm, or are broken: each gives one plain sentence, no exception and no wait."""

from __future__ import annotations

import random
import struct

import media_made
import pytest
from media_made import Clip, made

from noc_console.probes.decode import codecs
from noc_console.probes.decode.decoder import Decoder, Limits
from noc_console.probes.decode.job import FULL, KEYFRAMES, Job

TS = made(Clip(seconds=2.0))
FRAGMENTED = made(
    Clip(seconds=2.0, container="mp4", options={"movflags": "frag_keyframe+delay_moov+default_base_moof"})
)
AT = FRAGMENTED.index(b"moof") - 4
INIT, FRAGMENT = FRAGMENTED[:AT], FRAGMENTED[AT:]


def faults(body: bytes, **options: object) -> tuple[str, ...]:
    """What is said of some bytes; also that nothing was seen or heard where nothing should be."""
    found = Decoder().decode(Job(1, "r", FULL, body=body, is_last=True, **options))  # type: ignore[arg-type]
    for fault in found.faults:
        assert (fault.endswith(".") and fault[0].isupper()) or fault.startswith(("pid/", "track/"))
        assert "Traceback" not in fault and "Error" not in fault
    return found.faults


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "no bytes"),
        (b"<html><body>Not found</body></html>", "web page"),
        (b"#EXTM3U\n#EXTINF:6,\na.ts\n", "text, not media"),
        (bytes(100_000), "no media file"),
        (b"\xff" * 100_000, ""),
        (b"G" * 188 * 50, "no programme"),
        (random.Random(1).randbytes(100_000), "no media file"),
        (FRAGMENT, "without its initialisation segment"),
        (INIT, ""),
        (b"\x00\x00\x00\x08ftyp" + bytes(64), ""),
    ],
    ids=["nothing", "page", "playlist", "zeros", "ones", "sync", "noise", "no init", "init alone", "head alone"],
)
def test_what_is_no_media_is_told_in_one_sentence(body: bytes, said: str) -> None:
    told = faults(body)
    assert said in " ".join(told)
    assert len(told) <= 2


def test_a_wrong_initialisation_segment_is_told() -> None:
    other = made(Clip(seconds=0.4, container="mp4", video="", options={"movflags": "frag_keyframe+delay_moov"}))
    assert "movie box" in faults(FRAGMENT, init=b"junk" * 100)[0]
    assert faults(FRAGMENT, init=other[: other.index(b"moof") - 4])


def test_a_truncated_segment_gives_what_is_there() -> None:
    for body in (TS[: len(TS) * 3 // 5], TS[: len(TS) * 3 // 5 - 77]):
        found = Decoder().decode(Job(1, "r", FULL, body=body, is_last=True))
        assert 10 < len(found.pictures["r"].frames) < 50
    half = Decoder().decode(Job(1, "r", FULL, body=FRAGMENT[: len(FRAGMENT) * 3 // 5], init=INIT, is_last=True))
    assert "cut off" in half.faults[0]
    assert 5 < len(half.pictures["r"].frames) < 50


@pytest.mark.parametrize("seed", range(6))
def test_flipped_bytes_never_raise(seed: int) -> None:
    chance = random.Random(seed)
    for clean, init in ((TS, b""), (FRAGMENT, INIT)):
        body = bytearray(clean)
        for _ in range(1 + seed * 20):
            body[chance.randrange(len(body))] = chance.randrange(256)
        for mode in (FULL, KEYFRAMES):
            faults(bytes(body), init=init)
            Decoder().decode(Job(1, "", mode, body=bytes(body), init=init))


@pytest.mark.parametrize("seed", range(3))
def test_lost_packets_are_counted_and_heal(seed: int) -> None:
    chance = random.Random(seed)
    rows = [TS[at : at + 188] for at in range(0, len(TS), 188)]
    kept = [row for row in rows if chance.random() > 0.03]
    found = Decoder().decode(Job(1, "r", FULL, body=b"".join(kept), is_last=True))
    assert sum(one.broken_frames for one in (*found.pictures.values(), *found.sounds.values())) > 0


def test_pictures_larger_than_the_limit_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    job = Job(1, "r", KEYFRAMES, body=TS, sequence=1, is_last=True)
    monkeypatch.setattr(codecs, "MOST_PIXELS", 256 * 144)
    assert len(Decoder().decode(job).pictures["r"].frames) == 2
    monkeypatch.setattr(codecs, "MOST_PIXELS", 256 * 144 // 2)
    found = Decoder().decode(job)
    assert "None of the 50 pictures" in found.faults[0]
    assert not found.pictures


def test_a_size_that_no_level_has_is_no_memory_of_that_size() -> None:
    huge = _with_size(16_384, 16_384)
    assert "could be decoded" in faults(huge)[0]


def test_decoding_ends_when_its_time_is_used_up() -> None:
    found = Decoder(Limits(cpu_s=0.0)).decode(Job(1, "r", FULL, body=TS, is_last=True))
    assert any("took too long" in fault for fault in found.faults)


def test_a_stretch_has_a_largest_size() -> None:
    (fault,) = Decoder(Limits(stretch_bytes=1000)).decode(Job(1, "r", FULL, body=TS)).faults
    assert "larger than" in fault


def test_scrambled_streams_are_told() -> None:
    rows = [bytearray(TS[at : at + 188]) for at in range(0, len(TS), 188)]
    for row in rows:
        if int.from_bytes(row[1:3], "big") & 0x1FFF in (0x100, 0x101):
            row[3] |= 0x80
    told = faults(b"".join(bytes(row) for row in rows))
    assert [fault for fault in told if "scrambled" in fault]


def test_common_encryption_is_told() -> None:
    protected = INIT.replace(b"avc1", b"encv", 1)
    sinf = _box(b"sinf", _box(b"frma", b"avc1") + _box(b"schm", bytes(4) + b"cenc" + b"\x00\x01\x00\x00"))
    told = faults(FRAGMENT, init=_grown(protected, sinf))
    assert any("encrypted (cenc)" in fault for fault in told)


def test_an_endless_box_is_no_endless_loop() -> None:
    for size in (0, 1, 7, 0xFFFFFFFF):
        faults(struct.pack(">I4s", size, b"moof") * 2000, init=INIT)


def test_a_run_that_claims_a_billion_samples_is_refused() -> None:
    at = FRAGMENT.index(b"trun")
    body = FRAGMENT[: at + 8] + struct.pack(">I", 1_000_000_000) + FRAGMENT[at + 12 :]
    assert "samples" in faults(body, init=INIT)[0]


def test_after_garbage_the_next_segment_is_whole_again() -> None:
    decoder = Decoder()
    decoder.decode(Job(1, "r", FULL, body=TS, sequence=1))
    assert decoder.decode(Job(1, "r", FULL, body=b"garbage" * 999, sequence=2)).faults
    after = decoder.decode(Job(1, "r", FULL, body=TS, sequence=3, is_last=True))
    assert after.faults == ()
    assert len(after.pictures["r"].frames) == 50


def test_lost_sync_is_found_again() -> None:
    middle = len(TS) // 188 // 2 * 188
    found = Decoder().decode(Job(1, "r", FULL, body=TS[:middle] + b"x" * 61 + TS[middle:], is_last=True))
    assert len(found.pictures["r"].frames) >= 40


def test_packets_of_other_sizes_are_read() -> None:
    rows = [TS[at : at + 188] for at in range(0, len(TS), 188)]
    for body in (b"".join(b"\0\0\0\0" + row for row in rows), b"".join(row + bytes(16) for row in rows)):
        found = Decoder().decode(Job(1, "r", FULL, kind="ts", body=body, is_last=True))
        assert len(found.pictures["r"].frames) == 50


def _box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(body), kind) + body


def _grown(init: bytes, box: bytes) -> bytes:
    """The initialisation segment with one more box in the sample entry of its picture."""
    data, end = bytearray(init), 0
    at = init.index(b"encv") - 4
    end = at + int.from_bytes(init[at : at + 4], "big")
    data[end:end] = box
    for kind in (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stsd", b"encv"):
        place = init.index(kind) - 4
        size = int.from_bytes(init[place : place + 4], "big") + len(box)
        data[place : place + 4] = struct.pack(">I", size)
    return bytes(data)


def _with_size(width: int, height: int) -> bytes:
    """A clip whose sequence parameter set claims another size: its numbers are written anew, bit by bit."""
    clean = made(Clip(seconds=0.4, width=256, height=144))
    at = clean.index(b"\x00\x00\x00\x01\x67")
    sps = bytearray(clean[at + 5 : at + 8]) + _golomb(0, 0, 0, 1, width // 16 - 1, height // 16 - 1)
    return media_made.replaced_unit(clean, at + 5, bytes(sps))


def _golomb(*values: int) -> bytes:
    bits = ""
    for value in values:
        code = bin(value + 1)[2:]
        bits += "0" * (len(code) - 1) + code
    bits += "1" * 5
    bits += "0" * (-len(bits) % 8)
    return int(bits, 2).to_bytes(len(bits) // 8, "big")
