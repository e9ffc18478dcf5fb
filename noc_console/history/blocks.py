"""One series of one sealed window as bytes: five-minute statistics, times, values; and back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from noc_console.history.folding import Piece
from noc_console.history.packing import Ints, deflated, inflated, pack, unpack
from noc_console.history.values import Floats

STAT_S = 300
_MAX_EXACT = 2.0**53
_LENGTH = 4


@dataclass(frozen=True, slots=True)
class Raster:
    """Values of one series by a raster: count, extremes and mean of each step that has any."""

    ms: Ints
    n: Ints
    low: Floats
    high: Floats
    mean: Floats


def raster_of(ms: Ints, values: Floats, step_ms: int) -> Raster:
    """Return the samples of one series, in order of time, by a raster; `ms` are the steps' beginnings."""
    bins = ms // step_ms
    first = np.flatnonzero(np.diff(bins, prepend=bins[0] - 1))
    n = np.diff(first, append=len(ms))
    return Raster(
        bins[first] * step_ms,
        n,
        np.minimum.reduceat(values, first),
        np.maximum.reduceat(values, first),
        np.add.reduceat(values, first) / n,
    )


def pack_stats(raster: Raster, start_ms: int) -> bytes:
    """Return the five-minute statistics of a window beginning at `start_ms`."""
    at = ((raster.ms - start_ms) // (STAT_S * 1000)).astype("<u2")
    columns = [at, raster.n.astype("<u4")]
    floats = [column.astype("<f4") for column in (raster.low, raster.high, raster.mean)]
    raw = b"".join(column.tobytes() for column in (*columns, *floats))
    return len(at).to_bytes(2, "little") + deflated(raw)


def unpack_stats(rows: Sequence[tuple[int, bytes]]) -> Piece:
    """Return the five-minute statistics of windows (start in seconds, packed) as one piece; times are the middles."""
    counts = [int.from_bytes(data[:2], "little") for _, data in rows]
    raw = [inflated(data[2:], 18 * count) for (_, data), count in zip(rows, counts, strict=True)]
    starts = np.repeat(np.array([start for start, _ in rows], np.float64), counts)

    def column(first: int, last: int) -> bytes:
        return b"".join(one[first * count : last * count] for one, count in zip(raw, counts, strict=True))

    at = np.frombuffer(column(0, 2), "<u2")
    n = np.frombuffer(column(2, 6), "<u4").astype(np.float64)
    low, high, mean = (np.frombuffer(column(first, first + 4), "<f4").astype(np.float64) for first in (6, 10, 14))
    return Piece(starts + (at + 0.5) * STAT_S, np.full(len(at), STAT_S / 2), n, low, high, mean * n)


def pack_values(values: Floats, resolution: float) -> bytes:
    """Return values as whole multiples of the resolution; bit by bit where there is none or they are too large."""
    if resolution <= 0 or float(np.abs(values).max(initial=0.0)) / resolution >= _MAX_EXACT:
        return b"f" + pack(values.astype("<f4").view("<u4").astype(np.int64))
    return b"i" + pack(np.round(values / resolution).astype(np.int64))


def unpack_values(data: bytes, resolution: float) -> Floats:
    """Return what `pack_values` was given, to the resolution."""
    numbers = unpack(data[1:])
    if data[:1] == b"f":
        return numbers.astype("<u4").view("<f4").astype(np.float64)
    return np.asarray(numbers * resolution, np.float64)


def pack_raster(raster: Raster, resolution: float) -> bytes:
    """Return count, extremes and mean of the steps; one column where every step had one sample."""
    mean = pack_values(raster.mean, resolution)
    if (raster.n == 1).all():
        return _framed([mean])
    rest = (pack(raster.n), pack_values(raster.low, resolution), pack_values(raster.high, resolution))
    return _framed([mean, *rest])


def raster_piece(ms: Ints, data: bytes, resolution: float, step_s: int) -> Piece:
    """Return a packed raster as a piece; times are the middles of the steps."""
    columns = _unframed(data)
    times = ms / 1000.0 + step_s / 2
    half = np.full(len(ms), step_s / 2)
    mean = unpack_values(columns[0], resolution)
    if len(columns) == 1:
        return Piece(times, half, np.ones(len(ms)), mean, mean, mean)
    n = unpack(columns[1]).astype(np.float64)
    low, high = (unpack_values(column, resolution) for column in columns[2:])
    return Piece(times, half, n, low, high, mean * n)


def _framed(columns: list[bytes]) -> bytes:
    return b"".join(len(column).to_bytes(_LENGTH, "little") + column for column in columns)


def _unframed(data: bytes) -> list[bytes]:
    columns, at = [], 0
    while at < len(data):
        size = int.from_bytes(data[at : at + _LENGTH], "little")
        columns.append(data[at + _LENGTH : at + _LENGTH + size])
        at += _LENGTH + size
    if len(columns) not in (1, 4):
        raise ValueError("a packed raster has the wrong number of columns")
    return columns


def pack_times(ms: Ints, start_ms: int) -> bytes:
    """Return times in milliseconds from the window's start."""
    return pack(ms - start_ms)


def unpack_times(data: bytes, start_ms: int) -> npt.NDArray[np.int64]:
    """Return times as Unix milliseconds."""
    return unpack(data) + start_ms
