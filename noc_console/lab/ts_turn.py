"""Lays out one turn of the loop as a transport stream of constant bitrate: which packet goes into which slot.

A slot is the time of one packet. Everything wishes for a time; wishes are served in order, one slot each, and what
nobody wants is stuffed with null packets. What depends on the turn is patched by `ts_mux`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.typing import NDArray

from noc_console.lab import ts_sections as si
from noc_console.lab.encode import Look
from noc_console.lab.options import FRAME_RATE, TICKS
from noc_console.lab.ts_pes import DELAY, PACKET, Unit, pictures, sound
from noc_console.lab.ts_sections import Pids

Ints = NDArray[np.int64]
# rates are whole packets per picture, so that the turn is a whole number of packets long
PACKETS_STEP = FRAME_RATE
# ISO/IEC 13818-1, 2.7.2: a PCR at least every 100 ms; TR 101 290, 2.3.a: 40 ms
PCR_EVERY_S = 0.022
# TR 101 290: PAT and PMT 0.5 s, SDT and EIT p/f 2 s, NIT 10 s, TDT 30 s
PSI_EVERY_S, SDT_EVERY_S, NIT_EVERY_S, EIT_EVERY_S, TDT_EVERY_S, CUE_EVERY_S = 0.095, 1.0, 5.0, 1.0, 10.0, 1.0
_SOUND_LEAD_S = 0.25
_SOUND_GAP_S = 0.004
_PCR, _TABLE, _MEDIA = 0, 1, 2
_HEADROOM = 1.14
_CLOCKS_PER_S = 60.0
# by how much faster than their mean rate pictures are sent
_PACES = (1.02, 1.05, 1.1, 1.15, 1.2, 1.25, 1.3, 1.35, 1.4, 1.5, 1.75, 2.0, 2.5, 3.0, 4.0, 6.0)
_SPARE_S = 0.08


@dataclass(frozen=True, slots=True)
class Live:
    """A slot whose section is written when it is sent; `what` is eit0, eit1, tdt or cue."""

    row: int
    what: str
    number: int


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of the loop: packets, and the places of all that depends on time.

    `stamp_rows`, `stamp_at` and `stamp_ticks` are the row, offset and value of each PTS, `pcr_rows` the rows with a
    PCR. `counters` holds each packet's counter in turn 0, `per_turn` by how much it grows with each turn (0 with
    null packets). Rows are in order in all of them.
    """

    packets_per_s: int
    frames: int
    data: NDArray[np.uint8]
    stamp_rows: Ints
    stamp_at: Ints
    stamp_ticks: Ints
    pcr_rows: Ints
    counters: Ints
    per_turn: Ints
    live: tuple[Live, ...]

    @property
    def bitrate_bps(self) -> int:
        """Return the rate of the whole stream."""
        return self.packets_per_s * PACKET * 8


@dataclass(frozen=True, slots=True)
class Service:
    """One programme of a transport stream: what it shows, under which name."""

    name: str
    look: Look
    rung: int = 0


@dataclass(frozen=True, slots=True)
class _Wish:
    at_s: float
    rank: int
    packet: bytes
    pid: int
    counts: bool = True
    stamp: int = -1
    ticks: int = 0
    live: tuple[str, int] | None = None


def turn_of(services: Sequence[Service], bitrate_bps: float = 0.0) -> Turn:
    """Return the turn that carries these services at the nearest possible rate not below `bitrate_bps`.

    Without a rate, or where it would not do, the stream gets a little more than it needs.
    """
    loop_s = services[0].look.grid.loop / FRAME_RATE
    wishes = list(_wishes(services, loop_s))
    needed = (len(wishes) / loop_s + len(services) * _CLOCKS_PER_S) * _HEADROOM
    steps = max(ceil(needed / PACKETS_STEP), ceil(bitrate_bps / (PACKETS_STEP * PACKET * 8) - 1e-9))
    wishes += _clocks(len(services), loop_s, steps * PACKETS_STEP)
    wishes.sort(key=lambda wish: (wish.at_s, wish.rank))
    return _laid(wishes, steps * PACKETS_STEP, services[0].look.grid.loop)


