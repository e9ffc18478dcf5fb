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
_WATCHED = ("video.mos", "video.luma_mean_ratio", "audio.momentary_lufs", "audio.short_term_lufs")


@dataclass(slots=True)
class _Run:
    value: float
    since: float
    newest: float
    looks: int = 1


@dataclass(slots=True)
class Constants:
    """The runs of equal values of one rung."""

    _runs: dict[str, _Run] = field(default_factory=dict)

    def step(self, metrics: Mapping[str, float], at: float) -> tuple[Finding, ...]:
        """Take the newest values of a rung; return a finding for each that has not moved."""
        if any(metrics.get(name, 0.0) > limit for name, limit in _EXCUSES.items()):
            self._runs.clear()
            return ()
        found = []
        for name in _WATCHED:
            if name in metrics:
                run = self._run(name, metrics[name], at)
                if at - run.since >= WINDOW_S and run.looks >= _LEAST_LOOKS:
                    found.append(_finding(name, run, at))
        return tuple(found)

    def _run(self, name: str, value: float, at: float) -> _Run:
        run = self._runs.get(name)
        if run is None or at - run.newest > _GAP_S or abs(value - run.value) > _SAME * max(1.0, abs(run.value)):
            run = self._runs[name] = _Run(value, at, at)
            return run
        run.newest, run.looks = at, run.looks + 1
        return run


def _finding(name: str, run: _Run, at: float) -> Finding:
    text = f"{name} has been exactly {run.value:.4g} for {(at - run.since) / 60:.0f} min: is what is measured real?"
    return Finding("media-suspicious-constant", text, {"uri": name, "value": round(run.value, 6), "since": run.since})
