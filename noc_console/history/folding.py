"""Many samples to few points: minimum, mean, maximum and count of each bucket, and where there were none."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from noc_console.history.values import Floats, Gap, Point

MIN_GAP_S = 30.0
OFF = "not recorded"
_COLUMNS = ("times", "half", "n", "low", "high", "total")


@dataclass(frozen=True, slots=True)
class Piece:
    """Counted stretches of a curve: `times` are their middles, `half` half their lengths in seconds (samples: 0)."""

    times: Floats
    half: Floats
    n: Floats
    low: Floats
    high: Floats
    total: Floats


def samples_piece(times: Floats, values: Floats) -> Piece:
    """Return samples as a piece."""
    return Piece(times, np.zeros(len(times)), np.ones(len(times)), values, values, values)


def joined(pieces: Iterable[Piece]) -> Piece:
    """Return pieces as one, in order of time."""
    found = [piece for piece in pieces if len(piece.times)]
    if not found:
        empty = np.zeros(0)
        return Piece(*[empty] * len(_COLUMNS))
    columns = [np.concatenate([getattr(piece, name) for piece in found]) for name in _COLUMNS]
    if len(found) > 1 and (np.diff(columns[0]) < 0).any():
        order = np.argsort(columns[0], kind="stable")
        columns = [column[order] for column in columns]
    return Piece(*columns)


def cut(piece: Piece, start: float, end: float) -> Piece:
    """Return the part of a piece in [start, end)."""
    low, high = np.searchsorted(piece.times, (start, end), "left").tolist()
    if low == 0 and high == len(piece.times):
        return piece
    return Piece(*(getattr(piece, name)[low:high] for name in _COLUMNS))


def fold(piece: Piece, start: float, end: float, points: int) -> tuple[Point, ...]:
    """Return at most `points` points; fewer stretches than points are told as they are."""
    if len(piece.times) == 0:
        return ()
    if len(piece.times) <= points:
        return _rows(piece.times, piece)
    width = (end - start) / points
    bucket = np.minimum(((piece.times - start) / width).astype(np.int64), points - 1)
    first = np.flatnonzero(np.diff(bucket, prepend=-1))
    folded = Piece(
        piece.times[first],
        piece.half[first],
        np.add.reduceat(piece.n, first),
        np.minimum.reduceat(piece.low, first),
        np.maximum.reduceat(piece.high, first),
        np.add.reduceat(piece.total, first),
    )
    return _rows(start + (bucket[first] + 0.5) * width, folded)


def gaps(piece: Piece, start: float, end: float, off: Sequence[tuple[float, float]]) -> tuple[Gap, ...]:
    """Return where there is nothing: "not recorded" in the stretches `off`, else "no data".

    A pause is a gap when it is longer than half a minute, and than three times the usual one where it was recorded.
    """
    left = np.concatenate(([start], piece.times + piece.half))
    right = np.concatenate((piece.times - piece.half, [end]))
    pauses = right - left
    usual = float(np.median(pauses[1:-1])) if len(pauses) > 2 else 0.0
    found: list[Gap] = []
    for at in np.flatnonzero(pauses > MIN_GAP_S).tolist():
        told = _told(float(left[at]), float(right[at]), off)
        found += told if pauses[at] > 3 * usual else [gap for gap in told if gap[2] == OFF]
    return tuple(found)


def _told(start: float, end: float, off: Sequence[tuple[float, float]]) -> list[Gap]:
    told: list[Gap] = []
    at = start
    for low, high in sorted(off):
        low, high = max(low, at), min(high, end)
        if high <= low:
            continue
        if low > at:
            told.append((at, low, "no data"))
        told.append((low, high, OFF))
        at = high
    if at < end:
        told.append((at, end, "no data"))
    return [gap for gap in told if gap[2] == OFF or gap[1] - gap[0] > MIN_GAP_S]


def _rows(times: Floats, piece: Piece) -> tuple[Point, ...]:
    columns = (times, piece.low, piece.total / piece.n, piece.high, piece.n.astype(np.int64))
    return tuple(zip(*(column.tolist() for column in columns), strict=True))
