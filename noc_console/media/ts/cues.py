"""SCTE 35 on the PIDs of a stream: sections to cue events with their pre-roll, and breaks that never end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from noc_console.media.ts.outcome import PacketError
from noc_console.media.ts.scte35 import CLOCK, WRAP, BrokenCue, Cue, Segmentation, decode
from noc_console.model import Event

PREROLL = "scte35-preroll"
# SCTE 35, 9.2: a cue is sent at least once 4 seconds or more before the splice
PREROLL_S = 4.0
UNCLOSED_S = 5.0
_MOST_OPEN = 64
_MOST_TOLD = 1000
_MOST_WAITING = 256
_QUIET = frozenset({"splice_null", "bandwidth_reservation"})
# segmentation_type_id of starts; the end is the number after it (SCTE 35, table of segmentation_type_id)
_STARTS = frozenset({0x10, 0x20, 0x22, 0x30, 0x32, 0x34, 0x36, 0x38, 0x3A, 0x3C, 0x3E, 0x40, 0x44, 0x46, 0x50})


@dataclass(slots=True)
class _Told:
    """One distinct cue of the list: how often it came."""

    data: dict[str, Any]
    sections: int = 1


@dataclass(frozen=True, slots=True)
class _Open:
    """A break under way: until when (stream time) it must have ended, None where its length was not given."""

    pid: int
    family: str
    event_id: int
    due: float | None


class Cues:
    """The cues of one stream; `events` and `errors` are taken and cleared by whoever feeds it."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.errors: list[PacketError] = []
        self.sections = 0
        self.broken = 0
        self.left_out = 0
        self._clocks: dict[int, tuple[int, float]] = {}
        self._told: dict[tuple[int, bytes], _Told] = {}
        self._open: dict[tuple[int, str, int], _Open] = {}

    def pcr(self, pid: int, ticks: int, at: float) -> None:
        """Take a programme's clock: 27 MHz ticks at a stream time."""
        self._clocks[pid] = (ticks // 300, at)

    def section(self, pid: int, clock_pid: int, body: bytes, packet: int, at: float) -> None:
        """Take one intact splice information section; the same bytes again are a repeat, no event."""
        self.sections += 1
        known = self._told.get((pid, body))
        if known is not None:
            known.sections += 1
            return
        try:
            cue = decode(body)
        except BrokenCue as error:
            self._keep(pid, body, {"pid": pid, "command": "broken", "text": str(error), "at": _known(at)})
            self.broken += 1
            return
        self._cue(pid, clock_pid, cue, body, packet, at)

    def tick(self, at: float) -> None:
        """Tell breaks whose return is overdue."""
        for key, one in list(self._open.items()):
            if one.due is not None and at > one.due:
                del self._open[key]
                text = (
                    f"The break {one.event_id} (PID 0x{one.pid:04x}) did not return {UNCLOSED_S:g} s after its end."
                )
                self._tell("CueUnclosed", at, {"text": text, "pid": one.pid, "event_id": one.event_id})

    def told(self) -> tuple[Mapping[str, Any], ...]:
        """Return every distinct cue with how often it came, heartbeats too; at most 1000."""
        return tuple(one.data | {"sections": one.sections} for one in self._told.values())

    def _cue(self, pid: int, clock_pid: int, cue: Cue, body: bytes, packet: int, at: float) -> None:
        preroll = self._preroll(cue, clock_pid, at)
        data = cue_data(cue) | {"pid": pid, "packet": packet, "at": _known(at), "preroll_s": preroll}
        self._keep(pid, body, data)
        if cue.command in _QUIET:
            return
        self._tell("SpliceCue", at, data | {"text": cue_text(cue, pid, preroll)})
        is_short = preroll is not None and preroll < PREROLL_S and not (cue.is_cancelled or cue.is_encrypted)
        if preroll is not None and is_short and not self._is_open(pid, cue):
            text = f"The cue on PID 0x{pid:04x} came {preroll:.2f} s before its splice; 4 s is the least."
            self.errors.append(PacketError(PREROLL, pid, packet, at, text, preroll))
        self._follow(pid, cue, at, preroll or 0.0)

    def _preroll(self, cue: Cue, clock_pid: int, at: float) -> float | None:
        """Return how long before its splice a cue came by the programme's clock, None where it cannot be told."""
        clock = self._clocks.get(clock_pid)
        if cue.pts is None or clock is None:
            return None
        ticks, since = clock
        passed = at - since if at > since else 0.0
        left = (cue.pts - ticks - int(passed * CLOCK) + WRAP // 2) % WRAP - WRAP // 2
        return round(left / CLOCK, 3)

    def _is_open(self, pid: int, cue: Cue) -> bool:
        """Say whether the cue only repeats, with other bytes, a break that is known already."""
        return any((pid, family, event) in self._open for family, event, starts, _ in _breaks(cue) if starts)

    def _follow(self, pid: int, cue: Cue, at: float, preroll: float) -> None:
        for family, event, starts, length in sorted(_breaks(cue), key=lambda one: one[2]):
            key = (pid, family, event)
            if not starts:
                self._close(key)
            elif key not in self._open:
                if any(one.pid == pid and one.family == family for one in self._open.values()):
                    text = f"The break {event} (PID 0x{pid:04x}) begins before the one under way has ended."
                    self._tell("CueNested", at, {"text": text, "pid": pid, "event_id": event})
                due = None if length is None else at + preroll + length + UNCLOSED_S
                self._open[key] = _Open(pid, family, event, due)
                while len(self._open) > _MOST_OPEN:
                    del self._open[next(iter(self._open))]

    def _close(self, key: tuple[int, str, int]) -> None:
        """A return ends the break of its number; encoders that number returns anew end the newest one."""
        if self._open.pop(key, None) is None:
            rest = [other for other in self._open if other[:2] == key[:2]]
            if rest:
                del self._open[rest[-1]]

    def _keep(self, pid: int, body: bytes, data: dict[str, Any]) -> None:
        if len(self._told) >= _MOST_TOLD:
            self.left_out += 1
            del self._told[next(iter(self._told))]
        self._told[(pid, body)] = _Told(data)

    def _tell(self, kind: str, at: float, data: dict[str, Any]) -> None:
        if len(self.events) < _MOST_WAITING:
            self.events.append(Event(kind, at, data=data))
        else:
            self.left_out += 1


def _breaks(cue: Cue) -> Iterator[tuple[str, int, bool, float | None]]:
    """Yield (family, event id, starts, length) of what a cue begins or ends; the length is None where none is due."""
    if cue.command == "splice_insert" and cue.event_id is not None:
        # SCTE 35, 9.9.2.1: with auto_return the break ends by itself
        length = None if cue.auto_return else cue.duration_s
        if cue.is_cancelled or not cue.is_out or not cue.auto_return:
            yield "splice_insert", cue.event_id, bool(cue.is_out) and not cue.is_cancelled, length
    for one in cue.segmentations:
        if one.is_cancelled or one.type_id in _STARTS or one.type_id - 1 in _STARTS:
            starts = one.type_id in _STARTS and not one.is_cancelled
            yield f"segmentation 0x{one.type_id & ~1:02x}", one.event_id, starts, one.duration_s


def _known(at: float) -> float | None:
    return at if at == at else None


def cue_data(cue: Cue) -> dict[str, Any]:
    """Return a cue as plain values."""
    return {
        "command": cue.command,
        "event_id": cue.event_id,
        "is_out": cue.is_out,
        "is_immediate": cue.is_immediate,
        "is_cancelled": cue.is_cancelled,
        "is_encrypted": cue.is_encrypted,
        "pts": cue.pts,
        "pts_s": cue.pts_s,
        "pts_adjustment": cue.pts_adjustment,
        "duration_s": cue.duration_s,
        "auto_return": cue.auto_return,
        "program_id": cue.program_id,
        "segmentations": [_segmentation(one) for one in cue.segmentations],
    }


def _segmentation(one: Segmentation) -> dict[str, Any]:
    return {
        "event_id": one.event_id,
        "type_id": one.type_id,
        "is_cancelled": one.is_cancelled,
        "duration_s": one.duration_s,
        "upid_type": one.upid_type,
        "upid": one.upid,
        "segment_num": one.segment_num,
        "segments_expected": one.segments_expected,
    }


def cue_text(cue: Cue, pid: int, preroll: float | None) -> str:
    """Return a cue in one sentence."""
    what = cue.command
    if cue.is_out is not None:
        what += " out" if cue.is_out else " in"
    if cue.segmentations:
        what += f" ({', '.join(f'type 0x{one.type_id:02x}' for one in cue.segmentations[:4])})"
    parts = [f"{what} on PID 0x{pid:04x}"]
    if cue.is_cancelled:
        parts.append("cancelled")
    if cue.duration_s is not None:
        parts.append(f"{cue.duration_s:.1f} s long")
    if preroll is not None:
        parts.append(f"{preroll:.1f} s ahead")
    elif cue.is_immediate:
        parts.append("at once")
    return f"{', '.join(parts)}."
