"""Silence: every channel below -60 dBFS RMS, followed over borders of stretches with its exact start and length."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from noc_console.media.loudness import channels
from noc_console.media.loudness.meter import SILENT
from noc_console.media.stretch import BLOCK_S, MOST_CHANNELS

#: A silence longer than this is told (requirement R-073).
LIMIT_S = 0.5
_FORGET_S = 60.0


@dataclass(frozen=True, slots=True)
class Silence:
    """A silence: its start, how long it was heard, and what was not heard in between (stretches not decoded)."""

    start: float
    length_s: float
    unheard_s: float = 0.0

    @property
    def end(self) -> float:
        """When it ended, by the clock of its start."""
        return self.start + self.length_s + self.unheard_s


def silent_blocks(blocks: NDArray[np.void], layout: tuple[str, ...]) -> NDArray[np.bool_]:
    """Return for each block whether every channel but the LFE is below -60 dBFS RMS."""
    heard = [channel for channel in channels.heard(layout) if channel < MOST_CHANNELS]
    return np.asarray((blocks["level"][:, heard or [0]] < SILENT).all(axis=1))


class SilenceWatch:
    """Remembers the silence that lasts, and gives those that ended."""

    def __init__(self) -> None:
        self._open: Silence | None = None

    @property
    def lasts_s(self) -> float:
        """For how long it has been silent, as far as heard; 0 where there is sound."""
        return round(self._open.length_s, 6) if self._open else 0.0

    def part(self, at: float) -> list[Silence]:
        """Let a gap pass, which ends at `at`; a silence already told may go on after it, a shorter one is forgotten.

        What was not heard is not counted as silence.
        """
        last = self._open
        if last is None:
            return []
        gap_s = at - last.end
        if last.length_s > LIMIT_S and abs(gap_s) <= _FORGET_S:
            self._open = replace(last, unheard_s=last.unheard_s + max(gap_s, 0.0))
            return []
        return self.finish()

    def step(self, silent: NDArray[np.bool_], at: float) -> list[Silence]:
        """Follow some more blocks, the first at `at`; return the silences longer than 0.5 s that ended in them."""
        edges = np.flatnonzero(np.diff(np.concatenate([[False], silent, [False]]).astype(np.int8)))
        ended: list[Silence] = []
        if not len(silent):
            return ended
        if not silent[0]:
            ended += self.finish()
        for begin, end in edges.reshape(-1, 2).tolist():
            if begin == 0 and self._open:
                self._open = replace(self._open, length_s=self._open.length_s + end * BLOCK_S)
            else:
                self._open = Silence(at + begin * BLOCK_S, (end - begin) * BLOCK_S)
            if end < len(silent):
                ended += self.finish()
        return ended

    def finish(self) -> list[Silence]:
        """End the silence that lasts, and return it if it was long enough."""
        last, self._open = self._open, None
        return [replace(last, length_s=round(last.length_s, 6))] if last and last.length_s > LIMIT_S + 1e-9 else []
