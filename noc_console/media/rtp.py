"""RTP headers (RFC 3550, 5.1) to the order of their datagrams: what is lost, doubled, late, or no media at all."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

MP2T = 33  # RFC 3551, table 5
HEAD = 12
WINDOW = 32
_MOST_DROPOUT, _MOST_MISORDER = 3000, 100  # RFC 3550, A.1
_REMEMBERED = 512

Bytes = NDArray[np.uint8]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class RtpCounts:
    """Counted since the beginning; `ignored` are other payload types (FEC, RTCP), `restarts` new SSRCs and jumps.

    `lost` has those that came too late to be put in order; these are in `late` too.
    """

    received: int = 0
    lost: int = 0
    duplicates: int = 0
    reordered: int = 0
    late: int = 0
    ignored: int = 0
    restarts: int = 0

    def since(self, before: RtpCounts) -> RtpCounts:
        """Return what was counted after `before`."""
        return RtpCounts(*(getattr(self, name) - getattr(before, name) for name in self.__slots__))


@dataclass(slots=True)
class RtpOrder:
    """The memory of one RTP session: puts datagrams back in order within a small window.

    `payload_type` is the one whose datagrams carry the stream. Datagrams are named by running numbers of the caller.
    """

    payload_type: int = MP2T
    counts: RtpCounts = field(default_factory=RtpCounts)
    ssrc: int = -1
    _next: int = -1
    _waiting: dict[int, int] = field(default_factory=dict)
    _missed: dict[int, None] = field(default_factory=dict)

    @property
    def is_waiting(self) -> bool:
        """Whether datagrams are held back because one before them may still come."""
        return bool(self._waiting)

    def take(self, heads: Bytes, first: int) -> Ints:
        """Return the numbers of datagrams to read, in order; `heads` (n, 12) are those numbered from `first` on."""
        if not len(heads):
            return np.empty(0, np.int64)
        sequence = (heads[:, 2].astype(np.int64) << 8) | heads[:, 3]
        if self._is_smooth(heads, sequence):
            self._next = (int(sequence[-1]) + 1) & 0xFFFF
            self.counts = replace(self.counts, received=self.counts.received + len(heads))
            return np.arange(first, first + len(heads), dtype=np.int64)
        given: list[int] = []
        types = (heads[:, 1] & 0x7F).tolist()
        sources = _sources(heads).tolist()
        for row, (number, source, kind) in enumerate(zip(sequence.tolist(), sources, types, strict=True)):
            if kind != self.payload_type or heads[row, 0] >> 6 != 2:
                self._count(ignored=1)
                continue
            self._count(received=1)
            self._one(number, source, first + row, given)
        return np.array(given, np.int64)

    def settle(self) -> Ints:
        """Give up waiting: return what was held back, in order, and count what never came."""
        given: list[int] = []
        while self._waiting:
            self._skip(given)
        return np.array(given, np.int64)

    def _is_smooth(self, heads: Bytes, sequence: Ints) -> bool:
        if self._waiting or int(sequence[0]) != self._next:
            return False
        if len(sequence) > 1 and not bool((((sequence[1:] - sequence[:-1]) & 0xFFFF) == 1).all()):
            return False
        same_kind = bool(((heads[:, 1] & 0x7F) == self.payload_type).all() and (heads[:, 0] >> 6 == 2).all())
        return same_kind and bool((_sources(heads) == self.ssrc).all())

    def _one(self, sequence: int, source: int, number: int, given: list[int]) -> None:
        ahead = ((sequence - self._next + 0x8000) & 0xFFFF) - 0x8000
        is_new = source != self.ssrc
        if is_new or not -_MOST_MISORDER <= ahead <= _MOST_DROPOUT:
            given.extend(self.settle().tolist())
            self._count(restarts=int(self.ssrc >= 0))
            self.ssrc, self._next = source, sequence
            self._missed.clear()
            ahead = 0
        if ahead == 0:
            self._count(reordered=int(bool(self._waiting)))
            given.append(number)
            self._next = (sequence + 1) & 0xFFFF
            self._follow(given)
        elif ahead > 0:
            if sequence in self._waiting:
                self._count(duplicates=1)
                return
            self._waiting[sequence] = number
            while self._waiting and (len(self._waiting) > WINDOW or ahead > WINDOW):
                self._skip(given)
                ahead = 0
        elif sequence in self._missed:
            del self._missed[sequence]
            self._count(reordered=1, late=1)
        else:
            self._count(duplicates=1)

    def _follow(self, given: list[int]) -> None:
        while (number := self._waiting.pop(self._next, None)) is not None:
            given.append(number)
            self._next = (self._next + 1) & 0xFFFF

    def _skip(self, given: list[int]) -> None:
        """Count what is missing before the first datagram that waits, and go on there."""
        nearest = min(self._waiting, key=lambda one: (one - self._next) & 0xFFFF)
        gap = (nearest - self._next) & 0xFFFF
        self._count(lost=gap)
        for step in range(min(gap, _REMEMBERED)):
            self._missed[(nearest - 1 - step) & 0xFFFF] = None
        while len(self._missed) > _REMEMBERED:
            del self._missed[next(iter(self._missed))]
        self._next = nearest
        self._follow(given)

    def _count(self, **more: int) -> None:
        self.counts = replace(self.counts, **{name: getattr(self.counts, name) + n for name, n in more.items()})


def starts(heads: Bytes, bodies: Bytes, sizes: NDArray[np.int32]) -> tuple[Ints, Ints]:
    """Return where the payload of each datagram begins and ends in what follows its first 12 bytes.

    Contributing sources, one header extension and padding are passed over (RFC 3550, 5.1 and 5.3.1).
    """
    first = heads[:, 0].astype(np.int64)
    begins, ends = (first & 0x0F) * 4, sizes.astype(np.int64)
    rows = np.flatnonzero(first & 0x30)
    for row in rows.tolist():
        at = int(begins[row])
        if first[row] & 0x10 and at + 4 <= bodies.shape[1]:
            begins[row] = at + 4 + 4 * ((int(bodies[row, at + 2]) << 8) | int(bodies[row, at + 3]))
        if first[row] & 0x20 and 0 < ends[row] <= bodies.shape[1]:
            ends[row] -= int(bodies[row, ends[row] - 1])
    return np.minimum(begins, ends), np.maximum(ends, 0)


def looks_like_rtp(datagram: bytes) -> bool:
    """Say whether a datagram is RTP with transport packets in it, and not the packets alone."""
    if len(datagram) < HEAD + 188 or datagram[0] >> 6 != 2:
        return False
    begin = HEAD + (datagram[0] & 0x0F) * 4
    if datagram[0] & 0x10 and len(datagram) >= begin + 4:
        begin += 4 + 4 * int.from_bytes(datagram[begin + 2 : begin + 4], "big")
    body = datagram[begin:]
    return datagram[1] & 0x7F == MP2T or (body[:1] == b"G" and len(body) % 188 == 0)


def _sources(heads: Bytes) -> Ints:
    return np.ascontiguousarray(heads[:, 8:12]).view(">u4").reshape(-1).astype(np.int64)
