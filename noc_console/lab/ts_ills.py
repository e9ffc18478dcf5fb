"""Puts ill pictures and sound into a transport stream: each PES packet gives its slots to the one that stands for it.

The stream keeps its layout: clocks, tables and rate stay as they are, slots that are left over are stuffed, and the
counters close up behind them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from noc_console.lab.ailing import Ill
from noc_console.lab.encode import Look, Stream
from noc_console.lab.fault import Fault
from noc_console.lab.options import AAC_SAMPLES, FRAME_RATE, SAMPLE_RATE, SAMPLES, TICKS, audio_frames
from noc_console.lab.ts_mux import write_stamps
from noc_console.lab.ts_pes import AUDIO_FRAMES_PER_PES, DELAY, Unit, pictures, sound_unit
from noc_console.lab.ts_sections import Pids
from noc_console.lab.ts_socket import Ints
from noc_console.lab.ts_turn import Turn
from noc_console.lab.ts_wire import Memory, Wire, blank, move_stamps, read_stamps, stamps_at
from noc_console.lab.wardrobe import HEALTHY, Dress, Wardrobe, dress_of

_PIDS = Pids(1)
#: A picture or sound may be sent this long after the time it belongs to, in seconds.
LATEST_S = DELAY / 90_000 + 0.1


@dataclass(frozen=True, slots=True)
class Owners:
    """Which unit each slot of a PID belongs to: `rows` in order, number of its unit, and its place in the unit.

    Units are numbered along the time line of the turn; a unit that began in the turn before has a number below 0 or
    one that is a loop too large, which `shift` (0 or -1 turns) tells.
    """

    rows: Ints
    units: Ints
    places: Ints
    shift: Ints

    @classmethod
    def of(cls, turn: Turn, pid: int, number: Callable[[int], int]) -> Owners:
        """Return the owners of a PID's slots with payload; `number` gives the unit of a time stamp in the turn."""
        pids = (turn.data[:, 1].astype(np.int64) & 0x1F) << 8 | turn.data[:, 2]
        rows = np.flatnonzero((pids == pid) & (turn.data[:, 3] & 0x10 != 0))
        is_own = pids[turn.stamp_rows] == pid
        begins = turn.stamp_rows[is_own]
        numbers = np.array([number(ticks) for ticks in turn.stamp_ticks[is_own].tolist()], np.int64)
        which = np.searchsorted(begins, rows, "right") - 1
        first = np.searchsorted(rows, begins)
        length = int(first[-1])
        place = np.where(which >= 0, np.arange(len(rows)) - first[which], len(rows) - length + np.arange(len(rows)))
        return cls(rows, numbers[which], place, np.where(which >= 0, 0, -1))


