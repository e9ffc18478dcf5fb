"""The memory of one rule on one scope: the phase it is in, and what the policy must remember to leave it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum

from noc_console.alarms.rules import Count, Hold, Ratio, Sum

GAP_S = 60.0  # a longer silence than this counts for no hold: no data freezes it
BUCKET_S = 10.0
SLICES = 10


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

    `recent` holds (time, is broken) for a Count.
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
        passed = at - watch.at if good > 1 else 0.0
        held_s = (watch.held_s if good > 1 else 0.0) + (passed if 0 <= passed <= GAP_S else 0.0)
        if good >= policy.good and held_s >= policy.clear_after_s:
            return NORMAL
        return Watch(Phase.CLEARING if good else Phase.RAISED, held_s, at, good)
    recent = tuple(one for one in watch.recent if at - one[0] <= policy.within_s)[-(policy.of - 1) :]
    recent = (recent if policy.of > 1 else ()) + ((at, float(is_broken)),)
    bad = sum(one[1] for one in recent)
    if bad >= policy.bad:
        return Watch(Phase.RAISED, 0.0, at)
    return Watch(Phase.PENDING, 0.0, at, 0, recent) if bad else NORMAL


class Tally:
    """What was bad in a window: counted in slices of a second to ten, old slices are dropped."""

    __slots__ = ("bad", "every", "slices")

    def __init__(self, slices: Iterable[tuple[float, float, float]] = ()) -> None:
        self.slices: deque[list[float]] = deque(list(one) for one in slices)
        self.bad = sum(one[1] for one in self.slices)
        self.every = sum(one[2] for one in self.slices)

    def add(self, bad: float, at: float, window_s: float) -> None:
        """Count one value."""
        slices = self.slices
        step = min(BUCKET_S, window_s / SLICES)
        if not slices or at - slices[-1][0] >= step:
            slices.append([at - at % step, 0.0, 0.0])
            while at - slices[0][0] >= window_s + step:
                _, old, every = slices.popleft()
                self.bad -= old
                self.every -= every
        newest = slices[-1]
        newest[2] += 1.0
        self.every += 1.0
        if bad:
            newest[1] += bad
            self.bad += bad

    @property
    def share(self) -> float:
        """The share of bad values in the window."""
        return self.bad / self.every if self.every else 0.0


def rated(watch: Watch, policy: Ratio, tally: Tally, at: float) -> Watch:
    """Return what a Ratio remembers after the tally has taken one more value."""
    enough = tally.every >= policy.at_least or tally.bad >= policy.or_bad
    hold = Hold(0.0, policy.clear_after_s)
    return held(watch, hold, enough and tally.share > policy.above, tally.share < policy.clear_below, at)


def summed(watch: Watch, policy: Sum, tally: Tally, value: float, at: float) -> Watch:
    """Return what a Sum remembers after the tally has taken one more value; clear is a time without any."""
    hold = Hold(policy.raise_after_s, policy.clear_after_s)
    return held(watch, hold, tally.bad > policy.above, value == 0 and tally.bad <= policy.above, at)
