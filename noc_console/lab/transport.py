"""Packs a look into MPEG transport stream pieces of one GOP, and moves their time stamps to any place in time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from noc_console.lab.crc import mpeg_crc32
from noc_console.lab.encode import Look, Stream
from noc_console.lab.options import AAC_SAMPLES, SAMPLES, TICKS, audio_frames

PACKET = 188
WRAP = (1 << 33) - 1
PAT_PID, PMT_PID, VIDEO_PID, AUDIO_PID = 0, 0x1000, 0x100, 0x101
# frames are sent this long before they are shown, so that PCR stays behind every time stamp
DELAY = 45_000
# TR 101 290, 1.3 and 1.5: PAT and PMT at least every 0.5 s
_PSI_EVERY = 10
_AUDIO_FRAMES_PER_PES = 5
# a PES header and something behind it stay in the first packet
_LEAST_HEAD = 40


@dataclass(frozen=True, slots=True)
class Piece:
    """One GOP as transport packets, with the places of everything that depends on time.

    `stamps` are the offsets of PTS fields and `ticks` their values within the loop; `clocks` and `clock_ticks` the
    same for PCR. `counters` holds each packet's continuity counter in the first turn of the loop and
    `per_turn` by how much it grows with each turn. `key_bytes` is the length up to the end of the key frame.
    """

    data: NDArray[np.uint8]
    stamps: NDArray[np.int64]
    ticks: NDArray[np.int64]
    clocks: NDArray[np.int64]
    clock_ticks: NDArray[np.int64]
    counters: NDArray[np.int64]
    per_turn: NDArray[np.int64]
    key_bytes: int


def pack(look: Look, rung: int, like: Sequence[Piece] = (), late: int = 0) -> tuple[Piece, ...]:
    """Return the GOPs of one rung, with its audio, as transport stream pieces in the loop's order.

    Pieces made `like` others can stand in for them one by one: their counters begin and go on alike. The sound's time
    stamps are moved on by `late` 90 kHz ticks.
    """
    grid = look.grid
    counts: dict[int, int] = {}
    if like:
        return tuple(_stand_in(look, rung, number, like, late) for number in range(grid.gops))
    drafts = [_gop(look, rung, number, counts, late) for number in range(grid.gops)]
    return tuple(draft.finish(counts) for draft in drafts)


def placed(piece: Piece, turn: int, shift: int) -> bytes:
    """Return a piece in turn number `turn` of the loop, its time stamps moved by `shift` 90 kHz ticks."""
    data = piece.data.copy()
    value = (piece.ticks + shift) & WRAP
    at = piece.stamps
    data[at] = (data[at] & 0xF0) | (value >> 29 & 0x0E) | 1
    data[at + 1] = value >> 22 & 0xFF
    data[at + 2] = (value >> 14 & 0xFE) | 1
    data[at + 3] = value >> 7 & 0xFF
    data[at + 4] = (value << 1 & 0xFE) | 1
    value = (piece.clock_ticks + shift) & WRAP
    at = piece.clocks
    for byte, right in enumerate((25, 17, 9, 1)):
        data[at + byte] = value >> right & 0xFF
    data[at + 4] = (value & 1) << 7 | 0x7E
    counter = (piece.counters + (turn & 15) * piece.per_turn) & 15
    data[3::PACKET] = (data[3::PACKET] & 0xF0) | counter
    return data.tobytes()


@dataclass(slots=True)
class _Draft:
    counts: dict[int, int]
    more: dict[int, int] = field(default_factory=dict)
    data: bytearray = field(default_factory=bytearray)
    pids: list[int] = field(default_factory=list)
    counters: list[int] = field(default_factory=list)
    stamps: list[tuple[int, int]] = field(default_factory=list)
    clocks: list[tuple[int, int]] = field(default_factory=list)
    key_bytes: int = 0

    def packet(self, pid: int, payload: bytes, *, start: bool, adaptation: bytes = b"") -> None:
        """Append one packet; what is missing to 188 bytes is stuffed in the adaptation field."""
        count = self.counts.get(pid, 0)
        self.counts[pid] = count + 1
        self.pids.append(pid)
        self.counters.append(count & 15)
        room = PACKET - 4 - len(payload)
        head = bytes((0x47, (0x40 if start else 0) | pid >> 8, pid & 0xFF, 0x30 if room else 0x10))
        self.data += head
        if room == 1:
            self.data += b"\x00"
        elif room:
            field_ = adaptation or b"\x00"
            self.data += bytes((room - 1,)) + field_ + b"\xff" * (room - 1 - len(field_))
        self.data += payload

    def pes(self, pid: int, stream_id: int, ticks: int, unit: bytes, clock: tuple[int, bool] | None) -> None:
        """Append one PES packet with a PTS; `clock` is a PCR and whether decoding may start here."""
        length = 8 + len(unit) if pid != VIDEO_PID else 0
        body = b"\x00\x00\x01" + bytes((stream_id,)) + length.to_bytes(2, "big")
        body += b"\x80\x80\x05\x21\x00\x01\x00\x01" + unit
        adaptation = b""
        if clock is not None:
            adaptation = bytes((0x50 if clock[1] else 0x10,)) + bytes(6)
            self.clocks.append((len(self.data) + 6, clock[0]))
        room = PACKET - 4 - (len(adaptation) + 1 if adaptation else 0)
        first, *rest = self._cut(pid, body, room)
        self.stamps.append((len(self.data) + PACKET - len(first) + 9, ticks))
        self.packet(pid, first, start=True, adaptation=adaptation)
        for part in rest:
            self.packet(pid, part, start=False)

    def _cut(self, pid: int, body: bytes, room: int) -> list[bytes]:
        """Return a PES packet in parts for one packet each: as few as may be, or more where they are due."""
        due = min(self.more.get(pid, 0), max(0, len(body) - _LEAST_HEAD))
        self.more[pid] = self.more.get(pid, 0) - due
        count = -(-max(0, len(body) - room) // (PACKET - 4)) + due
        head = min(room, len(body) - count)
        edges = [head + (len(body) - head) * place // max(1, count) for place in range(count + 1)]
        return [body[:head], *(body[first:end] for first, end in pairwise(edges))]

    def finish(self, totals: dict[int, int]) -> Piece:
        stamps, clocks = np.array(self.stamps, np.int64), np.array(self.clocks, np.int64)
        return Piece(
            data=np.frombuffer(bytes(self.data), np.uint8),
            stamps=stamps[:, 0],
            ticks=stamps[:, 1],
            clocks=clocks[:, 0],
            clock_ticks=clocks[:, 1],
            counters=np.array(self.counters, np.int64),
            per_turn=np.array([totals[pid] & 15 for pid in self.pids], np.int64),
            key_bytes=self.key_bytes,
        )


def _stand_in(look: Look, rung: int, number: int, like: Sequence[Piece], late: int) -> Piece:
    """Return a GOP whose counters begin and end with those of another one: it is cut into more packets if need be."""
    begins = _counters_before(like, number)
    ends = _counters_before(like, number + 1)
    counts = dict(begins)
    _gop(look, rung, number, counts, late)
    more = {pid: (ends[pid] - count) & 15 for pid, count in counts.items()}
    per_turn = _counters_before(like, len(like))
    return _gop(look, rung, number, begins, late, more).finish(per_turn)


def _counters_before(like: Sequence[Piece], number: int) -> dict[int, int]:
    """Return how many packets of each PID come before a GOP."""
    counts: Counter[int] = Counter()
    for piece in like[:number]:
        packets = piece.data.reshape(-1, PACKET)
        pids = (packets[:, 1].astype(np.int64) & 0x1F) << 8 | packets[:, 2]
        counts.update({int(pid): int(count) for pid, count in zip(*np.unique(pids, return_counts=True), strict=True)})
    return counts


def _gop(
    look: Look, rung: int, number: int, counts: dict[int, int], late: int, more: Mapping[int, int] | None = None
) -> _Draft:
    draft = _Draft(counts, dict(more or {}))
    first = number * look.grid.gop
    sound = _sound(look.audio, first, first + look.grid.gop)
    waiting = next(sound, None)
    for frame in range(first, first + look.grid.gop):
        is_key = frame == first
        if (frame - first) % _PSI_EVERY == 0:
            draft.packet(PAT_PID, _PAT, start=True)
            draft.packet(PMT_PID, _PMT, start=True)
        ticks = frame * TICKS
        unit = look.videos[rung].frames[frame]
        draft.pes(VIDEO_PID, 0xE0, ticks + DELAY, unit, (ticks, is_key))
        if is_key:
            draft.key_bytes = len(draft.data)
        while waiting is not None and waiting[0] < ticks + TICKS:
            draft.pes(AUDIO_PID, 0xC0, waiting[0] + late + DELAY, waiting[1], None)
            waiting = next(sound, None)
    while waiting is not None:
        draft.pes(AUDIO_PID, 0xC0, waiting[0] + late + DELAY, waiting[1], None)
        waiting = next(sound, None)
    return draft


def _sound(audio: Stream, first: int, end: int) -> Iterator[tuple[int, bytes]]:
    """Yield the audio that starts in these video frames: 90 kHz ticks and a few ADTS frames."""
    last = audio_frames(end)
    for start in range(audio_frames(first), last, _AUDIO_FRAMES_PER_PES):
        group = audio.frames[start : min(start + _AUDIO_FRAMES_PER_PES, last)]
        yield (
            start * AAC_SAMPLES * TICKS // SAMPLES,
            b"".join(adts(frame, audio.config) + frame for frame in group),
        )


def adts(frame: bytes, config: bytes) -> bytes:
    """Return the ADTS header of a frame (ISO/IEC 14496-3, 1.A.2), from the AudioSpecificConfig."""
    kind, rate, channels = config[0] >> 3, (config[0] & 7) << 1 | config[1] >> 7, config[1] >> 3 & 15
    size = len(frame) + 7
    return bytes(
        (
            0xFF,
            0xF1,
            (kind - 1) << 6 | rate << 2 | channels >> 2,
            (channels & 3) << 6 | size >> 11,
            size >> 3 & 0xFF,
            (size & 7) << 5 | 0x1F,
            0xFC,
        )
    )


def _section(body: bytes) -> bytes:
    whole = body + mpeg_crc32(body).to_bytes(4, "big")
    return b"\x00" + whole + b"\xff" * (PACKET - 5 - len(whole))


# one programme; H.264 (0x1B) and ADTS AAC (0x0F)
_PAT = _section(bytes.fromhex("00b00d0001c100000001f000"))
_PMT = _section(bytes.fromhex("02b0170001c10000e100f0001be100f0000fe101f000"))
