"""Writes the tables of a transport stream (ISO/IEC 13818-1, 2.4.4; EN 300 468, 5) as sections of one packet each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from noc_console.lab.crc import mpeg_crc32

PACKET = 188
PAT_PID, NIT_PID, SDT_PID, EIT_PID, TDT_PID, NULL_PID = 0x0000, 0x0010, 0x0011, 0x0012, 0x0014, 0x1FFF
STREAM_ID, NETWORK_ID = 1, 0xFF01
H264, AAC, SCTE35 = 0x1B, 0x0F, 0x86
_MJD_EPOCH = datetime(1858, 11, 17, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Pids:
    """The PIDs of one programme, spread so that programme number `n` (from 1) is found at a glance."""

    number: int

    @property
    def pmt(self) -> int:
        """The programme map."""
        return 0x1000 + 0x10 * (self.number - 1)

    @property
    def video(self) -> int:
        """The pictures, which also carry the PCR."""
        return 0x0100 + 0x10 * (self.number - 1)

    @property
    def audio(self) -> int:
        """The sound."""
        return self.video + 1

    @property
    def cues(self) -> int:
        """The SCTE 35 messages."""
        return self.video + 2


def pat(programmes: Sequence[Pids]) -> bytes:
    """Return the PAT; programme 0 is the network PID."""
    loop = _entry(0, 0xE000 | NIT_PID) + b"".join(_entry(one.number, 0xE000 | one.pmt) for one in programmes)
    return _long(0x00, STREAM_ID, loop, flags=0xB0)


def pmt(pids: Pids) -> bytes:
    """Return the PMT of one programme: H.264, English AAC, and SCTE 35 under its registration."""
    cuei = b"\x05\x04CUEI"
    english = b"\x0a\x04eng\x00"
    streams = (
        _stream(H264, pids.video, b""),
        _stream(AAC, pids.audio, english),
        _stream(SCTE35, pids.cues, b""),
    )
    body = _word(0xE000 | pids.video) + _word(0xF000 | len(cuei)) + cuei + b"".join(streams)
    return _long(0x02, pids.number, body, flags=0xB0)


def nit(programmes: Sequence[Pids]) -> bytes:
    """Return NIT actual: one network, one transport stream with its service list."""
    name = _descriptor(0x40, b"NOC Console Lab")
    services = _descriptor(0x41, b"".join(_word(one.number) + b"\x19" for one in programmes))
    stream = _word(STREAM_ID) + _word(NETWORK_ID) + _word(0xF000 | len(services)) + services
    body = _word(0xF000 | len(name)) + name + _word(0xF000 | len(stream)) + stream
    return _long(0x40, NETWORK_ID, body)


def sdt(services: Iterable[tuple[int, str]]) -> bytes:
    """Return SDT actual: number and name of each service (type 0x19: HD, H.264), with EIT present/following."""
    loop = b""
    for number, name in services:
        described = _descriptor(0x48, b"\x19" + _text("NOC Lab") + _text(name))
        loop += _word(number) + b"\xfd" + _word(0x8000 | len(described)) + described
    return _long(0x42, STREAM_ID, _word(NETWORK_ID) + b"\xff" + loop)


@dataclass(frozen=True, slots=True)
class Programme:
    """One event of a schedule: start (Unix seconds) and length in whole seconds, and its title."""

    id: int
    start: float
    duration_s: int
    title: str
    is_running: bool


def eit(service: int, event: Programme, version: int) -> bytes:
    """Return EIT present/following actual: section 0 with the running event, section 1 with the one after it."""
    described = _descriptor(0x4D, b"eng" + _text(event.title) + b"\x00")
    status = 4 if event.is_running else 1
    entry = _word(event.id & 0xFFFF) + _utc(event.start) + _bcd_time(event.duration_s)
    entry += _word(status << 13 | len(described)) + described
    body = _word(STREAM_ID) + _word(NETWORK_ID) + b"\x01\x4e" + entry
    return _long(0x4E, service, body, number=0 if event.is_running else 1, last=1, version=version)


def tdt(at: float) -> bytes:
    """Return the TDT: the time of day, without a CRC."""
    return b"\x70\x70\x05" + _utc(at)


def splice_null() -> bytes:
    """Return a splice_null (ANSI/SCTE 35, 9.7.1), the heartbeat of a cue PID."""
    return closed(bytes.fromhex("fc3000 00 0000000000 00 fff000 00 0000"))


def splice_insert(message: str) -> bytes:
    """Return the section of a splice_insert given as `0x` and hexadecimal digits."""
    return bytes.fromhex(message.removeprefix("0x"))


def packet(pid: int, section: bytes) -> bytes:
    """Return one packet that carries one section, counter 0."""
    head = bytes((0x47, 0x40 | pid >> 8, pid & 0xFF, 0x10, 0))
    if len(section) > PACKET - len(head):
        raise ValueError("the section does not fit one packet")
    return (head + section).ljust(PACKET, b"\xff")


def packets(pid: int, section: bytes) -> list[bytes]:
    """Return the packets that carry one section of any length, counters 0."""
    body = b"\x00" + section
    room = PACKET - 4
    parts = [body[at : at + room] for at in range(0, len(body), room)]
    heads = [bytes((0x47, (0x40 if not n else 0) | pid >> 8, pid & 0xFF, 0x10)) for n in range(len(parts))]
    return [(head + part).ljust(PACKET, b"\xff") for head, part in zip(heads, parts, strict=True)]


def closed(section: bytes) -> bytes:
    """Return a section with its length set and its CRC behind it."""
    length = len(section) + 4 - 3
    head = bytes((section[0], section[1] & 0xF0 | length >> 8, length & 0xFF))
    whole = head + section[3:]
    return whole + mpeg_crc32(whole).to_bytes(4, "big")


def _long(
    table: int, extension: int, body: bytes, *, flags: int = 0xF0, number: int = 0, last: int = 0, version: int = 0
) -> bytes:
    head = bytes((table, flags, 0)) + _word(extension) + bytes((0xC1 | (version & 31) << 1, number, last))
    return closed(head + body)


def _entry(number: int, pid: int) -> bytes:
    return _word(number) + _word(pid)


def _stream(kind: int, pid: int, described: bytes) -> bytes:
    return bytes((kind,)) + _word(0xE000 | pid) + _word(0xF000 | len(described)) + described


def _descriptor(tag: int, body: bytes) -> bytes:
    return bytes((tag, len(body))) + body


def _text(text: str) -> bytes:
    coded = text.encode("ascii", "replace")
    return bytes((len(coded),)) + coded


def _word(value: int) -> bytes:
    return value.to_bytes(2, "big")


def _utc(at: float) -> bytes:
    """EN 300 468, annex C: modified Julian date and six digits of BCD."""
    passed = datetime.fromtimestamp(int(at), UTC) - _MJD_EPOCH
    return _word(passed.days) + _bcd_time(passed.seconds)


def _bcd_time(seconds: int) -> bytes:
    return bytes(_bcd(part) for part in (seconds // 3600, seconds // 60 % 60, seconds % 60))


def _bcd(value: int) -> int:
    return value // 10 << 4 | value % 10
