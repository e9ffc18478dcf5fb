"""When the playlists of one channel are looked at: a target duration after a change, half of it after none."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from noc_console.probes.hls_rung import Polled, RungWatch

_DEFAULT_TARGET_S = 6.0
_LEAST_S, _MOST_S = 0.5, 60.0
_ENDED_S = 30.0
_EARLY_S = 0.02


class Pace:
    """The clock of one channel's playlist edge.

    All rungs are looked at in common rounds, so that they can be compared; those that had nothing new are asked
    again after half a target duration (RFC 8216 6.3.4). The round in which most rungs changed sets the phase.
    """

    def __init__(self, fixed_s: float = 0.0) -> None:
        self._fixed_s = fixed_s
        self._waiting: set[str] = set()
        self._full_at = 0.0
        self._half_at = 0.0
        self.target_s = _DEFAULT_TARGET_S

    def is_due(self, label: str, at: float) -> bool:
        """Say whether a rung is looked at in the round of `at`."""
        return at >= self._full_at - _EARLY_S or label in self._waiting

    def learn(self, at: float, polled: Sequence[Polled], rungs: Iterable[RungWatch]) -> None:
        """Take what a round at `at` gave."""
        self.target_s = self._target(rungs)
        is_full = at >= self._full_at - _EARLY_S
        changed = sum(one.is_changed for one in polled)
        self._waiting = {one.watch.rung.label for one in polled if not one.is_changed}
        self._half_at = at + self.target_s / 2
        if is_full or 2 * changed >= len(polled):
            self._full_at = at + self.target_s
        if self._fixed_s:
            self._waiting, self._full_at = set(), at + self._fixed_s

    def next_at(self, now: float) -> float:
        """Return when the next round is; never in the past, so that a slow origin is not hammered."""
        at = min(self._full_at, self._half_at) if self._waiting else self._full_at
        return max(at, now + _LEAST_S / 2)

    def _target(self, rungs: Iterable[RungWatch]) -> float:
        watched = [one for one in rungs if one.media is not None]
        known = [one.media for one in watched if one.media is not None]
        # one that has ended but should go on is looked at as before: the alarm needs a second look, the end of it too
        live = [media for media in known if media.is_live] or [
            one.media for one in watched if one.media is not None and one.memory.should_live
        ]
        if known and not live:
            return _ENDED_S
        target = min(
            (media.target_duration_s for media in live if media.target_duration_s), default=_DEFAULT_TARGET_S
        )
        parts = [media.part_target_s for media in live if media.part_target_s]
        return min(max(2 * max(parts) if parts else float(target), _LEAST_S), _MOST_S)
