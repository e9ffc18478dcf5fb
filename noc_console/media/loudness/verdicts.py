"""From figures of sound to findings of the catalogue, each one sentence with its value and its limit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from noc_console.media.loudness import lufs, stereo
from noc_console.media.loudness.sliding import Slid
from noc_console.model import Finding, Severity


@dataclass(frozen=True, slots=True)
class SoundLimits:
    """Where sound begins to be wrong; loudness in LU off the target: `advisory_lu` a warning, `limit_lu` major."""

    target_lufs: float = lufs.TARGET_LUFS
    advisory_lu: float = 1.0
    limit_lu: float = 2.0
    true_peak_dbtp: float = -1.0
    silence_s: float = 0.5
    missing_s: float = 60.0
    opposite_s: float = 60.0
    clipped_runs: int = 3
    judged_after_s: float = 20.0


@dataclass(frozen=True, slots=True)
class Lately:
    """The newest windows of a stretch, after its runs so far."""

    blocks: int = 0
    momentary_lufs: float | None = None
    short_term_lufs: float | None = None
    clipped: int = 0

    def then(self, blocks: int, slid: Slid, clipped: int) -> Lately:
        """Return the same after one more run."""
        return Lately(
            self.blocks + blocks,
            float(lufs.lufs(slid.momentary[-1])) if len(slid.momentary) else None,
            float(lufs.lufs(slid.short_term[-1])) if len(slid.short_term) else None,
            max(self.clipped, clipped),
        )


@dataclass(frozen=True, slots=True)
class Lasting:
    """For how long: sound within the last minute, left and right missing by themselves, opposite phase."""

    sound_s: float
    left_missing_s: float
    right_missing_s: float
    opposite_s: float


def judge(metrics: Mapping[str, float], lasting: Lasting, limits: SoundLimits) -> tuple[Finding, ...]:
    """Return what is wrong with sound of these metrics."""
    found = [
        *_silence(metrics["audio.silence_s"], limits),
        *(_loudness(metrics.get("audio.loudness_lufs"), limits) if lasting.sound_s >= limits.judged_after_s else ()),
        *_true_peak(metrics["audio.true_peak_dbtp"], limits),
        *_missing("left", lasting.left_missing_s, limits),
        *_missing("right", lasting.right_missing_s, limits),
        *_phase(metrics.get("audio.phase_correlation"), lasting.opposite_s, limits),
        *_clipping(int(metrics["audio.clipped_runs"]), limits),
    ]
    return tuple(found)


def _silence(silence_s: float, limits: SoundLimits) -> Iterator[Finding]:
    if silence_s > limits.silence_s:
        yield Finding(
            "media-silence",
            f"No sound for {silence_s:.2f} s, every channel below -60 dBFS; the limit is {limits.silence_s:g} s.",
        )


def _loudness(loudness: float | None, limits: SoundLimits) -> Iterator[Finding]:
    if loudness is None:
        return
    deviation = loudness - limits.target_lufs
    if abs(deviation) <= limits.advisory_lu:
        return
    is_major = abs(deviation) > limits.limit_lu
    limit = limits.limit_lu if is_major else limits.advisory_lu
    side = "above" if deviation > 0 else "below"
    yield Finding(
        "media-loudness",
        f"The last minute has {loudness:.1f} LUFS, {abs(deviation):.1f} LU {side} the target of "
        f"{limits.target_lufs:.1f} LUFS; the limit is ±{limit:g} LU.",
        severity=None if is_major else Severity.WARNING,
    )


def _true_peak(peak: float, limits: SoundLimits) -> Iterator[Finding]:
    if peak > limits.true_peak_dbtp:
        yield Finding(
            "media-true-peak", f"The true peak is {peak:.1f} dBTP; the limit is {limits.true_peak_dbtp:.1f} dBTP."
        )


def _missing(side: str, missing_s: float, limits: SoundLimits) -> Iterator[Finding]:
    if missing_s >= limits.missing_s:
        other = "right" if side == "left" else "left"
        yield Finding(
            "media-channel-missing",
            f"The {side} channel was silent for {missing_s:.0f} s in which the {other} one had sound; "
            f"the limit is {limits.missing_s:g} s.",
            where={"channel": side},
        )


def _phase(correlation: float | None, opposite_s: float, limits: SoundLimits) -> Iterator[Finding]:
    if opposite_s >= limits.opposite_s:
        value = "" if correlation is None else f", correlation now {correlation:.2f}"
        yield Finding(
            "media-phase-inverted",
            f"Left and right have been in opposite phase for {opposite_s:.0f} s{value}; "
            f"the limits are {stereo.OPPOSITE:g} and {limits.opposite_s:g} s.",
        )


def _clipping(runs: int, limits: SoundLimits) -> Iterator[Finding]:
    if runs > limits.clipped_runs:
        yield Finding(
            "media-clipping",
            f"The sound reached full scale in {runs} runs within 10 s; the limit is {limits.clipped_runs}.",
            count=runs,
        )
