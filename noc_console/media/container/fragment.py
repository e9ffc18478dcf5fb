"""Fragmented MP4: decode times, durations and the first sample of each track of a segment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from noc_console.media.container.boxes import Box, children, find, u32, u64
from noc_console.media.container.codec import Entry
from noc_console.media.container.head import BadSegment, Fault, Head, Track
from noc_console.media.container.moov import Init, InitTrack, read_init, read_moov, systems
from noc_console.media.container.nal import prefixed, read_units

_NOT_SYNC = 0x0001_0000
_MOST_RUNS = 4096


@dataclass(slots=True)
class _Sum:
    """What the fragments of one track add up to while a segment is walked."""

    first: int | None = None
    earliest: int | None = None
    ticks: int = 0
    samples: int = 0
    next_at: int = 0
    first_flags: int | None = None
    first_byte: int = 0
    first_size: int = 0
    runs: int = 0


def look_mp4(data: bytes, init: bytes | None) -> Head:
    """Return what the boxes of an MP4 segment tell; without its init the time scale comes from sidx."""
    try:
        top = children(data, 0, len(data))
        movie = _movie(data, top, init)
        sums = _fragments(data, top, movie)
    except BadSegment as error:
        return Head("fmp4", len(data), is_truncated=True, errors=(Fault("bad-box", f"{str(error).capitalize()}."),))
    faults = list(_faults(data, top, movie, sums))
    timescale = _index_timescale(data, top)
    tracks = tuple(_track(number, one, movie, timescale) for number, one in sums.items())
    if not sums and movie and find(top, b"moov"):
        tracks = tuple(_whole(track) for track in movie.tracks)
    named = (*(movie.pssh_systems if movie else ()), *systems(data, top), *_inner_systems(data, top))
    is_cut = any(fault.code == "truncated" for fault in faults)
    is_key = _starts_with_key(data, sums, movie)
    return Head("fmp4", len(data), tracks, is_key, is_cut, 0, tuple(dict.fromkeys(named)), tuple(faults))


def _movie(data: bytes, top: list[Box], init: bytes | None) -> Init | None:
    if moov := find(top, b"moov"):
        return read_moov(data, moov)
    return read_init(init) if init else None


def _fragments(data: bytes, top: list[Box], movie: Init | None) -> dict[int, _Sum]:
    sums: dict[int, _Sum] = {}
    for moof in top:
        if moof.kind != b"moof":
            continue
        for traf in children(data, moof.start, moof.end):
            if traf.kind == b"traf":
                _add(data, moof, children(data, traf.start, traf.end), movie, sums)
    return sums


def _add(data: bytes, moof: Box, traf: list[Box], movie: Init | None, sums: dict[int, _Sum]) -> None:
    """Add one track fragment to its track's sum (ISO/IEC 14496-12, 8.8.7, 8.8.8, 8.8.12)."""
    header = find(traf, b"tfhd")
    if header is None:
        raise BadSegment(f"track fragment at byte {moof.at} has no header")
    number = u32(data, header.start + 4)
    default = _defaults(data, header, movie.track(number) if movie else None)
    one = sums.setdefault(number, _Sum())
    if time := find(traf, b"tfdt"):
        one.next_at = u64(data, time.start + 4) if data[time.start] == 1 else u32(data, time.start + 4)
        one.first = one.next_at if one.first is None else one.first
    for run in traf:
        if run.kind == b"trun":
            one.runs += 1
            if one.runs > _MOST_RUNS:
                raise BadSegment(f"more than {_MOST_RUNS} runs in track {number}")
            _run(data, moof, run, default, one)


@dataclass(frozen=True, slots=True)
class _Defaults:
    duration: int = 0
    size: int = 0
    flags: int | None = None


def _defaults(data: bytes, header: Box, track: InitTrack | None) -> _Defaults:
    flags, at = u32(data, header.start) & 0xFFFFFF, header.start + 8
    at += 8 * bool(flags & 1) + 4 * bool(flags & 2)
    duration = track.default_duration if track else 0
    size = track.default_size if track else 0
    sample_flags = track.default_flags if track else None
    if flags & 0x08:
        duration, at = u32(data, at), at + 4
    if flags & 0x10:
        size, at = u32(data, at), at + 4
    if flags & 0x20:
        sample_flags = u32(data, at)
    return _Defaults(duration, size, sample_flags)


def _run(data: bytes, moof: Box, run: Box, default: _Defaults, one: _Sum) -> None:
    flags, count, at = u32(data, run.start) & 0xFFFFFF, u32(data, run.start + 4), run.start + 8
    offset = 0
    first_flags = default.flags
    if flags & 1:
        offset, at = int.from_bytes(data[at : at + 4], "big", signed=True), at + 4
    if flags & 4:
        first_flags, at = u32(data, at), at + 4
    fields = [bit for bit in (0x100, 0x200, 0x400, 0x800) if flags & bit]
    if at + 4 * len(fields) * count > run.end:
        raise BadSegment(f"run at byte {run.at} claims {count} samples and is too short for them")
    if not fields and count > 10_000_000:
        raise BadSegment(f"run at byte {run.at} claims {count} samples")
    table = np.frombuffer(data, ">u4", count * len(fields), at).reshape(count, len(fields))
    durations = (
        int(table[:, fields.index(0x100)].sum(dtype=np.int64)) if 0x100 in fields else count * default.duration
    )
    if count and one.samples == 0:
        one.first_byte = moof.at + offset if flags & 1 else 0
        one.first_size = int(table[0, fields.index(0x200)]) if 0x200 in fields else default.size
        if 0x400 in fields and not flags & 4:
            first_flags = int(table[0, fields.index(0x400)])
        one.first_flags = first_flags
    if count and one.earliest is None and one.first is not None:
        one.earliest = one.next_at + _first_offset(table, fields, default)
    one.next_at += durations
    one.ticks += durations
    one.samples += count


