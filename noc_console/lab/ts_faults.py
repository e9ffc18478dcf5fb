"""The faults of transport streams: one small function each, in a registry, with what a monitor should say of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from noc_console.lab import ts_sections as si
from noc_console.lab.fault import Fault
from noc_console.lab.ts_sections import Pids
from noc_console.lab.ts_socket import Ints
from noc_console.lab.ts_wire import Memory, Trace, Wire, blank, move_clocks, move_time, skip_counters, stamps_at

_FIRST = Pids(1)
_MEDIA = (_FIRST.video, _FIRST.audio)
_CLOCK_HZ = 27_000_000
# one bit off; its complement would look like the head of an RTP datagram
_WRONG_SYNC = 0x46


@dataclass(slots=True)
class Doing:
    """A fault at work on one outlet: `rows` are the packets sent while it is on."""

    fault: Fault
    rows: Ints
    trace: Trace
    memory: Memory

    def param(self, name: str) -> float:
        """Return a knob of the fault."""
        return self.fault.params[name]


Spoil = Callable[[Wire, Doing], Wire]


@dataclass(frozen=True, slots=True)
class TsFaultKind:
    """What a fault does and what should be noticed.

    `expects` are the finding ids that are right answers, `alarm` the alarm type, empty where none is due, `params`
    the knobs with their defaults. What concerns whole datagrams is said by the flags: sent from another address, held
    up and sent in bursts, or out of order.
    """

    title: str
    expects: tuple[str, ...]
    alarm: str = ""
    params: Mapping[str, float] = field(default_factory=dict)
    spoil: Spoil | None = None
    is_rtp_only: bool = False
    is_other_source: bool = False
    is_held: bool = False
    is_swapped: bool = False


# which packets


def _at_rate(wire: Wire, doing: Doing, candidates: Ints) -> Ints:
    """Return those of the candidates that are due at the fault's rate, never two neighbours, and count them.

    The first is due half an interval after the fault began, so that N seconds have N times the rate. Where none is
    near, the next one is taken.
    """
    trace = doing.trace
    before, trace.seen = trace.seen, trace.seen + len(doing.rows)
    interval = wire.packets_per_s / doing.param("per_s")
    taken: list[int] = []
    least = 0
    while (place := int((trace.made + len(taken) + 0.5) * interval)) < trace.seen:
        row = doing.rows[max(place - before, 0)]
        at = max(int(np.searchsorted(candidates, row)), least)
        if at >= len(candidates):
            break
        taken.append(int(candidates[at]))
        least = at + 2
    trace.made += len(taken)
    return np.array(taken, np.int64)


def _counted(wire: Wire, doing: Doing) -> Ints:
    rows = wire.of(doing.rows, *_MEDIA)
    return rows[wire.has_payload[rows]]


def _thinned(wire: Wire, doing: Doing, rows: Ints, interval_s: float) -> Ints:
    """Return the rows to be taken away so that the rest come no closer than the interval."""
    gone = []
    for row in rows.tolist():
        if wire.at_s(row) - doing.trace.last_s < interval_s:
            gone.append(row)
        else:
            doing.trace.last_s = wire.at_s(row)
    doing.trace.made += len(gone)
    return np.array(gone, np.int64)


def _taken_away(*pids: int) -> Spoil:
    def spoil(wire: Wire, doing: Doing) -> Wire:
        rows = wire.of(doing.rows, *pids)
        doing.trace.made += len(rows)
        blank(wire, rows, doing.memory)
        return wire

    return spoil


def _made_late(pid: int) -> Spoil:
    def spoil(wire: Wire, doing: Doing) -> Wire:
        gone = _thinned(wire, doing, wire.of(doing.rows, pid), doing.param("interval_s"))
        blank(wire, gone, doing.memory)
        return wire

    return spoil


# what becomes of them


def _miscount(wire: Wire, doing: Doing) -> Wire:
    skip_counters(wire, _at_rate(wire, doing, _counted(wire, doing)), doing.memory)
    return wire


def _drop(wire: Wire, doing: Doing) -> Wire:
    return wire.without(_at_rate(wire, doing, _counted(wire, doing)).tolist())


def _repeat(wire: Wire, doing: Doing) -> Wire:
    return wire.repeated(_at_rate(wire, doing, _counted(wire, doing)), int(doing.param("times")))


def _lose_sync(wire: Wire, doing: Doing) -> Wire:
    wire.packets[doing.rows, 0] = _WRONG_SYNC
    doing.trace.made += len(doing.rows)
    return wire


def _break_sync_bytes(wire: Wire, doing: Doing) -> Wire:
    """Break single sync bytes of null packets: the packets before and after are whole."""
    wire.packets[_at_rate(wire, doing, wire.of(doing.rows, si.NULL_PID)), 0] = _WRONG_SYNC
    return wire


def _flag_errors(wire: Wire, doing: Doing) -> Wire:
    wire.packets[_at_rate(wire, doing, wire.of(doing.rows, si.NULL_PID)), 1] |= 0x80
    return wire


def _break_crc(wire: Wire, doing: Doing) -> Wire:
    """Break the CRC of every third PMT, so that the others still come in time."""
    for row in wire.of(doing.rows, _FIRST.pmt).tolist():
        doing.trace.seen += 1
        if doing.trace.seen % 3 == 0:
            end = 5 + 3 + (int(wire.packets[row, 6] & 0x0F) << 8 | int(wire.packets[row, 7]))
            wire.packets[row, end - 1] ^= 0xFF
            doing.trace.made += 1
    return wire


def _jitter_clock(wire: Wire, doing: Doing) -> Wire:
    """Move every so many-th PCR by a constant."""
    every = max(1, int(doing.param("every")))
    for row in wire.clocks(wire.of(doing.rows, _FIRST.video)).tolist():
        doing.trace.seen += 1
        if doing.trace.seen % every == 0:
            move_clocks(wire, np.array([row]), round(doing.param("ns") * 1e-9 * _CLOCK_HZ))
            doing.trace.made += 1
    return wire


def _stop_clock(wire: Wire, doing: Doing) -> Wire:
    rows = wire.clocks(wire.of(doing.rows, _FIRST.video))
    gone = _thinned(wire, doing, rows, doing.param("interval_s"))
    blank(wire, gone, doing.memory)
    return wire


def _jump(wire: Wire, doing: Doing) -> Wire:
    """Move the time base on, again and again, without a flag; it stays where it has come to."""
    ticks = round(doing.param("jump_s") * 90_000)
    for row in wire.clocks(wire.of(doing.rows, _FIRST.video)).tolist():
        if wire.at_s(row) - doing.trace.last_s >= doing.param("every_s"):
            doing.trace.last_s = wire.at_s(row)
            doing.trace.made += 1
            doing.memory.time_shift += ticks
            move_time(wire, np.arange(row, len(wire.packets)), ticks)
    return wire


def _strip_stamps(wire: Wire, doing: Doing) -> Wire:
    """Take the PTS out of the pictures' PES heads; the header keeps its length (ISO/IEC 13818-1, 2.4.3.7)."""
    begins = wire.units(wire.of(doing.rows, _FIRST.video))
    gone = _thinned(wire, doing, begins, doing.param("interval_s"))
    at = stamps_at(wire.packets, gone)
    wire.packets[gone, at - 2] &= 0x3F
    for byte in range(5):
        wire.packets[gone, at + byte] = 0xFF
    return wire


