"""Pictures of streams whose PES packets do not begin with one: the library's parser finds where each begins."""

from __future__ import annotations

import math
from collections import deque
from typing import Any

import av


class Splitter:
    """One elementary stream; a picture comes out when the next one begins."""

    def __init__(self, decoder: str) -> None:
        self._parser: Any = av.CodecContext.create(decoder, "r")
        self._fed = self._given = 0
        self._stamps: deque[tuple[int, float]] = deque()

    def feed(self, data: bytes, at_s: float) -> list[tuple[bytes, float]]:
        """Return the pictures that are complete, with their time stamps (nan: none)."""
        if not data:
            return []
        if not math.isnan(at_s):
            self._stamps.append((self._fed, at_s))
        self._fed += len(data)
        return [self._stamped(bytes(packet)) for packet in self._parser.parse(data)]

    def finish(self) -> list[tuple[bytes, float]]:
        """Return the last picture."""
        return [self._stamped(bytes(packet)) for packet in self._parser.parse(None)]

    def _stamped(self, picture: bytes) -> tuple[bytes, float]:
        # ISO/IEC 13818-1, 2.4.3.7: a time stamp is of the first picture that begins in its PES packet
        at_s = math.nan
        while self._stamps and self._stamps[0][0] <= self._given:
            at_s = self._stamps.popleft()[1]
        self._given += len(picture)
        return picture, at_s
