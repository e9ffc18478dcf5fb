"""Measures detail on bands of lines in full size: blockiness on the codec's grid, blur, combing of fields."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from noc_console.media.picture.luma import Bytes, Plane, Scale

Counts = NDArray[np.uint16]

#: Side of the grid: transform blocks of MPEG-2 and H.264, and the grid on which HEVC smooths its block edges.
GRID = 8
_BANDS, _LINES = 14, 3 * GRID + 1
#: A border shows when the steps over it (sum of 3, of 8 pixels, in 8-bit levels) are so much above those beside it:
#: three levels are just seen.
_VISIBLE = 3 * GRID
#: Share of borders that counts as all: more never show, for the picture has flat parts too.
_ALL = 1 / 3
#: Steps over four pixels from which on an edge is judged for blur, and of a line to its neighbours for combing.
_EDGE, _COMB = 16, 12
_EVEN_BYTES, _BYTE = np.uint64(0x00FF00FF00FF00FF), np.uint64(8)
_EVEN_PAIRS, _PAIR = np.uint64(0x0000FFFF0000FFFF), np.uint64(16)
_HALF = np.uint64(32)


@dataclass(frozen=True, slots=True)
class Texture:
    """Shares, 0 none to 1 all; `detail` is the mean step between neighbouring pixels, in 8-bit levels."""

    blockiness: float
    blur: float
    combing: float
    detail: float
    plain_ratio: float


def texture(plane: Plane, scale: Scale, is_interlaced: bool, box: tuple[float, float, float, float]) -> Texture:
    """Measure bands of lines spread over the active picture (`box`, as shares), each beginning on the grid."""
    bands = _bands(_inside(plane, box), scale)
    across = _sums_of_lines(_distance(bands[:, : 3 * GRID, 1:], bands[:, : 3 * GRID, :-1]))
    shares = [_blocked_columns(across)]
    if not is_interlaced:
        # lines of two fields differ by motion, at every place of the grid
        shares.append(_blocked_lines(_distance(bands[:, 1:], bands[:, :-1])))
    blockiness = min(1.0, sum(shares) / len(shares) / _ALL)
    return Texture(blockiness, _blur(bands[:, ::GRID]), _combing(bands[::2]), *_detail(across))


def _inside(plane: Plane, box: tuple[float, float, float, float]) -> Plane:
    """Return the active picture without its own border, from a corner of the grid on; all where little is left."""
    height, width = plane.shape
    left, top, right, bottom = (round(share * side) for share, side in zip(box, (width, height) * 2, strict=True))
    left, top = (0 if not edge else (edge // GRID + 2) * GRID for edge in (left, top))
    right, bottom = right - GRID * (right < width), bottom - GRID * (bottom < height)
    return plane[top:bottom, left:right] if bottom - top >= _LINES and right - left >= 4 * GRID else plane


def _bands(plane: Plane, scale: Scale) -> Bytes:
    height, width = plane.shape
    places = max(1, (height - _LINES) // GRID + 1)
    starts = np.unique(np.linspace(0, places - 1, min(_BANDS, places)).astype(np.intp)) * GRID
    kept = width // GRID * GRID
    return np.stack([scale.eight(plane[start : start + _LINES, :kept]) for start in starts])


def _distance(one: Bytes, other: Bytes) -> Bytes:
    return np.maximum(one, other) - np.minimum(one, other)


def _sums_of_lines(steps: Bytes) -> Counts:
    """Return the sums of eight lines of the steps from each column to the next; after the last there is none."""
    bands, lines, width = steps.shape
    sums = np.zeros((bands * lines // GRID, width + 1), np.uint16)
    np.add.reduce(steps.reshape(-1, GRID, width), axis=1, dtype=np.uint16, out=sums[:, :width])
    return sums


def _detail(sums: Counts) -> tuple[float, float]:
    """Return the mean step, and the mean of blocks of how plain each is: 1 without any step, towards 0 with many."""
    blocks = (sums[:, 1::GRID] + sums[:, 2::GRID] + sums[:, 3::GRID] + sums[:, 4::GRID]) / np.float32(4 * GRID)
    return float(blocks.mean()), float(np.mean(1 / (1 + blocks)))


def _blocked_columns(sums: Counts) -> float:
    """Return the share of borders between columns that show."""
    middles = sums[:, 2::GRID] + sums[:, 3::GRID] + sums[:, 4::GRID]
    borders = sums[:, 6:-GRID:GRID] + sums[:, 7:-GRID:GRID] + sums[:, GRID::GRID]
    # what the same test finds in the middle of blocks is of the picture itself
    own = _share(middles[:, 1:-1], borders[:, :-1], borders[:, 1:])
    return max(0.0, _share(borders, middles[:, :-1], middles[:, 1:]) - own)


def _blocked_lines(steps: Bytes) -> float:
    """The same for lines: two borders and three middles of blocks in each band."""
    sums = _sums_of_eight(steps)
    middles = [sums[:, at] + sums[:, at + 1] + sums[:, at + 2] for at in (2, 10, 18)]
    borders = [sums[:, at] + sums[:, at + 1] + sums[:, at + 2] for at in (6, 14)]
    shown = _share(borders[0], middles[0], middles[1]) + _share(borders[1], middles[1], middles[2])
    return max(0.0, shown / 2 - _share(middles[1], borders[0], borders[1]))


def _sums_of_eight(steps: Bytes) -> Counts:
    """Return the sums of eight pixels side by side, added as one machine word."""
    words = steps.view(np.uint64)
    pairs = (words & _EVEN_BYTES) + ((words >> _BYTE) & _EVEN_BYTES)
    fours = (pairs & _EVEN_PAIRS) + ((pairs >> _PAIR) & _EVEN_PAIRS)
    sums: Counts = (fours + (fours >> _HALF)).astype(np.uint16)
    return sums


def _share(steps: Counts, before: Counts, after: Counts) -> float:
    return float(np.count_nonzero(steps > before + after + np.uint16(_VISIBLE)) / max(steps.size, 1))


def _blur(rows: Bytes) -> float:
    """Return how soft edges are: 0 a step between two pixels, towards 1 a slope over many."""
    line = rows.astype(np.int16)
    steps = np.diff(line, axis=-1)
    bends = np.abs(np.diff(steps, axis=-1))[..., 1:-1]
    is_edge = np.abs(line[..., 4:] - line[..., :-4]) >= _EDGE
    slope = int(np.abs(steps)[..., 1:-2][is_edge].sum())
    return 1.0 - min(1.0, int(bends[is_edge].sum()) / (2 * slope)) if slope else 0.0


def _combing(bands: Bytes) -> float:
    """Return the share of the picture where every second line belongs to another moment."""
    line = bands[:, : 2 * GRID].astype(np.int16)
    one, two, three, four = line[:, 0:13:4], line[:, 1:14:4], line[:, 2:15:4], line[:, 3:16:4]
    inward, outward = two - one, two - three
    is_comb = (inward * outward > _COMB * _COMB) & ((three - two) * (three - four) > _COMB * _COMB)
    is_field = (np.abs(one - three) < _COMB) & (np.abs(two - four) < _COMB)
    return float(np.mean(is_comb & is_field))
