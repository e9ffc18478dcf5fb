"""Capture files, pcap and pcapng, to frames with their times; hostile files end in one plain sentence."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from noc_console.errors import KnownError

LONGEST_FRAME = 256 * 1024
_LONGEST_BLOCK = 16 * 1024**2
_MOST_INTERFACES = 1024
_MAGICS = {
    b"\xd4\xc3\xb2\xa1": ("<", 1e-6),
    b"\xa1\xb2\xc3\xd4": (">", 1e-6),
    b"\x4d\x3c\xb2\xa1": ("<", 1e-9),
    b"\xa1\xb2\x3c\x4d": (">", 1e-9),
}
_SECTION, _INTERFACE, _OLD_PACKET, _SIMPLE, _ENHANCED = 0x0A0D0D0A, 1, 2, 3, 6
_NG_MAGIC = b"\x0a\x0d\x0d\x0a"
_ORDERS = {b"\x4d\x3c\x2b\x1a": "<", b"\x1a\x2b\x3c\x4d": ">"}
_RESOLUTION = 9


class BadCapture(KnownError):
    """The bytes are no capture file, or stop being one."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One captured frame: arrival in Unix seconds (0 where the file does not tell), link type, bytes as captured."""

    at: float
    link: int
    data: bytes


def is_capture(start: bytes) -> bool:
    """Say whether a file that begins so is a capture."""
    return start[:4] in _MAGICS or (start[:4] == _NG_MAGIC and start[8:12] in _ORDERS)


class CaptureReader:
    """Reads a capture file in pieces of any size; what is cut at the end of the file is left out."""

    def __init__(self) -> None:
        self._rest = b""
        self._order = ""
        self._unit = 0.0
        self._link = -1
        self._is_ng = False
        self._interfaces: list[tuple[int, float]] = []

    def feed(self, data: bytes) -> list[Frame]:
        """Return the frames these bytes complete; raises BadCapture."""
        self._rest += data
        if not self._order and not self._begin():
            return []
        frames: list[Frame] = []
        used = 0
        for frame, used in self._blocks() if self._is_ng else self._records():  # noqa: B007 - the last one counts
            if frame is not None:
                frames.append(frame)
        self._rest = self._rest[used:]
        return frames

    def _begin(self) -> bool:
        """Read the file's header; False while it is not complete."""
        if len(self._rest) < 24:
            return False
        magic = self._rest[:4]
        if magic == _NG_MAGIC and self._rest[8:12] in _ORDERS:
            self._is_ng, self._order = True, _ORDERS[self._rest[8:12]]
            return True
        if magic not in _MAGICS:
            raise BadCapture("This is no pcap or pcapng file.")
        self._order, self._unit = _MAGICS[magic]
        self._link = struct.unpack_from(self._order + "I", self._rest, 20)[0] & 0x0FFFFFFF
        self._rest = self._rest[24:]
        return True

    def _records(self) -> Iterator[tuple[Frame | None, int]]:
        head = struct.Struct(self._order + "IIII")
        data, at = self._rest, 0
        while at + 16 <= len(data):
            seconds, part, kept, _ = head.unpack_from(data, at)
            if kept > LONGEST_FRAME:
                raise BadCapture(f"The capture holds a frame of {kept} bytes, more than any network carries.")
            if at + 16 + kept > len(data):
                return
            body = data[at + 16 : at + 16 + kept]
            at += 16 + kept
            yield Frame(seconds + part * self._unit, self._link, body), at

    def _blocks(self) -> Iterator[tuple[Frame | None, int]]:
        data, at = self._rest, 0
        while at + 12 <= len(data):
            if data[at : at + 4] == _NG_MAGIC:
                self._section(data[at + 8 : at + 12])
            kind, length = struct.unpack_from(self._order + "II", data, at)
            if length < 12 or length % 4 or length > _LONGEST_BLOCK:
                raise BadCapture(f"The capture holds a block of {length} bytes, which cannot be.")
            if at + length > len(data):
                return
            frame = self._block(kind, data[at + 8 : at + length - 4])
            at += length
            yield frame, at

    def _section(self, mark: bytes) -> None:
        if mark not in _ORDERS:
            raise BadCapture("A section of the capture does not say its byte order.")
        self._order = _ORDERS[mark]
        self._interfaces = []

    def _block(self, kind: int, body: bytes) -> Frame | None:
        order = self._order
        if kind == _INTERFACE and len(body) >= 8:
            if len(self._interfaces) < _MOST_INTERFACES:
                self._interfaces.append((struct.unpack_from(order + "H", body)[0], self._unit_of(body[8:])))
        elif kind == _ENHANCED and len(body) >= 20:
            number, high, low, kept, _ = struct.unpack_from(order + "5I", body)
            return self._frame(number, (high << 32) | low, body[20 : 20 + kept])
        elif kind == _OLD_PACKET and len(body) >= 20:
            number, _, high, low, kept, _ = struct.unpack_from(order + "HH4I", body)
            return self._frame(number, (high << 32) | low, body[20 : 20 + kept])
        elif kind == _SIMPLE and len(body) >= 4 and self._interfaces:
            size = struct.unpack_from(order + "I", body)[0]
            return Frame(0.0, self._interfaces[0][0], body[4 : 4 + size][:LONGEST_FRAME])
        return None

    def _frame(self, number: int, ticks: int, data: bytes) -> Frame | None:
        if number >= len(self._interfaces):
            return None
        link, unit = self._interfaces[number]
        return Frame(ticks * unit, link, data[:LONGEST_FRAME])

    def _unit_of(self, options: bytes) -> float:
        """Return the seconds of one tick of an interface's clock, a microsecond where it does not say."""
        for code, value in islice(_options(options, self._order), 64):
            if code == _RESOLUTION and value:
                power = value[0] & 0x7F
                return float(2.0**-power if value[0] & 0x80 else 10.0**-power) if power < 64 else 1e-6
        return 1e-6


def _options(data: bytes, order: str) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + 4 <= len(data):
        code, length = struct.unpack_from(order + "HH", data, at)
        if not code:
            return
        yield code, data[at + 4 : at + 4 + length]
        at += 4 + (length + 3) // 4 * 4
