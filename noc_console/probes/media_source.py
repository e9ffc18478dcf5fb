"""A media file in pieces of some seconds, whatever its container: what an inspection decodes one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from noc_console.probes.decode.container_facts import facts_of_file
from noc_console.probes.decode.decoder import kind_of, refuse
from noc_console.probes.decode.job import FMP4, FULL, PACKED, TS
from noc_console.probes.decode.library_demux import opened, pieces
from noc_console.probes.decode.mp4_demux import Mp4Demuxer
from noc_console.probes.decode.packed_demux import demux
from noc_console.probes.decode.timeline import Timeline
from noc_console.probes.decode.ts_demux import TsDemuxer
from noc_console.probes.decode.units import Demuxed, Lane, Undecodable

_LOOKED_AT = 64 * 1024
_TS_BYTES = 2 * 1024 * 1024
_PIECE_S = 2.0
_FRAMES = 256
_MOST_BYTES = 512 * 1024 * 1024

#: A piece, how much of the file it ends at (0 to 1), and whether it is the last.
Piece = tuple[Demuxed, float, bool]


def pieces_of(path: Path, init: bytes = b"") -> Iterator[Piece]:
    """Yield the pieces of a file; raises Undecodable where it is no media, OSError where it cannot be read."""
    size = max(1, path.stat().st_size)
    with path.open("rb") as file:
        start = file.read(_LOOKED_AT)
    if not start:
        raise Undecodable("The file has no bytes.")
    kind = kind_of(start)
    if kind == TS:
        yield from _stream(path, size)
    elif kind == PACKED:
        yield from _packed(_whole(path))
    elif kind == FMP4 and (init or start[4:8] in (b"styp", b"moof", b"sidx", b"emsg", b"prft")):
        yield Mp4Demuxer().feed(_whole(path), init or beside(path), FULL), 1.0, True
    else:
        refuse(start)
        yield from _by_library(path, size)


def beside(path: Path) -> bytes:
    """Return the initialisation segment that lies beside a fragment: of its folder's, the one called most alike."""
    files = [one for one in path.parent.glob("*init*") if one.is_file() and one.stat().st_size <= _LOOKED_AT]
    if not files:
        raise Undecodable("It is a fragment of MP4: give its initialisation segment with --init.")
    return max(files, key=lambda one: _alike(one.name, path.name)).read_bytes()


def _alike(one: str, other: str) -> int:
    """Return how many letters two names begin with alike."""
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _stream(path: Path, size: int) -> Iterator[Piece]:
    demuxer, done = TsDemuxer(Timeline()), 0
    with path.open("rb") as file:
        while data := file.read(_TS_BYTES):
            done += len(data)
            is_last = done >= size
            yield demuxer.feed(data, FULL, is_last), done / size, is_last


def _packed(data: bytes) -> Iterator[Piece]:
    found = demux(data, Timeline())
    units = found.lanes[0].units
    for at in range(0, len(units), _FRAMES):
        part = Demuxed([Lane(found.lanes[0].track, units[at : at + _FRAMES])], found.faults)
        yield part, (at + _FRAMES) / len(units), at + _FRAMES >= len(units)


def _by_library(path: Path, size: int) -> Iterator[Piece]:
    with path.open("rb") as file:
        told = facts_of_file(file) if file.read(8)[4:] == b"ftyp" else {}
    container = opened(str(path))
    try:
        length_s = (container.duration or 0) / 1_000_000
        held: Demuxed | None = None
        done_s = 0.0
        for piece in pieces(container, piece_s=_PIECE_S, told=told):
            if held is not None:
                yield held, min(0.99, done_s / length_s) if length_s else 0.5, False
                done_s += _PIECE_S
            held = piece
        if held is not None:
            yield held, 1.0, True
    finally:
        container.close()


def _whole(path: Path) -> bytes:
    with path.open("rb") as file:
        data = file.read(_MOST_BYTES + 1)
    if len(data) > _MOST_BYTES:
        raise Undecodable(f"The file is larger than {_MOST_BYTES // 1024**2} MiB, too large for one fragment.")
    return data