def _clocks(services: int, loop_s: float, packets_per_s: int) -> Iterator[_Wish]:
    """Yield the PCRs: whole datagrams apart, so that they arrive as evenly as they are sent."""
    apart = max(int(PCR_EVERY_S * packets_per_s / 7), 1) * 7
    for place in range(services):
        pid = Pids(place + 1).video
        first = place * apart // services
        for slot in range(first, int(loop_s * packets_per_s + 0.5), apart):
            # ISO/IEC 13818-1, 2.4.3.3: a packet without payload is not counted
            yield _Wish(slot / packets_per_s, _PCR, _pcr_packet(pid), pid, counts=False)


def _wishes(services: Sequence[Service], loop_s: float) -> Iterator[_Wish]:
    pids = [Pids(number) for number in range(1, len(services) + 1)]
    yield from _every(PSI_EVERY_S, loop_s, 0.0, si.PAT_PID, si.packets(si.PAT_PID, si.pat(pids)))
    yield from _every(NIT_EVERY_S, loop_s, 0.21, si.NIT_PID, si.packets(si.NIT_PID, si.nit(pids)))
    named = [(one.number, service.name) for one, service in zip(pids, services, strict=True)]
    yield from _every(SDT_EVERY_S, loop_s, 0.37, si.SDT_PID, si.packets(si.SDT_PID, si.sdt(named)))
    yield from _lively(TDT_EVERY_S, loop_s, 0.63, si.TDT_PID, ("tdt", 0))
    for place, (one, service) in enumerate(zip(pids, services, strict=True)):
        shift = place / len(services)
        yield from _every(PSI_EVERY_S, loop_s, 0.02 + 0.08 * shift, one.pmt, si.packets(one.pmt, si.pmt(one)))
        yield from _lively(EIT_EVERY_S, loop_s, 0.05 + 0.5 * shift, si.EIT_PID, ("eit0", one.number))
        yield from _lively(EIT_EVERY_S, loop_s, 0.55 + 0.5 * shift, si.EIT_PID, ("eit1", one.number))
        yield from _lively(CUE_EVERY_S, loop_s, 0.8 * shift, one.cues, ("cue", one.number))
        yield from _smooth(list(pictures(service.look, service.rung, one.video)), loop_s)
        yield from _spread(sound(service.look, one.audio), loop_s)


def _times(interval_s: float, loop_s: float, offset_s: float) -> Iterator[float]:
    """Yield evenly spread times, never further apart than the interval, also across the seam."""
    count = ceil(loop_s / interval_s - 1e-9)
    for number in range(count):
        yield (number * loop_s / count + offset_s) % loop_s


def _every(interval_s: float, loop_s: float, offset_s: float, pid: int, packets: Sequence[bytes]) -> Iterator[_Wish]:
    for at_s in _times(interval_s, loop_s, offset_s):
        yield from (_Wish(at_s, _TABLE, packet, pid) for packet in packets)


def _lively(interval_s: float, loop_s: float, offset_s: float, pid: int, what: tuple[str, int]) -> Iterator[_Wish]:
    blank = bytes((0x47, 0x40 | pid >> 8, pid & 0xFF, 0x10)).ljust(PACKET, b"\xff")
    for at_s in _times(interval_s, loop_s, offset_s):
        yield _Wish(at_s, _TABLE, blank, pid, live=what)


def _pcr_packet(pid: int) -> bytes:
    return bytes((0x47, pid >> 8, pid & 0xFF, 0x20, 183, 0x10)).ljust(PACKET, b"\xff")


def _smooth(units: Sequence[Unit], loop_s: float) -> Iterator[_Wish]:
    """Send pictures evenly, each not before its own time, and complete well before it is shown."""
    mean_gap_s = loop_s / sum(len(unit.packets) for unit in units)
    for pace in _PACES:
        times = _paced(units, mean_gap_s / pace, loop_s)
        late_s = max(end - (unit.ticks - DELAY) / 90_000 for unit, (_, end) in zip(units, times, strict=True))
        if late_s <= DELAY / 90_000 - _SPARE_S:
            break
    for unit, (begin, _) in zip(units, times, strict=True):
        yield from _placed(unit, begin, mean_gap_s / pace, loop_s)


def _paced(units: Sequence[Unit], gap_s: float, loop_s: float) -> list[tuple[float, float]]:
    """Return when each unit begins and ends; the second turn through, when what is left over has settled."""
    free = -loop_s
    for turn in (-1, 0):
        times = []
        for unit in units:
            begin = max(free, (unit.ticks - DELAY) / 90_000 + turn * loop_s)
            free = begin + len(unit.packets) * gap_s
            times.append((begin, free))
    return times


