"""Sections and packets made by hand, for the tests of tables, cues and formats."""

from __future__ import annotations

from noc_console.media.ts.crc import crc32


def section(table_id: int, extension: int, body: bytes, version: int = 0, number: int = 0, last: int = 0) -> bytes:
    """Return a whole section of the long form with its CRC."""
    head = extension.to_bytes(2, "big") + bytes((0xC1 | version << 1, number, last))
    return closed(bytes((table_id,)), 0xB0, head + body)


def short(table_id: int, body: bytes) -> bytes:
    """Return a section of the short form, without CRC."""
    return bytes((table_id, 0x70 | len(body) >> 8, len(body) & 0xFF)) + body


def closed(table_id: bytes, marks: int, content: bytes) -> bytes:
    """Return content with table_id and length before it and its CRC behind it."""
    size = len(content) + 4
    whole = table_id + bytes((marks | size >> 8, size & 0xFF)) + content
    return whole + crc32(whole).to_bytes(4, "big")


def pat(programmes: dict[int, int], version: int = 0, stream: int = 1) -> bytes:
    """Return a PAT."""
    rows = b"".join(
        number.to_bytes(2, "big") + (0xE000 | pid).to_bytes(2, "big") for number, pid in programmes.items()
    )
    return section(0x00, stream, rows, version)


def pmt(
    number: int,
    clock: int,
    streams: list[tuple[int, int, bytes]],
    version: int = 0,
    info: bytes = b"",
) -> bytes:
    """Return a PMT; a stream is (stream_type, PID, descriptors)."""
    rows = b"".join(
        bytes((kind,)) + (0xE000 | pid).to_bytes(2, "big") + (0xF000 | len(loop)).to_bytes(2, "big") + loop
        for kind, pid, loop in streams
    )
    head = (0xE000 | clock).to_bytes(2, "big") + (0xF000 | len(info)).to_bytes(2, "big") + info
    return section(0x02, number, head + rows, version)


def sdt(services: dict[int, tuple[str, str]], version: int = 0, table_id: int = 0x42, stream: int = 1) -> bytes:
    """Return an SDT; a service is (provider, name)."""
    rows = b""
    for number, (provider, name) in services.items():
        text = b"\x01" + bytes((len(provider),)) + provider.encode() + bytes((len(name),)) + name.encode()
        loop = descriptor(0x48, text)
        rows += number.to_bytes(2, "big") + b"\xfc" + (0x8000 | len(loop)).to_bytes(2, "big") + loop
    return section(table_id, stream, b"\x00\x01\xff" + rows, version)


def nit(name: str, table_id: int = 0x40, network: int = 1) -> bytes:
    """Return a NIT without transport streams."""
    loop = descriptor(0x40, name.encode())
    return section(table_id, network, (0xF000 | len(loop)).to_bytes(2, "big") + loop + b"\xf0\x00")


def eit(service: int, number: int, table_id: int = 0x4E) -> bytes:
    """Return a section of an EIT P/F with one event."""
    event = (number + 1).to_bytes(2, "big") + b"\xe0\x00\x12\x00\x00\x01\x00\x00" + b"\x80\x00"
    return section(table_id, service, b"\x00\x01\x00\x01\x01\x4e" + event, number=number, last=1)


def descriptor(tag: int, body: bytes) -> bytes:
    """Return a descriptor."""
    return bytes((tag, len(body))) + body


def payloads(whole: bytes) -> list[tuple[bool, bytes]]:
    """Return a section as the payloads of packets: (starts, 184 bytes)."""
    data = b"\x00" + whole
    parts = [data[at : at + 184] for at in range(0, len(data), 184)]
    return [(at == 0, part + b"\xff" * (184 - len(part))) for at, part in enumerate(parts)]
