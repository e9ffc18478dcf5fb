"""Inputs whose stretches kill decoders are left alone for a while, longer each time, instead of killing on and on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

PAUSES_S = (10.0, 60.0, 300.0, 900.0)
_FORGOTTEN_S = 1800.0


@dataclass(frozen=True, slots=True)
class Strike:
    """How often an input has killed lately, when it did last, and until when it is left alone."""

    count: int
    at: float
    until: float


@dataclass(slots=True)
class Strikes:
    """The inputs that killed a decoder."""

    _of: dict[int, Strike] = field(default_factory=dict)

    def killed(self, input_id: int, at: float) -> float:
        """Count a death; return for how many seconds the input is left alone."""
        before = self._of.get(input_id)
        count = before.count if before and at - before.at < _FORGOTTEN_S else 0
        pause_s = PAUSES_S[min(count, len(PAUSES_S) - 1)]
        self._of[input_id] = Strike(count + 1, at, at + pause_s)
        return pause_s

    def is_left_alone(self, input_id: int, at: float) -> bool:
        """Say whether nothing of an input is decoded now."""
        strike = self._of.get(input_id)
        return strike is not None and at < strike.until

    def until(self, input_id: int, at: float) -> float:
        """Return until when an input is left alone, 0 when it is not."""
        return self._of[input_id].until if self.is_left_alone(input_id, at) else 0.0

    def paused(self, at: float) -> list[int]:
        """Return the inputs that are left alone now."""
        return [input_id for input_id in self._of if self.is_left_alone(input_id, at)]

    def keep_only(self, inputs: Iterable[int]) -> None:
        """Forget the inputs that are gone."""
        wanted = set(inputs)
        self._of = {key: one for key, one in self._of.items() if key in wanted}
