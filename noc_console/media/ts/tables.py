"""PSI and SI sections to values (ISO/IEC 13818-1, 2.4.4; EN 300 468, 5): PAT, PMT, CAT, NIT, BAT, SDT, EIT, TDT."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from noc_console.media.ts import descriptors
from noc_console.media.ts.descriptors import Descriptor

PAT, CAT, PMT = 0x00, 0x01, 0x02
NIT_ACTUAL, NIT_OTHER, SDT_ACTUAL, SDT_OTHER, BAT = 0x40, 0x41, 0x42, 0x46, 0x4A
EIT_ACTUAL, EIT_OTHER, TDT, RST, STUFFING, TOT, SCTE35 = 0x4E, 0x4F, 0x70, 0x71, 0x72, 0x73, 0xFC
_MJD_EPOCH = datetime(1858, 11, 17, tzinfo=UTC)
_MOST = 1024


class BrokenSection(ValueError):
    """A section with a good CRC that still says what cannot be."""


@dataclass(frozen=True, slots=True)
class Header:
    """The long header: extension is transport_stream_id, program_number, service_id ... by table."""

    table_id: int
    extension: int
    version: int
    is_current: bool
    number: int
    last_number: int


@dataclass(frozen=True, slots=True)
class Stream:
    """One elementary stream of a PMT."""

    pid: int
    stream_type: int
    descriptors: tuple[Descriptor, ...]


@dataclass(frozen=True, slots=True)
class Programme:
    """One PMT."""

    number: int
    pcr_pid: int
    descriptors: tuple[Descriptor, ...]
    streams: tuple[Stream, ...]


@dataclass(frozen=True, slots=True)
class Service:
    """One entry of an SDT."""

    id: int
    provider: str
    name: str
    service_type: int
    running: int
    is_scrambled: bool
    has_present_following: bool
    descriptors: tuple[Descriptor, ...]


@dataclass(frozen=True, slots=True)
class Happening:
    """One event of an EIT: start in Unix seconds UTC (0 unknown), length in seconds."""

    id: int
    start: float
    length_s: int
    running: int
    is_scrambled: bool
    name: str
    text: str


def header(body: bytes) -> Header | None:
    """Return the long header of a section, None where the section has the short form."""
    if len(body) < 12 or not body[1] & 0x80:
        return None
    return Header(
        body[0],
        int.from_bytes(body[3:5], "big"),
        (body[5] >> 1) & 0x1F,
        bool(body[5] & 1),
        body[6],
        body[7],
    )


def pat(body: bytes) -> dict[int, int]:
    """Return the PID by programme number; programme 0 is the network PID."""
    loop = body[8:-4]
    rows = (loop[at : at + 4] for at in range(0, len(loop) - 3, 4))
    return {int.from_bytes(row[:2], "big"): int.from_bytes(row[2:], "big") & 0x1FFF for row in rows}


def cat(body: bytes) -> tuple[Descriptor, ...]:
    """Return the descriptors of a CAT."""
    return descriptors.parse(body[8:-4])


def pmt(body: bytes) -> Programme:
    """Return the programme; BrokenSection where a length leads out of the section."""
    if len(body) < 16:
        raise BrokenSection("The PMT is too short.")
    info_end = 12 + _length(body, 10)
    if info_end > len(body) - 4:
        raise BrokenSection("The PMT's programme descriptors end outside the section.")
    streams = tuple(_streams(body[info_end:-4]))
    number = int.from_bytes(body[3:5], "big")
    return Programme(number, _pid(body, 8), descriptors.parse(body[12:info_end]), streams)


def _streams(loop: bytes) -> Iterator[Stream]:
    at = 0
    while at + 5 <= len(loop):
        end = at + 5 + _length(loop, at + 3)
        if end > len(loop):
            raise BrokenSection("A stream of the PMT ends outside the section.")
        yield Stream(_pid(loop, at + 1), loop[at], descriptors.parse(loop[at + 5 : end]))
        at = end


def network(body: bytes) -> tuple[tuple[Descriptor, ...], tuple[tuple[int, int, tuple[Descriptor, ...]], ...]]:
    """Return the descriptors of a NIT or BAT, and (transport stream, original network, descriptors) of each entry."""
    own_end = 10 + _length(body, 8)
    own = descriptors.parse(body[10:own_end])
    loop, at = body[own_end + 2 : -4], 0
    entries: list[tuple[int, int, tuple[Descriptor, ...]]] = []
    while at + 6 <= len(loop) and len(entries) < _MOST:
        end = at + 6 + _length(loop, at + 4)
        first = (int.from_bytes(loop[at : at + 2], "big"), int.from_bytes(loop[at + 2 : at + 4], "big"))
        entries.append((*first, descriptors.parse(loop[at + 6 : end])))
        at = end
    return own, tuple(entries)


def services(body: bytes) -> tuple[Service, ...]:
    """Return the services of an SDT."""
    loop, at = body[11:-4], 0
    found: list[Service] = []
    while at + 5 <= len(loop) and len(found) < _MOST:
        end = at + 5 + _length(loop, at + 3)
        some = descriptors.parse(loop[at + 5 : end])
        facts = next((one.facts for one in some if one.tag == 0x48), {})
        found.append(
            Service(
                id=int.from_bytes(loop[at : at + 2], "big"),
                provider=facts.get("provider", ""),
                name=facts.get("name", ""),
                service_type=facts.get("service_type", 0),
                running=loop[at + 3] >> 5,
                is_scrambled=bool(loop[at + 3] & 0x10),
                has_present_following=bool(loop[at + 2] & 1),
                descriptors=some,
            )
        )
        at = end
    return tuple(found)


def happenings(body: bytes) -> tuple[Happening, ...]:
    """Return the events of an EIT."""
    loop, at = body[14:-4], 0
    found: list[Happening] = []
    while at + 12 <= len(loop) and len(found) < _MOST:
        end = at + 12 + _length(loop, at + 10)
        short = next((one.facts for one in descriptors.parse(loop[at + 12 : end]) if one.tag == 0x4D), {})
        found.append(
            Happening(
                id=int.from_bytes(loop[at : at + 2], "big"),
                start=_time(loop[at + 2 : at + 7]),
                length_s=_duration(loop[at + 7 : at + 10]),
                running=loop[at + 10] >> 5,
                is_scrambled=bool(loop[at + 10] & 0x10),
                name=short.get("name", ""),
                text=short.get("text", ""),
            )
        )
        at = end
    return tuple(found)


def clock(body: bytes) -> float:
    """Return the UTC time of a TDT or TOT in Unix seconds, 0 where it cannot be read."""
    return _time(body[3:8])


def _time(data: bytes) -> float:
    """Modified Julian Date and BCD time (EN 300 468, annex C)."""
    if len(data) < 5 or data == b"\xff" * 5:
        return 0.0
    day = timedelta(days=int.from_bytes(data[:2], "big"))
    return (_MJD_EPOCH + day + timedelta(seconds=_duration(data[2:5]))).timestamp()


def _duration(data: bytes) -> int:
    hours, minutes, seconds = ((byte >> 4) * 10 + (byte & 15) for byte in data)
    return hours * 3600 + minutes * 60 + seconds


def _length(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 2], "big") & 0x0FFF


def _pid(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 2], "big") & 0x1FFF
