"""Rows of the loudness report (requirement R-156): how loud a programme was, and for what share of time right."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from noc_console.media.loudness import lufs
from noc_console.media.loudness.summary import Summary, summarise
from noc_console.media.stretch import BLOCK_S

_MINUTE = round(60 / BLOCK_S)
_TOLERANCE_LU, _STRICT_LU = 2.0, 1.0


@dataclass(frozen=True, slots=True)
class LoudnessRow:
    """One channel over one span; loudness, peak and deviation are None where there was no sound.

    `deviation_lu` is against -23 LUFS. `compliance_ratio` is the share of minutes with sound within ±2 LU of it,
    `strict_ratio` within ±1 LU; None without such minutes.
    """

    channel: str
    average_lufs: float | None
    true_peak_dbtp: float | None
    deviation_lu: float | None
    compliance_ratio: float | None
    strict_ratio: float | None
    minutes: int


def row_of_blocks(
    channel: str, blocks: NDArray[np.void], layout: tuple[str, ...], target_lufs: float = lufs.TARGET_LUFS
) -> LoudnessRow:
    """Return the row of a programme from its blocks of 10 ms: the average is its integrated loudness."""
    whole = summarise(blocks, layout)
    minutes = [each.integrated_lufs for each in _minutes(blocks, layout)]
    loudness = np.array([np.nan if minute is None else minute for minute in minutes])
    return _row(channel, loudness, (whole.integrated_lufs, whole.true_peak_dbtp), target_lufs)


def row_of_minutes(
    channel: str, loudness_lufs: ArrayLike, true_peak_dbtp: ArrayLike, target_lufs: float = lufs.TARGET_LUFS
) -> LoudnessRow:
    """Return the row of a span from one loudness and one highest peak a minute, NaN where there was no sound.

    The average is that of the energies of the minutes with the gates of BS.1770 (a day of blocks is not kept).
    """
    loudness = np.asarray(loudness_lufs, np.float64)
    peaks = np.asarray(true_peak_dbtp, np.float64)
    peaks = peaks[np.isfinite(peaks)]
    average = lufs.gated(lufs.energy(loudness[np.isfinite(loudness)]))
    return _row(channel, loudness, (average, float(peaks.max()) if len(peaks) else None), target_lufs)


def _row(
    channel: str, loudness: NDArray[np.float64], whole: tuple[float | None, float | None], target_lufs: float
) -> LoudnessRow:
    average, peak = whole
    off = np.abs(loudness[np.isfinite(loudness)] - target_lufs)
    return LoudnessRow(
        channel=channel,
        average_lufs=average,
        true_peak_dbtp=peak,
        deviation_lu=None if average is None else average - target_lufs,
        compliance_ratio=_share(off <= _TOLERANCE_LU),
        strict_ratio=_share(off <= _STRICT_LU),
        minutes=len(off),
    )


def _share(within: NDArray[np.bool_]) -> float | None:
    return float(within.mean()) if len(within) else None


def _minutes(blocks: NDArray[np.void], layout: tuple[str, ...]) -> Iterator[Summary]:
    for begin in range(0, len(blocks), _MINUTE):
        yield summarise(blocks[begin : begin + _MINUTE], layout)
