"""All the sound of a file or of a report's span in one go: exact loudness, range, peaks and every silence."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from noc_console.media.loudness import channels, lufs, stereo
from noc_console.media.loudness.lately import ClippedRuns
from noc_console.media.loudness.runs import runs
from noc_console.media.loudness.silence import Silence, SilenceWatch, silent_blocks
from noc_console.media.loudness.sliding import Slid, Sliding


@dataclass(frozen=True, slots=True)
class Summary:
    """Figures of EBU Tech 3341 and 3342 over the whole, None where there was too little sound.

    `silences` are those longer than 0.5 s, by the stream's clock. `clipped_runs` is the most within 10 s.
    """

    integrated_lufs: float | None = None
    momentary_max_lufs: float | None = None
    short_term_max_lufs: float | None = None
    range_lu: float | None = None
    true_peak_dbtp: float | None = None
    correlation: float | None = None
    clipped_runs: int = 0
    silences: tuple[Silence, ...] = ()


def summarise(blocks: NDArray[np.void], layout: tuple[str, ...]) -> Summary:
    """Return the figures of blocks (type `stretch.BLOCK`) of one stream, also with gaps between them."""
    sliding, silence, clipped = Sliding(), SilenceWatch(), ClippedRuns()
    slid: list[Slid] = []
    silences: list[Silence] = []
    worst = 0
    for run in runs(blocks):
        silent = silent_blocks(run, layout)
        sliding.reset()
        slid.append(sliding.step(np.nan_to_num(run["energy"]), silent))
        silences += [*silence.step(silent, float(run["at_s"][0])), *silence.finish()]
        worst = max(worst, clipped.step(run["clipped"]))
    if not slid:
        return Summary()
    both = channels.pair(layout)
    return Summary(
        integrated_lufs=lufs.gated(np.concatenate([each.gating for each in slid])),
        momentary_max_lufs=_most(np.concatenate([each.momentary for each in slid])),
        short_term_max_lufs=_most(np.concatenate([each.short_term for each in slid])),
        range_lu=lufs.loudness_range(np.concatenate([each.ranging for each in slid])),
        true_peak_dbtp=lufs.decibel(float(np.nan_to_num(blocks["true_peak"]).max()) ** 2),
        correlation=stereo.correlation(blocks, both) if both else None,
        clipped_runs=worst,
        silences=tuple(silences),
    )


def _most(energies: NDArray[np.float64]) -> float | None:
    return float(lufs.lufs(energies.max())) if len(energies) else None
