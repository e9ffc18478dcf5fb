"""Measures detail on bands of lines in full size: blockiness on the codec's grid, blur, combing of fields."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from noc_console.media.picture.luma import Bytes, Plane, Scale

Steps = NDArray[np.int64]

#: Side of the grid: transform blocks of MPEG-2 and H.264, and the grid on which HEVC smooths its block edges.
GRID = 8
_BANDS, _LINES = 20, 2 * GRID + 1
#: Places in a block, as steps to the next pixel: around its border, and in its middle.
_BORDER, _MIDDLE = (6, 7, 0), (2, 3, 4)
#: A border shows when its step (mean of 8 pixels, in 8-bit levels) is above this, and so much above those beside it.
_STEP, _ABOVE = 1.5, 1.5
#: What the same test finds in the middle of blocks is no blockiness; share of borders that counts as all blocks.
_ALL = 1 / 3
_FLOOR = 0.01
#: Steps over four pixels from which on an edge is judged for blur, and of a line to its neighbours for combing.
_EDGE, _COMB = 16, 12


@dataclass(frozen=True, slots=True)
class Texture:
    """Shares, 0 none to 1 all."""

    blockiness: float
    blur: float
    combing: float


def texture(plane: Plane, scale: Scale, is_interlaced: bool, box: tuple[float, float, float, float]) -> Texture:
    """Measure bands of lines spread over the active picture (`box`, as shares), each beginning on the grid."""
    bands = _bands(_inside(plane, box), scale)
    across = _profile_across(_distance(bands[:, : 2 * GRID, 1:], bands[:, : 2 * GRID, :-1]))
    found = [_excess(across)]
    if not is_interlaced:
        # lines of two fields differ by motion, at every place of the grid
        found.append(_excess_down(_profile_down(_distance(bands[:, 1:], bands[:, :-1]))))
    return Texture(min(1.0, float(np.mean(found)) / _ALL), _blur(bands[:, ::GRID]), _combing(bands))


def _inside(plane: Plane, box: tuple[float, float, float, float]) -> Plane:
    """Return the active picture without its own border, from a corner of the grid on; all where little is left."""
    height, width = plane.shape
    left, top, right, bottom = (round(share * side) for share, side in zip(box, (width, height) * 2, strict=True))
    left, top = (0 if not edge else (edge // GRID + 2) * GRID for edge in (left, top))
    right, bottom = right - GRID * (right < width), bottom - GRID * (bottom < height)
    return plane[top:bottom, left:right] if bottom - top >= _LINES and right - left >= 4 * GRID else plane


def _bands(plane: Plane, scale: Scale) -> Bytes:
    height, width = plane.shape
    places = max(1, (height - 1) // (2 * GRID))
    starts = np.unique(np.linspace(0, places - 1, min(_BANDS, places)).astype(np.intp)) * 2 * GRID
    kept = width // GRID * GRID
    return np.stack([scale.eight(plane[start : start + _LINES, :kept]) for start in starts])


def _distance(one: Bytes, other: Bytes) -> Bytes:
    return np.maximum(one, other) - np.minimum(one, other)


def _profile_across(steps: Bytes) -> Steps:
    """Return the sums of steps between columns over 8 lines, by 8 lines, block and place in the block."""
    bands, _, wide = steps.shape
    whole = np.zeros((bands, 2, GRID, wide + 1), np.uint8)
    whole[..., :wide] = steps.reshape(bands, 2, GRID, wide)
    sums: Steps = whole.sum(axis=2, dtype=np.int64).reshape(bands * 2, -1, GRID)
    return sums


def _profile_down(steps: Bytes) -> Steps:
    """Return the sums of steps between lines over 8 columns, by band, block and place (0 to 15)."""
    bands, high, wide = steps.shape
    sums: Steps = steps.reshape(bands, high, wide // GRID, GRID).sum(axis=3, dtype=np.int64).transpose(0, 2, 1)
    return sums


def _excess(profile: Steps) -> float:
    """Return the share of borders between columns that show, above what shows in the middle of blocks."""
    here, after = profile[:, 1:-1], profile[:, 2:]
    before = profile[:, :-2]
    border = np.maximum(here[..., 6:].max(axis=-1), after[..., 0])
    middle = here[..., 2:5].max(axis=-1)
    beside = np.maximum(middle, after[..., 2:5].max(axis=-1))
    borders = np.maximum(border, np.maximum(before[..., 6:].max(axis=-1), here[..., 0]))
    return max(0.0, _share(border, beside) - _share(middle, borders))


def _excess_down(profile: Steps) -> float:
    """The same for borders between lines, of which each band has one in its middle."""
    border, upper, lower = (
        profile[..., 6:9].max(axis=-1),
        profile[..., 2:5].max(axis=-1),
        profile[..., 10:13].max(axis=-1),
    )
    first, last = profile[..., 0], profile[..., 14:].max(axis=-1)
    control = (_share(upper, np.maximum(first, border)) + _share(lower, np.maximum(last, border))) / 2
    return max(0.0, _share(border, np.maximum(upper, lower)) - control)


def _share(border: Steps, beside: Steps) -> float:
    return float(np.mean(border > GRID * _STEP + _ABOVE * beside)) if border.size else 0.0


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
