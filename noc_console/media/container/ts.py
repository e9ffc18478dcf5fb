"""MPEG-2 transport stream segments: PAT, PMT, PES time stamps, continuity and the first picture."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from noc_console.media.container.head import Fault, Head, Track
from noc_console.media.container.nal import Picture, read_units
from noc_console.media.container.packed import adts_frames
from noc_console.media.container.psi import Stream, programme
from noc_console.media.es.nal import annex_b

PACKET = 188
_WRAP = 1 << 33
_FIELDS = np.arange(14)
_FIRST_PACKETS = 24
Ints = NDArray[np.int64]


def looks_like_ts(data: bytes) -> bool:
    """Return whether sync bytes stand on the 188-byte grid, possibly after some garbage."""
    return _sync(data) >= 0


def look_ts(data: bytes) -> Head:
    """Return what the heads of a TS segment say; only packet and PES headers are looked at."""
    start = _sync(data)
    count = (len(data) - start) // PACKET
    packets = Packets.of(data, max(start, 0), count)
    faults = list(_grid_faults(packets, start, len(data)))
    pmt, streams = programme(packets)
    if pmt == 0:
        faults.append(Fault("no-pat", "The segment has no programme association table."))
    elif not streams:
        faults.append(Fault("no-pmt", f"The segment has no programme map table on PID {pmt}."))
    rows = {stream.pid: packets.rows(stream.pid) for stream in streams}
    picture = _first_picture(packets, streams, rows)
    tracks = tuple(_track(packets, stream, rows[stream.pid], picture) for stream in streams)
    lost = sum(_continuity(packets, row) for row in rows.values())
    if lost:
        faults.append(Fault("continuity", f"{lost} continuity counter errors inside the segment."))
    if streams and all(track.first_ticks is None for track in tracks):
        faults.append(Fault("no-timestamps", "No stream of the segment carries a time stamp."))
    is_cut = (len(data) - start) % PACKET != 0
    return Head("ts", len(data), tracks, picture.is_key, is_cut, lost, (), tuple(faults))


@dataclass(frozen=True, slots=True)
class Packets:
    """The packets of a segment: the four header bytes of each as one number."""

    data: bytes
    start: int
    words: Ints
    pids: Ints

    @classmethod
    def of(cls, data: bytes, start: int, count: int) -> Packets:
        """Return the packets of `data` from `start` on."""
        words = np.ndarray((count,), ">u4", data, start, (PACKET,)).astype(np.int64)
        return cls(data, start, words, (words >> 8) & 0x1FFF)

    def rows(self, pid: int) -> Ints:
        """Return the packet numbers of a PID."""
        return np.flatnonzero(self.pids == pid)

    def payload(self, row: int) -> bytes:
        """Return the payload of one packet, empty where it has none."""
        at = self.start + row * PACKET
        control = (self.data[at + 3] >> 4) & 3
        if control & 1 == 0:
            return b""
        skip = 4 + (1 + self.data[at + 4] if control & 2 else 0)
        return self.data[at + skip : at + PACKET] if skip < PACKET else b""

    def is_start(self, row: int) -> bool:
        """Return whether a section or PES packet starts in a packet."""
        return bool(self.words[row] & 0x400000)


def _sync(data: bytes) -> int:
    """Return where the grid starts: at 0, or after garbage; -1 where there is none (five right bytes, 1.1)."""
    if data[:1] == b"G" and (len(data) < 2 * PACKET or data[PACKET] == 0x47):
        return 0 if len(data) >= PACKET else -1
    for start in range(min(PACKET, len(data))):
        if data[start : start + 5 * PACKET : PACKET] == b"GGGGG":
            return start
    return -1


def _grid_faults(packets: Packets, start: int, size: int) -> Iterator[Fault]:
    wrong = int(np.count_nonzero(packets.words >> 24 != 0x47))
    if start or wrong:
        yield Fault("sync", f"{wrong} packets without sync byte, {start} bytes before the first packet.")
    if broken := int(np.count_nonzero(packets.words & 0x800000)):
        yield Fault("transport-error", f"{broken} packets carry the transport error indicator.")
    if rest := (size - start) % PACKET:
        yield Fault("truncated", f"The segment ends inside a packet: {rest} bytes after the last whole one.")


def _continuity(packets: Packets, rows: Ints) -> int:
    """Count jumps of the counter; TR 101 290, 1.4: one repeat is legal, the indicator resets."""
    words = packets.words[rows]
    carrying = rows[(words & 0x10) != 0]
    if len(carrying) < 2:
        return 0
    counters = packets.words[carrying] & 15
    steps = (counters[1:] - counters[:-1]) & 15
    odd = np.flatnonzero(steps != 1)
    if not len(odd):
        return 0
    return sum(_is_jump(packets, carrying, int(at), int(steps[at])) for at in odd)


def _is_jump(packets: Packets, rows: Ints, at: int, step: int) -> bool:
    here = packets.start + int(rows[at + 1]) * PACKET
    before = packets.start + int(rows[at]) * PACKET
    data = packets.data
    is_reset = data[here + 3] & 0x20 and data[here + 4] and data[here + 5] & 0x80
    if is_reset or data[here + 1] & 0x80:
        return False
    is_repeat = step == 0 and packets.payload(int(rows[at])) == packets.payload(int(rows[at + 1]))
    return not (is_repeat and data[before] == 0x47)


def _track(packets: Packets, stream: Stream, rows: Ints, picture: Picture) -> Track:
    starts = rows[(packets.words[rows] & 0x400010) == 0x400010]
    stamps = _stamps(packets, starts)
    codec = stream.codec
    if stream.kind == "video" and picture.codec.startswith(codec):
        codec = picture.codec
    if not len(stamps):
        return Track(stream.pid, stream.kind, codec, language=stream.language, samples=len(starts))
    first = int(stamps[0])
    relative = np.sort((stamps - first + _WRAP // 2) % _WRAP - _WRAP // 2)
    low, high = int(relative[0]), int(relative[-1])
    tail, name = _tail(packets, stream, rows, starts, relative)
    length = high - low + tail
    ticks = (first + low) % _WRAP
    return Track(
        id=stream.pid,
        kind=stream.kind,
        codec=name or codec,
        first_ticks=ticks,
        earliest_ticks=ticks,
        first_s=ticks / 90_000,
        end_s=(ticks + length) / 90_000,
        duration_s=length / 90_000,
        samples=len(starts),
        language=stream.language,
    )


def _stamps(packets: Packets, starts: Ints) -> Ints:
    """Return the PTS of those packets that start a PES packet with one (ISO/IEC 13818-1, 2.4.3.7)."""
    view = np.frombuffer(packets.data, np.uint8)
    at = packets.start + starts * PACKET
    skip = np.where(packets.words[starts] & 0x20, view[np.minimum(at + 4, len(view) - 1)].astype(np.int64) + 5, 4)
    at = (at + skip)[skip <= PACKET - 14]
    if not len(at):
        return np.empty(0, np.int64)
    heads = view[at[:, None] + _FIELDS].astype(np.int64)
    prefix = (heads[:, 0] << 16) | (heads[:, 1] << 8) | heads[:, 2]
    heads = heads[(prefix == 1) & (heads[:, 7] & 0x80 != 0)]
    stamps: Ints = (
        ((heads[:, 9] >> 1 & 7) << 30)
        | (heads[:, 10] << 22)
        | ((heads[:, 11] >> 1) << 15)
        | (heads[:, 12] << 7)
        | (heads[:, 13] >> 1)
    )
    return stamps


def _tail(packets: Packets, stream: Stream, rows: Ints, starts: Ints, relative: Ints) -> tuple[int, str]:
    """Return the length of the last PES packet in ticks, and the codec's name where its frames tell it."""
    if stream.codec.startswith("mp4a.40") and len(starts):
        last = int(starts[-1])
        payload = b"".join(packets.payload(int(row)) for row in rows[rows >= last])
        frames = adts_frames(payload[9 + payload[8] :]) if len(payload) > 9 else None
        if frames and frames.count:
            return round(frames.duration_s * 90_000), frames.codec
    if len(relative) < 2:
        return 0, ""
    steps = np.sort(np.diff(relative))
    return int(steps[len(steps) // 2]), ""


def _first_picture(packets: Packets, streams: tuple[Stream, ...], rows: dict[int, Ints]) -> Picture:
    video = next((stream for stream in streams if stream.codec in ("avc1", "hvc1")), None)
    if video is None:
        return Picture()
    mine = rows[video.pid]
    first = next((at for at, row in enumerate(mine[:64]) if packets.is_start(int(row))), None)
    if first is None:
        return Picture()
    payload = bytearray()
    for row in mine[first : first + _FIRST_PACKETS]:
        if payload and packets.is_start(int(row)):
            break
        payload += packets.payload(int(row))
    picture = read_units(annex_b(bytes(payload)), video.codec)
    if picture.is_key is not None:
        return picture
    at = packets.start + int(mine[first]) * PACKET
    has_field = packets.data[at + 3] & 0x20 and packets.data[at + 4]
    return Picture(True if has_field and packets.data[at + 5] & 0x40 else None, picture.codec)