def _scramble(wire: Wire, doing: Doing) -> Wire:
    rows = _counted(wire, doing)
    wire.packets[rows, 3] |= 0x80
    doing.trace.made += len(rows)
    return wire


def _lose_datagrams(wire: Wire, doing: Doing) -> Wire:
    """Lose whole datagrams, evenly, at a ratio; the sequence numbers of RTP go on."""
    grams = np.unique(wire.grams[doing.rows])
    doing.trace.seen += len(grams)
    due = int(doing.trace.seen * doing.param("percent") / 100 + 0.5)
    lost = grams[: due - doing.trace.made]
    doing.trace.made += len(lost)
    return wire.without(np.flatnonzero(np.isin(wire.grams, lost)).tolist())


def _silence(wire: Wire, doing: Doing) -> Wire:
    doing.trace.made += len(np.unique(wire.grams[doing.rows]))
    return wire.without(doing.rows.tolist())


TS_FAULTS: Mapping[str, TsFaultKind] = MappingProxyType(
    {
        "ts-cc-errors": TsFaultKind("Continuity errors at a rate", ("ts-cc",), "CC_ERROR", {"per_s": 2.0}, _miscount),
        "ts-dropped-packets": TsFaultKind(
            "Packets are dropped", ("ts-cc", "ts-pcr-accuracy"), "CC_ERROR", {"per_s": 2.0}, _drop
        ),
        "ts-repeated-packets": TsFaultKind(
            "Packets are sent three times",
            ("ts-cc", "ts-pcr-accuracy"),
            "CC_ERROR",
            {"per_s": 2.0, "times": 3.0},
            _repeat,
        ),
        "ts-sync-loss": TsFaultKind(
            "Every sync byte is wrong", ("ts-sync-loss", "ts-sync-byte"), "TS_SYNC_LOSS", spoil=_lose_sync
        ),
        "ts-sync-byte-errors": TsFaultKind(
            "Single sync bytes are wrong", ("ts-sync-byte",), params={"per_s": 1.0}, spoil=_break_sync_bytes
        ),
        "ts-transport-errors": TsFaultKind(
            "Packets are flagged as broken", ("ts-transport-error",), params={"per_s": 1.0}, spoil=_flag_errors
        ),
        "ts-pat-missing": TsFaultKind("PAT is missing", ("ts-pat",), "PAT_ERROR", spoil=_taken_away(si.PAT_PID)),
        "ts-pat-late": TsFaultKind(
            "PAT comes too seldom", ("ts-pat",), "PAT_ERROR", {"interval_s": 0.75}, _made_late(si.PAT_PID)
        ),
        "ts-pmt-missing": TsFaultKind("PMT is missing", ("ts-pmt",), "PMT_ERROR", spoil=_taken_away(_FIRST.pmt)),
        "ts-pmt-late": TsFaultKind(
            "PMT comes too seldom", ("ts-pmt",), "PMT_ERROR", {"interval_s": 0.75}, _made_late(_FIRST.pmt)
        ),
        "ts-si-missing": TsFaultKind(
            "NIT, SDT and EIT are missing",
            ("ts-nit", "ts-sdt", "ts-eit"),
            spoil=_taken_away(si.NIT_PID, si.SDT_PID, si.EIT_PID),
        ),
        "ts-crc-errors": TsFaultKind("Every third PMT has a wrong CRC", ("ts-crc",), spoil=_break_crc),
        "ts-pcr-jitter": TsFaultKind(
            "Some PCRs are off", ("ts-pcr-accuracy",), "PCR_JITTER", {"ns": 2000.0, "every": 10.0}, _jitter_clock
        ),
        "ts-pcr-gap": TsFaultKind(
            "PCR comes too seldom",
            ("ts-pcr-repetition", "ts-pcr-discontinuity"),
            params={"interval_s": 0.25},
            spoil=_stop_clock,
        ),
        "ts-discontinuity": TsFaultKind(
            "The time base jumps without a flag",
            ("ts-pcr-discontinuity",),
            params={"jump_s": 0.5, "every_s": 5.0},
            spoil=_jump,
        ),
        "ts-pts-gap": TsFaultKind(
            "Pictures have a PTS too seldom", ("ts-pts",), "PTS_DTS_ERROR", {"interval_s": 1.5}, _strip_stamps
        ),
        "ts-pid-missing": TsFaultKind(
            "The sound is missing", ("ts-pid-missing",), "PID_MISSING", spoil=_taken_away(_FIRST.audio)
        ),
        "ts-scrambled": TsFaultKind(
            "The service is flagged as scrambled", ("ts-scrambled-unexpected", "ts-cat"), spoil=_scramble
        ),
        "ts-datagram-loss": TsFaultKind(
            "Datagrams are lost",
            ("ts-rtp-loss", "ts-cc", "ts-pcr-accuracy"),
            "CC_ERROR",
            {"percent": 2.0},
            _lose_datagrams,
        ),
        "rtp-loss": TsFaultKind(
            "RTP packets are lost",
            ("ts-rtp-loss", "ts-cc", "ts-pcr-accuracy"),
            "HIGH_PACKET_LOSS",
            {"percent": 2.0},
            _lose_datagrams,
            is_rtp_only=True,
        ),
        "rtp-reorder": TsFaultKind(
            "RTP packets change places", ("ts-rtp-loss",), params={"every": 50.0}, is_rtp_only=True, is_swapped=True
        ),
        "ts-source-change": TsFaultKind("Another sender takes over", ("ts-source-changed",), is_other_source=True),
        "ts-burst": TsFaultKind(
            "Datagrams come in bursts", ("ts-arrival-jitter",), params={"hold_s": 0.2}, is_held=True
        ),
        "ts-stop": TsFaultKind("The stream stops", ("ts-no-packets", "ts-sync-loss"), "TS_SYNC_LOSS", spoil=_silence),
    }
)


def is_on(fault: Fault, at: NDArray[np.float64]) -> Ints:
    """Return the rows whose time, in Unix seconds, lies within the fault."""
    return np.flatnonzero((at >= fault.begins_at) & (at < fault.ends_at))
