"""Measures that have not moved at all for a quarter of an hour: no living programme is like that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from noc_console.model import Finding

WINDOW_S = 900.0
_LEAST_LOOKS = 30
_GAP_S = 120.0
_SAME = 1e-6
#: What stands still by right meanwhile has a finding of its own.
_EXCUSES = {
    "video.freeze_s": 1.0,
    "video.black_s": 0.5,
    "video.bars_s": 0.0,
    "video.slate_s": 0.0,
    "audio.silence_s": 0.5,
}
#: What belongs together: one of them may stand by chance, or for a test tone, but not all of them.
_PICTURE = ("video.mos", "video.luma_mean_ratio", "video.blur_ratio")
_SOUND = ("audio.momentary_lufs", "audio.short_term_lufs", "audio.true_peak_dbtp")
_GROUPS = {"picture": _PICTURE, "sound": _SOUND}


@dataclass(slots=True)
class _Run:
    values: dict[str, float]
    since: float
    newest: float
    looks: int = 1


@dataclass(slots=True)
class Constants:
    """The runs of equal values of one rung's picture and of its sound."""

    _runs: dict[str, _Run] = field(default_factory=dict)

    def step(self, metrics: Mapping[str, float], at: float) -> tuple[Finding, ...]:
        """Take the newest values of a rung; return a finding where none of a group has moved."""
        if any(metrics.get(name, 0.0) > limit for name, limit in _EXCUSES.items()):
            self._runs.clear()
            return ()
        found = []
        for group, names in _GROUPS.items():
            values = {name: metrics[name] for name in names if name in metrics}
            if values:
                run = self._run(group, values, at)
                if at - run.since >= WINDOW_S and run.looks >= _LEAST_LOOKS:
                    found.append(_finding(group, run, at))
        return tuple(found)

    def _run(self, group: str, values: dict[str, float], at: float) -> _Run:
        run = self._runs.get(group)
        if run is None or at - run.newest > _GAP_S or not _are_same(values, run.values):
            run = self._runs[group] = _Run(values, at, at)
            return run
        run.newest, run.looks = at, run.looks + 1
        return run


def _are_same(values: Mapping[str, float], before: Mapping[str, float]) -> bool:
    if values.keys() != before.keys():
        return False
    return all(abs(values[name] - before[name]) <= _SAME * max(1.0, abs(before[name])) for name in values)


def _finding(group: str, run: _Run, at: float) -> Finding:
    told = ", ".join(f"{name} {value:.4g}" for name, value in run.values.items())
    minutes = (at - run.since) / 60
    text = f"The {group}'s measures have been exactly the same for {minutes:.0f} min ({told}): is it real?"
    return Finding("media-suspicious-constant", text, {"uri": group, "since": run.since})
