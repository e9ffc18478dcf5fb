"""The memory of one rule on one scope: the phase it is in, and what the policy must remember to leave it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

from noc_console.alarms.rules import Count, Hold, Ratio

GAP_S = 60.0  # a longer silence than this counts for no hold: no data freezes it
BUCKET_S = 10.0


class Phase(Enum):
    """Where a condition stands."""

    NORMAL = "normal"
    PENDING = "pending"
    RAISED = "raised"
    CLEARING = "clearing"

    @property
    def is_active(self) -> bool:
        """Raised, also while it is on the way to clear."""
        return self in (Phase.RAISED, Phase.CLEARING)


@dataclass(frozen=True, slots=True)
class Watch:
    """What is remembered: phase, measured seconds in it, time of the last value, and the recent ones.

    `recent` holds (time, is broken) for a Count, (bucket start, bad, all) for a Ratio.
    """

    phase: Phase = Phase.NORMAL
    held_s: float = 0.0
    at: float = 0.0
    good: int = 0
    recent: tuple[tuple[float, ...], ...] = ()


NORMAL = Watch()


def held(watch: Watch, policy: Hold, is_broken: bool, is_clear: bool, at: float) -> Watch:
    """Return what a Hold remembers after one more value."""
    passed = at - watch.at
    held_s = watch.held_s + (passed if 0 <= passed <= GAP_S else 0.0)
    match watch.phase:
        case Phase.NORMAL:
            first = Watch(Phase.PENDING, 0.0, at) if is_broken else NORMAL
            return _risen(first, policy) if is_broken else first
        case Phase.PENDING:
            return _risen(Watch(Phase.PENDING, held_s, at), policy) if is_broken else NORMAL
        case Phase.RAISED:
            return _fallen(Watch(Phase.CLEARING, 0.0, at), policy) if is_clear else replace(watch, at=at)
        case Phase.CLEARING:
            return _fallen(Watch(Phase.CLEARING, held_s, at), policy) if is_clear else Watch(Phase.RAISED, 0.0, at)


def _risen(watch: Watch, policy: Hold) -> Watch:
    return Watch(Phase.RAISED, 0.0, watch.at) if watch.held_s >= policy.raise_after_s else watch


def _fallen(watch: Watch, policy: Hold) -> Watch:
    return NORMAL if watch.held_s >= policy.clear_after_s else watch


def counted(watch: Watch, policy: Count, is_broken: bool, at: float) -> Watch:
    """Return what a Count remembers after one more value."""
    if watch.phase is Phase.NORMAL and not is_broken:
        return NORMAL
    if watch.phase.is_active:
        good = 0 if is_broken else watch.good + 1
        if good >= policy.good:
            return NORMAL
        return Watch(Phase.CLEARING if good else Phase.RAISED, 0.0, at, good)
    recent = tuple(one for one in watch.recent if at - one[0] <= policy.within_s)[-(policy.of - 1) :]
    recent = (recent if policy.of > 1 else ()) + ((at, float(is_broken)),)
    bad = sum(one[1] for one in recent)
    if bad >= policy.bad:
        return Watch(Phase.RAISED, 0.0, at)
    return Watch(Phase.PENDING, 0.0, at, 0, recent) if bad else NORMAL


def rated(watch: Watch, policy: Ratio, is_bad: bool, at: float) -> Watch:
    """Return what a Ratio remembers after one more value."""
    bucket = at - at % BUCKET_S
    recent = watch.recent
    if recent and recent[-1][0] == bucket:
        start, bad, every = recent[-1]
        recent = (*recent[:-1], (start, bad + is_bad, every + 1))
    else:
        recent = (*(one for one in recent if at - one[0] <= policy.window_s), (bucket, float(is_bad), 1.0))
    memory = replace(watch, recent=recent)
    ratio, bad = share(memory)
    enough = sum(one[2] for one in recent) >= policy.at_least or bad >= policy.or_bad
    hold = Hold(0.0, policy.clear_after_s)
    moved = held(memory, hold, enough and ratio > policy.above, ratio < policy.clear_below, at)
    return replace(moved, recent=recent, at=at)


def share(watch: Watch) -> tuple[float, float]:
    """Return the share of bad values in a Ratio's window, and their number."""
    bad = sum(one[1] for one in watch.recent)
    every = sum(one[2] for one in watch.recent)
    return (bad / every if every else 0.0), bad
