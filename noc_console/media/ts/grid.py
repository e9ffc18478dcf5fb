"""Bytes in any division to blocks of packets on their grid of 188, 192 or 204 bytes; sync lost and gained."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from noc_console.media.ts.hunt import PATIENCE, REACH, SYNC, Found, find, find_short
from noc_console.media.ts.packets import PACKET

_KEPT = 256  # packets of a hunt that are still given out when the old grid is found again

Bytes = NDArray[np.uint8]
_NOTHING = np.zeros(0, np.uint8)


@dataclass(frozen=True, slots=True)
class SyncEvent:
    """Sync gained or lost before a block.

    `offset` is the byte where the new grid begins, or the first wrong sync byte. `skipped` are the bytes that no
    block holds, `wrong` the wrong sync bytes among them.
    """

    is_gained: bool
    offset: int
    packet_index: int
    skipped: int = 0
    wrong: int = 0


@dataclass(frozen=True, slots=True)
class Piece:
    """Packets (n, 188), a view where possible; `offset` is the byte of the first one, the next is `size` later."""

    block: Bytes
    offset: int
    size: int
    first_index: int
    events: tuple[SyncEvent, ...] = ()


class Grid:
    """Finds the grid in a run of bytes, follows it, and finds it again; the division into feeds changes nothing."""

    def __init__(self) -> None:
        self.size = 0
        self.losses = 0
        self.packets = 0
        self.trailing = 0
        self.events: list[SyncEvent] = []
        self._is_locked = False
        self._held = _NOTHING
        self._at = 0  # absolute byte of the first one held
        self._last = _NOTHING  # the last packet given out, with what stands behind it on the grid
        self._lost_at = 0
        self._searched = 0

    @property
    def is_locked(self) -> bool:
        """Say whether sync is held now."""
        return self._is_locked

    def feed(self, data: bytes | bytearray | memoryview | Bytes) -> list[Piece]:
        """Return the blocks that these bytes complete; events no block has carried yet stay in `events`."""
        fresh = data if isinstance(data, np.ndarray) else np.frombuffer(data, np.uint8)
        pieces: list[Piece] = []
        if len(self._held) and self._is_locked:
            # only the packet that was cut is joined, so that the rest can stay where it is
            taken = -len(self._held) % self.size + self.size
            joint = self._run(np.concatenate((self._held, fresh[:taken])), pieces, is_end=False)
            if self._is_locked and len(joint) <= taken <= len(fresh):
                fresh = fresh[taken - len(joint) :]
            else:
                fresh = np.concatenate((joint, fresh[taken:]))
        elif len(self._held):
            fresh = np.concatenate((self._held, fresh))
        self._held = self._run(fresh, pieces, is_end=False).copy()
        return pieces

    def finish(self) -> list[Piece]:
        """Return what the end of the input leaves: last packets, or a file too short to gain sync by the rule."""
        pieces: list[Piece] = []
        self._held = self._run(self._held, pieces, is_end=True)
        if not self._is_locked:
            self._end_of_hunt(pieces)
        self.trailing = len(self._held)
        return pieces

    def _run(self, part: Bytes, pieces: list[Piece], is_end: bool) -> Bytes:
        while True:
            if self._is_locked:
                used = self._follow(part, pieces, is_end)
                part = part[used:]
                self._at += used
                if self._is_locked:
                    return part
                part = self._with_last(part)
            found = find(part, self._searched, self.size, self._lost_at - self._at, is_end)
            if found is None:
                return self._still_hunting(part)
            part = self._gain(part, found, pieces)

    def _follow(self, part: Bytes, pieces: list[Piece], is_end: bool) -> int:
        """Give out the packets of a part that begins on the grid; return how many bytes they take."""
        size = self.size
        whole = len(part) // size
        if is_end and len(part) - whole * size >= PACKET:
            whole += 1
        wrong = np.flatnonzero(part[: whole * size : size] != SYNC)
        pairs = np.flatnonzero(np.diff(wrong) == 1)
        if len(pairs):
            count = int(wrong[pairs[0]])
            self._give(part, count, pieces)
            self._lose(count)
            return count * size
        if len(wrong) and wrong[-1] == whole - 1 and not is_end:
            whole -= 1  # whether it was one wrong sync byte or two is told by the next packet
        self._give(part, whole, pieces)
        return min(whole * size, len(part))

    def _give(self, part: Bytes, count: int, pieces: list[Piece]) -> None:
        if not count:
            return
        block = np.lib.stride_tricks.as_strided(part, (count, PACKET), (self.size, 1), writeable=False)
        pieces.append(Piece(block, self._at, self.size, self.packets, tuple(self.events)))
        self.events.clear()
        self.packets += count
        self._last = part[(count - 1) * self.size : count * self.size].copy()

    def _lose(self, count: int) -> None:
        self.losses += 1
        self._is_locked = False
        self._lost_at = self._at + count * self.size
        self._searched = 0
        self.events.append(SyncEvent(False, self._lost_at, self.packets))

    def _with_last(self, part: Bytes) -> Bytes:
        """Put the last packet before the part: where bytes are missing, the next packet begins inside it."""
        behind = self._last[1:]
        self._at -= len(behind)
        return np.concatenate((behind, part))

    def _still_hunting(self, part: Bytes) -> Bytes:
        self._searched = max(self._searched, len(part) - REACH)
        if len(part) > _KEPT * 204 + REACH:
            dropped = self._searched
            self._at, self._searched = self._at + dropped, 0
            return part[dropped:]
        return part

    def _gain(self, part: Bytes, found: Found, pieces: list[Piece]) -> Bytes:
        """Go on at the new grid; packets of the hunt that lie on it are given out first."""
        is_first, lost = not self.size, self._lost_at - self._at
        is_old = found.size == self.size and 0 <= lost <= found.at and (found.at - lost) % found.size == 0
        start = _first_right(part, found) if is_first else lost if is_old else found.at
        skipped = max(0, start - lost)
        wrong = 0 if is_first or is_old else max(2, -(-skipped // found.size))
        self.size = found.size
        self._at += start
        ahead = found.at - start
        self._give(part[start:], ahead // found.size, pieces)
        self._at += ahead
        self.events.append(SyncEvent(True, self._at, self.packets, skipped, wrong))
        self._is_locked = True
        return part[found.at :]

    def _end_of_hunt(self, pieces: list[Piece]) -> None:
        lost = self._lost_at - self._at
        if self.size and 0 <= lost < len(self._held):
            start, size = lost, self.size
        elif not self.size and (short := find_short(self._held)) is not None:
            start, size = short.at, short.size
        else:
            return
        self.size = size
        self._at += start
        rest = self._held[start:]
        count = len(rest) // size + (len(rest) % size >= PACKET)
        self._give(rest, count, pieces)
        self._held = rest[count * size :]


def _first_right(part: Bytes, found: Found) -> int:
    """Return the first right sync byte on a grid, within a few packets before the five in a row that gained it."""
    rows = range(max(found.at % found.size, found.at - PATIENCE * found.size), found.at, found.size)
    inside = (row for row in rows if (found.at - row) % found.size == 0 and part[row] == SYNC)
    return next(inside, found.at)
