"""Reads media by hand, independently of the code under test."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import log10
from typing import Any

import numpy as np


@dataclass
class Packets:
    """A transport stream, packet by packet."""

    data: bytes

    def __iter__(self) -> Iterator[bytes]:
        assert len(self.data) % 188 == 0
        for at in range(0, len(self.data), 188):
            assert self.data[at] == 0x47
            yield self.data[at : at + 188]

    def of(self, pid: int) -> Iterator[bytes]:
        return (packet for packet in self if (packet[1] & 31) << 8 | packet[2] == pid)

    def counters(self, pid: int) -> list[int]:
        return [packet[3] & 15 for packet in self.of(pid) if packet[3] & 0x10]

    def pts(self, pid: int) -> list[int]:
        found = []
        for packet in self.of(pid):
            if packet[1] & 0x40:
                at = 4 + (packet[4] + 1 if packet[3] & 0x20 else 0)
                assert packet[at : at + 3] == b"\x00\x00\x01"
                field = packet[at + 9 : at + 14]
                assert field[0] & 0xF1 == 0x21
                assert field[2] & 1 == field[4] & 1 == 1
                found.append(
                    (field[0] >> 1 & 7) << 30 | field[1] << 22 | field[2] >> 1 << 15 | field[3] << 7 | field[4] >> 1
                )
        return found

    def pcr(self) -> list[int]:
        found = []
        for packet in self:
            if packet[3] & 0x20 and packet[4] and packet[5] & 0x10:
                found.append(int.from_bytes(packet[6:11], "big") >> 7)
        return found


def boxes(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield name and body of each box at the top of these bytes."""
    at = 0
    while at < len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        assert 8 <= size <= len(data) - at
        yield data[at + 4 : at + 8].decode(), data[at + 8 : at + size]
        at += size


def box(data: bytes, *path: str) -> bytes:
    """Return the body of the first box along a path."""
    for name in path:
        data = next(body for found, body in boxes(data) if found == name)
    return data


def decode_spans(segment: bytes, sample: int) -> list[tuple[int, int]]:
    """Return decode time and length of each fragment, for samples of `sample` ticks."""
    spans = []
    for name, body in boxes(segment):
        if name == "moof":
            tfdt, trun = box(body, "traf", "tfdt"), box(body, "traf", "trun")
            spans.append((int.from_bytes(tfdt[4:12], "big"), int.from_bytes(trun[4:8], "big") * sample))
    return spans


def tone_lufs(frames: Sequence[Any]) -> float:
    """Return the loudness of a stereo tone near 1 kHz, where K-weighting adds the 0.691 dB that BS.1770 takes off."""
    samples = np.concatenate([frame.to_ndarray() for frame in frames], axis=1)
    return 10 * log10(float((samples.astype(np.float64) ** 2).mean(axis=1).sum()))
