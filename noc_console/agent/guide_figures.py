"""What past walks teach: how long a guide and its steps usually take, and how the last ones ended."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from noc_console.agent.recorder import Recorder
from noc_console.history.guide_runs import RunQuery

_MOST_PAST = 50
_MOST_LAST = 5
_GIVEN_UP = "closed"


@dataclass(slots=True)
class Figures:
    """Reads past walks once; a walk that ended since is read anew."""

    recorder: Recorder
    _known: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)

    def ended(self) -> None:
        """Forget: another walk has ended."""
        self._known.clear()

    async def usual(self, guide: str, alarm_type: str) -> dict[str, Any]:
        """Return the medians of a guide in seconds, and the last outcomes of an alarm type, newest first."""
        key = (guide, alarm_type)
        if key not in self._known:
            ask, history = self.recorder.ask, self.recorder.history
            past = await ask(history.runs(RunQuery(_MOST_PAST, guide=guide, is_over=True)))
            last = (
                await ask(history.runs(RunQuery(_MOST_LAST, alarm_type=alarm_type, is_over=True)))
                if alarm_type
                else ()
            )
            self._known[key] = {**medians(past), "last": [_outcome(one) for one in last]}
        return self._known[key]


def medians(past: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return how long walks that came to their end took, in all and by step."""
    whole = [one for one in past if one.get("ending") != _GIVEN_UP and one.get("ended_at") is not None]
    steps: dict[str, list[float]] = {}
    for one in whole:
        for step, seconds in (one.get("durations") or {}).items():
            steps.setdefault(step, []).append(float(seconds))
    run_s = median(float(one["ended_at"]) - float(one["started_at"]) for one in whole) if whole else None
    return {
        "runs": len(whole),
        "run_s": None if run_s is None else round(run_s, 1),
        "steps": {step: round(median(values), 1) for step, values in steps.items()},
    }


def _outcome(one: Mapping[str, Any]) -> dict[str, Any]:
    names = ("run_id", "guide", "channel", "started_at", "ended_at", "ending", "verdict", "confidence", "form")
    return {name: one.get(name) for name in names}
