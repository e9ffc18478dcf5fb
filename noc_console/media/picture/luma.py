"""Takes of a luma plane what the measures need: some lines as 8 bit, sums of small blocks, the scale of levels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Plane = NDArray[np.uint8] | NDArray[np.uint16]
Sums = NDArray[np.int16]

#: Pixels that one block sum adds up: 4 side by side on 2 lines.
BLOCK_PIXELS = 8
_EVEN_BYTES = np.uint64(0x00FF00FF00FF00FF)
_BYTE = np.uint64(8)


@dataclass(frozen=True, slots=True)
class Scale:
    """How codes stand for luma: `bit_depth` of a sample, and whether the whole range is used (else 16 to 235)."""

    bit_depth: int = 8
    is_full_range: bool = False

    @property
    def black(self) -> int:
        """The 8-bit code of black."""
        return 0 if self.is_full_range else 16

    @property
    def span(self) -> int:
        """8-bit codes from black to white."""
        return 255 if self.is_full_range else 219

    def code(self, luma: float) -> int:
        """Return the 8-bit code of a luma of the nominal range (0 black, 1 white)."""
        return round(self.black + luma * self.span)

    def eight(self, samples: Plane) -> Bytes:
        """Return samples as 8 bit, those of 8 bit as they are."""
        if samples.dtype == np.uint8:
            return samples.view(np.uint8)
        # a sample above its bit depth comes from a broken stream only, and wraps around
        return (samples >> max(self.bit_depth - 8, 0)).astype(np.uint8)


def line_step(height: int) -> int:
    """Return how far apart the measured lines are: always even, so that they are of one field where there are two."""
    return 8 if height >= 1440 else 4 if height >= 540 else 2


def lines(plane: Plane, scale: Scale) -> Bytes:
    """Return every second to eighth line of the picture (h, w) as 8 bit."""
    return scale.eight(plane[:: line_step(plane.shape[0])])


def block_sums(rows: Bytes) -> Sums:
    """Return the sums of blocks of 4 pixels on 2 of the lines given; what is over at the edges is left out.

    Eight bytes are added at once as one machine word, which makes this as fast as compiled code.
    """
    height, width = rows.shape[0] // 2 * 2, rows.shape[1] // 8 * 8
    rows = rows[:height, :width]
    if rows.strides[1] != 1:
        rows = np.ascontiguousarray(rows)
    words = rows.view(np.uint64)
    pairs = (words & _EVEN_BYTES) + ((words >> _BYTE) & _EVEN_BYTES)
    lines = (pairs[0::2] + pairs[1::2]).view(np.uint16)
    sums: Sums = (lines[:, 0::2] + lines[:, 1::2]).view(np.int16)
    return sums