def _spread(units: Iterator[Unit], loop_s: float) -> Iterator[_Wish]:
    for unit in units:
        yield from _placed(unit, unit.ticks / 90_000 - _SOUND_LEAD_S, _SOUND_GAP_S, loop_s)


def _placed(unit: Unit, begin_s: float, gap_s: float, loop_s: float) -> Iterator[_Wish]:
    """Give each packet its time; what lies behind the seam belongs to the turn before."""
    for number, packet in enumerate(unit.packets):
        turn, at_s = divmod(begin_s + number * gap_s, loop_s)
        if number:
            yield _Wish(at_s, _MEDIA, packet, unit.pid)
        else:
            ticks = unit.ticks - round(turn * loop_s * 90_000)
            yield _Wish(at_s, _MEDIA, packet, unit.pid, stamp=unit.stamp, ticks=ticks)


def _laid(wishes: Sequence[_Wish], packets_per_s: int, loop: int) -> Turn:
    total = packets_per_s * loop // FRAME_RATE
    rows = _slots(wishes, packets_per_s, total)
    order = np.argsort(rows)
    rows, wishes = rows[order], [wishes[place] for place in order.tolist()]
    data = np.full((total, PACKET), 0xFF, np.uint8)
    data[:, :4] = (0x47, 0x1F, 0xFF, 0x10)
    data[rows] = np.frombuffer(b"".join(wish.packet for wish in wishes), np.uint8).reshape(-1, PACKET)
    counters, per_turn = _counted(wishes, rows, total)
    placed = list(zip(rows.tolist(), wishes, strict=True))
    stamps = np.array([(row, wish.stamp, wish.ticks) for row, wish in placed if wish.stamp >= 0], np.int64)
    return Turn(
        packets_per_s=packets_per_s,
        frames=loop,
        data=data,
        stamp_rows=stamps[:, 0].copy(),
        stamp_at=stamps[:, 1].copy(),
        stamp_ticks=stamps[:, 2].copy(),
        pcr_rows=np.array([row for row, wish in placed if wish.rank == _PCR], np.int64),
        counters=counters,
        per_turn=per_turn,
        live=tuple(Live(row, *wish.live) for row, wish in placed if wish.live),
    )


def _slots(wishes: Sequence[_Wish], packets_per_s: int, total: int) -> Ints:
    """Return a slot for each wish: clocks exactly in time, the others in order, one each, in what is left."""
    wished = np.array([wish.at_s * packets_per_s for wish in wishes])
    is_clock = np.array([wish.rank == _PCR for wish in wishes])
    rows = np.zeros(len(wishes), np.int64)
    rows[is_clock] = _served(wished[is_clock], np.arange(total))
    free = np.setdiff1d(np.arange(total), rows[is_clock])
    rows[~is_clock] = _served(wished[~is_clock], free)
    return rows


def _served(wished: NDArray[np.float64], free: Ints) -> Ints:
    """Return for each wish, in order, the first slot left from its time on, but none behind the end of the turn."""
    order = np.arange(len(wished))
    first = np.searchsorted(free, np.ceil(wished - 1e-6))
    forward = np.maximum.accumulate(first - order) + order
    return free[np.minimum(forward, len(free) - len(wished) + order)]


def _counted(wishes: Sequence[_Wish], rows: Ints, total: int) -> tuple[Ints, Ints]:
    counters, per_turn = np.zeros(total, np.int64), np.zeros(total, np.int64)
    counts: dict[int, int] = {}
    for row, wish in zip(rows.tolist(), wishes, strict=True):
        # a packet without payload repeats the counter of the last one that had some
        counts[wish.pid] = counts.get(wish.pid, 0) + wish.counts
        counters[row] = counts[wish.pid] - 1
    for row, wish in zip(rows.tolist(), wishes, strict=True):
        per_turn[row] = counts[wish.pid]
    return counters & 15, per_turn & 15


def pcr_of(packet: int, packets_per_s: int) -> int:
    """Return the PCR, in 27 MHz ticks, of a packet number on the channel's clock, to the nearest tick."""
    return (packet * 27_000_000 * 2 + packets_per_s) // (2 * packets_per_s)


def stamp_of(frame: int) -> int:
    """Return the presentation time, in 90 kHz ticks, of a video frame on the channel's clock."""
    return frame * TICKS + DELAY
