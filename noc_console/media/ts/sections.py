"""Packets of one PID to whole sections (ISO/IEC 13818-1, 2.4.4): pointer field, several in one packet, gaps."""

from __future__ import annotations

from dataclasses import dataclass

LONGEST = 4096
STUFFING = 0xFF


@dataclass(frozen=True, slots=True)
class Section:
    """One section as it came: `packet` is the index of the packet that completed it."""

    packet: int
    body: bytes

    @property
    def table_id(self) -> int:
        """The first byte."""
        return self.body[0]


class Assembler:
    """Collects the sections of one PID; a lost packet throws away the section it was part of."""

    def __init__(self) -> None:
        self._part = bytearray()
        self.is_open = False

    def feed(self, payload: bytes, starts: bool, packet: int) -> list[Section]:
        """Take a packet's payload; `starts` is its payload_unit_start_indicator."""
        if not starts:
            if self.is_open:
                self._part += payload
            return self._whole(packet)
        pointer = payload[0] if payload else 0
        if pointer + 1 > len(payload):
            self.drop()
            return []
        done: list[Section] = []
        if self.is_open:
            self._part += payload[1 : 1 + pointer]
            done = self._whole(packet)
        self._part = bytearray(payload[1 + pointer :])
        self.is_open = True
        if self._part:
            done += self._whole(packet)
        return done

    def drop(self) -> None:
        """Forget the section under way: a packet of it was lost."""
        self._part.clear()
        self.is_open = False

    def _whole(self, packet: int) -> list[Section]:
        done: list[Section] = []
        part = self._part
        while self.is_open and len(part) >= 3:
            if part[0] == STUFFING:
                self.drop()
                break
            length = 3 + (int.from_bytes(part[1:3], "big") & 0x0FFF)
            if length > LONGEST:
                self.drop()
                break
            if len(part) < length:
                break
            done.append(Section(packet, bytes(part[:length])))
            del part[:length]
        if not part:
            self.is_open = False
        return done
