"""What one stream of sound turns out to be, stretch by stretch: loudness, silence, stereo faults, clipping."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from noc_console.media.loudness import channels, lufs, runs, stereo
from noc_console.media.loudness.lately import ClippedRuns, LastMinute
from noc_console.media.loudness.silence import Silence, SilenceWatch, silent_blocks
from noc_console.media.loudness.sliding import Sliding
from noc_console.media.loudness.tally import Tally
from noc_console.media.loudness.verdicts import Lasting, Lately, SoundLimits, judge
from noc_console.media.stretch import BLOCK_S, MOST_CHANNELS, SoundStretch
from noc_console.model import Event, Finding

Blocks = NDArray[np.void]


@dataclass(frozen=True, slots=True)
class Heard:
    """What a stretch of sound gave: metrics of the catalogue, findings, `SoundSilent` events of silences that ended.

    `levels_dbfs` are the RMS levels of each channel over the stretch, in the order of the layout.
    """

    metrics: Mapping[str, float] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    events: tuple[Event, ...] = ()
    levels_dbfs: tuple[float, ...] = ()


class SoundWatch:
    """The memory of one stream of sound between its stretches, about 50 KB for as long as it lasts."""

    def __init__(self, limits: SoundLimits | None = None) -> None:
        self._limits = limits or SoundLimits()
        self._layout: tuple[str, ...] = ()
        self._before_s = float("nan")
        self._sliding = Sliding()
        self._minute = LastMinute()
        self._tally = Tally()
        self._silence = SilenceWatch()
        self._legs = stereo.MissingLeg(), stereo.MissingLeg()
        self._phase = stereo.Phase()
        self._clipped = ClippedRuns()
        self.since: float | None = None

    def reset(self) -> None:
        """Let integrated loudness and loudness range begin anew with the next stretch (`since` tells when)."""
        self._tally, self.since = Tally(), None

    def step(self, stretch: SoundStretch, at: float) -> Heard:
        """Return what is known after one more stretch that is presented at `at` (Unix seconds of its `start_s`)."""
        layout = stretch.layout or channels.usual_layout(stretch.format.channels or 2, stretch.format.has_lfe)
        if layout != self._layout:
            self._begin_with(layout)
        self.since = at if self.since is None else self.since
        ended: list[Silence] = []
        lately = Lately()
        for run in runs.runs(stretch.blocks):
            lately = self._follow(run, at + float(run["at_s"][0]) - stretch.start_s, lately, ended)
        if not lately.blocks:
            return Heard()
        sound = stretch.blocks[np.isfinite(stretch.blocks["at_s"])]
        metrics = self._metrics(sound, lately)
        events = tuple(_event(silence) for silence in ended)
        left, right = (leg.missing_s for leg in self._legs)
        lasting = Lasting(self._minute.sound_s, left, right, self._phase.opposite_s)
        findings = judge(metrics, lasting, self._limits)
        return Heard(metrics, findings, events, _levels(sound, len(layout)))

    def _begin_with(self, layout: tuple[str, ...]) -> None:
        """Forget what was said of channels that are no more, and of a past that does not go on."""
        self._layout, self._before_s = layout, float("nan")
        self._legs = stereo.MissingLeg(), stereo.MissingLeg()
        self._phase = stereo.Phase()

    def _follow(self, run: Blocks, at: float, lately: Lately, ended: list[Silence]) -> Lately:
        if not runs.follows(self._before_s, float(run["at_s"][0])):
            self._sliding.reset()
            ended += self._silence.part(at)
        self._before_s = float(run["at_s"][-1])
        silent = silent_blocks(run, self._layout)
        ended += self._silence.step(silent, at)
        slid = self._sliding.step(np.nan_to_num(run["energy"]), silent)
        self._tally.add(slid.gating, slid.ranging)
        heard = slid.is_audible
        now = at + len(run) * BLOCK_S
        times = np.asarray(at + (slid.ends[heard] + 1) * BLOCK_S)
        self._minute.add(times, slid.gating[heard], now)
        if both := channels.pair(self._layout):
            left, right = (stereo.has_sound(run, channel) for channel in both)
            self._legs[0].step(left, right)
            self._legs[1].step(right, left)
            self._phase.step(run, both)
        return lately.then(len(run), slid, self._clipped.step(run["clipped"]))

    def _metrics(self, sound: Blocks, lately: Lately) -> dict[str, float]:
        told: dict[str, float | None] = {
            "audio.momentary_lufs": lately.momentary_lufs,
            "audio.short_term_lufs": lately.short_term_lufs,
            "audio.loudness_lufs": self._minute.loudness_lufs,
            "audio.integrated_lufs": self._tally.integrated_lufs,
            "audio.range_lu": self._tally.range_lu,
            "audio.true_peak_dbtp": lufs.decibel(float(np.nan_to_num(sound["true_peak"]).max()) ** 2),
            "audio.level_dbfs": max(_levels(sound, len(self._layout))),
            "audio.silence_s": self._silence.lasts_s,
            "audio.clipped_runs": float(lately.clipped),
        }
        if both := channels.pair(self._layout):
            left, right = (float(stereo.has_sound(sound, channel).any()) for channel in both)
            told |= {"audio.left_active": left, "audio.right_active": right}
            told["audio.phase_correlation"] = stereo.correlation(sound, both)
        return {key: value for key, value in told.items() if value is not None}


def _levels(blocks: Blocks, count: int) -> tuple[float, ...]:
    means = np.nan_to_num(blocks["level"].astype(np.float64)).mean(axis=0)
    return tuple(lufs.decibel(float(level)) for level in means[: min(count, MOST_CHANNELS)])


def _event(silence: Silence) -> Event:
    data: dict[str, float] = {"start": silence.start, "length_s": silence.length_s}
    if silence.unheard_s:
        data["unheard_s"] = silence.unheard_s
    return Event("SoundSilent", silence.end, data=data)
