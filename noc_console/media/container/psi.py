"""Programme association and map tables, as far as a segment's head needs them (ISO/IEC 13818-1, 2.4.4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from noc_console.media.es.stream_types import kind_and_codec

_MOST_STREAMS = 64
_DOVI = 0xB0
_SAMPLE_AES = frozenset({0xDB, 0xCF, 0xC1, 0xC2, 0xD2})  # Apple, MPEG-2 Stream Encryption Format for HLS


class Packets(Protocol):
    """What a table is assembled from."""

    def rows(self, pid: int) -> NDArray[np.int64]:
        """Return the packet numbers of a PID."""

    def payload(self, row: int) -> bytes:
        """Return the payload of a packet."""

    def is_start(self, row: int) -> bool:
        """Return whether a section starts in a packet."""


@dataclass(frozen=True, slots=True)
class Stream:
    """One row of a programme map table; `scheme` says how its samples are encrypted, empty: not told here.

    `facts` are what descriptors tell of the stream beside its codec: `dolby_vision`.
    """

    pid: int
    kind: str
    codec: str
    language: str = ""
    scheme: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict, compare=False)


def programme(packets: Packets) -> tuple[int, tuple[Stream, ...]]:
    """Return the PID of the programme map (0 without a PAT) and its streams (empty without a PMT)."""
    first = 0
    association = _section(packets, 0, 0x00)
    for at in range(8, len(association) - 7, 4):
        number = int.from_bytes(association[at : at + 2], "big")
        pid = int.from_bytes(association[at + 2 : at + 4], "big") & 0x1FFF
        if number == 0:
            continue
        first = first or pid
        if section := _section(packets, pid, 0x02):
            return pid, tuple(_streams(section))
    return first, ()


def programmes(packets: Packets) -> dict[int, tuple[Stream, ...]]:
    """Return the streams of every programme whose map is there, by program_number, in the order of the PAT."""
    association = _section(packets, 0, 0x00)
    found: dict[int, tuple[Stream, ...]] = {}
    for at in range(8, len(association) - 7, 4):
        number = int.from_bytes(association[at : at + 2], "big")
        pid = int.from_bytes(association[at + 2 : at + 4], "big") & 0x1FFF
        if number and (section := _section(packets, pid, 0x02, number)):
            found[number] = tuple(_streams(section))
    return found


def _section(packets: Packets, pid: int, table: int, extension: int = 0) -> bytes:
    """Return the first whole section of a table (0: of any extension) on a PID, empty where there is none."""
    section = b""
    for row in packets.rows(pid)[:32]:
        payload = packets.payload(int(row))
        if packets.is_start(int(row)):
            section = payload[1 + payload[0] :] if payload else b""
            if section[:1] != bytes((table,)):
                section = b""
        elif section:
            section += payload
        if len(section) > 3:
            length = 3 + ((section[1] & 0x0F) << 8 | section[2])
            if len(section) >= length:
                if not extension or int.from_bytes(section[3:5], "big") == extension:
                    return section[:length]
                section = b""
    return b""


def _streams(section: bytes) -> Iterator[Stream]:
    end = len(section) - 4
    at = 12 + ((section[10] & 0x0F) << 8 | section[11]) if len(section) > 16 else end
    count = 0
    while at + 5 <= end and count < _MOST_STREAMS:
        pid = int.from_bytes(section[at + 1 : at + 3], "big") & 0x1FFF
        length = (section[at + 3] & 0x0F) << 8 | section[at + 4]
        descriptors = section[at + 5 : min(at + 5 + length, end)]
        yield _stream(section[at], pid, descriptors)
        at += 5 + length
        count += 1


def _stream(stream_type: int, pid: int, descriptors: bytes) -> Stream:
    found: list[tuple[int, bytes]] = []
    at = 0
    while at + 2 <= len(descriptors):
        tag, length = descriptors[at], descriptors[at + 1]
        found.append((tag, descriptors[at + 2 : at + 2 + length]))
        at += 2 + length
    kind, codec = kind_and_codec(stream_type, found)
    languages = [body[:3] for tag, body in found if tag == 0x0A and len(body) >= 4]
    language = languages[-1].decode("ascii", "replace").strip("\x00 ") if languages else ""
    vision = next((_dolby_vision(body) for tag, body in found if tag == _DOVI and len(body) >= 5), None)
    scheme = "SAMPLE-AES" if stream_type in _SAMPLE_AES else ""
    return Stream(pid, kind, codec, language, scheme, {"dolby_vision": vision} if vision else {})


def _dolby_vision(body: bytes) -> dict[str, int]:
    """DOVI_video_stream_descriptor (Dolby Vision within MPEG-2 TS 1.2, 3.1): a PID stands between without a base."""
    bits = int.from_bytes(body[2:4], "big")
    behind = 4 if bits & 1 else 6
    compatibility = body[behind] >> 4 if len(body) > behind else 0
    return {"profile": bits >> 9, "level": bits >> 3 & 63, "compatibility": compatibility}
