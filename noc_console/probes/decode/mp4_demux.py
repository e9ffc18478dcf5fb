"""Takes fragmented MP4 apart: the samples of each track fragment, by what the initialisation segment tells."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from noc_console.media.container.boxes import Box, children, descend, find, u32, u64
from noc_console.media.container.codec import specific_config
from noc_console.media.container.head import BadSegment
from noc_console.media.container.moov import Init, InitTrack, read_init
from noc_console.probes.decode.container_facts import facts_of
from noc_console.probes.decode.job import AUDIO
from noc_console.probes.decode.units import DECODERS, Demuxed, ForTheLibrary, Lane, Track, Undecodable, Unit

_NOT_SYNC = 0x0001_0000
MOST_SAMPLES = 20_000
_FAMILIES = {
    "avc1": "avc1",
    "avc3": "avc1",
    "dva1": "avc1",
    "dvav": "avc1",
    "hvc1": "hvc1",
    "hev1": "hvc1",
    "dvh1": "hvc1",
    "dvhe": "hvc1",
    "mp4a": "mp4a.40.2",
    "ac-3": "ac-3",
    "ec-3": "ec-3",
    "fLaC": "fLaC",
}
_BOXES = {"avc1": b"avcC", "hvc1": b"hvcC"}


@dataclass(frozen=True, slots=True)
class _Known:
    """What the initialisation segment tells of one track."""

    init: InitTrack
    track: Track


class Mp4Demuxer:
    """Fragments of one rung; the initialisation segment is read anew only when it is another one."""

    def __init__(self) -> None:
        self._init = b""
        self._known: dict[int, _Known] = {}

    def feed(self, data: bytes, init: bytes, mode: str) -> Demuxed:
        """Take a segment apart; raises ForTheLibrary where that is to try it, Undecodable where nobody can."""
        try:
            top = children(data, 0, len(data))
            self._learn(data, init)
            return self._segment(data, top, mode)
        except (BadSegment, IndexError, ValueError) as error:
            raise Undecodable(f"The boxes of the segment cannot be followed: {error}.") from None

    def _learn(self, data: bytes, init: bytes) -> None:
        moov = data if not init or find(children(data, 0, len(data)), b"moov") else init
        if moov == self._init and self._known:
            return
        movie = read_init(moov)
        if movie is None and init:
            raise Undecodable("The initialisation segment has no movie box: it is no initialisation segment.")
        if movie is None:
            raise Undecodable("It is a fragment of MP4 without its initialisation segment.")
        self._init, self._known = moov if len(moov) < 1 << 20 else b"", _tracks(moov, movie)

    def _segment(self, data: bytes, top: list[Box], mode: str) -> Demuxed:
        found = Demuxed()
        lanes: dict[int, Lane] = {}
        fragments = [box for box in top if box.kind == b"moof"]
        if not fragments:
            raise ForTheLibrary("The MP4 has no fragment.")
        for moof in fragments:
            for traf in children(data, moof.start, moof.end):
                if traf.kind == b"traf":
                    self._fragment(data, moof, traf, mode, lanes)
        for known in self._known.values():
            if known.track.scheme:
                text = f"The {known.track.kind} is encrypted ({known.track.scheme}) and cannot be decoded."
                found.faults.append(text)
        if not lanes and not found.faults:
            raise Undecodable("The initialisation segment is not that of this segment: it has none of its tracks.")
        found.lanes = list(lanes.values())
        if any(box.kind == b"mdat" and box.is_cut for box in top):
            found.faults.append("The segment is cut off before its end.")
        return found

    def _fragment(self, data: bytes, moof: Box, traf: Box, mode: str, lanes: dict[int, Lane]) -> None:
        boxes = children(data, traf.start, traf.end)
        header = find(boxes, b"tfhd")
        known = self._known.get(u32(data, header.start + 4)) if header else None
        if header is None or known is None or not known.track.decoder:
            return
        if mode == AUDIO and known.track.kind == "video":
            return
        lane = lanes.setdefault(known.track.id, Lane(known.track))
        for one in _samples(data, moof, header, boxes, known):
            lane.units.append(one)
            if len(lane.units) > MOST_SAMPLES:
                raise BadSegment(f"more than {MOST_SAMPLES} samples in one track")


def _tracks(moov: bytes, movie: Init) -> dict[int, _Known]:
    box = find(children(moov, 0, len(moov)), b"moov")
    entries = _entries(moov, box) if box else {}
    told = facts_of(moov)
    known = {}
    for one in movie.tracks:
        if one.kind not in ("video", "audio"):
            continue
        family = _FAMILIES.get(one.entry.codec.partition(".")[0], "")
        if one.entry.scheme:
            track = Track(one.id, one.kind, one.entry.codec, f"track/{one.id}", scheme=one.entry.scheme)
        elif family and one.id in entries:
            track = replace(_track(moov, one, family, entries[one.id]), container=told.get(one.id, {}))
        else:
            raise ForTheLibrary(f"The segment holds {one.entry.codec or 'a codec'} that cannot be decoded here.")
        known[one.id] = _Known(one, track)
    return known


def _track(moov: bytes, one: InitTrack, family: str, entry: Box) -> Track:
    skip = 78 if one.kind == "video" else 28
    inner = children(moov, entry.start + skip, entry.end)
    extradata = b""
    if box := find(inner, _BOXES.get(family, b"")):
        extradata = moov[box.start : box.end]
    elif family == "mp4a.40.2" and (box := find(inner, b"esds")):
        _, extradata = specific_config(moov[box.start + 4 : box.end])
    elif family == "fLaC" and (box := find(inner, b"dfLa")):
        extradata = moov[box.start + 8 : box.end]
    rate = u32(moov, entry.start + 24) >> 16 if one.kind == "audio" else 0
    channels = int.from_bytes(moov[entry.start + 16 : entry.start + 18], "big") if one.kind == "audio" else 0
    decoder = DECODERS[family]
    if one.entry.codec.startswith(("mp4a.6b", "mp4a.69")):
        decoder = "mp3"
    return Track(
        one.id,
        one.kind,
        family,
        f"track/{one.id}",
        decoder,
        extradata,
        rate,
        channels,
        one.language,
        is_prefixed=bool(one.entry.nal_width),
    )


def _entries(moov: bytes, box: Box) -> dict[int, Box]:
    """Return the first sample entry of each track by its id."""
    entries = {}
    for trak in children(moov, box.start, box.end):
        if trak.kind != b"trak":
            continue
        tkhd = find(children(moov, trak.start, trak.end), b"tkhd")
        stsd = descend(moov, trak, b"mdia", b"minf", b"stbl", b"stsd")
        if tkhd and stsd:
            first = next(iter(children(moov, stsd.start + 8, stsd.end)), None)
            if first is not None and first.kind:
                entries[u32(moov, tkhd.start + (20 if moov[tkhd.start] == 1 else 12))] = first
    return entries


def _samples(data: bytes, moof: Box, header: Box, boxes: list[Box], known: _Known) -> Iterator[Unit]:
    """Yield the samples of a track fragment (ISO/IEC 14496-12, 8.8.7, 8.8.8, 8.8.12)."""
    flags, at = u32(data, header.start) & 0xFFFFFF, header.start + 8
    base = moof.at
    if flags & 1:
        base, at = u64(data, at), at + 8
    at += 4 * bool(flags & 2)
    track = known.init
    duration, size, sample_flags = track.default_duration, track.default_size, track.default_flags
    if flags & 0x08:
        duration, at = u32(data, at), at + 4
    if flags & 0x10:
        size, at = u32(data, at), at + 4
    if flags & 0x20:
        sample_flags = u32(data, at)
    time = 0
    if tfdt := find(boxes, b"tfdt"):
        time = u64(data, tfdt.start + 4) if data[tfdt.start] == 1 else u32(data, tfdt.start + 4)
    place = base
    for run in boxes:
        if run.kind != b"trun":
            continue
        table = _run(data, run, (duration, size, sample_flags))
        place = base + table.offset if table.offset is not None else place
        for length, ticks, marks, shift in table.rows:
            body = data[place : place + length]
            place += length
            pts_s = (time + shift - track.edit_ticks) / track.timescale
            time += ticks
            is_key = marks & _NOT_SYNC == 0
            is_damaged = len(body) < length
            yield Unit(body if not is_damaged else b"", length, pts_s, is_key, ticks / track.timescale, is_damaged)


@dataclass(frozen=True, slots=True)
class _Run:
    offset: int | None
    rows: list[list[int]]


def _run(data: bytes, run: Box, default: tuple[int, int, int]) -> _Run:
    """Return the rows (size, duration, flags, composition offset) of a track run (8.8.8)."""
    flags, count, at = u32(data, run.start) & 0xFFFFFF, u32(data, run.start + 4), run.start + 8
    offset = first_flags = None
    if flags & 1:
        offset, at = int.from_bytes(data[at : at + 4], "big", signed=True), at + 4
    if flags & 4:
        first_flags, at = u32(data, at), at + 4
    fields = [bit for bit in (0x100, 0x200, 0x400, 0x800) if flags & bit]
    if count > MOST_SAMPLES or at + 4 * len(fields) * count > run.end:
        raise BadSegment(f"run at byte {run.at} claims {count} samples and is too short for them")
    table = np.frombuffer(data, ">u4", count * len(fields), at).reshape(count, len(fields)).astype(np.int64)
    duration, size, sample_flags = default
    columns = {0x200: size, 0x100: duration, 0x400: sample_flags, 0x800: 0}
    rows = np.empty((count, 4), np.int64)
    for column, (bit, usual) in enumerate(columns.items()):
        rows[:, column] = table[:, fields.index(bit)] if bit in fields else usual
    # offsets of version 1 are signed, and those of version 0 that look so come from writers that meant it
    rows[:, 3] = np.where(rows[:, 3] >= 1 << 31, rows[:, 3] - (1 << 32), rows[:, 3])
    if first_flags is not None and count:
        rows[0, 2] = first_flags
    return _Run(offset, rows.tolist())
