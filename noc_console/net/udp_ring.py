"""The newest datagrams of one input in one piece of memory: received into it, analysed in it, cut out as evidence."""

from __future__ import annotations

import mmap

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
RTP_HEAD = 12
LONGEST = 65_536


class Ring:
    """So many slots of `stride` bytes; what is `written` counts datagrams for ever, a slot is its remainder.

    `sizes` are of whole datagrams, `stamps` seconds and nanoseconds of the kernel's clock, `offset_s` ours
    minus that. An RTP header lies apart in `heads`, so that the packets behind it lie side by side. A datagram
    longer than a slot has its tail in `tails` until its slot is used again.
    """

    def __init__(self, size_bytes: int, stride: int, head: int = 0) -> None:
        self.stride = max(1, min(stride, LONGEST))
        self.slots = max(16, size_bytes // self.stride)
        self.head = head
        self.body = _memory(self.slots, self.stride)
        self.heads: Bytes = np.empty((self.slots if head else 0, RTP_HEAD), np.uint8)
        self.sizes = np.zeros(self.slots, np.int32)
        self.stamps = np.zeros((self.slots, 2), np.int64)
        self.offset_s = 0.0
        self.tails: dict[int, bytes] = {}
        self.written = 0
        self.filled = 0
        self.body_at = int(self.body.ctypes.data)
        self.heads_at = int(self.heads.ctypes.data)

    @property
    def nbytes(self) -> int:
        """The memory it takes when full."""
        return self.body.nbytes + self.heads.nbytes + self.sizes.nbytes + self.stamps.nbytes

    @property
    def used_bytes(self) -> int:
        """The memory it takes now: the system gives it when it is first written to."""
        return self.nbytes * self.filled // self.slots

    @property
    def oldest(self) -> int:
        """The number of the oldest datagram that is still there."""
        return self.written - self.filled

    @property
    def seconds(self) -> float:
        """How long ago, against the newest, the oldest datagram came."""
        if not self.filled:
            return 0.0
        newest, oldest = (self.written - 1) % self.slots, self.oldest % self.slots
        return max(0.0, self.time(newest) - self.time(oldest))

    @property
    def newest_at(self) -> float:
        """When the newest datagram came, Unix seconds; 0 where none has."""
        return self.time((self.written - 1) % self.slots) if self.filled else 0.0

    def time(self, slot: int) -> float:
        """Return when the datagram of a slot came, Unix seconds by our clock."""
        seconds, nanoseconds = self.stamps[slot].tolist()
        return float(seconds + self.offset_s + nanoseconds * 1e-9)

    def times(self, span: slice | NDArray[np.int64]) -> NDArray[np.float64]:
        """Return when the datagrams of some slots came."""
        stamps = self.stamps[span]
        found: NDArray[np.float64] = stamps[:, 0] + self.offset_s + stamps[:, 1] * 1e-9
        return found

    def take(self, count: int) -> None:
        """Count datagrams that now lie in the next slots; tails of what they replaced go."""
        if self.tails:
            for number in range(self.written - self.slots, self.written - self.slots + count):
                self.tails.pop(number, None)
        self.written += count
        self.filled = min(self.filled + count, self.slots)

    def spans(self, start: int, end: int) -> list[slice]:
        """Return the slots of datagrams `start` to `end` (numbers) as at most two slices, oldest first."""
        start = max(start, self.oldest)
        if start >= end:
            return []
        first, last = start % self.slots, (end - 1) % self.slots + 1
        return [slice(first, last)] if first < last else [slice(first, self.slots), slice(0, last)]

    def first_since(self, at: float) -> int:
        """Return the number of the first datagram that came at `at` or later (Unix seconds)."""
        number = self.oldest
        for span in self.spans(self.oldest, self.written):
            later = int(np.searchsorted(self.times(span), at))
            if later < span.stop - span.start:
                return number + later
            number += span.stop - span.start
        return number

    def resized(self, size_bytes: int) -> Ring:
        """Return a ring of another size with the newest datagrams of this one in it."""
        other = Ring(size_bytes, self.stride, self.head)
        kept = min(self.filled, other.slots)
        other.written, other.filled, other.offset_s = self.written, kept, self.offset_s
        for number, span in _numbered(self, self.written - kept):
            for target, part in _numbered_in(other, number, span):
                other.body[target], other.sizes[target] = self.body[part], self.sizes[part]
                other.stamps[target] = self.stamps[part]
                if self.head:
                    other.heads[target] = self.heads[part]
        other.tails = {number: tail for number, tail in self.tails.items() if number >= self.written - kept}
        return other


def _memory(rows: int, width: int) -> Bytes:
    """Return memory that goes back to the system as soon as it is let go, and costs nothing until it is used."""
    pages = mmap.mmap(-1, rows * width, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    return np.frombuffer(pages, np.uint8).reshape(rows, width)


def _numbered(ring: Ring, start: int) -> list[tuple[int, slice]]:
    found, number = [], start
    for span in ring.spans(start, ring.written):
        found.append((number, span))
        number += span.stop - span.start
    return found


def _numbered_in(other: Ring, number: int, span: slice) -> list[tuple[slice, slice]]:
    """Return (slots in the other ring, slots in this one) for datagrams that lie side by side in this one."""
    found, at, end = [], span.start, span.stop
    while at < end:
        first = number % other.slots
        count = min(end - at, other.slots - first)
        found.append((slice(first, first + count), slice(at, at + count)))
        number, at = number + count, at + count
    return found
