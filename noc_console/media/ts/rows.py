"""What packets say beyond their header: PCR values and the time stamps in PES heads, for many rows at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from noc_console.media.ts.packets import PACKET

Bytes = NDArray[np.uint8]
Ints = NDArray[np.int64]
_HEAD = np.arange(19)
_STAMP = 5


def pcr_values(block: Bytes, rows: Ints) -> Ints:
    """Return the PCRs of rows that carry one, in ticks of 27 MHz (ISO/IEC 13818-1, 2.4.3.5); -1 where cut short."""
    part = block[:, 4:12][rows].astype(np.int64)
    base = (part[:, 2] << 25) | (part[:, 3] << 17) | (part[:, 4] << 9) | (part[:, 5] << 1) | (part[:, 6] >> 7)
    value = base * 300 + (((part[:, 6] & 1) << 8) | part[:, 7])
    return np.where(part[:, 0] >= 7, value, -1)


@dataclass(frozen=True, slots=True)
class PesHeads:
    """PES heads by row of the block: stamps in ticks of 90 kHz, -1 where there is none; DTS is PTS where not told."""

    rows: Ints
    stream_id: Bytes
    pts: Ints
    dts: Ints


def pes_heads(block: Bytes, rows: Ints) -> PesHeads:
    """Return the PES heads (ISO/IEC 13818-1, 2.4.3.7) among rows whose payload starts a unit."""
    adapted = block[:, 3][rows] & 0x20 != 0
    begin = np.where(adapted, block[:, 4][rows].astype(np.int64) + 5, 4)
    whole = begin <= PACKET - 9
    rows, begin = rows[whole], begin[whole]
    head = block[rows[:, None], np.minimum(begin[:, None] + _HEAD, PACKET - 1)].astype(np.int64)
    is_pes = (head[:, 0] == 0) & (head[:, 1] == 0) & (head[:, 2] == 1) & (head[:, 3] >= 0xBC)
    rows, begin, head = rows[is_pes], begin[is_pes], head[is_pes]
    plain = (head[:, 6] & 0xC0) == 0x80
    told = np.where(plain, head[:, 7] >> 6, 0)
    room = np.minimum(PACKET - begin - 9, head[:, 8])
    pts = np.where((told >= 2) & (room >= _STAMP), _stamp(head[:, 9:14]), -1)
    dts = np.where((told == 3) & (room >= 2 * _STAMP) & (pts >= 0), _stamp(head[:, 14:19]), pts)
    return PesHeads(rows, head[:, 3].astype(np.uint8), pts, dts)


def _stamp(part: Ints) -> Ints:
    high = ((part[:, 0] >> 1) & 7) << 30
    return high | (part[:, 1] << 22) | ((part[:, 2] >> 1) << 15) | (part[:, 3] << 7) | (part[:, 4] >> 1)
