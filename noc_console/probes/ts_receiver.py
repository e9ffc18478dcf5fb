"""One socket and its ring: what has come since the last look, put in order, as one run of bytes with their times."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from noc_console.media import rtp
from noc_console.media.rtp import RtpOrder
from noc_console.net.udp_drain import Drainer, sender_name
from noc_console.net.udp_ring import LONGEST, RTP_HEAD, Ring
from noc_console.net.udp_url import UdpAddress

USUAL = 7 * 188
_MIN_SLOTS = 64
_RATE_S = 3.0

Bytes = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Arrived:
    """What came since the last look: bytes of the stream in order, where each datagram begins in them, and when.

    `first` and `end` are the numbers of the datagrams in the ring.
    """

    data: Bytes
    begins: NDArray[np.int64]
    times: NDArray[np.float64]
    first: int = 0
    end: int = 0


_NOTHING = Arrived(np.empty(0, np.uint8), np.empty(0, np.int64), np.empty(0, np.float64))


class Receiver:
    """Receives one input; the ring is made when the first datagram has told its size and form."""

    def __init__(self, address: UdpAddress, link: socket.socket, ring_bytes: int) -> None:
        self.address = address
        self.link = link
        self.ring: Ring | None = None
        self.order: RtpOrder | None = None
        self.sender = ""
        self.sender_changes = 0
        self.drops = 0
        self.overrun = 0
        self.datagrams = 0
        self.newest_at = 0.0
        self.is_joined = True
        self._ring_bytes = ring_bytes
        self._raw_sender = b""
        self._read = 0
        self._drops_before = -1

    @property
    def unread(self) -> int:
        """How many datagrams wait to be looked at."""
        return self.ring.written - self._read if self.ring else 0

    @property
    def is_crowded(self) -> bool:
        """Whether so much waits that the ring may run over before the next regular look."""
        return self.ring is not None and self.unread > self.ring.slots // 3

    @property
    def ring_bytes(self) -> int:
        """The memory of the ring as it is filled now."""
        return self.ring.used_bytes if self.ring else 0

    @property
    def full_bytes(self) -> int:
        """The memory of the ring when it is full."""
        return self.ring.nbytes if self.ring else 0

    def drain(self, drainer: Drainer, offset_s: float) -> int:
        """Take in everything the kernel holds; `offset_s` is our clock minus the wall clock. Raises OSError."""
        if self.ring is None and not self._begin():
            return 0
        assert self.ring is not None
        found = drainer.drain(self.link, self.ring, offset_s)
        if not found.count:
            return 0
        self.datagrams += found.count
        self.newest_at = self.ring.newest_at
        self._heard(found.sender, found.senders)
        if found.drops >= 0:
            self._dropped(found.drops)
        if self._read < self.ring.oldest:
            # we were too slow: as much lost on our side as what the kernel drops
            self.overrun += self.ring.oldest - self._read
            self._read = self.ring.oldest
        return found.count

    def take(self) -> Arrived:
        """Return what came since the last call; what waits for a late RTP datagram comes with the next."""
        ring = self.ring
        if ring is None or self._read == ring.written:
            return self._settled()
        first, self._read = self._read, ring.written
        arrived = self._in_order(first) if self.order is not None else self._plain(first)
        if ring.tails:
            self._widen()
        return arrived

    def resize(self, ring_bytes: int) -> bool:
        """Give the ring another size, the newest datagrams stay in it; False while some of them wait to be read."""
        if self.ring is None or self.unread or (self.order and self.order.is_waiting):
            return False
        self._ring_bytes = ring_bytes
        self.ring = self.ring.resized(max(ring_bytes, _MIN_SLOTS * self.ring.stride))
        return True

    def bytes_per_s(self, at: float) -> float:
        """Return how fast the ring fills, measured over at least three seconds; 0 while that is not known."""
        ring = self.ring
        if ring is None or ring.filled < _MIN_SLOTS:
            return 0.0
        passed = at - ring.time(ring.oldest % ring.slots)
        return ring.filled * (ring.stride + 24) / passed if passed >= _RATE_S else 0.0

    def cut(self, first: int, end: int) -> bytes:
        """Return the stream as it came in datagrams `first` to `end`, what is no media left out."""
        ring = self.ring
        if ring is None:
            return b""
        spans = ring.spans(first, min(end, ring.written))
        numbers = np.arange(max(first, ring.oldest), min(end, ring.written))
        sizes = _joined(ring.sizes, spans) - ring.head
        heads = _joined(ring.heads, spans) if self.order is not None else None
        is_plain = heads is None or not ((heads[:, 0] & 0x3F).any() or (heads[:, 1] & 0x7F != self._kind).any())
        if is_plain and bool((sizes == ring.stride).all()):
            return b"".join(ring.body[span].tobytes() for span in spans)
        if heads is None:
            return self._gathered(numbers, np.zeros(len(numbers), np.int64), sizes.astype(np.int64)).data.tobytes()
        media = np.flatnonzero((heads[:, 1] & 0x7F) == self._kind)
        begins, ends = rtp.starts(heads[media], ring.body[numbers[media] % ring.slots], sizes[media])
        return self._gathered(numbers[media], begins, ends).data.tobytes()

    @property
    def _kind(self) -> int:
        return self.order.payload_type if self.order else -1

    def close(self) -> None:
        """Leave the group and close the socket."""
        self.link.close()

    def _begin(self) -> bool:
        """Look at the first datagram without taking it, and make a ring that fits."""
        try:
            first = self.link.recv(LONGEST, socket.MSG_PEEK)
        except (BlockingIOError, InterruptedError, ConnectionRefusedError):
            return False
        is_rtp = self.address.is_rtp or rtp.looks_like_rtp(first)
        head = RTP_HEAD if is_rtp else 0
        if is_rtp:
            kind = first[1] & 0x7F if rtp.looks_like_rtp(first) else rtp.MP2T
            self.order = RtpOrder(kind)
        size = len(first) - head
        self.ring = Ring(self._ring_bytes, max(size, 188) if size % 188 == 0 else max(size, USUAL), head)
        return True

    def _heard(self, raw: bytes, senders: int) -> None:
        if raw != self._raw_sender or senders > 1:
            if self._raw_sender:
                self.sender_changes += 1
            self._raw_sender = raw
            self.sender = sender_name(raw)

    def _dropped(self, counter: int) -> None:
        # the counter is of 32 bits and begins at 0 with the socket
        self.drops += (counter - max(self._drops_before, 0)) & 0xFFFFFFFF
        self._drops_before = counter

    def _plain(self, first: int) -> Arrived:
        ring = self.ring
        assert ring is not None
        spans = ring.spans(first, ring.written)
        sizes = _joined(ring.sizes, spans) - ring.head
        times = np.concatenate([ring.times(span) for span in spans])
        if bool((sizes == ring.stride).all()):
            data = _joined(ring.body, spans).reshape(-1)
            begins = np.arange(len(sizes), dtype=np.int64) * ring.stride
            return Arrived(data, begins, times, first, ring.written)
        numbers = np.arange(first, ring.written)
        return self._gathered(numbers, np.zeros(len(numbers), np.int64), sizes.astype(np.int64))

    def _in_order(self, first: int) -> Arrived:
        ring, order = self.ring, self.order
        assert ring is not None
        assert order is not None
        heads = _joined(ring.heads, ring.spans(first, ring.written))
        numbers = order.take(heads, first)
        return self._media(numbers, first)

    def _media(self, numbers: NDArray[np.int64], first: int) -> Arrived:
        ring = self.ring
        assert ring is not None
        numbers = numbers[numbers >= ring.oldest]
        if not len(numbers):
            return _NOTHING
        slots = numbers % ring.slots
        heads, sizes = ring.heads[slots], ring.sizes[slots] - ring.head
        if np.array_equal(numbers, np.arange(first, ring.written)) and not (heads[:, 0] & 0x3F).any():
            return self._plain(first)
        begins, ends = rtp.starts(heads, ring.body[slots], np.minimum(sizes, ring.stride))
        whole = sizes > ring.stride
        ends[whole] = sizes[whole]
        return self._gathered(numbers, begins, ends)

    def _gathered(self, numbers: NDArray[np.int64], begins: NDArray[np.int64], ends: NDArray[np.int64]) -> Arrived:
        """Join datagrams that are not all alike, byte for byte."""
        ring = self.ring
        assert ring is not None
        parts: list[Bytes] = []
        for number, begin, end in zip(numbers.tolist(), begins.tolist(), ends.tolist(), strict=True):
            parts.append(ring.body[number % ring.slots, begin : min(end, ring.stride)])
            if end > ring.stride:
                parts.append(np.frombuffer(ring.tails.get(number, b""), np.uint8))
        data = np.concatenate(parts) if parts else _NOTHING.data
        lengths = np.maximum(ends - begins, 0)
        at = np.cumsum(lengths) - lengths
        first, last = (int(numbers[0]), int(numbers[-1]) + 1) if len(numbers) else (0, 0)
        return Arrived(data, at, ring.times(numbers % ring.slots), first, last)

    def _settled(self) -> Arrived:
        """Nothing more has come: what waited for a late datagram is read without it."""
        if self.order is None or not self.order.is_waiting or self.ring is None:
            return _NOTHING
        return self._media(self.order.settle(), self.ring.written)

    def _widen(self) -> None:
        """Datagrams grew: go on with slots that hold them."""
        ring = self.ring
        assert ring is not None
        longest = int(ring.sizes.max()) - ring.head
        if longest > ring.stride and not (self.order and self.order.is_waiting):
            wider = Ring(self._ring_bytes, longest, ring.head)
            wider.written = self._read = ring.written  # what was longer is evidence no more
            self.ring = wider


def _joined(array: NDArray[Any], spans: list[slice]) -> NDArray[Any]:
    """Return rows of a ring as one array, a view where they lie side by side."""
    if len(spans) == 1:
        return array[spans[0]]
    return np.concatenate([array[span] for span in spans]) if spans else array[:0]
