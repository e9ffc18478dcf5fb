"""Sound against picture by their time stamps: how the lead of one over the other has changed since the beginning."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from noc_console.media.ts.pts import STAMP_HZ, STAMP_WRAP, StampMemory

_SECONDS = 10


@dataclass(slots=True)
class _Pair:
    epochs: tuple[int, int]
    first: list[float] = field(default_factory=list)
    newest: deque[float] = field(default_factory=lambda: deque(maxlen=_SECONDS))


class LipSync:
    """Follows the leads of sound and picture of each service, once a second."""

    def __init__(self) -> None:
        self._pairs: dict[tuple[int, int], _Pair] = {}

    def drift(self, video: int, audio: int, stamps: StampMemory) -> float | None:
        """Return by how many seconds the sound has moved ahead of the picture, None in the first ten seconds."""
        one, other = stamps.row(video), stamps.row(audio)
        if one < 0 or other < 0:
            return None
        epochs = (int(stamps.epoch.rows[one]), int(stamps.epoch.rows[other]))
        pair = self._pairs.get((video, audio))
        if pair is None or pair.epochs != epochs:
            pair = self._pairs[video, audio] = _Pair(epochs)
        ticks = int(stamps.dts.rows[other]) - int(stamps.dts.rows[one])
        ticks = (ticks + STAMP_WRAP // 2) % STAMP_WRAP - STAMP_WRAP // 2
        lead = ticks / STAMP_HZ - float(stamps.at.rows[other] - stamps.at.rows[one])
        if lead != lead:
            return None
        if len(pair.first) < _SECONDS:
            pair.first.append(lead)
            return None
        pair.newest.append(lead)
        if len(pair.newest) < _SECONDS:
            return None
        return sum(pair.newest) / _SECONDS - sum(pair.first) / _SECONDS
