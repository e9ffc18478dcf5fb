"""Transport packets by hand: a small stream of constant bitrate with tables, clocks and time stamps."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from noc_console.media.ts.crc import crc32

RATE = 2000  # packets a second
VIDEO, AUDIO, PMT, NULL = 0x100, 0x101, 0x1000, 0x1FFF
Packets = NDArray[np.uint8]


def section(table_id: int, extension: int, body: bytes) -> bytes:
    head = bytes((table_id, 0xB0 | (len(body) + 9) >> 8, (len(body) + 9) & 255))
    whole = head + extension.to_bytes(2, "big") + b"\xc1\x00\x00" + body
    return whole + crc32(whole).to_bytes(4, "big")


def pat() -> bytes:
    return section(0, 1, bytes((0, 1, 0xE0 | PMT >> 8, PMT & 255)))


def pmt() -> bytes:
    streams = [(0x02, VIDEO), (0x03, AUDIO)]
    loop = b"".join(bytes((kind, 0xE0 | pid >> 8, pid & 255, 0xF0, 0)) for kind, pid in streams)
    return section(2, 1, bytes((0xE0 | VIDEO >> 8, VIDEO & 255, 0xF0, 0)) + loop)


def stamp(ticks: int) -> bytes:
    ticks %= 1 << 33
    return bytes(
        (
            0x21 | ticks >> 29 & 0x0E,
            ticks >> 22 & 255,
            ticks >> 14 & 0xFE | 1,
            ticks >> 7 & 255,
            ticks << 1 & 0xFE | 1,
        )
    )


def pes(stream_id: int, ticks: int) -> bytes:
    return bytes((0, 0, 1, stream_id, 0, 0, 0x80, 0x80, 5)) + stamp(ticks)


def pcr_field(ticks: int) -> bytes:
    base, rest = divmod(ticks % ((1 << 33) * 300), 300)
    return bytes((7, 0x10)) + (base << 15 | 0x7E00 | rest).to_bytes(6, "big")


def packet(pid: int, counter: int, payload: bytes, starts: bool = False, field: bytes = b"") -> bytes:
    control = 0x30 if field else 0x10
    head = bytes((0x47, starts << 6 | pid >> 8, pid & 255, control | counter & 15))
    return (head + field + payload).ljust(188, b"\xff")[:188]


def stream(seconds: float, lead_s: float = 0.3, first_s: float = 10.0, tables: bool = True) -> Packets:
    """Video in half of the packets with a PCR every 20 ms and a PES every 40 ms, audio every 24 ms, tables."""
    counters: dict[int, int] = {}
    rows = []
    for index in range(int(seconds * RATE)):
        pid, starts, payload, field = NULL, False, b"", b""
        clock = int((first_s + index / RATE) * 27_000_000)
        ticks = clock // 300 + int(lead_s * 90_000)
        if tables and index % 200 in (0, 1):
            pid, starts, payload = (0, True, b"\0" + pat()) if index % 200 == 0 else (PMT, True, b"\0" + pmt())
        elif index % 40 == 2:
            pid, starts, field = VIDEO, index % 80 == 2, pcr_field(clock)
            payload = pes(0xE0, ticks) if starts else b""
        elif index % 48 == 5:
            pid, starts, payload = AUDIO, True, pes(0xC0, ticks)
        elif index % 2:
            pid = VIDEO
        counters[pid] = counters.get(pid, -1) + 1
        rows.append(packet(pid, counters[pid], payload, starts, field))
    return np.frombuffer(b"".join(rows), np.uint8).reshape(-1, 188).copy()
