"""Which PIDs still have to be looked at, and what was found there."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray


class Looker:
    """The formats of a stream's elementary streams, learned from the first bytes of PES packets."""

    def __init__(self) -> None:
        self.wanted: NDArray[np.uint8] = np.zeros(8192, np.uint8)
        self.formats: dict[int, object] = {}

    def expect(self, codecs: Mapping[int, str]) -> None:
        """Take the codec family of every audio and video PID, as the PMT tells it."""

    def look(self, pid: int, data: bytes, starts: bool = True) -> None:
        """Take what one packet holds: a PES head and what follows, or (not `starts`) what comes after it."""

    def tick(self, at: float) -> None:
        """Once a second every PID is looked at again: a format may change."""
