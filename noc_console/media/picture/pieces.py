"""Cuts a stretch where its clock jumps, so that nothing is said of the time between."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from noc_console.media.stretch import PictureStretch

#: Two stretches follow one another when no more is between them.
_BORDER_S = 0.5
#: A hole in all frames is no picture that stands: the player had nothing to show, or the clock jumped.
_HOLE_S, _HOLE_FRAMES = 1.0, 4
#: The same for key frames, in their usual distances; where that is not known, a long one.
_HOLE_KEYS, _LONGEST_KEY_S = 3, 12.0
#: A longer time without decoded stretches is not bridged; stream clock and world clock must agree over it.
_BRIDGED_S, _CLOCKS_S = 60.0, 1.5


@dataclass(frozen=True, slots=True)
class Piece:
    """Frames without a hole, shown until `until_s`; `offset_s` turns their clock into Unix seconds.

    `is_full` says that they are all frames, not key frames only.
    """

    frames: NDArray[np.void]
    until_s: float
    offset_s: float
    is_full: bool


@dataclass(frozen=True, slots=True)
class Edge:
    """Where the last piece ended: the last frame's coverage, the end of the stretch, and the clocks' offset."""

    until_s: float
    end_s: float
    offset_s: float

    def joins(self, stretch: PictureStretch) -> bool:
        """Return whether a stretch follows on directly."""
        return abs(stretch.start_s - self.end_s) <= _BORDER_S

    def bridges(self, piece: Piece) -> bool:
        """Return whether the time to a later piece is a known length in which nothing was decoded."""
        gap_s = float(piece.frames["at_s"][0]) - self.until_s
        return 0 <= gap_s <= _BRIDGED_S and abs(piece.offset_s - self.offset_s) <= _CLOCKS_S


def pieces(stretch: PictureStretch, at: float) -> Iterator[Piece]:
    """Yield the pieces of a stretch whose first moment is presented at `at`."""
    times, offset_s = stretch.frames["at_s"], at - stretch.start_s
    if not len(times):
        return
    hole_s = _hole_s(stretch)
    steps = np.diff(times)
    cuts = np.flatnonzero((steps > hole_s) | (steps < 0)) + 1
    for part in np.split(stretch.frames, cuts):
        yield Piece(part, _until(part, stretch, hole_s), offset_s, stretch.mode == "full")


def _until(part: NDArray[Any], stretch: PictureStretch, hole_s: float) -> float:
    last = float(part["at_s"][-1])
    # after the last key frame nothing is known of the picture; after the last of all frames it stays until the end
    is_last = stretch.mode == "full" and 0 <= stretch.end_s - last <= hole_s and last == stretch.frames["at_s"][-1]
    return float(stretch.end_s) if is_last else last


def _hole_s(stretch: PictureStretch) -> float:
    if stretch.mode == "full":
        return max(_HOLE_S, _HOLE_FRAMES / stretch.format.frame_rate if stretch.format.frame_rate else 0.0)
    return max(_HOLE_S, _HOLE_KEYS * stretch.key_interval_s) if stretch.key_interval_s else _LONGEST_KEY_S
