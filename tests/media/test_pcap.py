"""Capture files and the datagrams in them: both formats, all link types, real captures, hostile bytes."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_console.media.frames import datagram
from noc_console.media.pcap import BadCapture, CaptureReader, Frame, is_capture

PAYLOAD = b"G" * 376


def udp4(payload: bytes = PAYLOAD, fragment: int = 0) -> bytes:
    udp = struct.pack("!HHHH", 2000, 3000, 8 + len(payload), 0) + payload
    head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(udp), 1, fragment, 1, 17, 0)
    return head + bytes((10, 0, 0, 1, 239, 1, 1, 1)) + udp


def udp6(payload: bytes = PAYLOAD) -> bytes:
    udp = struct.pack("!HHHH", 2000, 3000, 8 + len(payload), 0) + payload
    hop = bytes((17, 0)) + bytes(6)
    return (
        struct.pack("!IHBB", 6 << 28, len(hop) + len(udp), 0, 1)
        + b"\xfe"
        + bytes(15)
        + b"\xff"
        + bytes(15)
        + hop
        + udp
    )


ETHERNET = bytes(12)


@pytest.mark.parametrize(
    ("link", "frame"),
    [
        (1, ETHERNET + b"\x08\x00" + udp4()),
        (1, ETHERNET + b"\x81\x00\x00\x7b\x08\x00" + udp4()),
        (1, ETHERNET + b"\x88\xa8\x00\x01\x81\x00\x00\x02\x86\xdd" + udp6()),
        (0, b"\x02\x00\x00\x00" + udp4()),
        (108, b"\x00\x00\x00\x02" + udp4()),
        (101, udp4()),
        (228, udp4()),
        (229, udp6()),
        (113, bytes(14) + b"\x08\x00" + udp4()),
        (276, b"\x08\x00" + bytes(18) + udp4()),
    ],
)
def test_a_datagram_is_found_behind_every_link_layer(link: int, frame: bytes) -> None:
    found = datagram(link, frame)
    assert found is not None
    assert (found.payload, found.is_whole) == (PAYLOAD, True)
    assert (found.flow.source_port, found.flow.target_port) == (2000, 3000)


def test_the_flow_is_named_for_people() -> None:
    found = datagram(101, udp4())
    assert str(found.flow if found else "") == "10.0.0.1:2000 > 239.1.1.1:3000"


def test_what_was_cut_is_said_and_later_fragments_are_left_out() -> None:
    cut = datagram(101, udp4()[:-100])
    assert cut is not None
    assert not cut.is_whole
    assert datagram(101, udp4(fragment=100)) is None
    first = datagram(101, udp4(fragment=0x2000))
    assert first is not None
    assert not first.is_whole


def pcap(frames: list[tuple[float, bytes]], order: str = "<", magic: int = 0xA1B2C3D4, link: int = 101) -> bytes:
    raw = struct.pack(order + "IHHiIII", magic, 2, 4, 0, 0, 65535, link)
    unit = 1e9 if magic == 0xA1B23C4D else 1e6
    for at, data in frames:
        raw += struct.pack(order + "IIII", int(at), round(at % 1 * unit), len(data), len(data)) + data
    return raw


def pcapng(frames: list[tuple[float, bytes]], order: str = "<", resolution: int = 9) -> bytes:
    def block(kind: int, body: bytes) -> bytes:
        body += bytes(-len(body) % 4)
        size = struct.pack(order + "I", len(body) + 12)
        return struct.pack(order + "I", kind) + size + body + size

    raw = block(0x0A0D0D0A, struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1))
    raw += block(1, struct.pack(order + "HHI", 101, 0, 0) + struct.pack(order + "HHBxxxI", 9, 1, resolution, 0))
    for at, data in frames:
        ticks = round(at * 10**resolution)
        raw += block(6, struct.pack(order + "5I", 0, ticks >> 32, ticks & 0xFFFFFFFF, len(data), len(data)) + data)
    return raw


FRAMES = [(1_700_000_000.25, udp4(b"a" * 30)), (1_700_000_000.5, udp4(b"b" * 31))]


@pytest.mark.parametrize(
    "raw",
    [
        pcap(FRAMES),
        pcap(FRAMES, ">"),
        pcap(FRAMES, "<", 0xA1B23C4D),
        pcapng(FRAMES),
        pcapng(FRAMES, ">"),
        pcapng(FRAMES, resolution=6),
    ],
)
@pytest.mark.parametrize("cut", [1, 7, 4096])
def test_both_formats_are_read_in_any_division(raw: bytes, cut: int) -> None:
    reader, found = CaptureReader(), list[Frame]()
    for at in range(0, len(raw), cut):
        found += reader.feed(raw[at : at + cut])
    assert is_capture(raw)
    assert [(round(one.at, 6), one.link, one.data) for one in found] == [(at, 101, data) for at, data in FRAMES]


def test_a_file_cut_inside_a_frame_gives_the_whole_ones() -> None:
    assert len(CaptureReader().feed(pcap(FRAMES)[:-5])) == 1


@pytest.mark.parametrize(
    "raw",
    [
        b"x" * 100,
        pcap([])[:24] + struct.pack("<IIII", 0, 0, 1 << 30, 0),
        pcapng([]) + struct.pack("<II", 6, 1 << 31) + bytes(20),
        pcapng([]) + struct.pack("<II", 6, 3) + bytes(20),
    ],
)
def test_what_is_no_capture_is_refused(raw: bytes) -> None:
    with pytest.raises(BadCapture):
        CaptureReader().feed(raw)


@given(st.binary(max_size=300), st.sampled_from([0, 1, 12, 101, 113, 147, 229, 276]))
def test_any_bytes_are_a_datagram_or_none(data: bytes, link: int) -> None:
    datagram(link, data)


@given(st.binary(max_size=400), st.sampled_from([pcap([])[:24], pcapng(FRAMES)]))
def test_any_bytes_behind_a_header_are_frames_or_refused(data: bytes, head: bytes) -> None:
    try:
        frames = CaptureReader().feed(head + data)
    except BadCapture:
        return
    assert all(len(frame.data) <= len(head + data) for frame in frames)


def test_a_real_capture_with_vlan_and_rtp(testdata: Path) -> None:
    frames = CaptureReader().feed((testdata / "pcap" / "test-162.pcap").read_bytes())
    found = [datagram(frame.link, frame.data) for frame in frames]
    assert [str(one.flow) for one in found if one] == ["10.101.10.90:2000 > 235.0.2.1:2000"] * 16
