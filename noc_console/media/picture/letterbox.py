"""Follows which part of the picture is active, and says when black bars came or went."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Box = tuple[float, float, float, float]

#: In a picture darker than this, bars cannot be told from night.
_BRIGHT = 0.12
#: How much a side must move, of the picture, and how long the new shape must last.
_MOVED, _LASTS_S = 0.03, 8.0


class Letterbox:
    """The memory of one stream: the shape its picture has, and a new one that may only be a dark scene."""

    def __init__(self) -> None:
        self._shape: Box | None = None
        self._new: Box | None = None
        self._since_s = 0.0

    def step(self, frames: NDArray[Any]) -> tuple[float, Box, Box] | None:
        """Return when the shape changed, the old one and the new one, if it did for good; else None."""
        bright = frames[frames["luma_mean"] > _BRIGHT]
        if not len(bright):
            return None
        # what is lit in any frame is active: one dark scene does not make the picture smaller
        edges = bright["active"].astype(np.float64)
        left, top = edges[:, :2].min(axis=0).tolist()
        right, bottom = edges[:, 2:].max(axis=0).tolist()
        shape, first_s, last_s = (left, top, right, bottom), float(bright["at_s"][0]), float(bright["at_s"][-1])
        if self._shape is None or _alike(shape, self._shape):
            self._shape, self._new = self._shape or shape, None
            return None
        if self._new is None or not _alike(shape, self._new) or first_s < self._since_s:
            self._new, self._since_s = shape, first_s
        if last_s - self._since_s < _LASTS_S:
            return None
        before, self._shape, self._new = self._shape, shape, None
        return self._since_s, before, shape


def _alike(one: Box, other: Box) -> bool:
    return all(abs(a - b) < _MOVED for a, b in zip(one, other, strict=True))
