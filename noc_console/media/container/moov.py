"""The movie box: tracks, time scales, codecs and protection of an initialisation segment."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from noc_console.media.container.boxes import Box, children, descend, find, u32, u64, uuid
from noc_console.media.container.codec import Entry, language, read_entry

_HANDLERS = {b"vide": "video", b"soun": "audio", b"text": "text", b"subt": "text", b"sbtl": "text"}
_CACHED_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class InitTrack:
    """One track of an initialisation segment, with the defaults of its fragments (trex)."""

    id: int
    kind: str
    timescale: int
    entry: Entry
    language: str = ""
    edit_ticks: int = 0
    default_duration: int = 0
    default_size: int = 0
    default_flags: int = 0
    media_ticks: int = 0
    samples: int = 0


@dataclass(frozen=True, slots=True)
class Init:
    """An initialisation segment: its tracks by id and the DRM systems it names."""

    tracks: tuple[InitTrack, ...]
    pssh_systems: tuple[str, ...] = ()

    def track(self, number: int) -> InitTrack | None:
        """Return the track of an id."""
        return next((track for track in self.tracks if track.id == number), None)


def read_init(data: bytes) -> Init | None:
    """Return what an initialisation segment tells, None where it has no movie box."""
    return _cached(data) if len(data) <= _CACHED_BYTES else _read(data)


def read_moov(data: bytes, moov: Box) -> Init:
    """Return what a movie box tells (ISO/IEC 14496-12, 8.2)."""
    boxes = children(data, moov.start, moov.end)
    extends = {}
    if mvex := find(boxes, b"mvex"):
        for box in children(data, mvex.start, mvex.end):
            if box.kind == b"trex":
                extends[u32(data, box.start + 4)] = box
    tracks = [_track(data, box, extends) for box in boxes if box.kind == b"trak"]
    return Init(tuple(track for track in tracks if track), systems(data, boxes))


def systems(data: bytes, boxes: list[Box]) -> tuple[str, ...]:
    """Return the system ids of the protection boxes, each once."""
    found = [uuid(data[box.start + 4 : box.start + 20]) for box in boxes if box.kind == b"pssh"]
    return tuple(dict.fromkeys(found))


@lru_cache(maxsize=512)
def _cached(data: bytes) -> Init | None:
    return _read(data)


def _read(data: bytes) -> Init | None:
    moov = find(children(data, 0, len(data)), b"moov")
    return read_moov(data, moov) if moov else None


def _track(data: bytes, trak: Box, extends: dict[int, Box]) -> InitTrack | None:
    boxes = children(data, trak.start, trak.end)
    tkhd, mdia = find(boxes, b"tkhd"), find(boxes, b"mdia")
    if tkhd is None or mdia is None:
        return None
    number = u32(data, tkhd.start + (20 if data[tkhd.start] == 1 else 12))
    media = children(data, mdia.start, mdia.end)
    mdhd, hdlr = find(media, b"mdhd"), find(media, b"hdlr")
    kind = _HANDLERS.get(data[hdlr.start + 8 : hdlr.start + 12], "data") if hdlr else "data"
    timescale, length = _media_header(data, mdhd)
    table = descend(data, mdia, b"minf", b"stbl")
    entry, samples = _samples(data, table, kind)
    trex = extends.get(number)
    return InitTrack(
        id=number,
        kind=kind,
        timescale=timescale or 1,
        entry=entry,
        language=language(data, mdhd),
        edit_ticks=_edit(data, descend(data, trak, b"edts", b"elst")),
        default_duration=u32(data, trex.start + 12) if trex else 0,
        default_size=u32(data, trex.start + 16) if trex else 0,
        default_flags=u32(data, trex.start + 20) if trex else 0,
        media_ticks=length,
        samples=samples,
    )


def _media_header(data: bytes, mdhd: Box | None) -> tuple[int, int]:
    if mdhd is None:
        return 0, 0
    if data[mdhd.start] == 1:
        return u32(data, mdhd.start + 20), u64(data, mdhd.start + 24)
    return u32(data, mdhd.start + 12), u32(data, mdhd.start + 16)


def _samples(data: bytes, table: Box | None, kind: str) -> tuple[Entry, int]:
    if table is None:
        return Entry(""), 0
    boxes = children(data, table.start, table.end)
    stsd, stsz = find(boxes, b"stsd"), find(boxes, b"stsz")
    entries = children(data, stsd.start + 8, stsd.end) if stsd else []
    entry = read_entry(data, entries[0], kind) if entries and entries[0].kind else Entry("")
    return entry, u32(data, stsz.start + 8) if stsz else 0


def _edit(data: bytes, elst: Box | None) -> int:
    """Return the media time of the first edit that is not empty (8.6.6), 0 without one."""
    if elst is None:
        return 0
    wide = data[elst.start] == 1
    for number in range(min(u32(data, elst.start + 4), 8)):
        at = elst.start + 8 + number * (20 if wide else 12)
        field, size = (at + 8, 8) if wide else (at + 4, 4)
        value = int.from_bytes(data[field : field + size], "big", signed=True)
        if field + size <= elst.end and value >= 0:
            return value
    return 0
