"""Reads transport packets by hand, independently of the code under test, and keeps small streams ready."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from noc_console.lab.channels import channels, look_names
from noc_console.lab.options import LabOptions
from noc_console.lab.store import looks
from noc_console.lab.ts_live import LiveSections
from noc_console.lab.ts_mux import Mux, Packets
from noc_console.lab.ts_turn import Service, turn_of

VIDEO, AUDIO, CUES, PMT, NULL = 0x100, 0x101, 0x102, 0x1000, 0x1FFF
NOON_S = 1_790_000_000


def stream(options: LabOptions, services: int = 1, bitrate_bps: float = 0.0) -> Mux:
    """Return an endless stream of the test lab's first channels."""
    made = looks(look_names(options), options)
    carried = channels(options)[:services]
    turn = turn_of([Service(one.name, made[one.look]) for one in carried], bitrate_bps)
    return Mux(turn, LiveSections([one.name for one in carried], [one.schedule for one in carried]).write)


@dataclass(frozen=True)
class Packet:
    """One packet, taken apart with plain arithmetic; times are seconds by its place in the stream."""

    row: int
    at_s: float
    raw: bytes

    @property
    def pid(self) -> int:
        return (self.raw[1] & 0x1F) * 256 + self.raw[2]

    @property
    def starts(self) -> bool:
        return bool(self.raw[1] & 0x40)

    @property
    def counter(self) -> int:
        return self.raw[3] % 16

    @property
    def has_payload(self) -> bool:
        return bool(self.raw[3] & 0x10)

    @property
    def payload(self) -> bytes:
        begin = 5 + self.raw[4] if self.raw[3] & 0x20 else 4
        return self.raw[begin:] if self.has_payload else b""

    @property
    def pcr(self) -> int | None:
        if not self.raw[3] & 0x20 or self.raw[4] < 7 or not self.raw[5] & 0x10:
            return None
        bits = int.from_bytes(self.raw[6:12], "big")
        return (bits >> 15) * 300 + (bits & 0x1FF)

    @property
    def pts(self) -> int | None:
        body = self.payload
        if not self.starts or body[:3] != b"\x00\x00\x01" or not body[7] & 0x80:
            return None
        bits = int.from_bytes(body[9:14], "big")
        assert bits & 0x01_00_01_00_01 == 0x01_00_01_00_01, "the marker bits are set"
        return (bits >> 33 & 7) << 30 | (bits >> 17 & 0x7FFF) << 15 | bits >> 1 & 0x7FFF

    @property
    def section(self) -> bytes:
        """The section that begins here, where it is whole in this packet."""
        length = 3 + int.from_bytes(self.payload[2:4], "big") % 4096
        return self.payload[1 : 1 + length]


def taken_apart(packets: Packets, per_s: int) -> list[Packet]:
    """Return packets by their places."""
    return [Packet(row, row / per_s, one.tobytes()) for row, one in enumerate(packets)]


def counter_errors(packets: list[Packet]) -> dict[int, int]:
    """Count breaks of the continuity counter by PID; a packet that repeats the one before it once is none."""
    last: dict[int, Packet] = {}
    repeats: dict[int, int] = defaultdict(int)
    errors: dict[int, int] = defaultdict(int)
    for one in packets:
        if one.pid == NULL:
            continue
        before = last.get(one.pid)
        if before is not None:
            if one.has_payload and one.raw == before.raw:
                repeats[one.pid] += 1
                errors[one.pid] += repeats[one.pid] > 1
            else:
                repeats[one.pid] = 0
                errors[one.pid] += (before.counter + one.has_payload) % 16 != one.counter
        last[one.pid] = one
    return {pid: count for pid, count in errors.items() if count}


def gaps(times: Iterator[float]) -> list[float]:
    """Return the intervals between these times."""
    return np.diff(np.array(list(times))).tolist()


def crc_rest(section: bytes) -> int:
    """Return what the CRC register holds behind a whole section, bit by bit: 0 when it is good."""
    register = 0xFFFFFFFF
    for byte in section:
        for bit in range(7, -1, -1):
            top = register >> 31 ^ byte >> bit & 1
            register = register << 1 & 0xFFFFFFFF ^ (0x04C11DB7 if top else 0)
    return register
