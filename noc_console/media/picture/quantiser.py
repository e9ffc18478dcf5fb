"""Reads how coarsely a decoded frame was quantised, where the decoder tells it (H.264, MPEG-2)."""

from __future__ import annotations

import math
import struct
from typing import Any

import numpy as np
from av.sidedata.sidedata import SideDataContainer

#: Head of libavutil's AVVideoEncParams: number of blocks, where they begin, size of one, type, the frame's quantiser.
_HEAD = struct.Struct("@IQQii")
_H264, _MPEG2 = 1, 2
#: Where in a block its own difference of the quantiser stands, after its place and size.
_DELTA_AT = 16
#: A step of MPEG-2 by quantiser_scale, as a quantiser of H.264, which doubles the step every 6.
_MPEG2_STEP = 2.8


def quantiser(frame: Any) -> float:
    """Return the mean quantiser of a frame of the library on the scale of H.264 (0 to 51); nan where it is not told.

    The decoder must have been opened with `export_side_data=venc_params`.
    """
    # not frame.side_data: that keeps the frame alive in a cycle, 25 MB each, until garbage is collected
    for part in SideDataContainer(frame):  # type: ignore[call-arg]
        if getattr(part.type, "name", "") == "VIDEO_ENC_PARAMS":
            return told(bytes(part))
    return math.nan


def told(params: bytes) -> float:
    """Return the same of the library's bytes."""
    if len(params) < _HEAD.size:
        return math.nan
    count, at, size, kind, base = _HEAD.unpack_from(params)
    if not count or size < _DELTA_AT + 4 or at + count * size > len(params):
        return float(base) if kind == _H264 else math.nan
    blocks = np.ndarray((count,), np.int32, params, at + _DELTA_AT, (size,))
    mean: float = base + float(blocks.mean())
    if kind == _H264:
        return mean
    return 6 * math.log2(_MPEG2_STEP * mean) if kind == _MPEG2 and mean > 0 else math.nan
