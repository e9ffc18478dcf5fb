"""Finds what somebody means by a few letters: all letters in order, word starts and runs count more."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

T = TypeVar("T")


def score(wanted: str, text: str) -> int:
    """Return how well a text fits, higher is better, -1 when a letter is missing."""
    total, place, run = 0, -1, 0
    low = text.lower()
    for letter in wanted.lower():
        if letter == " ":
            run = 0
            continue
        found = low.find(letter, place + 1)
        if found < 0:
            return -1
        run = run + 1 if found == place + 1 else 0
        starts = found == 0 or not low[found - 1].isalnum()
        total += 1 + 3 * run + (4 if starts else 0)
        place = found
    # a whole word beats scattered letters
    return total + (40 if wanted.lower().strip() in low else 0) - place // 8


def best(wanted: str, things: Iterable[T], *, key: Callable[[T], str], count: int) -> list[T]:
    """Return the things that fit, best first; all in their order when nothing is wanted."""
    if not wanted.strip():
        return list(things)[:count]
    rated = [(score(wanted, key(thing)), number, thing) for number, thing in enumerate(things)]
    fitting = sorted((rate for rate in rated if rate[0] >= 0), key=lambda rate: (-rate[0], rate[1]))
    return [thing for _, _, thing in fitting[:count]]
