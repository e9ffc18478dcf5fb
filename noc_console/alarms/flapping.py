"""Flapping: a condition that comes and goes too often for anybody to answer each time; one alarm stays open."""

from __future__ import annotations

from dataclasses import dataclass

FLAPS = 3  # activations ...
FLAPS_WITHIN_S = 60.0  # ... in this time make an alarm flapping (standards 1.3, decided)
QUIET_S = 300.0  # without a change for this long it is steady again
_MOST_KEPT = 64


@dataclass(frozen=True, slots=True)
class Burst:
    """The activations of one condition in the last five minutes, and the time of its last change."""

    activations: tuple[float, ...] = ()
    changed_at: float = 0.0
    is_flapping: bool = False

    @property
    def per_min(self) -> float:
        """Activations per minute since the first one that is remembered; over a minute at least."""
        if not self.activations:
            return 0.0
        span = max(self.activations[-1] - self.activations[0], 60.0)
        return round(len(self.activations) * 60.0 / span, 1)

    def activated(self, at: float) -> Burst:
        """Return the burst after the condition came."""
        kept = (*(one for one in self.activations if at - one <= QUIET_S), at)[-_MOST_KEPT:]
        recent = sum(at - one <= FLAPS_WITHIN_S for one in kept)
        return Burst(kept, at, self.is_flapping or recent >= FLAPS)

    def gone(self, at: float) -> Burst:
        """Return the burst after the condition went."""
        return Burst(self.activations, at, self.is_flapping)

    def is_quiet(self, at: float) -> bool:
        """Say whether nothing has changed for so long that the condition is steady, whichever way it is."""
        return at - self.changed_at >= QUIET_S