class Substitute:
    """What one outlet's stream is dressed in; its first service is that of `look`."""

    def __init__(self, turn: Turn, look: int, wardrobe: Wardrobe, phase_s: float) -> None:
        self._turn, self._look, self._wardrobe, self._phase_s = turn, look, wardrobe, phase_s
        healthy = wardrobe.dressed(look, HEALTHY)
        self._healthy = healthy
        self._frames = audio_frames(healthy.grid.loop)
        self._video = Owners.of(turn, _PIDS.video, lambda ticks: (ticks - DELAY) // TICKS)
        self._audio = Owners.of(turn, _PIDS.audio, _aac_frame)
        self._pictures = lru_cache(32)(self._pictures_of)
        self._sound = lru_cache(256)(self._sound_of)

    def prepare(self, ill: Ill) -> None:
        """Make what an ill of the pictures needs, before it is due."""
        self._pictures(Dress(ill))

    def put(self, wire: Wire, memory: Memory, faults: Sequence[Fault]) -> None:
        """Put what these faults ail into the packets."""
        turns, rows = np.divmod(wire.numbers, len(self._turn.data))
        gone = [*self._put_pictures(wire, (turns, rows), faults), *self._put_sound(wire, (turns, rows), faults)]
        if gone:
            blank(wire, np.sort(np.array(gone, np.int64)), memory)

    def _put_pictures(self, wire: Wire, where: tuple[Ints, Ints], faults: Sequence[Fault]) -> list[int]:
        gone: list[int] = []
        for at, turn, unit, place in _slots(self._video, where):
            number = turn * self._healthy.grid.loop + unit
            dress = self._dress(number, faults)
            if dress.picture is not None:
                packets = self._pictures(Dress(dress.picture))[unit % self._healthy.grid.loop].packets
                _fill(wire, at, packets, place, gone)
        return gone

    def _put_sound(self, wire: Wire, where: tuple[Ints, Ints], faults: Sequence[Fault]) -> list[int]:
        gone: list[int] = []
        for at, turn, first, place in _slots(self._audio, where):
            begin = turn * self._frames + first
            dresses = tuple(
                self._dress(self._picture_at(begin + number), faults) for number in range(AUDIO_FRAMES_PER_PES)
            )
            if any(dress.has_sound for dress in dresses):
                packets = self._sound(first % self._frames, dresses)
                _fill(wire, at, packets, place, gone)
                if place == 0 and dresses[0].late_ms:
                    move_stamps(wire, np.array([at]), round(dresses[0].late_ms * 90))
        return gone

    def _picture_at(self, frame: int) -> int:
        """Return the number of the picture an AAC frame belongs to: the next where it is the nearest to its begin."""
        picture = frame * AAC_SAMPLES // SAMPLES
        return picture + 1 if audio_frames(picture + 1) <= frame else picture

    def _dress(self, number: int, faults: Sequence[Fault]) -> Dress:
        gop = number // self._healthy.grid.gop * self._healthy.grid.gop
        at = gop / FRAME_RATE + self._phase_s
        return dress_of(one for one in faults if one.is_on(at))

    def _pictures_of(self, dress: Dress) -> tuple[Unit, ...]:
        return tuple(pictures(self._wardrobe.dressed(self._look, dress), 0, _PIDS.video))

    def _sound_of(self, first: int, dresses: tuple[Dress, ...]) -> tuple[bytes, ...]:
        looks: list[Look] = [self._wardrobe.dressed(self._look, Dress(sound=dress.sound)) for dress in dresses]
        last = min(first + len(dresses), self._frames)
        frames = tuple(looks[number - first].audio.frames[number] for number in range(first, last))
        return sound_unit(Stream(frames, self._healthy.audio.config), first, _PIDS.audio).packets


def _slots(owners: Owners, where: tuple[Ints, Ints]) -> list[tuple[int, int, int, int]]:
    """Return for each packet of the PID: its place in the wire, the turn its unit began in, unit and place in it."""
    turns, rows = where
    place = np.searchsorted(owners.rows, rows)
    place[place == len(owners.rows)] = 0
    found = np.flatnonzero(owners.rows[place] == rows)
    slot = place[found]
    columns = (found, turns[found] + owners.shift[slot], owners.units[slot], owners.places[slot])
    return list(zip(*(column.tolist() for column in columns), strict=True))


def _fill(wire: Wire, at: int, packets: Sequence[bytes], place: int, gone: list[int]) -> None:
    """Put a packet of a unit in its slot, with the slot's counter and, at the unit's begin, its time stamp."""
    if place >= len(packets):
        gone.append(at)
        return
    own, row = wire.packets, np.array([at])
    counter = own[at, 3] & 0x0F
    stamp = read_stamps(own, row) if place == 0 else None
    own[at] = np.frombuffer(packets[place], np.uint8)
    own[at, 3] = own[at, 3] & 0xF0 | counter
    if stamp is not None:
        write_stamps(own, row, stamps_at(own, row), stamp)


def _aac_frame(ticks: int) -> int:
    return round((ticks - DELAY) * SAMPLE_RATE / (90_000 * AAC_SAMPLES))