def _first_offset(
    table: np.ndarray[tuple[int, int], np.dtype[np.uint32]], fields: list[int], default: _Defaults
) -> int:
    """Return how far the earliest presentation lies after the first decode time of a run."""
    if 0x800 not in fields:
        return 0
    offsets = table[:64, fields.index(0x800)].astype(np.uint32).view(np.int32).astype(np.int64)
    if 0x100 in fields:
        steps = table[: len(offsets), fields.index(0x100)].astype(np.int64)
        decode = np.cumsum(steps) - steps
    else:
        decode = np.arange(len(offsets)) * default.duration
    return int((decode + offsets).min())


def _track(number: int, one: _Sum, movie: Init | None, index_timescale: int) -> Track:
    known = movie.track(number) if movie else None
    timescale = known.timescale if known else index_timescale
    entry = known.entry if known else Entry("")
    has_time = timescale > 0 and one.first is not None
    start = one.first if one.first is not None else 0
    earliest = None if one.earliest is None else one.earliest - (known.edit_ticks if known else 0)
    return Track(
        id=number,
        kind=known.kind if known else "data",
        codec=entry.codec,
        timescale=timescale,
        first_ticks=one.first,
        earliest_ticks=earliest,
        first_s=start / timescale if has_time else None,
        end_s=(start + one.ticks) / timescale if has_time else None,
        duration_s=one.ticks / timescale if timescale else None,
        samples=one.samples,
        language=known.language if known else "",
        width=entry.width,
        height=entry.height,
        transfer=entry.transfer,
        scheme=entry.scheme,
        default_kid=entry.default_kid,
    )


def _whole(track: InitTrack) -> Track:
    """Return a track of a movie without fragments: an initialisation segment or a progressive file."""
    length = track.media_ticks / track.timescale if track.samples else None
    entry = track.entry
    return Track(
        track.id, track.kind, entry.codec, track.timescale, None, None, None, None, length, track.samples,
        track.language, entry.width, entry.height, entry.transfer, entry.scheme, entry.default_kid,
    )  # fmt: skip


def _faults(data: bytes, top: list[Box], movie: Init | None, sums: dict[int, _Sum]) -> Iterator[Fault]:
    if cut := next((box for box in top if box.is_cut), None):
        name = cut.kind.decode("latin-1") or "box"
        yield Fault("truncated", f"The segment ends inside {name!r}: {cut.end - cut.at} bytes of it are there.")
    has_moof = any(box.kind == b"moof" for box in top)
    if has_moof and movie is None:
        yield Fault("no-init", "The segment has no initialisation segment to be read with.")
    if has_moof and not any(box.kind == b"mdat" for box in top) and not any(box.is_cut for box in top):
        yield Fault("no-media", "The segment has a movie fragment and no media data.")
    if not has_moof and not find(top, b"moov"):
        yield Fault("no-media", "The segment has no movie fragment.")
    if sums and all(one.first is None for one in sums.values()):
        yield Fault("no-timestamps", "No fragment of the segment carries a decode time (tfdt).")
    for number, one in sums.items():
        if one.first_byte and one.first_byte + one.first_size > len(data) and not any(box.is_cut for box in top):
            yield Fault("truncated", f"The first sample of track {number} lies outside the segment.")


def _index_timescale(data: bytes, top: list[Box]) -> int:
    sidx = find(top, b"sidx")
    return u32(data, sidx.start + 8) if sidx else 0


def _inner_systems(data: bytes, top: list[Box]) -> tuple[str, ...]:
    moof = find(top, b"moof")
    return systems(data, children(data, moof.start, moof.end)) if moof else ()


def _starts_with_key(data: bytes, sums: dict[int, _Sum], movie: Init | None) -> bool | None:
    for number, one in sums.items():
        known = movie.track(number) if movie else None
        if known is None or known.kind != "video" or not one.samples:
            continue
        name = {"avc": "avc1", "hvc": "hvc1", "hev": "hvc1", "dvh": "hvc1"}.get(known.entry.codec[:3], "")
        if name and known.entry.nal_width and 0 < one.first_byte < len(data):
            end = one.first_byte + one.first_size
            picture = read_units(prefixed(data, one.first_byte, end, known.entry.nal_width), name)
            if picture.is_key is not None:
                return picture.is_key
        return None if one.first_flags is None else not one.first_flags & _NOT_SYNC
    return None
