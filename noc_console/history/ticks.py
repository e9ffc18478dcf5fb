"""One tick as one row: its samples sorted by series, times in milliseconds from the tick, packed."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from noc_console.history.values import Tick

FORMAT = 1
MAX_OFF_S = 86400.0
_KEY_BITS = 31  # milliseconds of 24 days
_MAX_BYTES = 64 * 1024**2


@dataclass(frozen=True, slots=True)
class Samples:
    """Samples as the history keeps them, sorted by series, then time; `ms` is Unix time in milliseconds."""

    series: npt.NDArray[np.uint32]
    ms: npt.NDArray[np.int64]
    values: npt.NDArray[np.float32]

    def __len__(self) -> int:
        """Return how many samples there are."""
        return len(self.series)


def samples_of(tick: Tick) -> Samples:
    """Return the samples of a tick that can be kept: finite, and within a day of the tick."""
    series = np.asarray(tick.series, np.uint32)
    times = np.asarray(tick.times, np.float64)
    values = np.asarray(tick.values, np.float32)
    keep = np.isfinite(values) & (np.abs(times - tick.at) <= MAX_OFF_S)
    ms = np.round(times[keep] * 1000.0).astype(np.int64)
    return in_order(Samples(series[keep], ms, values[keep]))


def in_order(samples: Samples) -> Samples:
    """Return the samples sorted by series and time; of two at one millisecond the later written comes last."""
    if len(samples) == 0:
        return samples
    # one key of both, for a stable sort that uses the runs that are in order already
    since = samples.ms - samples.ms.min()
    order = np.argsort((samples.series.astype(np.int64) << _KEY_BITS) + since, kind="stable")
    return Samples(samples.series[order], samples.ms[order], samples.values[order])


def pack_tick(samples: Samples, at: float) -> bytes:
    """Return the body of a tick's row."""
    base = int(at * 1000)
    gaps = np.diff(samples.series, prepend=np.uint32(0)).astype("<u4")
    off = (samples.ms - base).astype("<i4")
    raw = gaps.tobytes() + off.tobytes() + samples.values.astype("<f4").tobytes()
    return bytes([FORMAT]) + base.to_bytes(8, "little", signed=True) + zlib.compress(raw, 1)


def unpack_tick(body: bytes) -> Samples:
    """Return the samples of a tick's row; `ValueError` when the row is not one of ours."""
    if len(body) < 9 or body[0] != FORMAT:
        raise ValueError("a tick row of an unknown form")
    base = int.from_bytes(body[1:9], "little", signed=True)
    try:
        raw = zlib.decompressobj().decompress(body[9:], _MAX_BYTES)
    except zlib.error as error:
        raise ValueError(f"a damaged tick row ({error})") from None
    columns = np.frombuffer(raw, "<u4").reshape(3, -1)
    series = np.cumsum(columns[0], dtype=np.uint32)
    return Samples(series, columns[1].view("<i4").astype(np.int64) + base, columns[2].view("<f4"))
