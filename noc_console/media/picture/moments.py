"""Judges frames one by one: is this one black, a test picture, a slate, the same picture as before?"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from noc_console.media.picture.pieces import Piece
from noc_console.media.picture.spell import Moment

#: A picture is black when less of it is lit outside the corners: credits and stars are more, noise is less.
_LIT = 0.002
#: Or when it is dark and has nothing on it at all: the deviation of its luma is noise.
_DARK, _NOTHING = 0.08, 0.01
_BARS = 0.8
#: Bits of 64 in which the hashes of the same picture may differ, of another coding or size; and of the same coding.
_SLATE_BITS, _SAME_BITS = 6, 2
#: Contrast below which a hash says nothing.
_HASHED_DEVIATION = 0.02
#: A picture comes to rest when its steps are so much smaller than they were, and within this time.
_RESTS, _FAINT, _RESTS_S, _REMEMBERED = 0.4, 0.3 / 219, 0.5, 12
#: A step between key frames so small that one is enough to say that the picture stands.
_IDENTICAL = 1 / 219


def black(frames: NDArray[Any]) -> NDArray[np.bool_]:
    """Return which frames are black; a dark scene in a letterbox is not."""
    is_empty = (frames["luma_mean"] < _DARK) & (frames["luma_deviation"] < _NOTHING)
    found: NDArray[np.bool_] = (frames["lit_ratio"] < _LIT) | is_empty
    return found


def shows_bars(frames: NDArray[Any]) -> NDArray[np.bool_]:
    """Return which frames are colour bars."""
    found: NDArray[np.bool_] = frames["bars"] >= _BARS
    return found


def slates(frames: NDArray[Any], known: Mapping[str, int]) -> list[str]:
    """Return the name of the known slate each frame shows, empty where it shows none."""
    names = []
    for hash_, deviation in zip(frames["hash"].tolist(), frames["luma_deviation"].tolist(), strict=True):
        nearest = min(known, key=lambda name: (known[name] ^ hash_).bit_count(), default="")
        is_near = nearest and deviation >= _HASHED_DEVIATION
        names.append(nearest if is_near and (known[nearest] ^ hash_).bit_count() <= _SLATE_BITS else "")
    return names


def plain(frames: NDArray[Any], is_on: NDArray[np.bool_]) -> list[Moment]:
    """Return the moments of a condition that begins with the first frame that meets it."""
    return [Moment(on, at_s, at_s) for on, at_s in zip(is_on.tolist(), frames["at_s"].tolist(), strict=True)]


class Holding:
    """Remembers since when one picture is held, which is the frame before the first that repeats it."""

    def __init__(self) -> None:
        self._since_s = self._moved_s = 0.0
        self._count = 0
        self._last: np.void | None = None
        self._steps: deque[float] = deque(maxlen=_REMEMBERED)
        self._usual = 0.0

    def moments(self, piece: Piece, is_other: NDArray[np.bool_]) -> list[Moment]:
        """Return the moments of the condition "frozen"; `is_other` frames are black or a test picture, hence not."""
        is_sparse = not piece.is_full
        return [
            self._moment(frame, bool(other), is_sparse) for frame, other in zip(piece.frames, is_other, strict=True)
        ]

    def has_begun(self) -> bool:
        """Return whether the newest frame repeats the one before."""
        return self._count > 0

    def forget(self) -> None:
        """Forget the picture held: what comes next is of another place in the stream."""
        self._last, self._count = None, 0

    def _moment(self, frame: np.void, is_other: bool, is_sparse: bool) -> Moment:
        at_s, step = float(frame["at_s"]), float(frame["step"])
        moved = is_other or self._moved(frame)
        self._last = frame
        if not frame["is_key"] and not np.isnan(step):
            self._steps.append(step)
        if moved:
            self._count, self._moved_s = 0, at_s
            self._usual = float(np.median(self._steps)) if self._steps else 0.0
        if moved or (not is_sparse and self._settles(frame)):
            self._since_s = at_s
            return Moment(False, at_s, at_s)
        self._count += 1
        # one pair of key frames that are merely alike may be chance
        is_sure = not is_sparse or self._count > 1 or step < _IDENTICAL
        return Moment(is_sure, at_s, self._since_s)

    def _settles(self, frame: np.void) -> bool:
        """Return whether the picture still moves as before, in steps too small to make it another one."""
        is_early = float(frame["at_s"]) - self._moved_s < _RESTS_S
        is_known = self._usual > 0 and not frame["is_key"]
        return is_early and is_known and float(frame["step"]) > max(_RESTS * self._usual, _FAINT)

    def _moved(self, frame: np.void) -> bool:
        if self._last is None:
            return True
        if not np.isnan(frame["step"]):
            return bool(frame["has_moved"])
        # a decoder that began anew knows no frame before: the same picture has the same hash and light
        same_light = abs(float(frame["luma_mean"]) - float(self._last["luma_mean"])) < 0.01
        bits = (int(frame["hash"]) ^ int(self._last["hash"])).bit_count()
        return self._count == 0 or not same_light or bits > _SAME_BITS
