"""When a channel's segments begin and end: a closed formula from the Unix epoch, so that a restart goes on.

A channel with ad breaks repeats one cycle for ever: programme segments, one short segment cut at a GOP, ads. All
lengths are video frames on the channel's own clock, which is the wall clock less the channel's phase.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import ceil

from noc_console.lab.options import FRAME_RATE, Grid

# time stamps of ads and of a restarted packager begin here, in video frames
FRESH = 10 * FRAME_RATE
# tags of this many discontinuities were removed before the epoch: a healthy number that can also be lowered
_BEFORE = 100


@dataclass(frozen=True, slots=True)
class Slot:
    """One segment's place: when, what is in it, and how it is stamped.

    `start` and `frames` are on the channel's clock, `media` is where in the endless loop its content begins, `stamp`
    the time stamp of its first picture; all in video frames. `ad` numbers the ad segments of a break from 1;
    `is_return` marks the first programme segment after one. `discontinuities` counts them up to and with this one.
    """

    seq: int
    start: int
    frames: int
    media: int
    stamp: int
    ad: int = 0
    is_return: bool = False
    is_discontinuity: bool = False
    discontinuities: int = _BEFORE

    @property
    def end(self) -> int:
        """Return when the segment is complete, which is when it is published."""
        return self.start + self.frames


@dataclass(frozen=True, slots=True)
class Schedule:
    """The plan of one channel; `programme` and `ads` are segments per cycle, `ads` 0 without breaks.

    `restarts` are the sequence numbers, in order, at which the packager began anew.
    """

    grid: Grid
    phase: int = 0
    programme: int = 0
    ads: int = 0
    restarts: tuple[int, ...] = ()

    def frame(self, at: float) -> int:
        """Return the channel's clock, in video frames, at a Unix time."""
        return int((at + 1e-4) * FRAME_RATE) - self.phase

    def wall(self, frame: int) -> float:
        """Return the Unix time of a frame of the channel's clock."""
        return (frame + self.phase) / FRAME_RATE

    def border(self, at: float) -> float:
        """Return the Unix time of the first GOP that begins at or after a Unix time."""
        first = ceil(at * FRAME_RATE - self.phase - 1e-3)
        return self.wall(-(-first // self.grid.gop) * self.grid.gop)

    def gops(self, slot: Slot) -> Iterator[float]:
        """Yield the Unix time at which each GOP of a segment begins."""
        for frame in range(slot.start, slot.end, self.grid.gop):
            yield self.wall(frame)

    def edge(self, at: float) -> int:
        """Return the sequence number of the newest complete segment at a Unix time."""
        return self.covering(self.frame(at)) - 1

    def covering(self, frame: int) -> int:
        """Return the sequence number of the segment that holds a frame of the channel's clock."""
        size = self.grid.segment
        if not self.ads:
            return frame // size
        turn, rest = divmod(frame, self._cycle)
        if rest < self._break:
            inside = min(rest // size, self.programme)
        else:
            inside = self.programme + 1 + (rest - self._break) // size
        return turn * self._per_cycle + inside

    def slot(self, seq: int) -> Slot:
        """Return the place of a segment."""
        size = self.grid.segment
        if not self.ads:
            return self._restarted(Slot(seq, seq * size, size, seq * size, seq * size))
        turn, inside = divmod(seq, self._per_cycle)
        begin, breaks = turn * self._cycle, _BEFORE + 2 * turn
        if inside > self.programme:
            ad = inside - self.programme
            media = (ad - 1) * size
            start = begin + self._break + media
            slot = Slot(seq, start, size, media, FRESH + media, ad, False, ad == 1, breaks + 1)
        else:
            start = begin + inside * size
            frames = size if inside < self.programme else self._short
            slot = Slot(seq, start, frames, start, start, 0, inside == 0, inside == 0, breaks)
        return self._restarted(slot)

    def restarted(self, at: float) -> Schedule:
        """Return the schedule after the packager restarts: the next segment of plain programme begins anew."""
        seq = self.edge(at) + 1
        while (slot := self.slot(seq)).is_discontinuity or slot.ad:
            seq += 1
        return replace(self, restarts=(*self.restarts, seq))

    def _restarted(self, slot: Slot) -> Slot:
        count = bisect_right(self.restarts, slot.seq)
        if not count:
            return slot
        last = self.restarts[count - 1]
        stamp = slot.stamp if slot.ad else slot.start - replace(self, restarts=()).slot(last).start + FRESH
        is_new = slot.is_discontinuity or last == slot.seq
        total = slot.discontinuities + count
        return replace(slot, stamp=stamp, is_discontinuity=is_new, discontinuities=total)

    @property
    def _short(self) -> int:
        return self.grid.segment - self.grid.gop

    @property
    def _break(self) -> int:
        return self.programme * self.grid.segment + self._short

    @property
    def _cycle(self) -> int:
        return self._break + self.ads * self.grid.segment

    @property
    def _per_cycle(self) -> int:
        return self.programme + 1 + self.ads
