"""What crosses the border of the history: ticks in, states, series, tops and templates out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Point = tuple[float, float, float, float, int]
Gap = tuple[float, float, str]


@dataclass(frozen=True, slots=True)
class Tick:
    """Everything measured since the last tick: three arrays of one length, one entry per sample.

    `at` and `times` are Unix seconds UTC; `series` are ids from `History.series_id`. Samples that are not finite
    or lie more than a day from `at` are dropped and counted.
    """

    at: float
    series: npt.NDArray[np.uint32]
    times: npt.NDArray[np.float64]
    values: npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class RecordingState:
    """Whether what is measured is also kept, and what it costs; `text` is one sentence when it is not."""

    state: str = "ok"
    since: float = 0.0
    text: str = ""
    kept_days: float = 30.0
    disk_ratio: float = 0.0
    db_bytes: int = 0
    forecast_bytes: int = 0
    dropped_samples: int = 0


@dataclass(frozen=True, slots=True)
class SeriesQuery:
    """One curve: `rung` is exact ("" is the input itself), "*" folds all rungs; times are Unix seconds."""

    input: int
    metric: str
    start: float
    end: float
    rung: str = ""
    points: int = 1000


@dataclass(frozen=True, slots=True)
class SeriesAnswer:
    """At most the asked points as (at, min, mean, max, n), and gaps (start, end, "no data" | "not recorded").

    Where there are no more samples than points, each point is one sample; else `at` is the middle of its bucket.
    """

    unit: str = ""
    points: tuple[Point, ...] = ()
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True)
class TopRow:
    """One series of a ranking: its extremes and mean over the window, n samples."""

    input: int
    rung: str
    min: float
    mean: float
    max: float
    n: int


@dataclass(frozen=True, slots=True)
class TickRow:
    """One tick as it lies in the journal; `ticks.unpack_tick` reads the body."""

    seq: int
    at: float
    body: bytes


@dataclass(frozen=True, slots=True)
class Template:
    """Limits a channel is judged by: columns of requirement R-177 (None: not judged) and `rules` as JSON."""

    name: str
    id: int = 0
    description: str = ""
    codec: str = ""
    min_mos: float | None = None
    max_mos: float | None = None
    loudness_target: float | None = None
    loudness_tolerance: float | None = None
    macroblocking_threshold: float | None = None
    freeze_threshold_ms: int | None = None
    black_threshold_ms: int | None = None
    pcr_jitter_threshold_ns: int | None = None
    rules: Mapping[str, Any] = field(default_factory=dict)
