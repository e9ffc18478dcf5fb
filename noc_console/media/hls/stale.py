"""Is a live playlist stale, and whose fault is it: the origin, a cache, the network, or our own clock."""

from __future__ import annotations

from dataclasses import dataclass

from noc_console.model import Finding

STALE_TARGETS = 1.5
LONG_TARGETS = 3.0
_CLOCK_TARGETS = 0.25


@dataclass(frozen=True, slots=True)
class Seen:
    """How a playlist was fetched: when (our Unix time), the answer's Age and Date, and our clock against the origins.

    `clock_offset_s` is ours minus theirs, None where it is not known; `is_failed` says that nothing was delivered.
    """

    at: float
    age_s: float = 0.0
    date: float | None = None
    clock_offset_s: float | None = None
    is_failed: bool = False

    @property
    def now(self) -> float:
        """Our time, put right by what is known about our clock."""
        return self.at - (self.clock_offset_s or 0.0)


def judge_age(since: float, target_s: float, seen: Seen) -> Finding | None:
    """Return the finding for a playlist whose newest segment was first seen at `since`, None while it is fresh.

    HLS rule 3: a new segment no later than 1.5 target durations after the one before. `since` is when we saw it,
    never before it was there, so our own polling cannot make a playlist look stale.
    """
    age = seen.at - since
    if not target_s or age <= STALE_TARGETS * target_s:
        return None
    is_long = age > LONG_TARGETS * target_s
    cause, why = _cause(age, target_s, seen)
    limit = LONG_TARGETS if is_long else STALE_TARGETS
    return Finding(
        "hls-playlist-stale-long" if is_long else "hls-playlist-stale",
        f"No new segment for {age:.1f} s, limit {limit:g} x target duration = {limit * target_s:g} s. {why}",
        {"cause": cause, "age_s": round(age, 1)},
    )


def _cause(age: float, target_s: float, seen: Seen) -> tuple[str, str]:
    if seen.is_failed:
        return "network", "The playlist cannot be fetched."
    copy_s = max(seen.age_s, _date_lag(seen, target_s))
    if copy_s and age - copy_s <= STALE_TARGETS * target_s:
        return "cache", f"A cache answers with a copy {copy_s:.0f} s old."
    offset = seen.clock_offset_s or 0.0
    if abs(offset) > _CLOCK_TARGETS * target_s and age - abs(offset) <= STALE_TARGETS * target_s:
        return (
            "clock",
            f"Our clock is {abs(offset):.1f} s {'ahead' if offset > 0 else 'behind'}; it may be our fault.",
        )
    return "origin", "The origin has stopped publishing."


def _date_lag(seen: Seen, target_s: float) -> float:
    """Return how old the answer's Date is, where it is too old to be an answer of now."""
    if seen.date is None or seen.clock_offset_s is None:
        return 0.0
    lag = seen.now - seen.date
    return lag if lag > max(_CLOCK_TARGETS * target_s, 2.0) else 0.0
