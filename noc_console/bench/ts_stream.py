"""A transport stream of constant bitrate made in memory, that goes on for ever: tables, picture, sound, stuffing."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from noc_console.media.ts.crc import crc32

PMT_PID, VIDEO_PID, AUDIO_PID, SDT_PID, NULL_PID = 0x20, 0x100, 0x101, 0x11, 0x1FFF
_WRAP = 1 << 33
_PTS_AHEAD_S = 0.5
# how an access unit begins: H.264 High 1920x1080 with its parameter sets, one AAC frame that fills three packets
_PICTURE = bytes.fromhex(
    "0000000109f000000001676400 28acd940780227e5840000030004000003 00f03c60c658 0000000168ebe3cb22c0 000000016588"
)
_SOUND = bytes((0xFF, 0xF1, 0x4C, 0x80, 538 >> 3, (538 & 7) << 5 | 0x1F, 0xFC))
_BEGINS = {0xE0: _PICTURE, 0xC0: _SOUND}

Bytes = NDArray[np.uint8]


@dataclass(slots=True)
class Loop:
    """Whole datagrams (n, 1316) of some seconds; `turn` moves counters and clocks on to the next round."""

    datagrams: Bytes
    seconds: float
    rounds: int = 0
    _steps: list[tuple[NDArray[np.int64], int]] = field(default_factory=list)
    _clocks: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    _stamps: list[tuple[int, int, int]] = field(default_factory=list)

    def turn(self) -> None:
        """Rewrite continuity counters, PCR and PTS for the next round."""
        self.rounds += 1
        packets = self.datagrams.reshape(-1, 188)
        for rows, step in self._steps:
            packets[rows, 3] = (packets[rows, 3] & 0xF0) | ((packets[rows, 3] + step) & 0x0F)
        passed_s = self.rounds * self.seconds
        for row in self._clocks.tolist():
            packets[row, 6:12] = np.frombuffer(_pcr(row * self.seconds / len(packets) + passed_s), np.uint8)
        for row, at, ticks in self._stamps:
            stamp = _stamp(2, (ticks + round(passed_s * 90_000)) % _WRAP)
            packets[row, at : at + 5] = np.frombuffer(stamp, np.uint8)


def made_loop(bitrate_bps: float = 6e6, seconds: float = 2.4) -> Loop:
    """Return a loop of so many seconds (a multiple of 1.2) at about a bitrate; 7 packets a datagram."""
    count = round(bitrate_bps * seconds / (188 * 8 * 7)) * 7
    rate = count / seconds
    packets = np.full((count, 188), 0x55, np.uint8)
    pids = np.full(count, NULL_PID, np.int64)
    heads: dict[int, tuple[int, bytes]] = {}
    stamps: list[tuple[int, int, int]] = []
    _place_tables(packets, pids, rate, seconds)
    clocks = _place_clocks(pids, heads, rate, seconds)
    _place_frames(pids, heads, stamps, rate, seconds, AUDIO_PID, 0.024, 0xC0, share=3)
    _place_frames(pids, heads, stamps, rate, seconds, VIDEO_PID, 0.04, 0xE0, share=round(rate * 0.04 * 0.68))
    _write(packets, pids, heads)
    steps = [(np.flatnonzero(pids == pid), int((pids == pid).sum()) & 15) for pid in set(pids.tolist()) - {NULL_PID}]
    return Loop(packets.reshape(-1, 7 * 188), seconds, 0, steps, clocks, stamps)


def _place_tables(packets: Bytes, pids: NDArray[np.int64], rate: float, seconds: float) -> None:
    pat = _section(0x00, 1, struct.pack("!HH", 1, 0xE000 | PMT_PID))
    streams = struct.pack("!BHHBHH", 0x1B, 0xE000 | VIDEO_PID, 0xF000, 0x0F, 0xE000 | AUDIO_PID, 0xF000)
    pmt = _section(0x02, 1, struct.pack("!HH", 0xE000 | VIDEO_PID, 0xF000) + streams)
    name = b"\x48\x09\x01\x03NOC\x03Lab"
    # original network 1, service 1, no EIT, running
    sdt = _section(0x42, 1, b"\x00\x01\xff\x00\x01\xfc" + struct.pack("!H", 0x8000 | len(name)) + name)
    for pid, section, every_s in ((0, pat, 0.1), (PMT_PID, pmt, 0.1), (SDT_PID, sdt, 1.0)):
        for at in np.arange(0.0, seconds - 1e-9, every_s):
            row = _free(pids, int(at * rate))
            pids[row] = pid
            body = (b"\0" + section).ljust(184, b"\xff")
            packets[row, 4 : 4 + len(body)] = np.frombuffer(body, np.uint8)


def _place_clocks(
    pids: NDArray[np.int64], heads: dict[int, tuple[int, bytes]], rate: float, seconds: float
) -> NDArray[np.int64]:
    rows = []
    for at in np.arange(0.0, seconds - 1e-9, 0.025):
        row = _free(pids, int(at * rate))
        pids[row] = VIDEO_PID
        heads[row] = (0x30, b"\x07\x10" + _pcr(row / rate))
        rows.append(row)
    return np.array(rows, np.int64)


def _place_frames(
    pids: NDArray[np.int64],
    heads: dict[int, tuple[int, bytes]],
    stamps: list[tuple[int, int, int]],
    rate: float,
    seconds: float,
    pid: int,
    every_s: float,
    stream: int,
    share: int,
) -> None:
    """Place access units as PES packets of about `share` transport packets each."""
    # sound is spread, as its small buffer needs it (13818-1, 2.4.2)
    step = max(1, round(rate * every_s / share * 0.8)) if stream == 0xC0 else 1
    for number in range(round(seconds / every_s)):
        begin = int(number * every_s * rate)
        for index in range(share):
            row = _free(pids, begin + index * step)
            if row >= len(pids):
                return
            pids[row] = pid
            if index == 0:
                ticks = round((number * every_s + _PTS_AHEAD_S) * 90_000) % _WRAP
                pes = b"\0\0\1" + bytes((stream, 0, 0, 0x80, 0x80, 5)) + _stamp(2, ticks) + _BEGINS[stream]
                heads[row] = (0x50, pes)
                stamps.append((row, 13, ticks))


def _write(packets: Bytes, pids: NDArray[np.int64], heads: dict[int, tuple[int, bytes]]) -> None:
    counters: dict[int, int] = {}
    for row, pid in enumerate(pids.tolist()):
        counter = counters.get(pid, 0)
        counters[pid] = (counter + 1) & 15
        control, body = heads.get(row, (0x10, b""))
        starts = 0x40 if control & 0x40 or pid in (0, PMT_PID, SDT_PID) else 0
        packets[row, :4] = (
            0x47,
            starts | pid >> 8,
            pid & 0xFF,
            (control & 0x30) | (0 if pid == NULL_PID else counter),
        )
        if body:
            packets[row, 4 : 4 + len(body)] = np.frombuffer(body, np.uint8)


def _free(pids: NDArray[np.int64], row: int) -> int:
    while row < len(pids) and pids[row] != NULL_PID:
        row += 1
    return row


def _section(table: int, extension: int, body: bytes) -> bytes:
    whole = struct.pack("!BHHBBB", table, 0xB000 | (len(body) + 9), extension, 0xC1, 0, 0) + body
    return whole + crc32(whole).to_bytes(4, "big")


def _pcr(at_s: float) -> bytes:
    ticks = round(at_s * 27_000_000)
    base, extension = ticks // 300 % _WRAP, ticks % 300
    return (base << 15 | 0x7E00 | extension).to_bytes(6, "big")


def _stamp(mark: int, ticks: int) -> bytes:
    return bytes(
        (
            mark << 4 | (ticks >> 29) & 0x0E | 1,
            ticks >> 22 & 0xFF,
            (ticks >> 14) & 0xFE | 1,
            ticks >> 7 & 0xFF,
            (ticks << 1) & 0xFE | 1,
        )
    )
