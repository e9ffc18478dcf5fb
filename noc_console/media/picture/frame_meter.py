"""Measures decoded frames one by one: a luma plane in, one FRAME row out; about a millisecond for 1080 lines."""

from __future__ import annotations

import math

import numpy as np

from noc_console.media.picture.levels import levels
from noc_console.media.picture.luma import Plane, Scale, block_sums, lines
from noc_console.media.picture.motion import Motion
from noc_console.media.picture.screen import active, bars_likeness, picture_hash
from noc_console.media.picture.texture import texture
from noc_console.media.stretch import FRAME

#: Pictures smaller than this are not measured: nothing of the grid or the blocks is left of them.
LEAST_SIDE = 32


class FrameMeter:
    """The measures of one video stream's frames, in order of presentation; remembers the frame before.

    `bit_depth` is that of the samples (above 8: they are uint16), `is_full_range` says that black is 0, as for JPEG;
    `is_interlaced` leaves out what only makes sense between neighbouring lines of one field.
    """

    def __init__(self, bit_depth: int = 8, is_full_range: bool = False, is_interlaced: bool = False) -> None:
        self._scale = Scale(bit_depth, is_full_range)
        self._is_interlaced = is_interlaced
        self._motion = Motion()

    def measure(self, plane: Plane, at_s: float, is_key: bool, quantiser: float = math.nan) -> np.void:
        """Return the FRAME row of a luma plane (h, w), uncropped to the right and below only, presented at `at_s`.

        The plane may be a view with longer lines; it is not kept. Raises ValueError for one that is no picture.
        """
        if plane.ndim != 2 or min(plane.shape) < LEAST_SIDE:
            raise ValueError(f"a picture of {'x'.join(map(str, plane.shape[::-1]))} is too small to be measured")
        rows = lines(plane, self._scale)
        sums = block_sums(rows)
        row = np.zeros(1, FRAME)
        row["at_s"], row["is_key"] = at_s, is_key
        light = levels(rows, self._scale)
        row["luma_mean"], row["luma_deviation"] = light.mean, light.deviation
        row["luma_low"], row["luma_high"] = light.low, light.high
        row["black_ratio"], row["lit_ratio"] = light.black_ratio, light.lit_ratio
        change = self._motion.see(sums, self._scale.span)
        row["difference"], row["moved_ratio"] = change.difference, change.moved_ratio
        row["step"], row["has_moved"] = change.step, change.has_moved
        box = active(rows, self._scale)
        detail = texture(plane, self._scale, self._is_interlaced, box)
        row["blockiness"], row["blur"], row["combing"] = detail.blockiness, detail.blur, detail.combing
        row["detail"], row["plain_ratio"], row["quantiser"] = detail.detail, detail.plain_ratio, quantiser
        row["active"] = box
        row["bars"] = bars_likeness(sums, self._scale)
        row["hash"] = picture_hash(sums)
        measured: np.void = row[0]
        return measured

    def forget(self) -> None:
        """Forget the frame before: what comes next is of another place in the stream."""
        self._motion = Motion()
