"""Bytes with arrival times through grid and analyser: the same way for a socket, a capture file and a plain file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from noc_console.media.ts import packets
from noc_console.media.ts.analyser import Analyser, Batch
from noc_console.media.ts.grid import Grid, Piece
from noc_console.media.ts.profile import Profile

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float64]


ReadHeads = Callable[[Bytes, packets.Continuity], packets.Heads]


@cache
def reader_of_heads() -> ReadHeads:
    """Return the compiled pass over the packets where the extra `fast` is installed, else numpy's."""
    try:
        from noc_console.media.ts import fast
    except ImportError:
        return packets.read_heads
    # the first call loads the compiled code, which takes a second
    fast.read_heads(np.zeros((1, packets.PACKET), np.uint8), packets.Continuity())
    return fast.read_heads


@dataclass(frozen=True, slots=True)
class Read:
    """What one block brought, and the block itself."""

    batch: Batch
    piece: Piece


class StreamReader:
    """One transport stream under analysis."""

    def __init__(self, profile: Profile | None = None, read_heads: ReadHeads | None = None) -> None:
        self.grid = Grid()
        self.analyser = Analyser(profile, read_heads or reader_of_heads())
        self._fed = 0
        self._before = 0.0
        self._is_timed = False

    def feed(self, data: Bytes, begins: NDArray[np.int64], times: Floats) -> Iterator[Read]:
        """Analyse bytes that came in datagrams: where each begins in them, and when it came (Unix seconds)."""
        start, self._fed = self._fed, self._fed + len(data)
        self._is_timed = True
        for piece in self.grid.feed(data):
            at = self._at(piece, start, begins, times)
            yield Read(self.analyser.feed(piece.block, at, piece.events), piece)

    def feed_untimed(self, data: bytes | memoryview | Bytes) -> Iterator[Read]:
        """Analyse bytes of a file; the time is that of the stream."""
        for piece in self.grid.feed(data):
            yield Read(self.analyser.feed(piece.block, None, piece.events), piece)

    def finish(self) -> Iterator[Read]:
        """Analyse what the end of the input leaves."""
        for piece in self.grid.finish():
            times = np.full(len(piece.block), self._before) if self._is_timed else None
            yield Read(self.analyser.feed(piece.block, times, piece.events), piece)
        last = Piece(np.empty((0, packets.PACKET), np.uint8), 0, packets.PACKET, self.grid.packets)
        yield Read(self.analyser.finish(tuple(self.grid.events)), last)

    def _at(self, piece: Piece, start: int, begins: NDArray[np.int64], times: Floats) -> Floats:
        """Return when each packet of a piece came: with the datagram its first byte was in; times never fall."""
        count = len(piece.block)
        if not len(begins):
            return np.full(count, self._before)
        offsets = np.arange(count, dtype=np.int64) * piece.size + (piece.offset - start)
        rows = np.searchsorted(begins, offsets, "right") - 1
        at = np.maximum.accumulate(np.maximum(times[np.maximum(rows, 0)], self._before))
        if count:
            self._before = float(at[-1])
        return at
